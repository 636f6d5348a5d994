//! The door of [`account::add_address`].

souk_web::door!(endpoint account::add_address);

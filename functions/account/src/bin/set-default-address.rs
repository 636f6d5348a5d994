//! The door of [`account::set_default_address`].

souk_web::door!(endpoint account::set_default_address);

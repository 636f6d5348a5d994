//! The door of [`account::change_address`].

souk_web::door!(endpoint account::change_address);

//! The door of [`account::delete_address`].

souk_web::door!(endpoint account::delete_address);

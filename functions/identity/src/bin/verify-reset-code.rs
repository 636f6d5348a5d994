//! The door of [`identity::verify_reset_code`].

souk_web::door!(endpoint identity::verify_reset_code);

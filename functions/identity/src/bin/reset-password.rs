//! The door of [`identity::reset_password`].

souk_web::door!(endpoint identity::reset_password);

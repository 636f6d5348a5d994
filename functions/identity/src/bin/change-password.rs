//! The door of [`identity::change_password`].

souk_web::door!(endpoint identity::change_password);

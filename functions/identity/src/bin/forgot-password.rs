//! The door of [`identity::forgot_password`].

souk_web::door!(endpoint identity::forgot_password);

//! The door of [`identity::logout`].

souk_web::door!(endpoint identity::logout);

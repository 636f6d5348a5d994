//! The door of [`identity::verify_user`].

souk_web::door!(endpoint identity::verify_user);

//! The door of [`identity::register_user`].

souk_web::door!(endpoint identity::register_user);

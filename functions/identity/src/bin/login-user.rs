//! The door of [`identity::login_user`].

souk_web::door!(endpoint identity::login_user);

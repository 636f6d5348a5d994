//! The door of [`identity::login_admin`].

souk_web::door!(endpoint identity::login_admin);

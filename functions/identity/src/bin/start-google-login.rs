//! The door of [`identity::start_google_login`].

souk_web::door!(endpoint identity::start_google_login);

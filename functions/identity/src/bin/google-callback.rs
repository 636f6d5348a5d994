//! The door of [`identity::google_callback`].

souk_web::door!(endpoint identity::google_callback);

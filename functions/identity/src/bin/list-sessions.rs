//! The door of [`identity::list_sessions`].

souk_web::door!(endpoint identity::list_sessions);

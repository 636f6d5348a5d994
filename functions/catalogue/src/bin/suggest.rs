//! The door of [`catalogue::suggest`].

souk_web::door!(endpoint catalogue::suggest);

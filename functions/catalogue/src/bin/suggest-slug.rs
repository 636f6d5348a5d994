//! The door of [`catalogue::suggest_slug`].

souk_web::door!(endpoint catalogue::suggest_slug);

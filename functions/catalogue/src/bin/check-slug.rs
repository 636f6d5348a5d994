//! The door of [`catalogue::check_slug`].

souk_web::door!(endpoint catalogue::check_slug);

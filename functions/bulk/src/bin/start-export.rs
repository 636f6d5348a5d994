//! The door of [`bulk::start_export`].

souk_web::door!(endpoint bulk::start_export);

//! The door of [`bulk::start_import`].

souk_web::door!(endpoint bulk::start_import);

//! The door of [`bulk::list_jobs`].

souk_web::door!(endpoint bulk::list_jobs);

//! The door of [`bulk::get_job`].

souk_web::door!(endpoint bulk::get_job);

//! The door of [`domains::get_domain`].

souk_web::door!(endpoint domains::get_domain);

//! The door of [`domains::remove_domain`].

souk_web::door!(endpoint domains::remove_domain);

//! The door of [`domains::request_domain`].

souk_web::door!(endpoint domains::request_domain);

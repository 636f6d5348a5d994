//! The door of [`profile::export_me`].

souk_web::door!(endpoint profile::export_me);

//! The door of [`site::set_site_settings`].

souk_web::door!(endpoint site::set_site_settings);

//! The door of [`site::get_site_settings`].

souk_web::door!(endpoint site::get_site_settings);

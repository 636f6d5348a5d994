//! The door of [`site::get_site`].

souk_web::door!(endpoint site::get_site);

//! The door of [`profile::get_me`].

souk_web::door!(endpoint profile::get_me);

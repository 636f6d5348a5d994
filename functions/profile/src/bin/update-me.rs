//! The door of [`profile::update_me`].

souk_web::door!(endpoint profile::update_me);

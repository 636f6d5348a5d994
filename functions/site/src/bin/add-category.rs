//! The door of [`site::add_category`].

souk_web::door!(endpoint site::add_category);

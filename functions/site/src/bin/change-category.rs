//! The door of [`site::change_category`].

souk_web::door!(endpoint site::change_category);

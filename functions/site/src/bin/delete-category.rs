//! The door of [`site::delete_category`].

souk_web::door!(endpoint site::delete_category);

//! The door of [`shops::list_top_shops`].

souk_web::door!(endpoint shops::list_top_shops);

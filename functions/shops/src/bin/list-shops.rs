//! The door of [`shops::list_shops`].

souk_web::door!(endpoint shops::list_shops);

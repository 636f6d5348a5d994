//! The door of [`shops::get_shop`].

souk_web::door!(endpoint shops::get_shop);

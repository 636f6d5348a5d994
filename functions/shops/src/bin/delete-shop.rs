//! The door of [`shops::delete_shop`].

souk_web::door!(endpoint shops::delete_shop);

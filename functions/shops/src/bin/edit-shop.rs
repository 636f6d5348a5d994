//! The door of [`shops::edit_shop`].

souk_web::door!(endpoint shops::edit_shop);

//! The door of [`shops::create_shop`].

souk_web::door!(endpoint shops::create_shop);

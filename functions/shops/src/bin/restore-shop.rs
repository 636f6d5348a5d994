//! The door of [`shops::restore_shop`].

souk_web::door!(endpoint shops::restore_shop);

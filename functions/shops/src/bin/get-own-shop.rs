//! The door of [`shops::get_own_shop`].

souk_web::door!(endpoint shops::get_own_shop);

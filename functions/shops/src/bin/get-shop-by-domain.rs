//! The door of [`shops::get_shop_by_domain`].

souk_web::door!(endpoint shops::get_shop_by_domain);

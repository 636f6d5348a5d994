//! The door of [`shops::set_shop_settings`].

souk_web::door!(endpoint shops::set_shop_settings);

//! The door of [`shops::get_shop_settings`].

souk_web::door!(endpoint shops::get_shop_settings);

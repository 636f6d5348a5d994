//! Runs [`shops::set_shop_settings`].

souk_runtime::main!(shops::set_shop_settings::SetShopSettings);

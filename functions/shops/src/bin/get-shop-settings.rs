//! Runs [`shops::get_shop_settings`].

souk_runtime::main!(shops::get_shop_settings::GetShopSettings);

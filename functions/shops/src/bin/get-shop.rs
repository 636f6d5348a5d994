//! Runs [`shops::get_shop`].

souk_runtime::main!(shops::get_shop::GetShop);

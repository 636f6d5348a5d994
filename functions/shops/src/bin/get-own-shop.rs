//! Runs [`shops::get_own_shop`].

souk_runtime::main!(shops::get_own_shop::GetOwnShop);

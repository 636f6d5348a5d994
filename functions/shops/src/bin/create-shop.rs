//! Runs [`shops::create_shop`].

souk_runtime::main!(shops::create_shop::CreateShop);

//! Runs [`shops::delete_shop`].

souk_runtime::main!(shops::delete_shop::DeleteShop);

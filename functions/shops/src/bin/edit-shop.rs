//! Runs [`shops::edit_shop`].

souk_runtime::main!(shops::edit_shop::EditShop);

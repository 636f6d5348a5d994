//! Runs [`shops::restore_shop`].

souk_runtime::main!(shops::restore_shop::RestoreShop);

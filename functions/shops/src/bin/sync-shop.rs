//! Runs [`shops::sync_shop`].

souk_runtime::main!(shops::sync_shop::SyncShop);

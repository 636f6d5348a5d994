//! Runs [`shops::list_shops`].

souk_runtime::main!(shops::list_shops::ListShops);

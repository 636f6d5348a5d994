//! Runs [`shops::list_top_shops`].

souk_runtime::main!(shops::list_top_shops::ListTopShops);

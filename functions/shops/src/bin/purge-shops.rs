//! Runs [`shops::purge_shops`].

souk_runtime::main!(shops::purge_shops::PurgeShops);

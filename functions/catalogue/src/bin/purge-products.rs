//! Runs [`catalogue::purge_products`].

souk_runtime::main!(catalogue::purge_products::PurgeProducts);

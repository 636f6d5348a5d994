//! Runs [`catalogue::watch_products`].

souk_runtime::main!(catalogue::watch_products::WatchProducts);

//! Runs [`catalogue::list_own_products`].

souk_runtime::main!(catalogue::list_own_products::ListOwnProducts);

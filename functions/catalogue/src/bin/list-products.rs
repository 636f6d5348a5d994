//! Runs [`catalogue::list_products`].

souk_runtime::main!(catalogue::list_products::ListProducts);

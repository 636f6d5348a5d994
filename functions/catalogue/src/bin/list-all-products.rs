//! Runs [`catalogue::list_all_products`].

souk_runtime::main!(catalogue::list_all_products::ListAllProducts);

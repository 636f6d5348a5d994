//! Runs [`search::index_products`].

souk_runtime::main!(search::index_products::IndexProducts);

//! Runs [`catalogue::list_related_products`].

souk_runtime::main!(catalogue::list_related_products::ListRelatedProducts);

//! Runs [`catalogue::delete_product`].

souk_runtime::main!(catalogue::delete_product::DeleteProduct);

//! Runs [`catalogue::edit_product`].

souk_runtime::main!(catalogue::edit_product::EditProduct);

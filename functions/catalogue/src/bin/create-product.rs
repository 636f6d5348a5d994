//! Runs [`catalogue::create_product`].

souk_runtime::main!(catalogue::create_product::CreateProduct);

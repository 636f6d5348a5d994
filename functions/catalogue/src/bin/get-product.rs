//! Runs [`catalogue::get_product`].

souk_runtime::main!(catalogue::get_product::GetProduct);

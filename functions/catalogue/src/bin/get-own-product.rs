//! Runs [`catalogue::get_own_product`].

souk_runtime::main!(catalogue::get_own_product::GetOwnProduct);

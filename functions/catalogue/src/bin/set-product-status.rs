//! Runs [`catalogue::set_product_status`].

souk_runtime::main!(catalogue::set_product_status::SetProductStatus);

//! Runs [`catalogue::restore_product`].

souk_runtime::main!(catalogue::restore_product::RestoreProduct);

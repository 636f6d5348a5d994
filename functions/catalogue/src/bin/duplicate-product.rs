//! Runs [`catalogue::duplicate_product`].

souk_runtime::main!(catalogue::duplicate_product::DuplicateProduct);

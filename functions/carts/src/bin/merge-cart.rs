//! Runs [`carts::merge_cart`].

souk_runtime::main!(carts::merge_cart::MergeCart);

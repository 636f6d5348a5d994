//! Runs [`carts::empty_cart`].

souk_runtime::main!(carts::empty_cart::EmptyCart);

//! Runs [`carts::get_cart`].

souk_runtime::main!(carts::get_cart::GetCart);

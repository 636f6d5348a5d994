//! Runs [`carts::set_cart_line`].

souk_runtime::main!(carts::set_cart_line::SetCartLine);

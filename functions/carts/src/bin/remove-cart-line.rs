//! Runs [`carts::remove_cart_line`].

souk_runtime::main!(carts::remove_cart_line::RemoveCartLine);

//! Runs [`carts::set_guest_cart_line`].

souk_runtime::main!(carts::set_guest_cart_line::SetGuestCartLine);

//! Runs [`carts::remove_guest_cart_line`].

souk_runtime::main!(carts::remove_guest_cart_line::RemoveGuestCartLine);

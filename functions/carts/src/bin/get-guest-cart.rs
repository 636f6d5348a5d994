//! Runs [`carts::get_guest_cart`].

souk_runtime::main!(carts::get_guest_cart::GetGuestCart);

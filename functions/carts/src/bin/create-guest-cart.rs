//! Runs [`carts::create_guest_cart`].

souk_runtime::main!(carts::create_guest_cart::CreateGuestCart);

//! Runs [`carts::empty_guest_cart`].

souk_runtime::main!(carts::empty_guest_cart::EmptyGuestCart);

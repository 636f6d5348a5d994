//! Runs [`carts::apply_guest_discount`].

souk_runtime::main!(carts::apply_guest_discount::ApplyGuestDiscount);

//! Runs [`carts::remove_guest_discount`].

souk_runtime::main!(carts::remove_guest_discount::RemoveGuestDiscount);

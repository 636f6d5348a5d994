//! Runs [`carts::remove_discount`].

souk_runtime::main!(carts::remove_discount::RemoveDiscount);

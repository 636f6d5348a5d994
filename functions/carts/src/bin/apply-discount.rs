//! Runs [`carts::apply_discount`].

souk_runtime::main!(carts::apply_discount::ApplyDiscount);

//! Runs [`discounts::create_discount`].

souk_runtime::main!(discounts::create_discount::CreateDiscount);

//! Runs [`discounts::get_discount`].

souk_runtime::main!(discounts::get_discount::GetDiscount);

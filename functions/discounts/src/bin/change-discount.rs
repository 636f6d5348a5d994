//! Runs [`discounts::change_discount`].

souk_runtime::main!(discounts::change_discount::ChangeDiscount);

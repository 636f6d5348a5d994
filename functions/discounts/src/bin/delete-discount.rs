//! Runs [`discounts::delete_discount`].

souk_runtime::main!(discounts::delete_discount::DeleteDiscount);

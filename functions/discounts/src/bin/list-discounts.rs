//! Runs [`discounts::list_discounts`].

souk_runtime::main!(discounts::list_discounts::ListDiscounts);

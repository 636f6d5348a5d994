//! Discounts: codes that reduce the price of a shop's products.
//!
//! A seller manages the discounts of the own shop here. Shoppers apply them to a cart (service `carts`), and a payment
//! session uses them (service `orders`).

mod deps;
mod endpoints;
mod form;
mod view;

pub use endpoints::*;

souk_runtime::functions! {
    endpoints: [
        create_discount::CreateDiscount,
        list_discounts::ListDiscounts,
        get_discount::GetDiscount,
        change_discount::ChangeDiscount,
        delete_discount::DeleteDiscount,
    ],
}

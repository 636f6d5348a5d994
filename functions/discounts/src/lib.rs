//! Discounts: codes with which a shop's goods cost less.
//!
//! A seller makes them here, for the own shop alone. Shoppers apply them to a cart; the till takes them off.

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

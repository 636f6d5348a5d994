//! Carts: what a shopper means to buy, signed in or not.
//!
//! A cart remembers SKUs, quantities and the codes of discounts, nothing else. What they cost, whether they are there and
//! what the discounts take off is looked up whenever the cart is shown. A guest's cart has an id that only its holder knows; once signed in, the shopper merges it.

mod change;
mod deps;
mod endpoints;
mod input;
mod view;

pub use endpoints::*;

souk_runtime::functions! {
    endpoints: [
        get_cart::GetCart,
        set_cart_line::SetCartLine,
        remove_cart_line::RemoveCartLine,
        apply_discount::ApplyDiscount,
        remove_discount::RemoveDiscount,
        empty_cart::EmptyCart,
        create_guest_cart::CreateGuestCart,
        get_guest_cart::GetGuestCart,
        set_guest_cart_line::SetGuestCartLine,
        remove_guest_cart_line::RemoveGuestCartLine,
        apply_guest_discount::ApplyGuestDiscount,
        remove_guest_discount::RemoveGuestDiscount,
        empty_guest_cart::EmptyGuestCart,
        merge_cart::MergeCart,
    ],
}

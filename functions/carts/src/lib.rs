//! Carts of shoppers and of guests who are not signed in.
//!
//! A cart stores only variants, quantities and discount codes. Prices, stock and the effect of the discounts are looked
//! up whenever the cart is answered. Only its holder knows the id of a guest's cart. After the sign-in, the shopper
//! merges it into the own cart.

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

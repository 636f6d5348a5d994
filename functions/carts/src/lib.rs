//! Carts: what a shopper means to buy, signed in or not.
//!
//! A cart remembers SKUs, quantities and the codes of discounts, nothing else. What they cost, whether they are there and
//! what the discounts take off is looked up whenever the cart is shown. A guest's cart has an id that only its holder knows; once signed in, the shopper merges it.

pub mod apply_discount;
pub mod apply_guest_discount;
pub mod create_guest_cart;
pub mod empty_cart;
pub mod empty_guest_cart;
pub mod get_cart;
pub mod get_guest_cart;
pub mod merge_cart;
pub mod remove_cart_line;
pub mod remove_discount;
pub mod remove_guest_cart_line;
pub mod remove_guest_discount;
pub mod set_cart_line;
pub mod set_guest_cart_line;

mod change;
mod deps;
mod input;
mod view;

souk_web::endpoints![
    get_cart,
    set_cart_line,
    remove_cart_line,
    apply_discount,
    remove_discount,
    empty_cart,
    create_guest_cart,
    get_guest_cart,
    set_guest_cart_line,
    remove_guest_cart_line,
    apply_guest_discount,
    remove_guest_discount,
    empty_guest_cart,
    merge_cart,
];

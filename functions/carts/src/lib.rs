//! Carts: what a shopper means to buy, signed in or not.
//!
//! A cart remembers SKUs and quantities, nothing else. What they cost and whether they are there is looked up whenever
//! the cart is shown. A guest's cart has an id that only its holder knows; once signed in, the shopper merges it.

pub mod create_guest_cart;
pub mod empty_cart;
pub mod empty_guest_cart;
pub mod get_cart;
pub mod get_guest_cart;
pub mod merge_cart;
pub mod remove_cart_line;
pub mod remove_guest_cart_line;
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
    empty_cart,
    create_guest_cart,
    get_guest_cart,
    set_guest_cart_line,
    remove_guest_cart_line,
    empty_guest_cart,
    merge_cart,
];

//! Carts: what a shopper means to buy.
//!
//! A cart remembers SKUs and quantities, nothing else. What they cost and whether they are there is looked up whenever
//! the cart is shown.

pub mod get_cart;
pub mod set_cart_line;

mod deps;
mod view;

souk_web::endpoints![get_cart, set_cart_line];

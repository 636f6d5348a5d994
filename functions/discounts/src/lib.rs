//! Discounts: codes with which a shop's goods cost less.
//!
//! A seller makes them here, for the own shop alone. Shoppers apply them to a cart; the till takes them off.

pub mod change_discount;
pub mod create_discount;
pub mod delete_discount;
pub mod get_discount;
pub mod list_discounts;

mod deps;
mod form;
mod view;

souk_web::endpoints![create_discount, list_discounts, get_discount, change_discount, delete_discount];

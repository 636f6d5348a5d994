//! The HTTP endpoints of this service, in reading order.

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

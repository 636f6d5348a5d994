//! The HTTP endpoints of this service, in reading order.

pub mod change_discount;
pub mod create_discount;
pub mod delete_discount;
pub mod get_discount;
pub mod list_discounts;

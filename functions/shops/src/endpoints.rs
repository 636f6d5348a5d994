//! The HTTP endpoints of this service, in reading order.

pub mod create_shop;
pub mod delete_shop;
pub mod edit_shop;
pub mod get_own_shop;
pub mod get_shop;
pub mod get_shop_by_domain;
pub mod get_shop_settings;
pub mod list_followers;
pub mod list_shops;
pub mod list_top_shops;
pub mod restore_shop;
pub mod set_shop_settings;

//! The HTTP endpoints of this service, in reading order.

pub mod add_address;
pub mod add_to_wishlist;
pub mod change_address;
pub mod delete_address;
pub mod follow_shop;
pub mod get_followed_shop;
pub mod list_addresses;
pub mod list_followed_shops;
pub mod list_recently_viewed;
pub mod list_wishlist;
pub mod record_view;
pub mod remove_from_wishlist;
pub mod set_default_address;
pub mod unfollow_shop;

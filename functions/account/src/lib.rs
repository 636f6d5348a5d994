//! The account: the shopper's own things. Addresses, the wishlist, followed shops, and what was looked at last.
//!
//! Lists of products and shops remember which and since when, nothing else. What those are is looked up whenever a list
//! is shown.

pub mod add_address;
pub mod change_address;
pub mod delete_address;
pub mod list_addresses;
pub mod set_default_address;

pub mod add_to_wishlist;
pub mod list_wishlist;
pub mod remove_from_wishlist;

pub mod follow_shop;
pub mod get_followed_shop;
pub mod list_followed_shops;
pub mod unfollow_shop;

pub mod list_recently_viewed;
pub mod record_view;

mod address;
mod deps;
mod product;

souk_web::endpoints![
    list_addresses,
    add_address,
    change_address,
    delete_address,
    set_default_address,
    list_wishlist,
    add_to_wishlist,
    remove_from_wishlist,
    list_followed_shops,
    get_followed_shop,
    follow_shop,
    unfollow_shop,
    list_recently_viewed,
    record_view,
];

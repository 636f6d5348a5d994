//! Shops: where a seller sells. A seller has one, for life; who deletes it has 28 days to have it back.
//!
//! Products carry copies of what they show of their shop. Whatever changes one of these tells [`sync_shop`], which brings
//! the copies up to date.

pub mod create_shop;
pub mod edit_shop;
pub mod get_own_shop;

pub mod get_shop;
pub mod get_shop_by_domain;
pub mod list_shops;
pub mod list_top_shops;

pub mod get_shop_settings;
pub mod list_followers;
pub mod set_shop_settings;

pub mod delete_shop;
pub mod restore_shop;

pub mod purge_shops;
pub mod sync_shop;

mod deps;
mod form;
mod settings;
mod view;

souk_web::endpoints![
    create_shop,
    get_own_shop,
    edit_shop,
    delete_shop,
    restore_shop,
    get_shop_settings,
    set_shop_settings,
    list_followers,
    list_shops,
    list_top_shops,
    get_shop,
    get_shop_by_domain,
];

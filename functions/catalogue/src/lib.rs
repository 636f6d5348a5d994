//! Catalogue: what sellers offer, and what of it is on sale.
//!
//! A product goes from its seller's draft onto the lists and off them again, by its status, its deletion and its shop's.
//! Everything that the public or the till reads leaves out what is not on sale.

pub mod adjust_stock;
pub mod check_slug;
pub mod count_sales;
pub mod create_product;
pub mod delete_product;
pub mod duplicate_product;
pub mod edit_product;
pub mod end_offer;
pub mod get_own_product;
pub mod get_product;
pub mod list_all_products;
pub mod list_offers;
pub mod list_own_products;
pub mod list_products;
pub mod list_related_products;
pub mod list_shop_offers;
pub mod list_shop_products;
pub mod list_stock_changes;
pub mod purge_products;
pub mod restore_product;
pub mod set_offer;
pub mod set_product_status;
pub mod suggest;
pub mod suggest_slug;
pub mod watch_products;

mod asked;
mod deps;
mod listing;
mod own;
mod variants;
mod view;

souk_web::endpoints![
    create_product,
    duplicate_product,
    edit_product,
    set_product_status,
    delete_product,
    restore_product,
    list_own_products,
    get_own_product,
    suggest_slug,
    check_slug,
    adjust_stock,
    list_stock_changes,
    list_products,
    suggest,
    list_shop_products,
    get_product,
    list_related_products,
    set_offer,
    end_offer,
    list_offers,
    list_shop_offers,
    list_all_products,
];

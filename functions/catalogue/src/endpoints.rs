//! The HTTP endpoints of this service, in reading order.

pub mod adjust_stock;
pub mod check_slug;
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
pub mod restore_product;
pub mod set_offer;
pub mod set_product_status;
pub mod suggest;
pub mod suggest_slug;

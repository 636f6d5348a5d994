//! Catalogue: what is on sale.

pub mod create_product;
pub mod get_product;
pub mod list_products;

mod deps;
mod view;

souk_web::endpoints![create_product, list_products, get_product];

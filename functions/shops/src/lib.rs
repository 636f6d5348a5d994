//! Shops: where a seller sells. A seller has one, for life.

pub mod create_shop;
pub mod get_shop;

mod view;

souk_web::endpoints![create_shop, get_shop];

//! The workers of this service: a consumer, a stream reader and a schedule.

pub mod count_sales;
pub mod purge_products;
pub mod watch_products;

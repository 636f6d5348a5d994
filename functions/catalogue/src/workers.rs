//! What queues, streams, schedules and deployments call.

pub mod count_sales;
pub mod purge_products;
pub mod watch_products;

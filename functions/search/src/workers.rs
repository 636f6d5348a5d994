//! What queues, streams, schedules and deployments call.

pub mod index_products;
pub mod rebuild_index;

//! What queues, streams, schedules and deployments call.

pub mod purge_shops;
pub mod sync_shop;

//! What queues, streams, schedules and deployments call.

pub mod move_category;
pub mod seed_site;

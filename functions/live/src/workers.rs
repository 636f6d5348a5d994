//! What queues, streams, schedules and deployments call.

pub mod push_live;

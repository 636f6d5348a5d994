//! What queues, streams, schedules and deployments call.

pub mod notify;

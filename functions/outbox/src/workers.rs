//! What queues, streams, schedules and deployments call.

pub mod relay_outbox;
pub mod sweep_outbox;

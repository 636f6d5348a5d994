//! What queues, streams, schedules and deployments call.

pub mod apply_stripe_event;
pub mod release_holds;

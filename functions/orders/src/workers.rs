//! What queues, streams, schedules and deployments call.

pub mod apply_stripe_event;
pub mod confirm_deliveries;
pub mod release_holds;

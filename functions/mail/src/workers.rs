//! What queues, streams, schedules and deployments call.

pub mod send_mail;

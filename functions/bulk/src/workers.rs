//! What queues, streams, schedules and deployments call.

pub mod run_export;
pub mod run_import;

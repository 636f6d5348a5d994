//! The HTTP endpoints of this service, in reading order.

pub mod get_job;
pub mod list_jobs;
pub mod start_export;
pub mod start_import;

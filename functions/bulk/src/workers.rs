//! The workers of this service: two consumers.

pub mod run_export;
pub mod run_import;

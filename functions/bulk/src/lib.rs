//! Bulk: a shop's products as a table, in and out.
//!
//! A row of the table is a product; `docs/bulk.md` describes it. Files never pass through the API: an import's is sent to S3
//! by a signed form, an export's is read there by a signed address. What is done in between are jobs, a message at a time.

pub mod get_job;
pub mod list_jobs;
pub mod run_export;
pub mod run_import;
pub mod start_export;
pub mod start_import;

mod cell;
mod columns;
mod deps;
mod sheet;
mod view;

souk_web::endpoints![start_import, start_export, list_jobs, get_job];

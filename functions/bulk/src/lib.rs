//! Bulk: a shop's products as a table, in and out.
//!
//! A row of the table is a product; `docs/bulk.md` describes it. Files never pass through the API: an import's is sent to S3
//! by a signed form, an export's is read there by a signed address. What is done in between are jobs, a message at a time.

mod cell;
mod columns;
mod deps;
mod endpoints;
mod sheet;
mod view;
mod workers;

pub use endpoints::*;
pub use workers::*;

souk_runtime::functions! {
    endpoints: [
        start_import::StartImport,
        start_export::StartExport,
        list_jobs::ListJobs,
        get_job::GetJob,
    ],
    consumers: [
        run_export::RunExport,
        run_import::RunImport,
    ],
}

//! Bulk: imports and exports of a shop's products as CSV files.
//!
//! A row of the file is a product; `docs/bulk.md` describes it. Files never pass through the API. The seller uploads
//! the file of an import to S3 with a signed form, and downloads the file of an export from S3 with a signed URL. In
//! between, queue messages process the job in steps.

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

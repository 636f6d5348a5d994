//! The representations of jobs in answers.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::JobId;
use souk_store_jobs::jobs::{Flaw, Job, RefusedRow, State, Task};
use souk_web::JsonSchema;

/// An import or an export of a shop's products.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Job")]
pub struct JobView {
    /// The id of the job.
    id: JobId,
    /// What the job does.
    kind: JobKind,
    /// The progress of the job.
    state: JobState,
    /// Why the job failed; only of a failed job.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<JobFailure>,
    /// Of an import, the number of rows in the file, once the file was read; of an export, the number of rows written
    /// so far.
    rows: u32,
    /// The number of rows that became products; only of an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<u32>,
    /// The number of rows that were refused; only of an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<u32>,
    /// When the job was started.
    created_at: Timestamp,
    /// When the job was done or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
    /// When the job and its file expire.
    expires_at: Timestamp,
}

/// What a job does.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum JobKind {
    /// Creates products from the rows of a file.
    Import,
    /// Writes the shop's products into a file.
    Export,
}

/// The progress of a job.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum JobState {
    /// An import waits for its file, an export for a worker.
    Waiting,
    /// The job is being processed.
    Running,
    /// The job is done. An import may have refused rows.
    Done,
    /// The job failed. What it did before stays.
    Failed,
}

/// Why a job failed.
#[derive(Debug, Serialize, JsonSchema)]
struct JobFailure {
    /// Stable and machine-readable: `unknown_column`, `too_many_rows`, ...
    code: String,
    /// A sentence for people.
    detail: String,
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        let (kind, rows, created, refused) = match &job.task {
            Task::Import(import) => (JobKind::Import, import.rows, Some(import.created), Some(import.refused)),
            Task::Export(export) => (JobKind::Export, export.written, None, None),
        };
        let (state, finished_at, failure) = match &job.state {
            State::Waiting => (JobState::Waiting, None, None),
            State::Running => (JobState::Running, None, None),
            State::Done { at } => (JobState::Done, Some(*at), None),
            State::Failed { at, reason, detail } => {
                let failure = JobFailure { code: reason.clone(), detail: detail.clone() };
                (JobState::Failed, Some(*at), Some(failure))
            }
        };
        Self {
            id: job.id,
            kind,
            state,
            failure,
            rows,
            created,
            refused,
            created_at: job.created_at,
            finished_at,
            expires_at: job.expires_at(),
        }
    }
}

/// A row that did not become a product.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RefusedRow")]
pub(crate) struct RefusedRowView {
    /// The number of the row as a spreadsheet program shows it: the header is row 1.
    row: u32,
    /// The errors of the row, at most 20.
    errors: Vec<RowErrorView>,
}

/// An error in a row.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RowError")]
struct RowErrorView {
    /// The column; absent if the error concerns the whole row.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// The entry within the cell, counted from 1; absent if the error concerns the whole cell.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u32>,
    /// Machine-readable: a code of `POST /v1/products` such as `missing`, or `malformed` and the like for a cell that
    /// cannot be parsed.
    code: String,
    /// A sentence for people.
    detail: String,
}

impl From<RefusedRow> for RefusedRowView {
    fn from(row: RefusedRow) -> Self {
        let view = |Flaw { column, entry, code, detail }: Flaw| RowErrorView { column, entry, code, detail };
        Self { row: row.row, errors: row.flaws.into_iter().map(view).collect() }
    }
}

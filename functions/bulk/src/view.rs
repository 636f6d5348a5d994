//! Jobs as they are answered.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::JobId;
use souk_store_jobs::jobs::{Flaw, Job, RefusedRow, State, Task};
use souk_web::JsonSchema;

/// An import or an export of a shop's products.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Job")]
pub struct JobView {
    /// Names it.
    id: JobId,
    /// What it does.
    kind: Kind,
    /// Where it stands.
    state: Standing,
    /// Why it was given up; only of a failed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<FailureView>,
    /// Of an import, the rows of the file, once it was read; of an export, the rows that are written.
    rows: u32,
    /// Rows that became products; only of an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<u32>,
    /// Rows that did not; only of an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<u32>,
    /// When it was asked for.
    created_at: Timestamp,
    /// When it was done or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
    /// From when on it and its file are gone.
    expires_at: Timestamp,
}

/// What a job does.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "JobKind")]
enum Kind {
    /// Makes products of a file's rows.
    Import,
    /// Writes the shop's products into a file.
    Export,
}

/// Where a job stands.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "JobState")]
enum Standing {
    /// An import waits for its file, an export for its turn.
    Waiting,
    /// It is being done.
    Running,
    /// It is done. Of an import, rows may have been refused.
    Done,
    /// It was given up; what it did until then stays.
    Failed,
}

/// Why a job was given up.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "JobFailure")]
struct FailureView {
    /// Stable and machine-readable: `unknown_column`, `too_many_rows`, ...
    code: String,
    /// One sentence.
    detail: String,
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        let (kind, rows, created, refused) = match &job.task {
            Task::Import(import) => (Kind::Import, import.rows, Some(import.created), Some(import.refused)),
            Task::Export(export) => (Kind::Export, export.written, None, None),
        };
        let (state, finished_at, failure) = match &job.state {
            State::Waiting => (Standing::Waiting, None, None),
            State::Running => (Standing::Running, None, None),
            State::Done { at } => (Standing::Done, Some(*at), None),
            State::Failed { at, reason, detail } => {
                let failure = FailureView { code: reason.clone(), detail: detail.clone() };
                (Standing::Failed, Some(*at), Some(failure))
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
pub(crate) struct RowView {
    /// As a spreadsheet program counts: the header is 1.
    row: u32,
    /// Everything that is wrong with it, 20 things at most.
    errors: Vec<FlawView>,
}

/// What is wrong with a row.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RowError")]
struct FlawView {
    /// The column; none when it is about the row as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<String>,
    /// Which of the cell's entries, counted from 1; none when it is about the cell as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<u32>,
    /// What is wrong, for programs: what creating the product would be refused with, or `malformed` and the like.
    code: String,
    /// What is wrong, for people.
    detail: String,
}

impl From<RefusedRow> for RowView {
    fn from(row: RefusedRow) -> Self {
        let view = |Flaw { column, entry, code, detail }: Flaw| FlawView { column, entry, code, detail };
        Self { row: row.row, errors: row.flaws.into_iter().map(view).collect() }
    }
}

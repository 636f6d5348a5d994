//! Imports and exports of a shop's products.
//!
//! A job is one item, which its worker rewrites after each step. The write requires that nobody else wrote it
//! meanwhile, and is in one transaction with the rows that the step refused and with the event that starts the next
//! step. So everything that is counted exists and is counted once, and a job that began continues.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{JobId, ShopId};
use souk_store::{
    Entity, Page, Position, StoreError, Table, Transaction, WriteError,
    idempotency::Answer,
    outbox::OutboxRecord,
    table::{Freshness, ListQuery},
    transaction::Condition,
};

use crate::keys::{self, Key};

/// How long a job and its files exist.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 7);

/// An import or an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// The job's id.
    pub id: JobId,
    /// The shop whose products are imported or exported.
    pub shop: ShopId,
    /// The task and its progress.
    pub task: Task,
    /// The state.
    pub state: State,
    /// The version. Every write increments it.
    pub version: u64,
    /// When it was requested.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

/// What a job does, and its progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Creates products from the rows of a file.
    Import(Import),
    /// Writes the products into a file.
    Export(Export),
}

/// The progress of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The non-empty rows of the file; 0 until the file was read.
    pub rows: u32,
    /// The number of the last row that was processed; 0 at the beginning.
    pub last: u32,
    /// The rows from which products were created.
    pub created: u32,
    /// The rows that were refused.
    pub refused: u32,
    /// The entity tag of the file that was read first, which tells it from a file that replaced it.
    pub file: Option<String>,
}

/// The progress of an export.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The products that are written.
    pub written: u32,
    /// The position after which it continues.
    pub from: Option<Position>,
    /// S3's id of the multipart upload.
    pub upload: Option<String>,
    /// The parts that are stored, in order.
    pub parts: Vec<StoredPart>,
    /// Whether these are all parts.
    pub ended: bool,
}

/// A stored part of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPart {
    /// The entity tag that S3 returned.
    pub tag: String,
    /// The checksum that S3 computed.
    pub checksum: Option<String>,
}

/// The state of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// No worker has begun; an import has no file yet.
    Waiting,
    /// A worker is processing it.
    Running,
    /// It is finished.
    Done {
        /// When it ended.
        #[serde(with = "millis")]
        at: Timestamp,
    },
    /// It was given up.
    Failed {
        /// When it ended.
        #[serde(with = "millis")]
        at: Timestamp,
        /// A stable, machine-readable code: `unknown_column`, `too_many_rows`, ...
        reason: String,
        /// One sentence.
        detail: String,
    },
}

impl Job {
    /// Returns when the job expires.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at + LIFETIME
    }

    /// Returns whether it is done or failed.
    pub fn is_over(&self) -> bool {
        matches!(self.state, State::Done { .. } | State::Failed { .. })
    }
}

impl Entity for Job {
    const TYPE: &'static str = "job";

    fn key(&self) -> Key {
        keys::job(self.shop, self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at())
    }
}

/// A row that an import refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// The import.
    pub job: JobId,
    /// The number of the row as spreadsheet programs count: the header is 1.
    pub row: u32,
    /// The errors.
    pub flaws: Vec<Flaw>,
    /// When the import was requested.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

/// An error in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// The column. Absent if the error is about the row as a whole.
    pub column: Option<String>,
    /// The entry within the cell, counted from 1. Absent if the error is about all entries.
    pub entry: Option<u32>,
    /// A stable, machine-readable code.
    pub code: String,
    /// One sentence for people.
    pub detail: String,
}

impl Entity for RefusedRow {
    const TYPE: &'static str = "refused_row";

    fn key(&self) -> Key {
        keys::refused_row(self.job, self.row)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.created_at + LIFETIME)
    }
}

/// Why a job was not written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// The `Idempotency-Key` was used meanwhile.
    KeyUsed,
    /// Somebody else continued it meanwhile.
    Moved,
}

/// Access to jobs.
#[derive(Debug)]
pub struct Jobs<'a> {
    table: &'a Table,
}

impl<'a> Jobs<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Creates a job, with its first event if there is something to do already.
    ///
    /// # Errors
    /// [`Rule::KeyUsed`], and those of [`StoreError`].
    pub async fn begin(
        &self,
        job: &Job,
        event: Option<&OutboxRecord>,
        answer: Option<&Answer>,
    ) -> Result<(), WriteError<Rule>> {
        let mut transaction = Transaction::new().create(job, Rule::Moved);
        if let Some(event) = event {
            transaction = transaction.put(event);
        }
        if let Some(answer) = answer {
            transaction = transaction.create(answer, Rule::KeyUsed);
        }
        transaction.commit(self.table).await
    }

    /// Returns a job of a shop, strongly consistent. Returns `None` if it expired.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, shop: ShopId, id: JobId, now: Timestamp) -> Result<Option<Job>, StoreError> {
        let job: Option<Job> = self.table.get(keys::job(shop, id), Freshness::Strong).await?;
        Ok(job.filter(|job| now < job.expires_at()))
    }

    /// Lists a shop's jobs, newest first. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn list(
        &self,
        shop: ShopId,
        from: Option<Position>,
        limit: u8,
        now: Timestamp,
    ) -> Result<Page<Job>, StoreError> {
        let mut page: Page<Job> = self.table.list(ListQuery::newest_in(keys::jobs_of(shop), from, limit)).await?;
        page.items.retain(|job| now < job.expires_at());
        Ok(page)
    }

    /// Lists the rows that an import refused, in order. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn refused(&self, job: JobId, from: Option<Position>, limit: u8) -> Result<Page<RefusedRow>, StoreError> {
        self.table.list(ListQuery::oldest_in(keys::refused_rows(job), from, limit)).await
    }

    /// Writes the progress of a job, the rows that this step refused (at most 90) and the event that starts the next
    /// step.
    ///
    /// # Errors
    /// [`Rule::Moved`], and those of [`StoreError`].
    pub async fn save(
        &self,
        job: &mut Job,
        refused: &[RefusedRow],
        next: Option<&OutboxRecord>,
    ) -> Result<(), WriteError<Rule>> {
        let read = Condition::at_version(job.version);
        job.version += 1;
        let mut transaction = Transaction::new().replace(job, read, Rule::Moved);
        for row in refused {
            transaction = transaction.put(row);
        }
        if let Some(next) = next {
            transaction = transaction.put(next);
        }
        transaction.commit(self.table).await
    }
}

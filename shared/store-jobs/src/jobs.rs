//! Imports and exports of a shop's products.
//!
//! A job is one item, which its worker rewrites as it goes on: each time on condition that nobody did so in between, and
//! in one transaction with the rows that it refused and with the event by which it goes on. So whatever is counted is
//! there, counts once, and a job that was begun is gone on with.

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

/// How long a job is there, and its files with it.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 7);

/// An import or an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Names it.
    pub id: JobId,
    /// Whose products.
    pub shop: ShopId,
    /// What is done, and how far it is.
    pub task: Task,
    /// Where it stands.
    pub state: State,
    /// Counts the writes of this item.
    pub version: u64,
    /// When it was asked for.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

/// What a job does, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Task {
    /// Makes products of a file's rows.
    Import(Import),
    /// Writes the products into a file.
    Export(Export),
}

/// How far an import is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Import {
    /// The rows of the file that are not empty; 0 until it was read.
    pub rows: u32,
    /// The number of the last row that was dealt with; 0 at the beginning.
    pub last: u32,
    /// The rows that became products.
    pub created: u32,
    /// The rows that did not.
    pub refused: u32,
    /// What tells the file that was read first from one that took its place.
    pub file: Option<String>,
}

/// How far an export is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Export {
    /// The products that are written.
    pub written: u32,
    /// Behind which product it goes on.
    pub from: Option<Position>,
    /// The storage's name for the file while its parts come in.
    pub upload: Option<String>,
    /// The parts that are stored, in their order.
    pub parts: Vec<StoredPart>,
    /// Whether these are all.
    pub ended: bool,
}

/// A part of a file, as the storage knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredPart {
    /// The entity tag that the storage gave it.
    pub tag: String,
    /// The checksum that the storage has of it.
    pub checksum: Option<String>,
}

/// Where a job stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// Nobody is at it yet; an import has no file yet.
    Waiting,
    /// It is being done.
    Running,
    /// It is done.
    Done {
        /// Since when.
        #[serde(with = "millis")]
        at: Timestamp,
    },
    /// It was given up.
    Failed {
        /// Since when.
        #[serde(with = "millis")]
        at: Timestamp,
        /// Stable and machine-readable: `unknown_column`, `too_many_rows`, ...
        reason: String,
        /// One sentence.
        detail: String,
    },
}

impl Job {
    /// From when on it is not there any more.
    pub fn expires_at(&self) -> Timestamp {
        self.created_at + LIFETIME
    }

    /// Whether there is nothing more to do.
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
    /// As a spreadsheet program counts: the header is 1.
    pub row: u32,
    /// Why.
    pub flaws: Vec<Flaw>,
    /// When the import was asked for.
    #[serde(with = "millis")]
    pub created_at: Timestamp,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaw {
    /// The column; none when it is about the row as a whole.
    pub column: Option<String>,
    /// Which of the cell's entries, counted from 1; none when it is about all of them.
    pub entry: Option<u32>,
    /// Stable and machine-readable.
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
    /// Somebody else went on with it in between.
    Moved,
}

/// The jobs in the table.
#[derive(Debug)]
pub struct Jobs<'a> {
    table: &'a Table,
}

impl<'a> Jobs<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Begins a job, and tells of it if there is already something to do.
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

    /// A job of a shop's, as it is now.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn of(&self, shop: ShopId, id: JobId, now: Timestamp) -> Result<Option<Job>, StoreError> {
        let job: Option<Job> = self.table.get(keys::job(shop, id), Freshness::Strong).await?;
        Ok(job.filter(|job| now < job.expires_at()))
    }

    /// A shop's jobs, the newest first. One read.
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

    /// The rows that an import refused, in their order. One read.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn refused(&self, job: JobId, from: Option<Position>, limit: u8) -> Result<Page<RefusedRow>, StoreError> {
        self.table.list(ListQuery::oldest_in(keys::refused_rows(job), from, limit)).await
    }

    /// Writes a job that went on, the rows that it refused on the way, at most 90, and the event by which it goes on.
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

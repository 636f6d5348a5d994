//! What a consumer does at most once, although it is told at least once.
//!
//! A consumer claims a task before it does it and marks it done afterwards. A claim that is not marked lapses: its
//! consumer died, and the next delivery may try. So a task is done twice only if its consumer died between doing it and
//! saying so.

use jiff::{SignedDuration, Timestamp};

use crate::{
    StoreError, Table, Transaction,
    entity::{millis, number, text},
    keys,
    transaction::Condition,
};

/// How long a consumer may take before another may try.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How long it is remembered that a task is done: longer than any queue keeps a message (14 days).
const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 15);

const TYPE: &str = "claim";

/// Whether a task is ours to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// It is; mark it done afterwards.
    Ours,
    /// It is done already.
    Done,
    /// Somebody is at it now.
    Busy,
}

/// Marks a task as done in the transaction that does it, unless it is done already: for what the table alone is changed by.
pub fn once<R: Clone>(
    transaction: Transaction<R>,
    consumer: &str,
    task: &str,
    now: Timestamp,
    rule: R,
) -> Transaction<R> {
    let first = Condition::new("attribute_not_exists(pk)")
        .name("#ttl", "ttl")
        .name("#type", "type")
        .value(":type", text(TYPE))
        .value(":now", millis(now))
        .value(":ttl", number((now + MEMORY).as_second()));
    let mark = "SET done_at = :now, #ttl = :ttl, #type = :type";
    transaction.update(&keys::claim(consumer, task), mark, first, rule)
}

/// The claims in the table.
#[derive(Debug)]
pub struct Claims<'a> {
    table: &'a Table,
}

impl<'a> Claims<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Tries to claim a task.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn take(&self, consumer: &str, task: &str, now: Timestamp) -> Result<Claim, StoreError> {
        let update = self
            .table
            .update(&keys::claim(consumer, task))
            .update_expression("SET lease_until = :lease, #ttl = :ttl, #type = :type")
            .condition_expression("attribute_not_exists(pk) OR (attribute_not_exists(done_at) AND lease_until <= :now)")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", text(TYPE))
            .expression_attribute_values(":lease", millis(now + LEASE))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":ttl", number((now + MEMORY).as_second()));
        Ok(match self.table.apply(update).await? {
            Ok(_) => Claim::Ours,
            Err(Some(item)) if item.contains_key("done_at") => Claim::Done,
            Err(_) => Claim::Busy,
        })
    }

    /// Marks a task as done.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn done(&self, consumer: &str, task: &str, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&keys::claim(consumer, task))
            .update_expression("SET done_at = :now")
            .expression_attribute_values(":now", millis(now));
        self.table.apply(update).await.map(drop)
    }

    /// Gives a claim back, after the task failed in a way that the next delivery may mend.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn release(&self, consumer: &str, task: &str) -> Result<(), StoreError> {
        self.table.delete(keys::claim(consumer, task)).await
    }
}

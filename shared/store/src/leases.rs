//! Leases of work: a consumer does a task at most once, although its message is delivered at least once.
//!
//! A consumer takes a lease on a task before it does the task, and marks the task as done afterwards. A lease that is
//! not marked as done expires, because its consumer died, and the next delivery may take it. So a task is done twice
//! only if its consumer died between doing it and marking it.

use jiff::{SignedDuration, Timestamp};

use crate::{
    StoreError, Table, Transaction,
    entity::{millis, number, text},
    keys,
    transaction::Condition,
};

/// How long a consumer may take before another one may take the lease.
const LEASE: SignedDuration = SignedDuration::from_mins(2);
/// How long a done task is remembered: longer than any queue keeps a message (14 days).
const MEMORY: SignedDuration = SignedDuration::from_hours(24 * 15);

// Leases were once called claims. Items of running tables have this type.
const TYPE: &str = "claim";

/// The result of taking a lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lease {
    /// The caller has the lease. It does the task and marks it as done.
    Granted,
    /// The task is done already.
    Done,
    /// Another consumer has the lease.
    Busy,
}

/// Marks a task as done in the transaction that does it, unless it is done already. For tasks that only change the
/// table.
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
    transaction.update(&keys::lease(consumer, task), mark, first, rule)
}

/// Access to leases.
#[derive(Debug)]
pub struct Leases<'a> {
    table: &'a Table,
}

impl<'a> Leases<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Takes the lease on a task, if it is free.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn take(&self, consumer: &str, task: &str, now: Timestamp) -> Result<Lease, StoreError> {
        let update = self
            .table
            .update(&keys::lease(consumer, task))
            .update_expression("SET lease_until = :lease, #ttl = :ttl, #type = :type")
            .condition_expression("attribute_not_exists(pk) OR (attribute_not_exists(done_at) AND lease_until <= :now)")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#type", "type")
            .expression_attribute_values(":type", text(TYPE))
            .expression_attribute_values(":lease", millis(now + LEASE))
            .expression_attribute_values(":now", millis(now))
            .expression_attribute_values(":ttl", number((now + MEMORY).as_second()));
        Ok(match self.table.apply(update).await? {
            Ok(_) => Lease::Granted,
            Err(Some(item)) if item.contains_key("done_at") => Lease::Done,
            Err(_) => Lease::Busy,
        })
    }

    /// Marks a task as done.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn done(&self, consumer: &str, task: &str, now: Timestamp) -> Result<(), StoreError> {
        let update = self
            .table
            .update(&keys::lease(consumer, task))
            .update_expression("SET done_at = :now")
            .expression_attribute_values(":now", millis(now));
        self.table.apply(update).await.map(drop)
    }

    /// Gives a lease back, after the task failed in a way that another delivery may succeed at.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn release(&self, consumer: &str, task: &str) -> Result<(), StoreError> {
        self.table.delete(keys::lease(consumer, task)).await
    }
}

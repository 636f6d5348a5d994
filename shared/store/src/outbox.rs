//! The outbox: events on their way to the queues.
//!
//! An event is written in the transaction of the change that it reports. The table's stream hands it to the relay,
//! which sends it to the queues and then deletes it. An event that the stream drops stays in the index's list, where a
//! sweep finds it.

use std::collections::BTreeSet;

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{EventId, Id};
use uuid::Uuid;

use crate::{
    Entity, StoreError, Table,
    keys::{self, IndexKey, Key},
    table::{ListQuery, Page, Position},
};

/// An outbox record: an event that waits for the relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRecord {
    /// The event's id, by which consumers recognize repetitions.
    pub id: EventId,
    /// When the event happened.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// The event, as JSON text.
    pub event: String,
}

impl Entity for OutboxRecord {
    const TYPE: &'static str = "outbox";

    fn key(&self) -> Key {
        keys::outbox(self.id)
    }

    fn index(&self) -> Option<IndexKey> {
        Some(keys::among_outbox(self.id))
    }
}

/// Access to the outbox.
#[derive(Debug)]
pub struct Outbox<'a> {
    table: &'a Table,
}

impl<'a> Outbox<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Writes an event that belongs to no other write.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn tell(&self, record: &OutboxRecord) -> Result<(), StoreError> {
        self.table.put(record).await
    }

    /// Lists events that were written before a time, oldest first, at most 250.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn left_behind(
        &self,
        before: Timestamp,
        from: Option<Position>,
    ) -> Result<Page<OutboxRecord>, StoreError> {
        // A UUID of version 7 begins with 48 bits of milliseconds, so the bare time is a bound for all earlier ids.
        let millis = u128::try_from(before.as_millisecond()).unwrap_or_default();
        let bound = EventId::from_uuid(Uuid::from_u128(millis << 80)).to_string();
        self.table.list(ListQuery::oldest_up_to(keys::outbox_index(), bound, 250).from(from)).await
    }

    /// Deletes events that every queue has received.
    ///
    /// # Errors
    /// Those of [`StoreError`]. Some may be deleted.
    pub async fn relayed(&self, ids: &BTreeSet<EventId>) -> Result<(), StoreError> {
        self.table.delete_many(ids.iter().copied().map(keys::outbox).collect()).await
    }
}

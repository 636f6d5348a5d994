//! Events on their way to the queues.
//!
//! An event is written in the transaction of the change that it tells of. The table's stream hands it to the relay,
//! which sends it to the queues and then removes it. What the stream should ever drop stays in the list of the index,
//! where a sweeper finds it.

use jiff::{Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_domain::{EventId, Id};
use uuid::Uuid;

use crate::{
    Entity, StoreError, Table,
    keys::{self, IndexKey, Key},
    table::ListQuery,
};

/// An event that waits to be relayed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRecord {
    /// Names the event: consumers tell repetitions by it.
    pub id: EventId,
    /// When it happened.
    #[serde(with = "millis")]
    pub at: Timestamp,
    /// What happened, as JSON text.
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

/// The outbox in the table.
#[derive(Debug)]
pub struct Outbox<'a> {
    table: &'a Table,
}

impl<'a> Outbox<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Writes an event that goes with no other write.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn tell(&self, news: &OutboxRecord) -> Result<(), StoreError> {
        self.table.put(news).await
    }

    /// Events that were written before a time and are still here, oldest first, at most 100.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn left_behind(&self, before: Timestamp) -> Result<Vec<OutboxRecord>, StoreError> {
        // A UUID of version 7 begins with its 48 bits of milliseconds, so the bare time bounds all earlier ids.
        let millis = u128::try_from(before.as_millisecond()).unwrap_or_default();
        let bound = EventId::from_uuid(Uuid::from_u128(millis << 80)).to_string();
        Ok(self.table.list(ListQuery::oldest_up_to(keys::outbox_index(), bound, 100)).await?.items)
    }

    /// Removes an event that every queue has.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn relayed(&self, id: EventId) -> Result<(), StoreError> {
        self.table.delete(keys::outbox(id)).await
    }
}

//! Stripe's webhook events, as Stripe sent them.

use jiff::{SignedDuration, Timestamp, fmt::serde::timestamp::millisecond::required as millis};
use serde::{Deserialize, Serialize};
use souk_store::{Entity, StoreError, Table, Transaction, WriteError, outbox::OutboxRecord, table::Freshness};

use crate::keys::{self, Key};

/// How long an event is stored: Stripe repeats an event for 3 days, and an operator may resend it for 30.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24 * 60);

/// A webhook event with a valid signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeEvent {
    /// Stripe's id of the event, by which repetitions are recognized.
    pub id: String,
    /// The body, byte for byte.
    pub payload: String,
    /// When it arrived.
    #[serde(with = "millis")]
    pub received_at: Timestamp,
}

impl Entity for StripeEvent {
    const TYPE: &'static str = "stripe_event";

    fn key(&self) -> Key {
        keys::stripe_event(&self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.received_at + LIFETIME)
    }
}

/// Why an event was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It is stored already.
    Repeated,
}

/// Access to Stripe's events.
#[derive(Debug)]
pub struct StripeEvents<'a> {
    table: &'a Table,
}

impl<'a> StripeEvents<'a> {
    pub(crate) fn new(table: &'a Table) -> Self {
        Self { table }
    }

    /// Stores an event, and the outbox record for its queue.
    ///
    /// # Errors
    /// [`Rule::Repeated`] if it was stored before.
    pub async fn receive(&self, event: &StripeEvent, record: &OutboxRecord) -> Result<(), WriteError<Rule>> {
        Transaction::new().create(event, Rule::Repeated).put(record).commit(self.table).await
    }

    /// Returns an event.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn get(&self, id: &str) -> Result<Option<StripeEvent>, StoreError> {
        self.table.get(keys::stripe_event(id), Freshness::Strong).await
    }
}

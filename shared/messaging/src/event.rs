//! The events, and which queue wants which.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{Email, EventId, Id, OrderId, PersonName};
use souk_store::{keys::Realm, outbox::OutboxRecord};
use uuid::Uuid;

/// Something that happened. New fields need a default: messages of the version before may still be under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Somebody registered and needs a code to confirm the address.
    CodeRequested {
        /// Where it goes.
        email: Email,
        /// What they call themselves.
        name: PersonName,
        /// The code, sealed for the purpose `code`: a queue is no place for a secret.
        sealed_code: String,
    },
    /// Somebody registered an address that has an account. Its owner should know.
    AddressTaken {
        /// Whose.
        email: Email,
        /// As what.
        realm: Realm,
    },
    /// The payment provider told us something.
    StripeEventReceived {
        /// Its name for it.
        id: String,
    },
    /// An order was paid.
    OrderPlaced {
        /// Which.
        order: OrderId,
    },
}

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// What goes out by mail.
    Mail,
    /// What goes out over open sockets.
    Live,
    /// What the payment provider told us.
    Payments,
}

impl Event {
    /// The queues that want it.
    pub const fn queues(&self) -> &'static [Queue] {
        match self {
            Self::CodeRequested { .. } | Self::AddressTaken { .. } => &[Queue::Mail],
            Self::StripeEventReceived { .. } => &[Queue::Payments],
            Self::OrderPlaced { .. } => &[Queue::Mail, Queue::Live],
        }
    }

    /// The outbox item that tells of it, for the transaction that makes it true.
    ///
    /// # Errors
    /// When it does not serialise, which every event does.
    pub fn record(&self, at: Timestamp) -> Result<OutboxRecord, serde_json::Error> {
        Ok(OutboxRecord { id: EventId::from_uuid(Uuid::now_v7()), at, event: serde_json::to_string(self)? })
    }
}

/// An event as it stands in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Names the event: the same in every repetition.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub event: Event,
}

impl Message {
    /// The message that an outbox item stands for.
    ///
    /// # Errors
    /// When the item holds no event that this version knows.
    pub fn of(record: &OutboxRecord) -> Result<Self, serde_json::Error> {
        Ok(Self { id: record.id, at: record.at, event: serde_json::from_str(&record.event)? })
    }
}

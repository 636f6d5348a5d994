//! The events, and which queue wants which.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{Email, EventId, Id, MediaId, Notice, OrderId, PersonName, Principal, code::Purpose};
use souk_store::{keys::Realm, outbox::OutboxRecord};
use uuid::Uuid;

/// Something that happened. New fields need a default: messages of the version before may still be under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// Somebody asked for a code. Whether the address should get one is for the mail to find out: who asks must not
    /// learn it, not even from how long the asking took.
    CodeRequested {
        /// Where it goes.
        email: Email,
        /// As what the address signs in, or wants to.
        #[serde(default)]
        realm: Realm,
        /// What the code is for.
        #[serde(default)]
        purpose: Purpose,
        /// The code, sealed for the purpose `code`: a queue is no place for a secret.
        sealed_code: String,
    },
    /// Something changed about who may act for somebody, and they should know.
    AccountNotice {
        /// Whose account.
        principal: Principal,
        /// What changed.
        notice: Notice,
    },
    /// An account is gone, and with it what says where its mail goes.
    AccountDeleted {
        /// Whose account it was.
        principal: Principal,
        /// What they looked like, for the worker that takes the picture away.
        #[serde(default)]
        avatar: Option<MediaId>,
        /// Where it went.
        email: Email,
        /// What its owner was called.
        name: PersonName,
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
    /// Accounts that are gone.
    Accounts,
    /// What people are told of.
    Notifications,
}

impl Event {
    /// The queues that want it.
    pub const fn queues(&self) -> &'static [Queue] {
        match self {
            Self::CodeRequested { .. } => &[Queue::Mail],
            Self::AccountDeleted { .. } => &[Queue::Mail, Queue::Accounts],
            Self::AccountNotice { .. } => &[Queue::Mail, Queue::Notifications],
            Self::StripeEventReceived { .. } => &[Queue::Payments],
            Self::OrderPlaced { .. } => &[Queue::Mail, Queue::Live, Queue::Notifications],
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

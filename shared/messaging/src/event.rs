//! The events, and which queue wants which.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{
    Email, EventId, Id, JobId, MediaId, Notice, OrderId, PersonName, Principal, Realm, ShopId, SkuId, Slug,
    code::Purpose,
};
use souk_store::{Position, StoreError, outbox::OutboxRecord};
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
    /// Something is to be made of a picture.
    TransformationRequested {
        /// The picture that it becomes.
        media: MediaId,
    },
    /// Of a SKU there is as little left as its seller wants to hear of.
    StockLow {
        /// Which.
        sku: SkuId,
    },
    /// What a shop's products show of it may no longer be right: its name, its slug, or whether it is open.
    ShopChanged {
        /// Which.
        shop: ShopId,
        /// Where a worker left off among its products.
        #[serde(default)]
        from: Option<Position>,
        /// Whether this is the second look, for products that the list did not show yet at the first.
        #[serde(default)]
        again: bool,
    },
    /// Products and shops have to leave a category, or parts of it that are gone.
    CategoryChanged {
        /// Which.
        category: Slug,
        /// Where a worker left off among them.
        #[serde(default)]
        from: Option<Position>,
        /// Whether this is the second look, for products that the list did not show yet at the first.
        #[serde(default)]
        again: bool,
    },
    /// An import has rows that were not looked at yet.
    ImportGoesOn {
        /// Whose products.
        shop: ShopId,
        /// Which.
        job: JobId,
    },
    /// An export has a part to write.
    ExportGoesOn {
        /// Whose products.
        shop: ShopId,
        /// Which.
        job: JobId,
        /// Which part, counted from 1.
        part: u32,
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
    /// What is to be made of pictures.
    Transforms,
    /// Orders, whose pictures are kept.
    Pictures,
    /// What products show of their shop.
    Catalogue,
    /// Categories that products and shops have to leave.
    Categories,
    /// Files to make products of.
    Imports,
    /// Products to write into files.
    Exports,
    /// Orders, whose pieces are counted.
    Sales,
}

impl Event {
    /// The queues that want it.
    pub const fn queues(&self) -> &'static [Queue] {
        match self {
            Self::CodeRequested { .. } => &[Queue::Mail],
            Self::AccountDeleted { .. } => &[Queue::Mail, Queue::Live, Queue::Accounts],
            Self::AccountNotice { principal: Principal::Seller(_), notice: Notice::Banned { .. } } => {
                &[Queue::Mail, Queue::Live, Queue::Notifications, Queue::Catalogue]
            }
            Self::AccountNotice { principal: Principal::Seller(_), notice: Notice::BanLifted } => {
                &[Queue::Mail, Queue::Notifications, Queue::Catalogue]
            }
            Self::AccountNotice { notice, .. } if notice.ends_sessions() => {
                &[Queue::Mail, Queue::Live, Queue::Notifications]
            }
            Self::AccountNotice { .. } => &[Queue::Mail, Queue::Notifications],
            Self::StripeEventReceived { .. } => &[Queue::Payments],
            Self::OrderPlaced { .. } => {
                &[Queue::Mail, Queue::Live, Queue::Notifications, Queue::Pictures, Queue::Sales]
            }
            Self::TransformationRequested { .. } => &[Queue::Transforms],
            Self::StockLow { .. } => &[Queue::Mail, Queue::Notifications],
            Self::ShopChanged { .. } => &[Queue::Catalogue],
            Self::CategoryChanged { .. } => &[Queue::Categories],
            Self::ImportGoesOn { .. } => &[Queue::Imports],
            Self::ExportGoesOn { .. } => &[Queue::Exports],
        }
    }

    /// For how many seconds its queues keep it back.
    pub const fn delay(&self) -> i32 {
        match self {
            // By then, the index has what was written before the first look.
            Self::ShopChanged { again: true, .. } | Self::CategoryChanged { again: true, .. } => 60,
            _ => 0,
        }
    }

    /// The outbox item that tells of it, for the transaction that makes it true.
    ///
    /// # Errors
    /// [`StoreError::Shape`] when it does not serialise, which every event does.
    pub fn record(&self, at: Timestamp) -> Result<OutboxRecord, StoreError> {
        let event = serde_json::to_string(self).map_err(|error| StoreError::Shape(Box::new(error)))?;
        Ok(OutboxRecord { id: EventId::from_uuid(Uuid::now_v7()), at, event })
    }
}

/// Something that somebody is to be told of their account, for the transaction that makes it true.
///
/// # Errors
/// Those of [`Event::record`].
pub fn tell(principal: Principal, notice: Notice, at: Timestamp) -> Result<OutboxRecord, StoreError> {
    Event::AccountNotice { principal, notice }.record(at)
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

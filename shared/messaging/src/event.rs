//! The events, and the queues that each is sent to.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{
    Email, EventId, Id, JobId, MediaId, Notice, OrderId, PaymentSessionId, PersonName, Principal, Realm, ShopId, SkuId,
    Slug, code::Purpose, delivery::Progress,
};
use souk_store::{Position, StoreError, outbox::OutboxRecord};
use uuid::Uuid;

/// Something that happened. A new field needs a default, because messages of the version before may still be in a
/// queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A caller requested a mailed code. The consumer finds out whether the address gets one. The caller must not learn
    /// it, not even from the duration of the request.
    CodeRequested {
        /// The address that the code is for.
        email: Email,
        /// The kind of account that the address signs in to.
        #[serde(default)]
        realm: Realm,
        /// What the code is for.
        #[serde(default)]
        purpose: Purpose,
        /// The code, sealed for the purpose `code`, since a queue must not contain a secret.
        sealed_code: String,
    },
    /// The rights or the security of an account changed, and its owner should know.
    AccountNotice {
        /// The owner of the account.
        principal: Principal,
        /// What changed.
        notice: Notice,
    },
    /// The owner of an account ended one or all of the account's sessions. Their sockets must be closed.
    SessionsEnded {
        /// The owner of the account.
        principal: Principal,
    },
    /// An account was deleted. The event contains what a mail needs, since the account's item no longer exists.
    AccountDeleted {
        /// The owner of the account.
        principal: Principal,
        /// The avatar, for the worker that deletes the picture.
        #[serde(default)]
        avatar: Option<MediaId>,
        /// The mail address of the account.
        email: Email,
        /// The name of the owner.
        name: PersonName,
    },
    /// An event of Stripe was received and stored.
    StripeEventReceived {
        /// Stripe's id of the event.
        id: String,
    },
    /// A shopper gave up a payment session: the cart was emptied or the account deleted. It must end unless it was paid.
    PaymentSessionGivenUp {
        /// The payment session.
        session: PaymentSessionId,
    },
    /// An order was paid.
    OrderPlaced {
        /// The order.
        order: OrderId,
    },
    /// A shop order was packed, or a shipment of it moved forward.
    OrderProgressed {
        /// The order.
        order: OrderId,
        /// The shop.
        shop: ShopId,
        /// What happened.
        progress: Progress,
    },
    /// Pieces of a shop order were cancelled.
    OrderCancelled {
        /// The order.
        order: OrderId,
        /// The shop.
        shop: ShopId,
        /// The number of the cancellation.
        cancellation: u8,
    },
    /// Money of a shop order has to go back to the buyer.
    RefundRequested {
        /// The order.
        order: OrderId,
        /// The shop.
        shop: ShopId,
        /// The number of the refund.
        refund: u8,
    },
    /// Stripe refused a refund, so a person must find another way.
    RefundFailed {
        /// The order.
        order: OrderId,
        /// The shop.
        shop: ShopId,
        /// The number of the refund.
        refund: u8,
    },
    /// A seller requested a transformation of a picture.
    TransformationRequested {
        /// The picture that results.
        media: MediaId,
    },
    /// The stock of a SKU fell to the level at which its seller wants a warning.
    StockLow {
        /// The SKU.
        sku: SkuId,
    },
    /// The copies of a shop in its products may be stale: its name, its slug, or whether it is open.
    ShopChanged {
        /// The shop.
        shop: ShopId,
        /// The position in the list of its products at which the worker continues.
        #[serde(default)]
        from: Option<Position>,
        /// Whether this is the second pass, for products that the list did not contain yet during the first.
        #[serde(default)]
        again: bool,
    },
    /// A category or some of its subcategories were deleted, and products and shops must leave them.
    CategoryChanged {
        /// The category.
        category: Slug,
        /// The position in the list of products and shops at which the worker continues.
        #[serde(default)]
        from: Option<Position>,
        /// Whether this is the second pass, for products that the list did not contain yet during the first.
        #[serde(default)]
        again: bool,
    },
    /// An import has rows left.
    ImportGoesOn {
        /// The shop.
        shop: ShopId,
        /// The import.
        job: JobId,
    },
    /// An export has parts left.
    ExportGoesOn {
        /// The shop.
        shop: ShopId,
        /// The export.
        job: JobId,
        /// The number of the part, from 1.
        part: u32,
    },
}

/// A queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Queue {
    /// Events that cause a mail.
    Mail,
    /// Events that are pushed over sockets.
    Live,
    /// Events of Stripe, payment sessions that were given up, and refunds.
    Payments,
    /// Deleted accounts, whose data must be deleted.
    Accounts,
    /// Events that cause a notification.
    Notifications,
    /// Transformations of pictures.
    Transforms,
    /// Orders, which keep references to their pictures.
    Pictures,
    /// Shops whose copies in products may be stale.
    Catalogue,
    /// Categories that products and shops must leave.
    Categories,
    /// Imports with rows left.
    Imports,
    /// Exports with parts left.
    Exports,
    /// Orders, whose sold pieces are counted.
    Sales,
}

impl Event {
    /// Returns the queues that the event is sent to.
    pub const fn queues(&self) -> &'static [Queue] {
        match self {
            Self::CodeRequested { .. } => &[Queue::Mail],
            Self::SessionsEnded { .. } => &[Queue::Live],
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
            Self::StripeEventReceived { .. } | Self::PaymentSessionGivenUp { .. } => &[Queue::Payments],
            Self::OrderPlaced { .. } => {
                &[Queue::Mail, Queue::Live, Queue::Notifications, Queue::Pictures, Queue::Sales]
            }
            Self::OrderProgressed { progress: Progress::Packed, .. } => &[Queue::Notifications],
            Self::OrderProgressed { .. } => &[Queue::Mail, Queue::Notifications],
            Self::OrderCancelled { .. } => &[Queue::Mail, Queue::Notifications],
            Self::RefundRequested { .. } => &[Queue::Payments],
            Self::RefundFailed { .. } => &[Queue::Notifications],
            Self::TransformationRequested { .. } => &[Queue::Transforms],
            Self::StockLow { .. } => &[Queue::Mail, Queue::Notifications],
            Self::ShopChanged { .. } => &[Queue::Catalogue],
            Self::CategoryChanged { .. } => &[Queue::Categories],
            Self::ImportGoesOn { .. } => &[Queue::Imports],
            Self::ExportGoesOn { .. } => &[Queue::Exports],
        }
    }

    /// Returns the delay of the message in its queues, in seconds.
    pub const fn delay(&self) -> i32 {
        match self {
            // After a minute the index contains everything that was written before the first pass.
            Self::ShopChanged { again: true, .. } | Self::CategoryChanged { again: true, .. } => 60,
            _ => 0,
        }
    }

    /// Makes the outbox item of the event, for the transaction of the change.
    ///
    /// # Errors
    /// [`StoreError::Shape`] if it does not serialise, which does not happen.
    pub fn record(&self, at: Timestamp) -> Result<OutboxRecord, StoreError> {
        let event = serde_json::to_string(self).map_err(|error| StoreError::Shape(Box::new(error)))?;
        Ok(OutboxRecord { id: EventId::from_uuid(Uuid::now_v7()), at, event })
    }
}

/// Makes the outbox item of an [`Event::AccountNotice`], for the transaction of the change.
///
/// # Errors
/// Those of [`Event::record`].
pub fn tell(principal: Principal, notice: Notice, at: Timestamp) -> Result<OutboxRecord, StoreError> {
    Event::AccountNotice { principal, notice }.record(at)
}

/// An event in a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The id of the event, the same in every delivery.
    pub id: EventId,
    /// When the event happened.
    pub at: Timestamp,
    /// The event.
    pub event: Event,
}

impl Message {
    /// Makes the message of an outbox item.
    ///
    /// # Errors
    /// The item has no event that this version knows.
    pub fn of(record: &OutboxRecord) -> Result<Self, serde_json::Error> {
        Ok(Self { id: record.id, at: record.at, event: serde_json::from_str(&record.event)? })
    }
}

//! The delivery of a shop order: its view, and what the functions that change it share.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Invalid, OrderId, Quantity, SkuId, WebUrl,
    delivery::{Carrier, Party, Pieces, Progress, Shipment, Tracking, TrackingNumber},
    order::DeliveryState,
    refund::RefundState,
};
use souk_messaging::Event;
use souk_store::{Store, WriteError, idempotency::Answer};
use souk_store_sales::{
    SalesExt as _,
    orders::{Rule, ShopOrder},
};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Problem};

/// A parcel with pieces of a shop order.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Shipment")]
pub struct ShipmentView {
    /// Its number within the shop order, from 1.
    number: u8,
    /// The state of the shipment.
    state: ShipmentState,
    /// The pieces in it.
    lines: Vec<ShipmentLine>,
    /// The carrier.
    #[serde(skip_serializing_if = "Option::is_none")]
    carrier: Option<Carrier>,
    /// The carrier's number of the parcel.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_number: Option<TrackingNumber>,
    /// The page on which the carrier shows where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    tracking_url: Option<WebUrl>,
    /// When it was shipped.
    shipped_at: Timestamp,
    /// When it was delivered, or began to count as delivered because of its age.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered_at: Option<Timestamp>,
}

/// The state of a shipment.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum ShipmentState {
    /// With the carrier.
    Shipped,
    /// With the carrier's driver.
    OutForDelivery,
    /// With the buyer.
    Delivered,
}

/// Pieces of a variant in a shipment.
#[derive(Debug, Serialize, JsonSchema)]
struct ShipmentLine {
    /// The id of the variant.
    sku: SkuId,
    /// The number of pieces.
    quantity: Quantity,
}

impl From<&Shipment> for ShipmentView {
    fn from(shipment: &Shipment) -> Self {
        Self {
            number: shipment.number,
            state: match shipment.state() {
                DeliveryState::Delivered => ShipmentState::Delivered,
                DeliveryState::OutForDelivery => ShipmentState::OutForDelivery,
                _ => ShipmentState::Shipped,
            },
            lines: shipment.pieces.iter().map(|(&sku, &quantity)| ShipmentLine { sku, quantity }).collect(),
            carrier: shipment.tracking.carrier.clone(),
            tracking_number: shipment.tracking.tracking_number.clone(),
            tracking_url: shipment.tracking.tracking_url.clone(),
            shipped_at: shipment.shipped_at,
            delivered_at: shipment.delivered_at,
        }
    }
}

/// Something that happened to a shop order.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HistoryEntry {
    /// When it happened.
    at: Timestamp,
    /// What happened.
    what: What,
    /// Who did it.
    by: Who,
    /// The number of the shipment, if it happened to a shipment.
    #[serde(skip_serializing_if = "Option::is_none")]
    shipment: Option<u8>,
}

/// What can happen to a shop order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OrderHistoryEvent")]
enum What {
    /// It was paid.
    Ordered,
    /// It was packed.
    Packed,
    /// A shipment was given to the carrier.
    Shipped,
    /// The carrier's driver set out with a shipment.
    OutForDelivery,
    /// A shipment was delivered.
    Delivered,
    /// Pieces were cancelled.
    Cancelled,
    /// Money went back to the buyer.
    Refunded,
}

/// Who did something to a shop order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "OrderHistoryActor")]
enum Who {
    /// The buyer.
    Buyer,
    /// The seller.
    Seller,
    /// The marketplace, by a rule.
    Marketplace,
}

/// Returns everything that happened to a shop order, the earliest first.
pub(crate) fn history(order: &ShopOrder) -> Vec<HistoryEntry> {
    let entry = |at: Timestamp, what, by, shipment| HistoryEntry { at, what, by, shipment };
    let mut entries = vec![entry(order.placed_at, What::Ordered, Who::Buyer, None)];
    entries.extend(order.delivery.packed_at.map(|at| entry(at, What::Packed, Who::Seller, None)));
    for shipment in &order.delivery.shipments {
        let of_it = |at, what, by| entry(at, what, by, Some(shipment.number));
        entries.push(of_it(shipment.shipped_at, What::Shipped, Who::Seller));
        entries.extend(shipment.out_for_delivery_at.map(|at| of_it(at, What::OutForDelivery, Who::Seller)));
        let by = if shipment.assumed { Who::Marketplace } else { Who::Seller };
        entries.extend(shipment.delivered_at.map(|at| of_it(at, What::Delivered, by)));
    }
    for cancellation in &order.delivery.cancellations {
        let by = if cancellation.by == Party::Buyer { Who::Buyer } else { Who::Seller };
        entries.push(entry(cancellation.at, What::Cancelled, by, None));
    }
    let succeeded = order.refunds.iter().filter(|refund| refund.state == RefundState::Succeeded);
    for at in succeeded.filter_map(|refund| refund.settled_at) {
        entries.push(entry(at, What::Refunded, Who::Marketplace, None));
    }
    // Entries of the same moment stay in the order in which one follows from the other.
    entries.sort_by_key(|entry| entry.at);
    entries
}

/// Returns the event that a shop order was packed or a shipment moved.
pub(crate) fn progressed(order: &ShopOrder, progress: Progress) -> Event {
    Event::OrderProgressed { order: order.order, shop: order.part.shop, progress }
}

/// Writes a change of a shop order with its events, and returns pieces to the stock. Returns `None` if another request
/// changed the shop order meanwhile: the caller reads it again.
///
/// # Errors
/// [`Rule::KeyUsed`], and those of [`souk_store::StoreError`].
pub(crate) async fn save(
    store: &Store,
    before: &ShopOrder,
    after: &ShopOrder,
    returned: &Pieces,
    events: &[Event],
    answer: Option<&Answer>,
    now: Timestamp,
) -> Result<Option<()>, WriteError<Rule>> {
    let events = events.iter().map(|event| event.record(now)).collect::<Result<Vec<_>, _>>()?;
    match store.orders().save(before, after, returned, &events, answer).await {
        Ok(()) => Ok(Some(())),
        Err(WriteError::Refused(rules)) if !rules.broke(&Rule::KeyUsed) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns the problem for a delivery that was not written. Another request with the same key was faster: a retry gets the
/// answer that it stored.
pub(crate) fn not_saved(error: WriteError<Rule>) -> Problem {
    Problem::from_write(error, |_| Code::Unavailable.into())
}

/// The part of an order that the seller's shop sold.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors)]
pub struct ShopOrderPath {
    /// The id of the order.
    pub(crate) id: OrderId,
}

/// The number of a shipment within its shop order, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ShipmentNumber(pub(crate) u8);

impl ShipmentNumber {
    fn parse(raw: &str) -> Result<Self, Invalid> {
        let number = raw.parse().ok().filter(|&number: &u8| number > 0 && raw == number.to_string());
        number.map(Self).ok_or_else(|| Invalid::new("malformed", "must be the number of a shipment such as 1"))
    }
}

souk_domain::edge!(ShipmentNumber, { "type": "integer", "minimum": 1, "maximum": 255, "examples": [1] });

/// How a shipment can be followed. What is not given is not known.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub(crate) struct TrackingInput {
    /// The carrier.
    #[deserr(default)]
    carrier: Option<Carrier>,
    /// The carrier's number of the parcel.
    #[deserr(default)]
    tracking_number: Option<TrackingNumber>,
    /// The page on which the carrier shows where it is.
    #[deserr(default)]
    tracking_url: Option<WebUrl>,
}

impl From<TrackingInput> for Tracking {
    fn from(input: TrackingInput) -> Self {
        Self { carrier: input.carrier, tracking_number: input.tracking_number, tracking_url: input.tracking_url }
    }
}

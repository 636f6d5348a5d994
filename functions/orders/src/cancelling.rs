//! The cancellation of pieces, by the buyer or by the seller.
//!
//! One transaction writes the cancellation and its refund, returns the pieces to the stock, and writes two events: one for
//! those who should know, one for the consumer that asks Stripe for the refund. So the functions need no key of Stripe.

use jiff::Timestamp;
use serde::Serialize;
use souk_domain::{
    Money, OrderId, Quantity, ShopId, SkuId, UserId,
    delivery::{Cancellation, MAX_CANCELLED, Party},
    refund::RefundState,
};
use souk_messaging::Event;
use souk_store::{Store, retry_on_conflict};
use souk_store_sales::{
    SalesExt as _,
    orders::{Refund, ShopOrder},
};
use souk_web::{Code, Created, Deserr, FieldErrors, JsonSchema, Key, Problem};

use crate::{
    delivery::{not_saved, save},
    pieces::{PiecesInput, not_left, pieces},
};

/// What is cancelled.
#[derive(Debug, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
pub struct NewCancellation {
    /// The pieces, 1 to 90 different variants. Without them, all pieces that are not shipped, of at most 90 variants: a
    /// larger order takes two requests.
    #[deserr(default)]
    #[schemars(length(max = 90))]
    lines: Option<Vec<PiecesInput>>,
}

/// Pieces that are not delivered after all, and the money that goes back for them.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Cancellation")]
pub struct CancellationView {
    /// Its number within the shop order, from 1.
    number: u8,
    /// The pieces.
    lines: Vec<CancelledLine>,
    /// Who cancelled them.
    by: Party,
    /// When they were cancelled.
    at: Timestamp,
    /// What goes back to the buyer.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund: Option<RefundView>,
}

/// Pieces of a variant that were cancelled.
#[derive(Debug, Serialize, JsonSchema)]
struct CancelledLine {
    /// The id of the variant.
    sku: SkuId,
    /// The number of pieces.
    quantity: Quantity,
}

/// Money that goes back to the buyer.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Refund")]
struct RefundView {
    /// The amount.
    amount: Money,
    /// How far it is.
    state: RefundState,
    /// When Stripe accepted or refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled_at: Option<Timestamp>,
}

impl From<&Refund> for RefundView {
    fn from(refund: &Refund) -> Self {
        Self { amount: refund.amount, state: refund.state, settled_at: refund.settled_at }
    }
}

/// Returns the cancellations of a shop order.
pub(crate) fn cancellations(order: &ShopOrder) -> Vec<CancellationView> {
    order.delivery.cancellations.iter().map(|cancellation| view(order, cancellation)).collect()
}

fn view(order: &ShopOrder, cancellation: &Cancellation) -> CancellationView {
    let lines = cancellation.pieces.iter().map(|(&sku, &quantity)| CancelledLine { sku, quantity });
    CancellationView {
        number: cancellation.number,
        lines: lines.collect(),
        by: cancellation.by,
        at: cancellation.at,
        refund: order.refunds.iter().find(|refund| refund.cancellation == cancellation.number).map(RefundView::from),
    }
}

/// Who cancels.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Canceller {
    /// A shopper, who may cancel only own orders.
    Buyer(UserId),
    /// The seller of the shop.
    Seller,
}

/// Cancels pieces of a shop's part of an order.
///
/// # Errors
/// `not_found` if there is no such part, or if it is not the buyer's; those of [`not_left`].
pub(crate) async fn cancel(
    store: &Store,
    (order, shop): (OrderId, ShopId),
    who: Canceller,
    input: NewCancellation,
    key: &Key,
    now: Timestamp,
) -> Result<Created<CancellationView>, Problem> {
    let pieces = pieces(input.lines.as_deref(), MAX_CANCELLED)?;
    let lines = input.lines.unwrap_or_default();
    let by = match who {
        Canceller::Buyer(_) => Party::Buyer,
        Canceller::Seller => Party::Seller,
    };
    retry_on_conflict(|| async {
        let before = store.orders().at(shop, order).await?.filter(|part| match who {
            Canceller::Buyer(user) => part.user == Some(user),
            Canceller::Seller => true,
        });
        let before = before.ok_or(Code::NotFound)?;
        let (after, cancellation) = before.cancel(pieces.clone(), by, now).map_err(|wrong| not_left(&wrong, &lines))?;
        let mut events = vec![Event::OrderCancelled { order, shop, cancellation: cancellation.number }];
        events.extend(
            after
                .refunds
                .last()
                .filter(|refund| refund.state == RefundState::Pending)
                .map(|refund| Event::RefundRequested { order, shop, refund: refund.number }),
        );
        let view = view(&after, &cancellation);
        let answer = key.answer(&view, now)?;
        let saved = save(store, &before, &after, &cancellation.pieces, &events, Some(&answer), now).await;
        Ok(saved.map_err(not_saved)?.map(|()| Created(view)))
    })
    .await
}

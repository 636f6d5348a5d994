//! Refunds at Stripe.

use jiff::{SignedDuration, Timestamp};
use souk_domain::{OrderId, ShopId, delivery::Pieces, refund::RefundState};
use souk_messaging::{Event, Failure};
use souk_payments::GatewayError;
use souk_store::{WriteError, retry_on_conflict};
use souk_store_sales::{SalesExt as _, orders::ShopOrder};

use crate::{delivery::save, deps::StoreStripe};

/// How long a refund is requested again under its idempotency key. Stripe forgets a key after 24 hours, and would then pay
/// again: <https://docs.stripe.com/api/idempotent_requests>.
const REPEATABLE: SignedDuration = SignedDuration::from_hours(23);

/// Asks Stripe for a refund and records the outcome. A repetition asks under the same idempotency key, so money goes back
/// once. What Stripe refuses is reported to the admins, because a person must find another way.
pub(crate) async fn refund(
    deps: &StoreStripe,
    order: OrderId,
    shop: ShopId,
    number: u8,
    now: Timestamp,
) -> Result<(), Failure> {
    let read = async || -> Result<ShopOrder, Failure> {
        deps.store.orders().at(shop, order).await?.ok_or_else(|| Failure::new("the shop order is not in the table"))
    };
    let part = read().await?;
    let requested = part.refund(number).ok_or_else(|| Failure::new("the refund is not in the table"))?;
    if requested.state != RefundState::Pending {
        return Ok(());
    }
    if now.duration_since(requested.requested_at) > REPEATABLE {
        return Err(Failure::new("Stripe may have forgotten the key of this refund: compare it with Stripe by hand"));
    }
    let whole = deps.store.orders().whole(order).await?;
    let payment = whole.and_then(|whole| whole.order.payment_intent);
    let payment = payment.ok_or_else(|| Failure::new("the order was not paid by card"))?;
    let key = format!("refund-{order}-{shop}-{number}");
    let state = match deps.stripe.refund(&payment, requested.amount.minor, &key).await {
        Ok(_) => RefundState::Succeeded,
        Err(GatewayError::Refused { code, .. }) => {
            tracing::error!(%order, %shop, number, %code, "Stripe refused a refund");
            RefundState::Failed
        }
        Err(error) => return Err(Failure::new(error.to_string())),
    };
    let events = match state {
        RefundState::Failed => vec![Event::RefundFailed { order, shop, refund: number }],
        RefundState::Pending | RefundState::Succeeded => Vec::new(),
    };
    retry_on_conflict(|| async {
        let before = read().await?;
        if before.refund(number).is_none_or(|refund| refund.state != RefundState::Pending) {
            return Ok(Some(()));
        }
        let after = before.settled(number, state, now);
        match save(&deps.store, &before, &after, &Pieces::new(), &events, None, now).await {
            Ok(saved) => Ok(saved),
            // No key is written, so nothing but the version can be refused.
            Err(WriteError::Refused(_)) => Ok(None),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    })
    .await
}

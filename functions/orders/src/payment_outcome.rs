//! The outcome of a payment session: an order, a refund, or released stock. The consumer of Stripe's events and the
//! schedule both use it, so that the rules are in one place.

use jiff::Timestamp;
use souk_domain::{PaymentSessionId, order::PaymentState};
use souk_messaging::{Event, Failure};
use souk_payments::{CheckoutSession, CheckoutStatus, GatewayError, PaymentStatus};
use souk_store::{WriteError, happened, retry_on_conflict};
use souk_store_sales::{
    SalesExt as _,
    carts::Cart,
    payments::{PaymentSession, Rule},
};

use crate::deps::StoreStripe;

/// Handles a checkout that Stripe reports as complete. The session becomes an order, once. If no order is possible, the
/// payment is refunded, once.
pub(crate) async fn complete_paid(
    deps: &StoreStripe,
    session: PaymentSession,
    checkout: &CheckoutSession,
    now: Timestamp,
) -> Result<(), Failure> {
    let payment = match checkout.payment_status {
        PaymentStatus::Paid => Some(
            checkout
                .payment_intent
                .clone()
                .ok_or_else(|| Failure::new("Stripe reports a paid checkout without a payment intent"))?,
        ),
        // The discounts reduced the total to zero.
        PaymentStatus::NoPaymentRequired => None,
        PaymentStatus::Unpaid => {
            // The sessions accept only cards, and a card is charged before its checkout is complete.
            tracing::warn!(session.id = %session.id, "checkout is complete but not paid");
            return Ok(());
        }
    };
    let id = session.id;
    let mut known = Some(session);
    retry_on_conflict(|| {
        let known = known.take();
        async {
            let session = match known {
                Some(session) => session,
                None => reload(deps, id).await?,
            };
            complete(deps, &session, checkout, payment.as_deref(), now).await
        }
    })
    .await
}

/// Makes a paid session an order, or refunds the payment. Returns `None` if the session or the cart changed meanwhile.
async fn complete(
    deps: &StoreStripe,
    session: &PaymentSession,
    checkout: &CheckoutSession,
    payment: Option<&str>,
    now: Timestamp,
) -> Result<Option<()>, Failure> {
    match session.state {
        PaymentState::Paid | PaymentState::Refunded => return Ok(Some(())),
        PaymentState::Open | PaymentState::Expired | PaymentState::Superseded => {}
        PaymentState::Opening | PaymentState::Closing => {
            // A session has no page before it is open, and its page is expired before the session closes. So this
            // event comes late. The session ends first, and is then handled like every session that was paid late.
            expire(deps, session, now).await?;
            return Ok(None);
        }
    }
    if !amount_matches(session, checkout) {
        tracing::error!(session.id = %session.id, "amount paid differs from the session's total: refunding");
        return refund(deps, session, payment, checkout.amount_total, now).await.map(Some);
    }
    if !session.can_still_be_completed() {
        tracing::warn!(session.id = %session.id, "paid after the hold ended, and too large to be held again: \
                                                      refunding");
        return refund(deps, session, payment, checkout.amount_total, now).await.map(Some);
    }
    let cart: Cart = deps.store.carts().get(session.cart).await?;
    let event = Event::OrderPlaced { order: session.id.into() }.record(now)?;
    match deps.store.payments().complete(session, payment.map(str::to_owned), &cart, &event, now).await {
        Ok(()) => Ok(Some(())),
        Err(WriteError::Refused(rules))
            if rules.0.iter().any(|rule| matches!(rule, Rule::SoldOut(_) | Rule::Discount(_))) =>
        {
            tracing::warn!(session.id = %session.id, "paid after the hold ended, and the stock or a discount is \
                                                          used up: refunding");
            refund(deps, session, payment, checkout.amount_total, now).await.map(Some)
        }
        // The cart or the session changed in the meantime: retry with their new state.
        Err(WriteError::Refused(_)) => Ok(None),
        Err(WriteError::Store(error)) => Err(error.into()),
    }
}

/// Ends a session whose hold ended without a payment. If Stripe reports that the page was paid at the last moment, the
/// session is completed instead.
pub(crate) async fn end_unpaid(deps: &StoreStripe, session: &PaymentSession, now: Timestamp) -> Result<(), Failure> {
    if let Some(checkout) = &session.checkout {
        use souk_payments::Expiry;
        match deps.stripe.expire_checkout(&checkout.id).await {
            Ok(Expiry::Expired(_)) => {}
            Ok(Expiry::AlreadyEnded(checkout)) if checkout.status == CheckoutStatus::Complete => {
                return complete_paid(deps, session.clone(), &checkout, now).await;
            }
            Ok(Expiry::AlreadyEnded(_)) => {}
            Err(error) => return Err(Failure::new(error.to_string())),
        }
    }
    expire(deps, session, now).await
}

/// Ends a session and releases its stock, unless another request has paid or ended it.
async fn expire(deps: &StoreStripe, session: &PaymentSession, now: Timestamp) -> Result<(), Failure> {
    Ok(happened(deps.store.payments().expire(session, now).await).map(drop)?)
}

/// Tells whether the checkout was paid with the amount and the currency of the session.
fn amount_matches(session: &PaymentSession, checkout: &CheckoutSession) -> bool {
    checkout.amount_total == session.total.minor
        && checkout.currency.eq_ignore_ascii_case(session.total.currency.code())
}

/// Refunds a payment and then marks the session as refunded. After a crash in between, the refund is requested again
/// with the same idempotency key, and Stripe answers without a second refund.
async fn refund(
    deps: &StoreStripe,
    session: &PaymentSession,
    payment: Option<&str>,
    amount: i64,
    now: Timestamp,
) -> Result<(), Failure> {
    if let Some(payment) = payment {
        match deps.stripe.refund(payment, amount, &format!("refund-{}", session.id)).await {
            Ok(_) => {}
            Err(GatewayError::Refused { code, .. }) if code == "charge_already_refunded" => {}
            Err(error) => return Err(Failure::new(error.to_string())),
        }
    }
    Ok(happened(deps.store.payments().refunded(session, now).await).map(drop)?)
}

/// Reads a session again.
async fn reload(deps: &StoreStripe, id: PaymentSessionId) -> Result<PaymentSession, Failure> {
    deps.store.payments().get(id).await?.ok_or_else(|| Failure::new("the payment session does not exist"))
}

//! The end of a payment session: an order, a refund, or released stock. Checkout, the shopper's cancellation, the consumer
//! of the queue `payments` and the schedule all use this module, so that the rules are in one place. Carts and the erasure
//! of accounts send an event to that consumer.
//!
//! The page is closed at Stripe first, so that nobody can pay for what is released. A session without a page, or one whose
//! page Stripe refused for good, is only released.

use jiff::Timestamp;
use souk_domain::{PaymentSessionId, order::PaymentState};
use souk_messaging::{Event, Failure};
use souk_payments::{CheckoutSession, CheckoutStatus, Expiry, Gateway, GatewayError, PaymentStatus};
use souk_store::{Store, StoreError, WriteError, happened, retry_on_conflict};
use souk_store_sales::{
    SalesExt as _,
    carts::Cart,
    payments::{CheckoutPage, PaymentSession, Rule},
};
use souk_web::{Code, Problem};

use crate::deps::{StoreStripe, unavailable};

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
        PaymentState::Open | PaymentState::Expired => {}
        PaymentState::Superseded => {
            // The page was closed before the session was replaced, so this does not happen. If it does, the shopper
            // wanted one purchase, and the newer session is that purchase.
            tracing::error!(session.id = %session.id, "paid after a newer session replaced it: refunding");
            return refund(deps, session, payment, checkout.amount_total, now).await.map(Some);
        }
        PaymentState::Opening | PaymentState::Closing => {
            // A session has no page before it is open, and its page is expired before the session closes. So this
            // event comes late. The session ends first, and is then handled like every session that was paid late.
            release(&deps.store, session, now).await?;
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

/// How a session ended.
#[derive(Debug)]
pub(crate) enum Ended {
    /// Its page can no longer be paid, and its stock is released.
    Unpaid,
    /// Stripe reports that its page was paid before it could be expired. The session is unchanged.
    Paid(CheckoutSession),
}

/// Why a session could not be ended.
#[derive(Debug)]
pub(crate) enum EndError {
    /// Stripe is unreachable or refused to expire the page. Stock stays held.
    Stripe(GatewayError),
    /// The session changed in the meantime, or the table is unavailable.
    Write(WriteError<Rule>),
}

/// Ends a session that was not paid: expires its page at Stripe first, so that nobody can pay what is released, and then
/// releases its stock and its uses of discounts.
///
/// # Errors
/// Those of [`EndError`]. A retry resumes where this stopped.
pub(crate) async fn end(
    store: &Store,
    stripe: &Gateway,
    session: &PaymentSession,
    now: Timestamp,
) -> Result<Ended, EndError> {
    if let Some(page) = &session.checkout
        && let Some(checkout) = expire_page(stripe, page).await.map_err(EndError::Stripe)?
    {
        return Ok(Ended::Paid(checkout));
    }
    store.payments().expire(session, now).await.map_err(EndError::Write)?;
    Ok(Ended::Unpaid)
}

/// Ends a session during a request of its shopper. Returns `None` if the session changed meanwhile.
///
/// # Errors
/// `payment_not_open` if its page was paid: the webhook event will complete it. `unavailable` if Stripe does not answer.
pub(crate) async fn end_for_shopper(
    store: &Store,
    stripe: &Gateway,
    session: &PaymentSession,
    now: Timestamp,
) -> Result<Option<()>, Problem> {
    match end(store, stripe, session, now).await {
        Ok(Ended::Unpaid) => Ok(Some(())),
        Ok(Ended::Paid(_)) => Err(paid_already()),
        Err(EndError::Stripe(error)) => Err(unavailable(&error)),
        Err(EndError::Write(WriteError::Refused(_))) => Ok(None),
        Err(EndError::Write(WriteError::Store(error))) => Err(error.into()),
    }
}

/// Returns the problem for a session whose page was paid, and whose order does not exist yet.
pub(crate) fn paid_already() -> Problem {
    Problem::new(Code::PaymentNotOpen).detail("the cart was paid already, and its order will follow")
}

/// Ends a session whose hold ended without a payment. If Stripe reports that the page was paid at the last moment, the
/// session is completed instead.
pub(crate) async fn end_unpaid(deps: &StoreStripe, session: &PaymentSession, now: Timestamp) -> Result<(), Failure> {
    match end(&deps.store, &deps.stripe, session, now).await {
        Ok(Ended::Paid(checkout)) => complete_paid(deps, session.clone(), &checkout, now).await,
        // A refused condition means that another request has paid or ended the session.
        Ok(Ended::Unpaid) | Err(EndError::Write(WriteError::Refused(_))) => Ok(()),
        Err(EndError::Write(WriteError::Store(error))) => Err(error.into()),
        Err(EndError::Stripe(error)) => Err(Failure::new(error.to_string())),
    }
}

/// Expires a page at Stripe, so that nobody can pay it any more. Returns the checkout if the page was paid before.
///
/// # Errors
/// Those of [`GatewayError`]. The page may still be open then.
pub(crate) async fn expire_page(
    stripe: &Gateway,
    page: &CheckoutPage,
) -> Result<Option<CheckoutSession>, GatewayError> {
    match stripe.expire_checkout(&page.id).await? {
        Expiry::AlreadyEnded(checkout) if checkout.status == CheckoutStatus::Complete => Ok(Some(checkout)),
        Expiry::Expired(_) | Expiry::AlreadyEnded(_) => Ok(None),
    }
}

/// Ends a session that has no page, or whose page nobody can pay, and releases its stock, unless another request has paid
/// or ended it.
///
/// # Errors
/// Those of [`StoreError`].
pub(crate) async fn release(store: &Store, session: &PaymentSession, now: Timestamp) -> Result<(), StoreError> {
    happened(store.payments().expire(session, now).await).map(drop)
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

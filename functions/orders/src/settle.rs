//! How a payment session ends. Here alone is it decided, for the webhook's consumer and the schedule alike.

use jiff::Timestamp;
use souk_domain::order::PaymentState;
use souk_messaging::{Event, Failure};
use souk_payments::{CheckoutSession, CheckoutStatus, GatewayError, PaymentStatus};
use souk_store::{ATTEMPTS, WriteError, happened};
use souk_store_sales::{
    SalesExt as _,
    carts::Cart,
    payments::{PaymentSession, Rule},
};

use crate::deps::StoreStripe;

/// Deals with a checkout that Stripe calls complete. The session becomes an order, once; money that no order can be made
/// of goes back, once.
pub(crate) async fn paid(
    deps: &StoreStripe,
    mut session: PaymentSession,
    checkout: &CheckoutSession,
    now: Timestamp,
) -> Result<(), Failure> {
    let payment = match checkout.payment_status {
        PaymentStatus::Paid => {
            Some(checkout.payment_intent.clone().ok_or_else(|| Failure::new("a paid checkout names no payment"))?)
        }
        // The discounts left nothing to pay.
        PaymentStatus::NoPaymentRequired => None,
        PaymentStatus::Unpaid => {
            // Sessions of ours are for cards, which are paid when they are complete.
            tracing::warn!(session.id = %session.id, "a checkout is complete and not paid");
            return Ok(());
        }
    };
    for _ in 0..ATTEMPTS {
        match session.state {
            PaymentState::Paid | PaymentState::Refunded => return Ok(()),
            PaymentState::Open | PaymentState::Expired | PaymentState::Superseded => {}
            PaymentState::Opening | PaymentState::Closing => {
                // Its page is closed before it closes, and it has none before it is open: so this came late. It ends, and
                // then it is as any other that was paid late.
                end(deps, &session, now).await?;
                session = again(deps, &session).await?;
                continue;
            }
        }
        if !is_what_was_asked(&session, checkout) {
            tracing::error!(session.id = %session.id, "the amount paid is not the amount asked: it goes back");
            return give_back(deps, &session, payment.as_deref(), checkout.amount_total, now).await;
        }
        if !session.can_still_be_completed() {
            tracing::warn!(session.id = %session.id, "paid after the hold ended, and too large to be held again: it goes back");
            return give_back(deps, &session, payment.as_deref(), checkout.amount_total, now).await;
        }
        let cart: Cart = deps.store.carts().get(session.cart).await?;
        let news = Event::OrderPlaced { order: session.id.into() }.record(now)?;
        match deps.store.payments().complete(&session, payment.clone(), &cart, &news, now).await {
            Ok(()) => return Ok(()),
            Err(WriteError::Refused(rules))
                if rules.0.iter().any(|rule| matches!(rule, Rule::SoldOut(_) | Rule::Discount(_))) =>
            {
                tracing::warn!(session.id = %session.id, "paid after the hold ended and what it held is gone: it goes back");
                return give_back(deps, &session, payment.as_deref(), checkout.amount_total, now).await;
            }
            // The cart or the session moved at this moment: look again.
            Err(WriteError::Refused(_)) => {}
            Err(WriteError::Store(error)) => return Err(error.into()),
        }
        session = again(deps, &session).await?;
    }
    Err(Failure::new("a payment session kept changing"))
}

/// Ends a session that nobody paid in time. A page that was paid at the last moment wins: its webhook is on its way.
pub(crate) async fn unpaid(deps: &StoreStripe, session: &PaymentSession, now: Timestamp) -> Result<(), Failure> {
    if let Some(checkout) = &session.checkout {
        use souk_payments::Expiry;
        match deps.stripe.expire_checkout(&checkout.id).await {
            Ok(Expiry::Expired(_)) => {}
            Ok(Expiry::AlreadyEnded(checkout)) if checkout.status == CheckoutStatus::Complete => {
                return paid(deps, session.clone(), &checkout, now).await;
            }
            Ok(Expiry::AlreadyEnded(_)) => {}
            Err(error) => return Err(Failure::new(error.to_string())),
        }
    }
    end(deps, session, now).await
}

/// Ends a session, unless somebody else moved it: paid it, or ended it.
async fn end(deps: &StoreStripe, session: &PaymentSession, now: Timestamp) -> Result<(), Failure> {
    Ok(happened(deps.store.payments().expire(session, now).await).map(drop)?)
}

fn is_what_was_asked(session: &PaymentSession, checkout: &CheckoutSession) -> bool {
    checkout.amount_total == session.total.minor
        && checkout.currency.eq_ignore_ascii_case(session.total.currency.code())
}

/// The money first, the note of it second: a crash in between gives it back again under the same key, which Stripe
/// answers without doing it twice.
async fn give_back(
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

async fn again(deps: &StoreStripe, session: &PaymentSession) -> Result<PaymentSession, Failure> {
    deps.store.payments().get(session.id).await?.ok_or_else(|| Failure::new("a payment session vanished"))
}

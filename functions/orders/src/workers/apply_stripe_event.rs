//! Queue `payments` - completes or ends payment sessions after Stripe's events, ends those that their shoppers gave up, and
//! asks Stripe for refunds.
//!
//! It is idempotent: the session's state is a condition of every transaction, so a repeated event changes nothing. The
//! order of events does not matter: an event is checked against the current state, so an expiry that arrives after the
//! payment changes nothing.

use jiff::Timestamp;
use souk_domain::{PaymentSessionId, order::PaymentState};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_payments::{
    CheckoutSession,
    webhook::{self, EventKind},
};
use souk_store_sales::{SalesExt as _, payments::PaymentSession};

use crate::{deps::StoreStripe, payment_session::ending, refunding};

/// Applies one event to its payment session.
#[derive(Debug)]
pub struct ApplyStripeEvent;

impl Consumer for ApplyStripeEvent {
    const MODULE: &'static str = module_path!();

    type Deps = StoreStripe;
    type Message = Message;

    async fn handle(deps: &StoreStripe, message: Message, now: Timestamp) -> Result<(), Failure> {
        let id = match message.event {
            Event::StripeEventReceived { id } => id,
            Event::PaymentSessionGivenUp { session } => {
                return match deps.store.payments().get(session).await? {
                    Some(session) if session.is_live() => ending::end_unpaid(deps, &session, now).await,
                    _ => Ok(()),
                };
            }
            Event::RefundRequested { order, shop, refund } => {
                return refunding::refund(deps, order, shop, refund, now).await;
            }
            _ => return Ok(()),
        };
        let stored = deps.store.stripe_events().get(&id).await?;
        let stored = stored.ok_or_else(|| Failure::new("the Stripe event is not in the table"))?;
        let event = webhook::parse_event(&stored.payload).map_err(|error| Failure::new(error.to_string()))?;
        match event.kind {
            EventKind::CheckoutCompleted(checkout) => match session_of(deps, &checkout).await? {
                Some(session) => ending::complete_paid(deps, session, &checkout, now).await,
                None => Ok(()),
            },
            EventKind::CheckoutExpired(checkout) => match session_of(deps, &checkout).await? {
                // A session outlives a page that was given up.
                Some(session)
                    if session.state == PaymentState::Open
                        && session.checkout.as_ref().is_some_and(|page| page.id == checkout.id) =>
                {
                    ending::end_unpaid(deps, &session, now).await
                }
                _ => Ok(()),
            },
            EventKind::Other(_) => Ok(()),
        }
    }
}

/// Returns the session of a checkout. Returns `None` for a checkout of another system that uses the same Stripe
/// account.
async fn session_of(deps: &StoreStripe, checkout: &CheckoutSession) -> Result<Option<PaymentSession>, Failure> {
    let Some(id) = checkout.client_reference_id.as_deref().and_then(|id| PaymentSessionId::parse(id).ok()) else {
        return Ok(None);
    };
    Ok(deps.store.payments().get(id).await?)
}

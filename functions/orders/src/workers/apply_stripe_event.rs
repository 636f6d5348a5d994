//! Queue `payments` - does what Stripe's events call for.
//!
//! Repetition: the session's state is the condition of every transaction, so an event does its work once. Order: an
//! event is weighed against the state as it is, so an expiry that comes after the payment changes nothing.

use jiff::Timestamp;
use souk_domain::{PaymentSessionId, order::PaymentState};
use souk_messaging::{Consumer, Event, Failure, Message};
use souk_payments::{
    CheckoutSession,
    webhook::{self, EventKind},
};
use souk_store_sales::{SalesExt as _, payments::PaymentSession};

use crate::{deps::StoreStripe, settle};

/// Applies Stripe's events.
#[derive(Debug)]
pub struct ApplyStripeEvent;

impl Consumer for ApplyStripeEvent {
    const MODULE: &'static str = module_path!();

    type Deps = StoreStripe;
    type Message = Message;

    async fn handle(deps: &StoreStripe, message: Message, now: Timestamp) -> Result<(), Failure> {
        let Event::StripeEventReceived { id } = message.event else { return Ok(()) };
        let stored = deps.store.stripe_events().get(&id).await?;
        let stored = stored.ok_or_else(|| Failure::new("the event is not stored"))?;
        let event = webhook::parse_event(&stored.payload).map_err(|error| Failure::new(error.to_string()))?;
        match event.kind {
            EventKind::CheckoutCompleted(checkout) => match session_of(deps, &checkout).await? {
                Some(session) => settle::paid(deps, session, &checkout, now).await,
                None => Ok(()),
            },
            EventKind::CheckoutExpired(checkout) => match session_of(deps, &checkout).await? {
                Some(session) if session.state == PaymentState::Open => settle::unpaid(deps, &session, now).await,
                _ => Ok(()),
            },
            EventKind::Other(_) => Ok(()),
        }
    }
}

/// The session that a checkout was made for. A Stripe account may serve other systems too: theirs have none.
async fn session_of(deps: &StoreStripe, checkout: &CheckoutSession) -> Result<Option<PaymentSession>, Failure> {
    let Some(id) = checkout.client_reference_id.as_deref().and_then(|id| PaymentSessionId::parse(id).ok()) else {
        return Ok(None);
    };
    Ok(deps.store.payments().get(id).await?)
}

//! `POST /v1/webhooks/stripe` - receives a webhook event of Stripe. It checks the signature, stores the event and
//! answers. A consumer applies the event later.

use secrecy::SecretString;
use souk_messaging::Event;
use souk_payments::webhook::{self, EventKind, WebhookError};
use souk_runtime::{Connect, Start, StartError};
use souk_store::{Store, WriteError};
use souk_store_sales::{SalesExt as _, stripe_events::StripeEvent};
use souk_web::{Anyone, Code, Cx, Deps, Endpoint, NoContent, Problem, RawBody, Route, route};

use crate::deps::StripeKeys;

/// Receives a webhook event of Stripe.
#[derive(Debug)]
pub struct ReceiveStripeEvent;

/// The table, and the secret that Stripe signs with. It is `None` until the operator has registered the webhook.
#[derive(Debug)]
pub struct ReceiveStripeEventDeps {
    store: Store,
    secret: Option<SecretString>,
}

impl Connect for ReceiveStripeEventDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let keys = StripeKeys::read(start).await?;
        Ok(Self { store: Store::connect(start).await?, secret: keys.webhook_secret() })
    }
}

impl Deps for ReceiveStripeEventDeps {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

impl Endpoint for ReceiveStripeEvent {
    const ROUTE: Route = route!(POST "/v1/webhooks/stripe");
    const SUMMARY: &'static str = "Receive a signed event of Stripe; only Stripe calls this";
    const PROBLEMS: &'static [Code] = &[Code::InvalidSignature, Code::InvalidInput, Code::PaymentsNotSetUp];

    type Deps = ReceiveStripeEventDeps;
    type Caller = Anyone;
    type Input = RawBody;
    type Output = NoContent;

    async fn handle(cx: &Cx<'_, ReceiveStripeEventDeps>, _: Anyone, input: RawBody) -> Result<NoContent, Problem> {
        // Stripe sends an event again for three days, so no event is lost meanwhile.
        let secret = cx.secret.as_ref().ok_or(Code::PaymentsNotSetUp)?;
        let signature = input.headers.get("stripe-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let payload = String::from_utf8(input.bytes).map_err(|_| Problem::new(Code::InvalidSignature))?;
        let event = webhook::verify(&payload, signature, secret, cx.now.as_second()).map_err(refusal)?;
        if let EventKind::Other(_) = event.kind {
            // The event is of no interest. Any answer but 2xx would make Stripe repeat it for days.
            return Ok(NoContent);
        }
        let record = Event::StripeEventReceived { id: event.id.clone() }.record(cx.now);
        let record = record.map_err(|_| Problem::new(Code::Internal))?;
        let event = StripeEvent { id: event.id, payload, received_at: cx.now };
        match cx.store.stripe_events().receive(&event, &record).await {
            // Stripe may send an event more than once. Only the first one is stored.
            Ok(()) | Err(WriteError::Refused(_)) => Ok(NoContent),
            Err(WriteError::Store(error)) => Err(error.into()),
        }
    }
}

/// Returns the problem for a webhook that failed the check.
fn refusal(error: WebhookError) -> Problem {
    match error {
        WebhookError::BadSignature | WebhookError::Stale => Code::InvalidSignature.into(),
        WebhookError::Malformed(_) => Problem::new(Code::InvalidInput).field("", "malformed", "must be a Stripe event"),
    }
}

//! The events that Stripe sends by webhook.
//!
//! The receiving function calls [`verify`] and stores the payload. The consumer reads the stored payload with
//! [`parse_event`]. Both read only the few fields that Souk uses, so an event of an unknown kind or version is still
//! accepted.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checkout::CheckoutSession;
use crate::signature;

/// An event of Stripe. Stripe may send it late, twice and out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeEvent {
    /// The id, `evt_...`. Every delivery of an event has the same.
    pub id: String,
    /// When the event happened, in Unix seconds.
    pub created: i64,
    /// The kind of the event, with its data.
    pub kind: EventKind,
}

/// The kinds of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The shopper completed the checkout page.
    CheckoutCompleted(CheckoutSession),
    /// A Checkout Session ended without payment.
    CheckoutExpired(CheckoutSession),
    /// Another kind, by Stripe's name for it. Souk ignores it.
    Other(String),
}

/// The reason why a webhook call is refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// The header is malformed, or none of its signatures matches the payload and the secret.
    #[error("the signature does not match")]
    BadSignature,
    /// The signature is valid but more than 300 seconds from now. The call may be a replay.
    #[error("the signature is too old or from the future")]
    Stale,
    /// The signature is valid, but the payload is not an event as Stripe documents it.
    #[error("the event cannot be read: {0}")]
    Malformed(String),
}

/// Checks that `payload`, the unchanged request body, was signed with the endpoint's `secret` within 300 seconds of
/// `now_unix`. Returns the event.
///
/// # Errors
/// [`WebhookError`]. An event of an unknown kind is not an error but [`EventKind::Other`].
pub fn verify(
    payload: &str,
    signature_header: &str,
    secret: &SecretString,
    now_unix: i64,
) -> Result<StripeEvent, WebhookError> {
    signature::check(payload, signature_header, secret, now_unix)?;
    parse_event(payload)
}

/// Reads a payload that [`verify`] accepted earlier.
///
/// # Errors
/// [`WebhookError::Malformed`] if it is not an event.
pub fn parse_event(payload: &str) -> Result<StripeEvent, WebhookError> {
    let event: WireEvent = serde_json::from_str(payload).map_err(malformed)?;
    let kind = match event.kind.as_str() {
        "checkout.session.completed" => EventKind::CheckoutCompleted(event.data.checkout()?),
        "checkout.session.expired" => EventKind::CheckoutExpired(event.data.checkout()?),
        _ => EventKind::Other(event.kind),
    };
    Ok(StripeEvent { id: event.id, created: event.created, kind })
}

fn malformed(error: serde_json::Error) -> WebhookError {
    WebhookError::Malformed(error.to_string())
}

/// The fields of Stripe's event object that are read.
#[derive(Deserialize)]
struct WireEvent {
    id: String,
    created: i64,
    #[serde(rename = "type")]
    kind: String,
    data: WireData,
}

#[derive(Deserialize)]
struct WireData {
    object: serde_json::Value,
}

impl WireData {
    /// Reads the object as a Checkout Session. [`CheckoutSession`] has the field names and states of Stripe.
    fn checkout(self) -> Result<CheckoutSession, WebhookError> {
        serde_json::from_value(self.object).map_err(malformed)
    }
}

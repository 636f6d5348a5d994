//! What Stripe tells by webhook.
//!
//! The receiving function calls [`verify`] and stores the payload; the consumer reads the stored payload again with
//! [`parse_event`]. Both read only the few fields Souk acts on, so an event of a kind or a version that this release does
//! not know still arrives.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::checkout::CheckoutSession;
use crate::signature;

/// Something that happened at Stripe. Stripe may send it late, twice and out of order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StripeEvent {
    /// `evt_...`: the same in every delivery of one event.
    pub id: String,
    /// When it happened, in Unix seconds.
    pub created: i64,
    /// What happened.
    pub kind: EventKind,
}

/// The events Souk acts on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// The buyer finished the hosted page.
    CheckoutCompleted(CheckoutSession),
    /// A session ended without payment.
    CheckoutExpired(CheckoutSession),
    /// Anything else, by Stripe's name for it.
    Other(String),
}

/// Why a webhook call is not believed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WebhookError {
    /// The header is malformed or no signature in it fits the payload and the secret.
    #[error("the signature does not match")]
    BadSignature,
    /// Correctly signed more than 300 s away from now: perhaps recorded and sent again.
    #[error("the signature is too old or from the future")]
    Stale,
    /// Correctly signed, but not an event as Stripe documents it.
    #[error("the event cannot be read: {0}")]
    Malformed(String),
}

/// Checks that `payload`, the unchanged request body, was signed with the endpoint's `secret` within 300 s of `now_unix`,
/// and reads it.
///
/// # Errors
/// [`WebhookError`]. An event of an unknown type is no error but [`EventKind::Other`].
pub fn verify(
    payload: &str,
    signature_header: &str,
    secret: &SecretString,
    now_unix: i64,
) -> Result<StripeEvent, WebhookError> {
    signature::check(payload, signature_header, secret, now_unix)?;
    parse_event(payload)
}

/// Reads a payload that [`verify`] has accepted before.
///
/// # Errors
/// [`WebhookError::Malformed`] when it is not an event.
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
    /// [`CheckoutSession`] names its fields and states as Stripe does, so it reads the session object itself.
    fn checkout(self) -> Result<CheckoutSession, WebhookError> {
        serde_json::from_value(self.object).map_err(malformed)
    }
}

//! `Idempotency-Key`: the same call again gets the first answer, <https://docs.stripe.com/api/idempotent_requests>.

use serde_json::Value;

use crate::error::{ApiError, Refusal};
use crate::state::Stripe;

/// Stripe forgets keys after 24 hours.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// The first call under a key and its answer.
pub(crate) struct Remembered {
    call: String,
    status: u16,
    body: Value,
    at: i64,
}

/// The answer given before under `key`, if any.
///
/// # Errors
/// Stripe's `idempotency_error` when the key belongs to a different call.
pub(crate) fn recall(stripe: &Stripe, key: &str, call: &str) -> Result<Option<(u16, Value)>, ApiError> {
    match stripe.remembered.get(key) {
        Some(first) if stripe.now() - first.at >= KEPT_SECONDS => Ok(None),
        Some(first) if first.call == call => Ok(Some((first.status, first.body.clone()))),
        Some(_) => Err(Refusal::idempotency(key)),
        None => Ok(None),
    }
}

/// Keeps an answer. Like Stripe, only once work has begun: a call refused for its parameters may be repeated, corrected,
/// under the same key.
pub(crate) fn remember(stripe: &mut Stripe, key: &str, call: &str, status: u16, body: &Value) {
    if matches!(status, 200 | 402 | 500..) {
        let first = Remembered { call: call.to_owned(), status, body: body.clone(), at: stripe.now() };
        stripe.remembered.insert(key.to_owned(), first);
    }
}

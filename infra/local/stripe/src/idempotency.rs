//! `Idempotency-Key`: a repeated call gets the first answer, <https://docs.stripe.com/api/idempotent_requests>.

use serde_json::Value;

use crate::error::{ApiError, Refusal};
use crate::state::Stripe;

/// Stripe keeps keys for 24 hours.
const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// The first call with a key, and its answer.
pub(crate) struct StoredAnswer {
    call: String,
    status: u16,
    body: Value,
    at: i64,
}

/// Returns the stored answer of a key, if there is one.
///
/// # Errors
/// Stripe's `idempotency_error` if the key was used for a different call.
pub(crate) fn stored_answer(stripe: &Stripe, key: &str, call: &str) -> Result<Option<(u16, Value)>, ApiError> {
    match stripe.stored_answers.get(key) {
        Some(first) if stripe.now() - first.at >= KEPT_SECONDS => Ok(None),
        Some(first) if first.call == call => Ok(Some((first.status, first.body.clone()))),
        Some(_) => Err(Refusal::idempotency(key)),
        None => Ok(None),
    }
}

/// Stores an answer. Like Stripe, it does so only for calls whose operation started: a call that is refused for its
/// parameters may be corrected and repeated with the same key.
pub(crate) fn store_answer(stripe: &mut Stripe, key: &str, call: &str, status: u16, body: &Value) {
    if matches!(status, 200 | 402 | 500..) {
        let first = StoredAnswer { call: call.to_owned(), status, body: body.clone(), at: stripe.now() };
        stripe.stored_answers.insert(key.to_owned(), first);
    }
}

//! Retries of calls to Stripe.
//!
//! If the answer to "create a Checkout Session" is lost, a session may exist or not. So the retry has the same
//! idempotency key.

use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::error::{Failure, GatewayError};

/// Longest time of a call with all its attempts. API Gateway gives a request 29 seconds, of which Stripe may take a
/// third.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest time of one attempt. Two attempts fit into [`TOTAL_TIMEOUT`] if the first connection hangs.
pub(crate) const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(4_500);

const ATTEMPTS: u32 = 3;

/// Longest backoff before the second attempt, in milliseconds. It doubles for the third.
const FIRST_BACKOFF_MS: u64 = 200;

/// Runs `attempt` until it succeeds or fails permanently, at most three times and for at most 10 seconds.
pub(crate) async fn retrying<T, Attempt>(attempt: impl Fn() -> Attempt) -> Result<T, GatewayError>
where
    Attempt: Future<Output = Result<T, Failure>>,
{
    let attempts = async {
        for failures in 1..ATTEMPTS {
            match attempt().await {
                Err(failure) if failure.is_transient() => sleep(backoff(failures)).await,
                outcome => return outcome,
            }
        }
        attempt().await
    };
    match timeout(TOTAL_TIMEOUT, attempts).await {
        Ok(outcome) => outcome.map_err(GatewayError::from),
        Err(_) => Err(Failure::timed_out().into()),
    }
}

/// Half of the backoff is random, so that callers that failed at the same time do not retry at the same time.
fn backoff(failures: u32) -> Duration {
    let longest = FIRST_BACKOFF_MS << (failures - 1);
    Duration::from_millis(fastrand::u64(longest / 2..=longest))
}

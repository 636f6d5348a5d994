//! Repeating a call that may have been lost on the way.
//!
//! A lost answer to "create a checkout" may mean a checkout or none, so the repeat carries the same idempotency key.

use std::future::Future;
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::error::{Failure, GatewayError};

/// Time a caller waits at most, whatever happens: an API request has 29 s at API Gateway, of which Stripe may take a third.
const WHOLE_CALL: Duration = Duration::from_secs(10);

/// Time for one attempt, so that two of them fit in [`WHOLE_CALL`] when the first connection hangs.
pub(crate) const ONE_ATTEMPT: Duration = Duration::from_millis(4_500);

const ATTEMPTS: u32 = 3;

/// Longest wait before the second attempt, in milliseconds; doubled for the third.
const FIRST_BACKOFF_MS: u64 = 200;

/// Runs `attempt` until it succeeds, fails for good, has failed three times or 10 s have passed.
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
    match timeout(WHOLE_CALL, attempts).await {
        Ok(outcome) => outcome.map_err(GatewayError::from),
        Err(_) => Err(Failure::timed_out().into()),
    }
}

/// Half of the wait is random, so that callers who failed together do not return together.
fn backoff(failures: u32) -> Duration {
    let longest = FIRST_BACKOFF_MS << (failures - 1);
    Duration::from_millis(fastrand::u64(longest / 2..=longest))
}

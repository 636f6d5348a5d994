//! Optimistic writes: read, decide, write on condition that nothing changed, and do so again if something did.

use std::{future::Future, ops::RangeInclusive, time::Duration};

use crate::StoreError;

/// How many attempts [`retry_on_conflict`] makes. The pauses between them add up to 3.6 to 7.1 seconds, because API
/// Gateway waits at most 29 seconds for an answer and an attempt takes time, too.
const ATTEMPTS: u32 = 12;

/// The shortest pause after the first conflict, in milliseconds.
const FIRST_PAUSE: u64 = 16;

/// How often the pause doubles: the longest pauses are 0.5 to 1 second.
const DOUBLINGS: u32 = 5;

/// Others wrote the same items before every attempt. Nothing was written; a later attempt may succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("others kept writing the same items")]
pub struct Conflict;

impl From<Conflict> for StoreError {
    fn from(conflict: Conflict) -> Self {
        Self::Unavailable(conflict.to_string())
    }
}

/// Calls `attempt` until it returns `Some` or fails. An attempt reads the items anew, decides and writes, and returns
/// `None` if somebody else wrote one of the items in between. The first attempt begins at once, each further one after
/// a growing pause.
///
/// # Errors
/// Those of `attempt`, and [`Conflict`] after 12 attempts.
pub async fn retry_on_conflict<T, E, F>(attempt: impl FnMut() -> F) -> Result<T, E>
where
    E: From<Conflict>,
    F: Future<Output = Result<Option<T>, E>>,
{
    retry(ATTEMPTS, attempt).await
}

/// Does the same with at most `attempts` attempts.
pub(crate) async fn retry<T, E, F>(attempts: u32, mut attempt: impl FnMut() -> F) -> Result<T, E>
where
    E: From<Conflict>,
    F: Future<Output = Result<Option<T>, E>>,
{
    for conflicts in 0..attempts {
        if conflicts > 0 {
            tokio::time::sleep(Duration::from_millis(fastrand::u64(backoff(conflicts)))).await;
        }
        if let Some(done) = attempt().await? {
            return Ok(done);
        }
    }
    Err(Conflict.into())
}

/// Returns the shortest and the longest pause after so many conflicts, in milliseconds. Up to half of the pause is
/// random, so that writers who met do not meet again. This is the "equal jitter" of
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
fn backoff(conflicts: u32) -> RangeInclusive<u64> {
    let shortest = FIRST_PAUSE << conflicts.saturating_sub(1).min(DOUBLINGS);
    shortest..=2 * shortest
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, time::Instant};

    use super::*;

    /// Makes at most `attempts` attempts, of which the first `conflicts` meet another write. Returns the outcome, the
    /// number of attempts and the time that they took.
    async fn run(attempts: u32, conflicts: u32) -> (Result<&'static str, StoreError>, u32, Duration) {
        let (made, begun) = (Cell::new(0), Instant::now());
        let attempt = || async {
            made.set(made.get() + 1);
            Ok((made.get() > conflicts).then_some("written"))
        };
        let outcome = retry(attempts, attempt).await;
        (outcome, made.get(), begun.elapsed())
    }

    #[tokio::test]
    async fn the_first_attempt_needs_no_pause() {
        let (outcome, made, took) = run(3, 0).await;
        assert_eq!((outcome.unwrap(), made), ("written", 1));
        assert!(took < Duration::from_millis(FIRST_PAUSE), "{took:?}");
    }

    #[tokio::test]
    async fn an_attempt_that_meets_another_write_is_made_again_after_a_pause() {
        let (outcome, made, took) = run(3, 2).await;
        assert_eq!((outcome.unwrap(), made), ("written", 3));
        assert!(took >= Duration::from_millis(FIRST_PAUSE + 2 * FIRST_PAUSE), "{took:?}");
    }

    #[tokio::test]
    async fn after_the_last_attempt_it_is_a_conflict() {
        let (outcome, made, _) = run(3, 3).await;
        assert_eq!(outcome.unwrap_err().to_string(), StoreError::from(Conflict).to_string());
        assert_eq!(made, 3);
    }

    #[tokio::test]
    async fn an_error_ends_it_at_once() {
        let made = Cell::new(0);
        let attempt = || async {
            made.set(made.get() + 1);
            Err::<Option<()>, _>(StoreError::Rejected("no".to_owned()))
        };
        let outcome = retry_on_conflict(attempt).await;
        assert!(matches!(outcome, Err(StoreError::Rejected(_))), "{outcome:?}");
        assert_eq!(made.get(), 1);
    }

    #[test]
    fn pauses_double_up_to_a_second_and_last_seven_seconds_in_all() {
        assert_eq!([1, 2, 6, 7, 40].map(backoff), [16..=32, 32..=64, 512..=1024, 512..=1024, 512..=1024]);
        let all = (1..ATTEMPTS).map(backoff);
        let (shortest, longest) = all.fold((0, 0), |sum, pause| (sum.0 + pause.start(), sum.1 + pause.end()));
        assert_eq!((shortest, longest), (3_568, 7_136));
    }
}

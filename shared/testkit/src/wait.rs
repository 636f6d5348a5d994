//! Waiting for what follows: the one way to do it.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use crate::{Failed, Result};

/// How long anything that follows from a write may take before it counts as not happening. It passes a stream, a queue
/// and two workers, which take a second on an idle machine and several on one that runs all tests at once.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// How often to look. A look costs a request.
const PAUSE: Duration = Duration::from_millis(100);

/// Looks again and again until there is something to see.
///
/// # Errors
/// What looking fails with; and a failure that names `what` when nothing is there by the `deadline`.
pub async fn await_until<T, F, L>(deadline: Duration, what: &str, mut look: F) -> Result<T>
where
    F: FnMut() -> L,
    L: Future<Output = Result<Option<T>>>,
{
    let begun = Instant::now();
    loop {
        if let Some(seen) = look().await? {
            return Ok(seen);
        }
        if begun.elapsed() > deadline {
            return Err(Failed::new(format!("waited {deadline:?} in vain for {what}")));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

//! The one way to wait for an effect.

use std::{
    future::Future,
    time::{Duration, Instant},
};

use crate::{Failed, Result};

/// How long an effect of a write may take before a test fails. An effect passes a stream, a queue and two workers: that
/// takes a second on an idle machine and several seconds on one that runs all tests at once.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// The pause between two checks. A check costs a request.
const PAUSE: Duration = Duration::from_millis(100);

/// Calls `check` until it returns a value.
///
/// # Errors
/// Fails if `check` fails, or with a text that names `what` if there is no value by the `deadline`.
pub async fn await_until<T, F, L>(deadline: Duration, what: &str, mut check: F) -> Result<T>
where
    F: FnMut() -> L,
    L: Future<Output = Result<Option<T>>>,
{
    let start = Instant::now();
    loop {
        if let Some(value) = check().await? {
            return Ok(value);
        }
        if start.elapsed() > deadline {
            return Err(Failed::new(format!("waited {deadline:?} for {what}")));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

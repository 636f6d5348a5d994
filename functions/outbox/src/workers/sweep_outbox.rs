//! Schedule, every minute - sends the events that the relay did not send.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use souk_messaging::{Failure, Relay, Schedule};

/// Sends the events that were left in the outbox.
#[derive(Debug)]
pub struct SweepOutbox;

/// The age at which an event counts as left behind. A busy stream may take almost as long.
const MIN_AGE: SignedDuration = SignedDuration::from_secs(60);

/// How long a run sends. What remains is the work of the next minute's run. The function has 50 seconds.
const MAX_DURATION: Duration = Duration::from_secs(40);

impl Schedule for SweepOutbox {
    const MODULE: &'static str = module_path!();

    type Deps = Relay;

    async fn run(relay: &Relay, now: Timestamp) -> Result<usize, Failure> {
        let started = Instant::now();
        let (mut from, mut sent, mut failed) = (None, 0, None);
        while started.elapsed() < MAX_DURATION {
            let page = relay.store.outbox().left_behind(now - MIN_AGE, from).await?;
            // An event that cannot be sent must not delay the newer ones. The failure is returned after the loop.
            let failures = relay.forward(&page.items).await;
            sent += page.items.len() - failures.len();
            failed = failures.into_values().next().or(failed);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        failed.map_or(Ok(sent), Err)
    }
}

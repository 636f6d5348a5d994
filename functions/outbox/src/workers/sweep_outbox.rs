//! Schedule, every minute - sends the events that the relay did not send.

use jiff::{SignedDuration, Timestamp};
use souk_messaging::{Failure, Relay, Schedule};

/// Sends the events that were left in the outbox.
#[derive(Debug)]
pub struct SweepOutbox;

/// The age at which an event counts as left behind. A busy stream may take almost as long.
const MIN_AGE: SignedDuration = SignedDuration::from_secs(60);

impl Schedule for SweepOutbox {
    const MODULE: &'static str = module_path!();

    type Deps = Relay;

    async fn run(relay: &Relay, now: Timestamp) -> Result<usize, Failure> {
        let left_behind = relay.store.outbox().left_behind(now - MIN_AGE).await?;
        let mut failed = None;
        for record in &left_behind {
            // An event that cannot be sent must not delay the newer ones. The failure is returned after the loop.
            if let Err(failure) = relay.forward(record).await {
                failed = Some(failure);
            }
        }
        failed.map_or(Ok(left_behind.len()), Err)
    }
}

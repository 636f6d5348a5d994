//! Schedule, every minute - passes on what the stream should have brought to the relay and did not.

use jiff::{SignedDuration, Timestamp};
use souk_messaging::{Failure, Relay, Schedule};

/// Sweeps the outbox.
#[derive(Debug)]
pub struct SweepOutbox;

/// How old an outbox item must be before it counts as left behind: long enough for a stream that is busy.
const PATIENCE: SignedDuration = SignedDuration::from_secs(60);

impl Schedule for SweepOutbox {
    const MODULE: &'static str = module_path!();

    type Deps = Relay;

    async fn run(relay: &Relay, now: Timestamp) -> Result<usize, Failure> {
        let left_behind = relay.store.outbox().left_behind(now - PATIENCE).await?;
        let mut failed = None;
        for record in &left_behind {
            // One that cannot be passed on must not keep the younger ones from it.
            if let Err(failure) = relay.forward(record).await {
                failed = Some(failure);
            }
        }
        failed.map_or(Ok(left_behind.len()), Err)
    }
}

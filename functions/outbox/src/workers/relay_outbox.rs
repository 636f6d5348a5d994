//! Stream of the table - sends each new event of the outbox to its queues.

use jiff::Timestamp;
use souk_messaging::{Change, FailedAt, Relay, StreamReader};
use souk_store::outbox::OutboxRecord;

/// Sends each new event of the outbox to its queues.
#[derive(Debug)]
pub struct RelayOutbox;

impl StreamReader for RelayOutbox {
    const MODULE: &'static str = module_path!();

    type Deps = Relay;
    type Item = OutboxRecord;

    async fn handle(relay: &Relay, changes: Vec<Change<OutboxRecord>>, _: Timestamp) -> Result<(), FailedAt> {
        let new = changes.into_iter().enumerate().filter_map(|(position, change)| match change {
            Change::Created(record) => Some((position, record)),
            // Only the relay and the sweep change an outbox item: they remove it.
            Change::Modified(_) | Change::Removed => None,
        });
        let (positions, records): (Vec<usize>, Vec<OutboxRecord>) = new.unzip();
        match relay.forward(&records).await.into_iter().next() {
            Some((n, failure)) => Err(FailedAt { position: positions.get(n).copied().unwrap_or_default(), failure }),
            None => Ok(()),
        }
    }
}

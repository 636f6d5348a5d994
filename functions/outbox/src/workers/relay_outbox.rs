//! Stream of the table - sends each new event of the outbox to its queues.

use jiff::Timestamp;
use souk_messaging::{Change, Failure, Relay, StreamReader};
use souk_store::outbox::OutboxRecord;

/// Sends each new event of the outbox to its queues.
#[derive(Debug)]
pub struct RelayOutbox;

impl StreamReader for RelayOutbox {
    const MODULE: &'static str = module_path!();

    type Deps = Relay;
    type Item = OutboxRecord;

    async fn handle(relay: &Relay, change: Change<OutboxRecord>, _: Timestamp) -> Result<(), Failure> {
        match change {
            Change::Created(record) => relay.forward(&record).await,
            // Only the relay and the sweep change an outbox item: they remove it.
            Change::Modified(_) | Change::Removed => Ok(()),
        }
    }
}

//! Stream of the table - passes each new outbox item on to the queues that want it.

use jiff::Timestamp;
use souk_messaging::{Change, Failure, Relay, StreamReader};
use souk_store::outbox::OutboxRecord;

/// Relays the outbox.
#[derive(Debug)]
pub struct RelayOutbox;

impl StreamReader for RelayOutbox {
    const MODULE: &'static str = module_path!();

    type Deps = Relay;
    type Item = OutboxRecord;

    async fn handle(relay: &Relay, change: Change<OutboxRecord>, _: Timestamp) -> Result<(), Failure> {
        match change {
            Change::Created(record) => relay.forward(&record).await,
            // Only the relay and the sweep touch it again: they remove it.
            Change::Modified(_) | Change::Removed => Ok(()),
        }
    }
}

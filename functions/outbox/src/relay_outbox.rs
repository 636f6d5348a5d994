//! Stream of the table - passes each new outbox item on to the queues that want it.

use jiff::Timestamp;
use souk_messaging::{Failure, Relay, StreamReader};
use souk_store::outbox::OutboxRecord;

/// Relays the outbox.
#[derive(Debug)]
pub struct Room;

impl StreamReader for Room {
    const MODULE: &'static str = module_path!();

    type Deps = Relay;
    type Item = OutboxRecord;

    async fn handle(relay: &Relay, record: OutboxRecord, _: Timestamp) -> Result<(), Failure> {
        relay.forward(&record).await
    }
}

//! Outbox: sends the events that are stored in the table to the queues.
//!
//! The relay reads new events from the table's stream, usually within a second. The sweep looks for events that the
//! relay did not send. Both send an event in the same way, and sending it twice is harmless because the consumers are
//! idempotent.

mod workers;

pub use workers::*;

souk_runtime::functions! {
    stream_readers: [
        relay_outbox::RelayOutbox,
    ],
    schedules: [
        sweep_outbox::SweepOutbox,
    ],
}

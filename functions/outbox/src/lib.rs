//! Outbox: how what happened reaches the queues.
//!
//! The relay hears of an event from the table's stream, usually within a second. The sweeper looks for what the relay
//! never heard of. Both do the same with what they find, and doing it twice is harmless.

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

//! Faults between the parts: messages that arrive twice, late, out of order or broken, and workers that die.
//!
//! The tests call the functions behind queues and streams directly, with events that a queue or a stream may send. The
//! final state must be the same as if every message had arrived once. `SOUK_OUTPUTS` names the stack.

mod fixture;
mod holds;
mod mail;
mod notifications;
mod outbox;
mod payments;
mod pictures;
mod products;
mod pushes;
mod refunds;
mod sales;
mod search;
mod shops;
mod stripe;

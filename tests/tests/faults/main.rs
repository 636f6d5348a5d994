//! What goes wrong between the parts: messages that come twice, late, out of order or broken, and workers that die.
//!
//! The functions behind queues and streams are called by hand here, with what a queue or a stream may hand them. The
//! final state must be the same as if everything had come once. `SOUK_OUTPUTS` names the stack.

mod holds;
mod letters;
mod notifications;
mod outbox;
mod payments;
mod pictures;
mod products;
mod pushes;
mod sales;
mod scene;
mod search;
mod shops;

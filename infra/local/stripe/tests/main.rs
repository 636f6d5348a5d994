//! The stand-in seen from outside: by `async-stripe`, by Souk's own gateway, by browsers and by webhook receivers.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "the helpers here belong to tests and may fail as tests do"
)]

mod support;

mod accounts_and_transfers;
mod answers;
mod cards;
mod checkout;
mod events;
mod faults;
mod idempotency;
mod parameters;
mod signatures;
mod webhooks;

//! The stand-in, as `async-stripe`, Souk's own gateway, browsers and webhook receivers use it.
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

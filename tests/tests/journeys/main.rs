//! What people live through on a deployed Souk, and what it refuses.
//!
//! Everybody here is new, so the tests run side by side and again and again on one stack. `SOUK_OUTPUTS` names it.

#![expect(clippy::expect_used, reason = "a test whose expectation is in vain has failed, and says where")]

mod accounts;
mod authorization;
mod bad_input;
mod checkout;
mod functions;
mod holds;
mod limits;
mod lists;
mod sale;
mod sockets;
mod tokens;
mod uploads;
mod webhooks;

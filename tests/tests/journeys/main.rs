//! What people live through on a deployed Souk, and what it refuses.
//!
//! Everybody here is new, so the tests run side by side and again and again on one stack. `SOUK_OUTPUTS` names it.

#![expect(clippy::expect_used, reason = "a test whose expectation is in vain has failed, and says where")]

mod account;
mod accounts;
mod addresses;
mod admins;
mod authorization;
mod bad_input;
mod carts;
mod checkout;
mod codes;
mod functions;
mod google;
mod holds;
mod limits;
mod lists;
mod matrix;
mod notifications;
mod passwords;
mod profile;
mod rotation;
mod sale;
mod second_factor;
mod sessions;
mod sockets;
mod tokens;
mod uploads;
mod webhooks;

//! Payments through Stripe's hosted Checkout.
//!
//! A narrow face over `async-stripe`: the rooms see [`Gateway`], [`Checkout`] and [`webhook`], never Stripe's own types.
//! Amounts are `i64` minor units, currencies lower-case ISO 4217 codes, times seconds since the Unix epoch, as on
//! Stripe's wire. `async-stripe` is large, so only the functions that talk to Stripe link this crate.

mod checkout;
mod error;
mod gateway;
mod retry;
pub mod webhook;

pub use checkout::{Checkout, CheckoutLine, CheckoutRequest, CheckoutStatus, Expiry, PaymentStatus, Refund};
pub use error::GatewayError;
pub use gateway::Gateway;

/// The Stripe API version every call pins; the webhook endpoint at Stripe must be created with the same one.
pub fn api_version() -> &'static str {
    stripe_shared::version::VERSION.as_str()
}

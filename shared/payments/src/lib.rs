//! Payments through Stripe's hosted CheckoutSession.
//!
//! The functions see [`Gateway`], [`CheckoutSession`] and [`webhook`], never Stripe's own types. Amounts are `i64` minor units,
//! currencies lower-case ISO 4217 codes, times seconds since the Unix epoch, as on Stripe's wire.
//!
//! Requests are `async-stripe`'s, so that the compiler checks their fields and one place pins the API version. Answers are
//! read into the few fields that are used: `async-stripe`'s model of the answers nearly doubles the size of a function.

mod checkout;
mod error;
mod gateway;
mod retry;
mod signature;
mod transport;
pub mod webhook;

pub use checkout::{
    CheckoutLine, CheckoutRequest, CheckoutSession, CheckoutStatus, Expiry, PaymentStatus, Refund, least_amount,
};
pub use error::GatewayError;
pub use gateway::Gateway;

/// The Stripe API version every call pins; the webhook endpoint at Stripe must be created with the same one.
pub fn api_version() -> &'static str {
    stripe_shared::version::VERSION.as_str()
}

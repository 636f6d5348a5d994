//! Payments through Stripe's hosted checkout page.
//!
//! The functions see [`Gateway`], [`CheckoutSession`] and [`webhook`], never Stripe's own types. Amounts are `i64`
//! minor units, currencies lower-case ISO 4217 codes, times seconds since the Unix epoch, as on Stripe's wire.
//!
//! Requests are built with `async-stripe`, so that the compiler checks their fields and one place pins the API version.
//! Of the answers only the fields that Souk uses are read, so that values which this version of the library does not
//! know do no harm.

mod checkout;
mod error;
mod gateway;
mod retry;
mod signature;
mod transport;
pub mod webhook;

pub use checkout::{
    CheckoutLine, CheckoutRequest, CheckoutSession, CheckoutStatus, Expiry, GREATEST_AMOUNT, PaymentStatus, Refund,
    least_amount,
};
pub use error::GatewayError;
pub use gateway::Gateway;

/// Returns the Stripe API version that every call pins. The webhook endpoint at Stripe must be created with the same
/// version.
pub fn api_version() -> &'static str {
    stripe_shared::version::VERSION.as_str()
}

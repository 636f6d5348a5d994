//! Fixtures for the tests of a deployed Souk: signed-in principals, shops with products, and the payment provider.

pub mod keys;
mod requests;
mod stripe;
mod vendor;

pub use requests::Example;
pub use stripe::{Provider, Webhook};
pub use vendor::{Market, Vendor};

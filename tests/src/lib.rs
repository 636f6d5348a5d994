//! What the tests of a deployed Souk begin with: people who are signed in, and goods to buy.

pub mod keys;
mod requests;
mod stripe;
mod vendor;

pub use requests::Example;
pub use stripe::{Provider, Webhook};
pub use vendor::{Market, Vendor};

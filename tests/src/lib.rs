//! What the tests of a deployed Souk begin with: people who are signed in, and goods to buy.

mod requests;
mod stall;
mod stripe;

pub use requests::Example;
pub use stall::{Market, Stall};
pub use stripe::{Provider, Webhook};

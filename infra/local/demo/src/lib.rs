//! Fills a deployed Souk with demo data, and plays a sale on it. Both use the API alone.

mod products;
mod progress;
mod sale;
mod seed;

pub use sale::sale;
pub use seed::seed;

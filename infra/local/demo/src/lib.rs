//! Fills a deployed Souk with something to look at, and plays a sale on it. Both go through the API alone.

mod goods;
mod sale;
mod seed;
mod told;

pub use sale::sale;
pub use seed::seed;

//! Imports and exports of products.

pub mod jobs;
pub mod keys;
#[cfg(test)]
mod shapes;

souk_store::aggregates! {
    /// The aggregates of imports and exports.
    pub trait JobsExt {
        /// Imports and exports of products.
        jobs: jobs::Jobs,
    }
}

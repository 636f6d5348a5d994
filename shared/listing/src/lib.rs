//! Listing: checks a product that a seller has written, and builds it.
//!
//! Products are created through the API, as copies of others and from rows of files. In all cases the input becomes a
//! [`Draft`], and a [`ProductBuilder`] creates the product. So the same rules and the same error messages apply
//! everywhere.

mod draft;
mod findings;
mod product_builder;
#[cfg(test)]
mod tests;

pub use draft::{Draft, DraftSku, Matrix, Options};
pub use findings::{Findings, MAX_AMOUNT, Price};
pub use product_builder::ProductBuilder;

//! Listing: a product as a seller writes it, checked and put together in one place.
//!
//! Products come by the API, as copies of others and as rows of files. Each way ends in a [`Draft`], and a [`ProductBuilder`] makes
//! a product of it: so all of them are held against the same rules and are refused in the same words.

mod draft;
mod findings;
mod product_builder;
#[cfg(test)]
mod tests;

pub use draft::{Draft, DraftSku, Matrix, Options};
pub use findings::{Findings, MAX_AMOUNT, Price};
pub use product_builder::ProductBuilder;

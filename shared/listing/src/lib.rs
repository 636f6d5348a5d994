//! Listing: a product as a seller writes it, checked and put together in one place.
//!
//! Products come by the API, as copies of others and as rows of files. Each way ends in a [`Draft`], and a [`Bench`] makes
//! a product of it: so all of them are held against the same rules and are refused in the same words.

mod bench;
mod draft;
mod findings;
#[cfg(test)]
mod tests;

pub use bench::Bench;
pub use draft::{Draft, DraftSku, Matrix, Options};
pub use findings::{Findings, MAX_AMOUNT, Price};

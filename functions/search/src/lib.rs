//! Search: how the index comes to say what the table says.
//!
//! The table's stream tells a queue what to look at again (`watch_products` of the wing `catalogue`). The indexer looks, and
//! commits what it finds to the index in S3 (`souk_search`), on the condition that nobody else did since it began to look.
//! Otherwise it looks again. So the index never goes back to an earlier state of a product, whatever comes late or twice.

pub mod index_products;
pub mod rebuild_index;

mod changes;
mod entries;
mod indexer;
mod rebuild;
mod table;
#[cfg(test)]
mod tests;

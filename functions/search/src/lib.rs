//! Search: how the index comes to say what the table says.
//!
//! The table's stream tells a queue what to look at again (`watch_products` of the service `catalogue`). The indexer looks, and
//! commits what it finds to the index in S3 (`souk_search`), on the condition that nobody else did since it began to look.
//! Otherwise it looks again. So the index never goes back to an earlier state of a product, whatever comes late or twice.

mod changes;
mod entries;
mod indexer;
mod rebuild;
mod table;
mod workers;

pub use workers::*;

souk_runtime::functions! {
    batch_consumers: [
        index_products::IndexProducts,
    ],
    schedules: [
        rebuild_index::RebuildIndex,
    ],
}

#[cfg(test)]
mod tests;

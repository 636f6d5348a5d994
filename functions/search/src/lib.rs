//! Search: the workers that bring the search index up to date with the table.
//!
//! A reader of the table's stream sends a message for everything that may have changed (`watch_products` of the service
//! `catalogue`). The indexer reads the current state from the table and commits it to the index in S3 (`souk_search`),
//! on the condition that no other indexer has committed since it began to read. Otherwise it reads again. So the index
//! never returns to an earlier state of a product, even if messages come late or twice.

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

//! Schedule, every night, and by hand - rebuilds the index from the table, and deletes objects that no version of the
//! index needs.
//!
//! It repairs what the stream, the queue or the bucket may have lost. Meanwhile the index is served and updated as
//! usual.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};

use crate::indexer::Indexer;

/// Rebuilds the index.
#[derive(Debug)]
pub struct RebuildIndex;

impl Schedule for RebuildIndex {
    const MODULE: &'static str = module_path!();

    type Deps = Indexer;

    async fn run(indexer: &Indexer, now: Timestamp) -> Result<usize, Failure> {
        let products = indexer.rebuild(now).await?;
        let swept = indexer.sweep(now).await?;
        tracing::info!(swept, "deleted unused objects of the index");
        Ok(products.unwrap_or_default())
    }
}

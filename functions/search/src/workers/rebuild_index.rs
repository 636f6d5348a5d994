//! Every night, and by hand - makes the index anew from the table, and sweeps up what no version of it needs any more.
//!
//! It mends whatever the stream, the queue or the bucket may have lost, and is made while the index goes on being served
//! and brought up to date.

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
        tracing::info!(swept, "swept the bucket");
        Ok(products.unwrap_or_default())
    }
}

//! Queue `search` - brings the index up to date with the table for the subjects that the messages name.

use jiff::Timestamp;
use souk_messaging::{BatchConsumer, Failure};
use souk_search::Subject;

use crate::indexer::Indexer;

/// Indexes products.
#[derive(Debug)]
pub struct IndexProducts;

impl BatchConsumer for IndexProducts {
    const MODULE: &'static str = module_path!();

    type Deps = Indexer;
    type Message = Subject;

    async fn handle(indexer: &Indexer, messages: Vec<Subject>, now: Timestamp) -> Result<(), Failure> {
        // A subject that changed several times is read once.
        indexer.update(&messages.into_iter().collect(), now).await
    }
}

//! Schedule, every five minutes - takes away products that were deleted more than 24 hours ago, with all there is to them.
//!
//! Orders keep what they froze. A run that ends half way is finished by the next: a product's own item, by which the list
//! finds it, goes last.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;

/// Purges products.
#[derive(Debug)]
pub struct PurgeProducts;

impl Schedule for PurgeProducts {
    const MODULE: &'static str = module_path!();

    type Deps = Store;

    async fn run(store: &Store, now: Timestamp) -> Result<usize, Failure> {
        let mut purged = 0;
        let mut failed = None;
        for product in store.products().overdue(now).await? {
            // One that cannot be taken away must not keep the younger ones.
            match store.products().purge(&product, now).await {
                Ok(done) => purged += usize::from(done),
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(purged), |error| Err(error.into()))
    }
}

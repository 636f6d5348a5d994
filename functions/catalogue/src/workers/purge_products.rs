//! Schedule, every five minutes - removes products that were deleted more than 24 hours ago, with all their items.
//!
//! Orders are not affected: they hold snapshots. If a run fails half-way, the next run continues: the product's own
//! item is removed last, and the list of overdue products finds the product by it.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};
use souk_store::Store;
use souk_store_catalogue::CatalogueExt as _;

/// Removes deleted products for good.
#[derive(Debug)]
pub struct PurgeProducts;

impl Schedule for PurgeProducts {
    const MODULE: &'static str = module_path!();

    type Deps = Store;

    async fn run(store: &Store, now: Timestamp) -> Result<usize, Failure> {
        let mut purged = 0;
        let mut failed = None;
        for product in store.products().overdue(now).await? {
            // A product that cannot be removed must not block the products after it.
            match store.products().purge(&product, now).await {
                Ok(done) => purged += usize::from(done),
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(purged), |error| Err(error.into()))
    }
}

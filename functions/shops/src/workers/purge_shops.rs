//! Schedule, every hour - removes shops that were deleted 28 days ago.
//!
//! Idempotent: every step removes what still exists, and the shop's own item is removed last. So a run after a crash
//! and two runs at once end in the same state.

use jiff::Timestamp;
use souk_messaging::{Failure, Schedule};
use souk_store::Store;
use souk_store_erasure::ErasureExt as _;
use souk_store_shops::ShopsExt as _;

/// Purges shops.
#[derive(Debug)]
pub struct PurgeShops;

impl Schedule for PurgeShops {
    const MODULE: &'static str = module_path!();

    type Deps = Store;

    async fn run(store: &Store, now: Timestamp) -> Result<usize, Failure> {
        let (mut purged, mut failed) = (0, None);
        for shop in store.shops().overdue(now).await? {
            match store.erasure().purge_shop(&shop, now).await {
                Ok(done) => purged += usize::from(done),
                // A shop that cannot be removed must not block the other shops.
                Err(error) => {
                    tracing::error!(shop.id = %shop.id, error = &error as &dyn std::error::Error, "a shop could not be purged");
                    failed = Some(error);
                }
            }
        }
        failed.map_or(Ok(purged), |error| Err(error.into()))
    }
}

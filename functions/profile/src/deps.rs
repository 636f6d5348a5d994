//! What these rooms need.

use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_web::{Deps, MediaUrl};

/// The table, and where pictures are.
#[derive(Debug)]
pub struct Mirror {
    pub(crate) store: Store,
    pub(crate) media: MediaUrl,
}

impl Connect for Mirror {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, media: MediaUrl::connect(start).await? })
    }
}

impl Deps for Mirror {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

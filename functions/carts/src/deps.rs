//! What these rooms need.

use souk_domain::Currency;
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_web::{Deps, MediaUrl};

/// The table, the media address, and the currency that the marketplace runs in.
#[derive(Debug)]
pub struct Trolley {
    pub(crate) store: Store,
    pub(crate) media: MediaUrl,
    pub(crate) currency: Currency,
}

impl Connect for Trolley {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            store: Store::connect(start).await?,
            media: MediaUrl::connect(start).await?,
            currency: start.setting("CURRENCY")?,
        })
    }
}

impl Deps for Trolley {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

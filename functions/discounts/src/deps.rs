//! What these rooms need.

use souk_domain::Currency;
use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_web::{Cursors, Deps};

/// The table, and the currency that the marketplace runs in.
#[derive(Debug)]
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) currency: Currency,
}

impl Connect for Desk {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, currency: start.setting("CURRENCY")? })
    }
}

impl Deps for Desk {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// The table and the cursors of its list.
#[derive(Debug)]
pub struct Drawer {
    pub(crate) store: Store,
    pub(crate) cursors: Cursors,
}

impl Connect for Drawer {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, cursors: Cursors::connect(start).await? })
    }
}

impl Deps for Drawer {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

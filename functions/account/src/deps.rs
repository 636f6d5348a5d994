//! What these rooms need.

use souk_runtime::{Connect, Start, StartError};
use souk_store::Store;
use souk_web::{Cursors, Deps, MediaUrl};

/// The table and the media address.
#[derive(Debug)]
pub struct Shelf {
    pub(crate) store: Store,
    pub(crate) media: MediaUrl,
}

impl Connect for Shelf {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, media: MediaUrl::connect(start).await? })
    }
}

impl Deps for Shelf {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// The same, and the cursors of its list.
#[derive(Debug)]
pub struct LongShelf {
    pub(crate) shelf: Shelf,
    pub(crate) cursors: Cursors,
}

impl Connect for LongShelf {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { shelf: Shelf::connect(start).await?, cursors: Cursors::connect(start).await? })
    }
}

impl Deps for LongShelf {
    fn store(&self) -> Option<&Store> {
        self.shelf.store()
    }
}

/// The table and the cursors of a list.
#[derive(Debug)]
pub struct Register {
    pub(crate) store: Store,
    pub(crate) cursors: Cursors,
}

impl Connect for Register {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, cursors: Cursors::connect(start).await? })
    }
}

impl Deps for Register {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

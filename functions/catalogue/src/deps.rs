//! What these rooms need.

use souk_listing::Bench;
use souk_runtime::{Connect, Start, StartError};
use souk_search::Shelf;
use souk_store::Store;
use souk_web::{Cursors, Deps, MediaUrl};

/// The table and the media address.
#[derive(Debug)]
pub struct Window {
    pub(crate) store: Store,
    pub(crate) media: MediaUrl,
}

impl Connect for Window {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { store: Store::connect(start).await?, media: MediaUrl::connect(start).await? })
    }
}

impl Deps for Window {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

/// The same, and the cursors of its list.
#[derive(Debug)]
pub struct LongWindow {
    pub(crate) window: Window,
    pub(crate) cursors: Cursors,
}

impl Connect for LongWindow {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { window: Window::connect(start).await?, cursors: Cursors::connect(start).await? })
    }
}

impl Deps for LongWindow {
    fn store(&self) -> Option<&Store> {
        self.window.store()
    }
}

/// Where drafts become products, and the media address.
#[derive(Debug)]
pub struct Workbench {
    pub(crate) bench: Bench,
    pub(crate) media: MediaUrl,
}

impl Connect for Workbench {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { bench: Bench::connect(start).await?, media: MediaUrl::connect(start).await? })
    }
}

impl Deps for Workbench {
    fn store(&self) -> Option<&Store> {
        Some(&self.bench.store)
    }
}

/// The index, the table for as long as there is none, the media address and the cursors.
#[derive(Debug)]
pub struct Hall {
    pub(crate) shelf: Shelf,
    pub(crate) store: Store,
    pub(crate) media: MediaUrl,
    pub(crate) cursors: Cursors,
}

impl Connect for Hall {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            shelf: Shelf::connect(start).await?,
            store: Store::connect(start).await?,
            media: MediaUrl::connect(start).await?,
            cursors: Cursors::connect(start).await?,
        })
    }
}

/// Everybody may come in, so nothing is read from the table at the start: what the index answers costs no read.
impl Deps for Hall {
    fn store(&self) -> Option<&Store> {
        None
    }
}

/// The same for those who have to be signed in.
#[derive(Debug)]
pub struct Office {
    pub(crate) hall: Hall,
}

impl Connect for Office {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { hall: Hall::connect(start).await? })
    }
}

impl Deps for Office {
    fn store(&self) -> Option<&Store> {
        Some(&self.hall.store)
    }
}

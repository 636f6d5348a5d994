//! What these rooms need.

use souk_listing::Bench;
use souk_runtime::{Connect, Start, StartError};
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

//! What these functions need.

use souk_listing::ProductBuilder;
use souk_runtime::{Connect, Start, StartError};
use souk_search::IndexReader;
use souk_store::Store;
use souk_views::MediaUrl;
use souk_web::{Cursors, Deps};

/// Where drafts become products, and the media address.
#[derive(Debug)]
pub struct BuilderMedia {
    pub(crate) builder: ProductBuilder,
    pub(crate) media: MediaUrl,
}

impl Connect for BuilderMedia {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { builder: ProductBuilder::connect(start).await?, media: MediaUrl::connect(start).await? })
    }
}

impl Deps for BuilderMedia {
    fn store(&self) -> Option<&Store> {
        Some(&self.builder.store)
    }
}

/// The index, the table for as long as there is none, the media address and the cursors.
#[derive(Debug)]
pub struct ListDeps {
    pub(crate) index: IndexReader,
    pub(crate) store: Store,
    pub(crate) media: MediaUrl,
    pub(crate) cursors: Cursors,
}

impl Connect for ListDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self {
            index: IndexReader::connect(start).await?,
            store: Store::connect(start).await?,
            media: MediaUrl::connect(start).await?,
            cursors: Cursors::connect(start).await?,
        })
    }
}

/// Everybody may come in, so nothing is read from the table at the start: what the index answers costs no read.
impl Deps for ListDeps {
    fn store(&self) -> Option<&Store> {
        None
    }
}

/// The same for those who have to be signed in.
#[derive(Debug)]
pub struct SignedInListDeps {
    pub(crate) list: ListDeps,
}

impl Connect for SignedInListDeps {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { list: ListDeps::connect(start).await? })
    }
}

impl Deps for SignedInListDeps {
    fn store(&self) -> Option<&Store> {
        Some(&self.list.store)
    }
}

//! The dependencies that several functions of this service share.

use souk_listing::ProductBuilder;
use souk_runtime::{Connect, Start, StartError};
use souk_search::IndexReader;
use souk_store::Store;
use souk_views::MediaUrl;
use souk_web::{Cursors, Deps};

/// The product builder, which turns drafts into products, and the public address of pictures.
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

/// The search index, the table as a fallback while there is no index, the public address of pictures and the cursor
/// key.
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

/// These lists are public, so no request reads the caller's session. An answer from the index costs no read of the
/// table.
impl Deps for ListDeps {
    fn store(&self) -> Option<&Store> {
        None
    }
}

/// The dependencies of lists that require a signed-in caller.
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

//! What these functions need, and where files are.

use souk_domain::{Invalid, JobId, ShopId};
use souk_listing::ProductBuilder;
use souk_media::MediaStore;
use souk_runtime::{Connect, Start, StartError};
use souk_web::Cursors;

souk_web::deps! {
    /// The table, the files and the cursors of the lists.
    pub struct StoreFilesCursors { store: Store, files: MediaStore, cursors: Cursors }

    /// The table and the files.
    pub struct StoreFiles { store: Store, files: MediaStore }
}

/// What products are made with, and the files.
#[derive(Debug)]
pub struct BuilderFiles {
    pub(crate) builder: ProductBuilder,
    pub(crate) files: MediaStore,
}

impl Connect for BuilderFiles {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { builder: ProductBuilder::connect(start).await?, files: MediaStore::connect(start).await? })
    }
}

/// Where the file of an import lands.
pub(crate) fn import_key(shop: ShopId, job: JobId) -> String {
    format!("imports/{shop}/{job}")
}

/// Which import a file is of.
pub(crate) fn import_of(key: &str) -> Result<(ShopId, JobId), Invalid> {
    let (shop, job) = key.strip_prefix("imports/").and_then(|rest| rest.split_once('/')).unwrap_or_default();
    Ok((ShopId::parse(shop)?, JobId::parse(job)?))
}

/// Where the file of an export is kept.
pub(crate) fn export_key(shop: ShopId, job: JobId) -> String {
    format!("exports/{shop}/{job}")
}

/// The largest file that is taken, in bytes: ten thousand rows of two thousand characters.
pub(crate) const MAX_BYTES: u64 = 20_000_000;

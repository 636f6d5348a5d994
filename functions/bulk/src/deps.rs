//! The dependencies that several functions of this service share, and the keys of files in S3.

use souk_domain::{Invalid, JobId, ShopId};
use souk_listing::ProductBuilder;
use souk_media::MediaStore;
use souk_runtime::{Connect, Start, StartError};
use souk_web::Cursors;

souk_web::deps! {
    /// The table, the files and the cursor key.
    pub struct StoreFilesCursors { store: Store, files: MediaStore, cursors: Cursors }

    /// The table and the files.
    pub struct StoreFiles { store: Store, files: MediaStore }
}

/// The product builder and the files.
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

/// Returns the S3 key of an import's file.
pub(crate) fn import_key(shop: ShopId, job: JobId) -> String {
    format!("imports/{shop}/{job}")
}

/// Parses the S3 key of an import's file.
pub(crate) fn import_of(key: &str) -> Result<(ShopId, JobId), Invalid> {
    let (shop, job) = key.strip_prefix("imports/").and_then(|rest| rest.split_once('/')).unwrap_or_default();
    Ok((ShopId::parse(shop)?, JobId::parse(job)?))
}

/// Returns the S3 key of an export's file.
pub(crate) fn export_key(shop: ShopId, job: JobId) -> String {
    format!("exports/{shop}/{job}")
}

/// The largest accepted file, in bytes: ten thousand rows of two thousand characters.
pub(crate) const MAX_BYTES: u64 = 20_000_000;

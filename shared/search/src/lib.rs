//! Search: an index of products, shops and categories, as immutable [`Files`].
//!
//! A [`Writer`] puts and removes [`Entry`]s and commits them to [`Files`]; an [`Index`] opened over such files answers a
//! [`Query`]. Neither knows where the files are kept. How it works and what to expect is in `docs/search.md`.

mod anywhere;
mod columns;
mod directory;
mod document;
mod entry;
mod facets;
mod files;
mod index;
mod language;
mod manifest;
mod query;
mod ranking;
mod reading;
mod relating;
mod schema;
mod several;
mod storage;
mod suggesting;
#[cfg(test)]
mod tests;
mod text;
mod vocabulary;
mod wanted;
mod writer;

pub use entry::{CategoryEntry, Entry, Kind, OfferEntry, ProductEntry, ShopEntry, State};
pub use files::{File, Files};
pub use index::Index;
pub use language::{Language, UnknownLanguage};
pub use manifest::{Changed, Manifest, Place, Subject};
pub use query::{Facets, Filters, Found, Hit, Query, Sort, Suggestions};
#[cfg(any(test, feature = "testing"))]
pub use storage::testing;
pub use storage::{
    Archive, ArchiveError, Bucket, Edition, Fetched, Head, IndexReader, KEPT, Listed, Objects, StorageError,
};
pub use writer::Writer;

/// The version of the index's layout. Files of another one cannot be read: they are made anew.
pub const SCHEMA: u32 = 1;

/// Why the index did not do what it was asked: its files are damaged, incomplete or of another [`SCHEMA`]. No text and
/// no number in a query leads here.
#[derive(Debug, thiserror::Error)]
#[error("the index failed")]
pub struct SearchError(#[from] tantivy::TantivyError);

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self(error.into())
    }
}

//! Search: an index of products, shops and categories, stored as immutable [`Files`].
//!
//! A [`Writer`] puts and removes [`Entry`]s and commits them to [`Files`]. An [`Index`] that is opened from such files
//! answers a [`Query`]. Neither knows where the files are stored: that is what [`IndexStorage`] and [`IndexReader`] do.
//! `docs/search.md` describes how the search works.

mod any_field_query;
mod at_least_query;
mod columns;
mod directory;
mod document;
mod entry;
mod facets;
mod files;
mod index;
mod interpretation;
mod language;
mod manifest;
mod query;
mod ranking;
mod related;
mod schema;
mod segment_filter;
mod storage;
mod suggest;
#[cfg(test)]
mod tests;
mod text;
mod vocabulary;
mod writer;

pub use entry::{CategoryEntry, Entry, Kind, OfferEntry, ProductEntry, ShopEntry, Visibility};
pub use files::{File, Files};
pub use index::Index;
pub use language::{Language, UnknownLanguage};
pub use manifest::{Changed, FileLocation, Manifest, Subject};
pub use query::{Facets, Filters, Hit, Query, SearchResults, Sort, Suggestions};
#[cfg(any(test, feature = "testing"))]
pub use storage::testing;
pub use storage::{
    Bucket, BucketError, Fetched, IndexReader, IndexStorage, IndexStorageError, IndexVersion, NewestManifest,
    ObjectStorage, RETENTION, StoredObject,
};
pub use writer::Writer;

/// The version of the index's layout. An index with another layout cannot be read and has to be rebuilt.
pub const SCHEMA: u32 = 2;

/// The index is damaged, incomplete or of another [`SCHEMA`]. No text and no number in a query causes this error.
#[derive(Debug, thiserror::Error)]
#[error("the search index failed")]
pub struct SearchError(#[from] tantivy::TantivyError);

impl From<std::io::Error> for SearchError {
    fn from(error: std::io::Error) -> Self {
        Self(error.into())
    }
}

//! Writing a new version of the index.

use std::collections::{BTreeMap, HashSet};

use tantivy::{
    IndexWriter, Term,
    index::{IndexSettings, SegmentId},
    indexer::{IndexWriterOptions, NoMergePolicy},
    store::{Compressor, ZstdCompressor},
};

use crate::{
    Entry, Files, Kind, Language, SearchError,
    directory::MemoryDirectory,
    document::Documents,
    schema::{Fields, key},
};

/// How many segments of similar size there may be. If there is one more, they are merged.
const MAX_SIMILAR: usize = 3;

/// Changes an index. It is opened with the files of one version, and commits the files of the next one.
pub struct Writer {
    fields: Fields,
    documents: Documents,
    directory: MemoryDirectory,
    writer: IndexWriter,
    /// The keys of a new index, so that a put of a new key need not delete an older entry.
    keys: Option<HashSet<Vec<u8>>>,
}

impl Writer {
    /// Opens a writer for `files`, or for a new index.
    ///
    /// # Errors
    /// [`SearchError`] if the files are damaged, incomplete or of another [`SCHEMA`](crate::SCHEMA).
    pub fn open(files: Option<Files>, language: Language) -> Result<Self, SearchError> {
        let fields = Fields::new();
        let keys = files.is_none().then(HashSet::new);
        let directory = MemoryDirectory::new(files.unwrap_or_default());
        let settings = IndexSettings {
            docstore_compress_dedicated_thread: false,
            docstore_compression: Compressor::Zstd(ZstdCompressor::default()),
            ..IndexSettings::default()
        };
        let index = tantivy::Index::builder().schema(fields.schema.clone()).settings(settings);
        let index = index.open_or_create(directory.clone())?;
        let options = IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(1).build();
        let writer: IndexWriter = index.writer_with_options(options)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Self { documents: Documents::new(fields.clone(), language), fields, directory, writer, keys })
    }

    /// Puts an entry. Replaces the one with the same kind and id.
    ///
    /// # Errors
    /// [`SearchError`] if an earlier change failed.
    pub fn put(&mut self, entry: &Entry) -> Result<(), SearchError> {
        let key = key(entry.kind(), &entry.id());
        let is_new = self.keys.as_mut().is_some_and(|keys| keys.insert(key.clone()));
        if !is_new {
            self.writer.delete_term(Term::from_field_bytes(self.fields.key, &key));
        }
        self.writer.add_document(self.documents.of(entry))?;
        Ok(())
    }

    /// Removes an entry, if it exists.
    pub fn remove(&mut self, kind: Kind, id: &str) {
        self.writer.delete_term(Term::from_field_bytes(self.fields.key, &key(kind, id)));
    }

    /// Commits all changes. Returns the files of the new version: the old files that are still used, and the new ones.
    ///
    /// # Errors
    /// [`SearchError`] if a change failed. Then nothing was changed.
    pub fn commit(mut self) -> Result<Files, SearchError> {
        self.writer.commit()?;
        let index = self.writer.index().clone();
        let segments = index.searchable_segment_metas()?;
        let sizes = segments.iter().map(|segment| (segment.id(), segment.num_docs(), segment.max_doc()));
        let to_merge = match self.keys {
            Some(_) if segments.len() > 1 => index.searchable_segment_ids()?,
            Some(_) => Vec::new(),
            None => segments_to_merge(&sizes.collect::<Vec<_>>()),
        };
        if !to_merge.is_empty() {
            self.writer.merge(&to_merge).wait()?;
        }
        self.writer.wait_merging_threads()?;
        let mut paths = index.load_metas()?.list_segment_files();
        paths.insert("meta.json".into());
        Ok(paths.iter().filter_map(|path| Some((path.to_str()?.to_owned(), self.directory.get(path)?))).collect())
    }
}

/// Chooses the segments to merge, given their numbers of living and of all documents: those with more deleted than
/// living documents, and those of similar size if there are too many of them. Sizes are similar if they are within the
/// same power of four. The size of the merged segment is taken into account, so smaller segments are merged with it at
/// once.
fn segments_to_merge(segments: &[(SegmentId, u32, u32)]) -> Vec<SegmentId> {
    let mut levels: BTreeMap<u32, Vec<(SegmentId, u32)>> = BTreeMap::new();
    let mut chosen = Vec::new();
    for &(id, living, all) in segments {
        if living < all / 2 {
            chosen.push((id, living));
        } else {
            levels.entry(level(living)).or_default().push((id, living));
        }
    }
    for (level_of, similar) in levels {
        let made = (!chosen.is_empty()).then(|| level(chosen.iter().map(|(_, living)| living).sum()));
        let count = similar.len() + usize::from(made == Some(level_of));
        if count > MAX_SIMILAR || made > Some(level_of) {
            chosen.extend(similar);
        }
    }
    chosen.into_iter().map(|(id, _)| id).collect()
}

/// Returns the power of four of a number of documents.
fn level(documents: u32) -> u32 {
    documents.max(1).ilog2() / 2
}

//! Writing: one commit of one writer.

use std::collections::{BTreeMap, HashSet};

use tantivy::{
    IndexWriter, Term,
    index::{IndexSettings, SegmentId},
    indexer::{IndexWriterOptions, NoMergePolicy},
    store::{Compressor, ZstdCompressor},
};

use crate::{
    Entry, Files, Kind, Language, SearchError,
    directory::Memory,
    document::Documents,
    schema::{Fields, key},
};

/// How many segments of about one size there may be: one more, and they are merged into one.
const MAX_ALIKE: usize = 3;

/// Changes an index: opened over the files of one version, committed to those of the next.
pub struct Writer {
    fields: Fields,
    documents: Documents,
    directory: Memory,
    writer: IndexWriter,
    /// What an index made from nothing already has: so that no put looks for what cannot be there.
    seen: Option<HashSet<Vec<u8>>>,
}

impl Writer {
    /// A writer over `files`, or over nothing.
    ///
    /// # Errors
    /// [`SearchError`] for files that are damaged, incomplete or of another [`SCHEMA`](crate::SCHEMA).
    pub fn open(files: Option<Files>, language: Language) -> Result<Self, SearchError> {
        let fields = Fields::new();
        let seen = files.is_none().then(HashSet::new);
        let directory = Memory::new(files.unwrap_or_default());
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
        Ok(Self { documents: Documents::new(fields.clone(), language), fields, directory, writer, seen })
    }

    /// Puts an entry in place of the one of its kind and id.
    ///
    /// # Errors
    /// [`SearchError`] when an earlier change could not be carried out.
    pub fn put(&mut self, entry: &Entry) -> Result<(), SearchError> {
        let key = key(entry.kind(), &entry.id());
        let is_new = self.seen.as_mut().is_some_and(|seen| seen.insert(key.clone()));
        if !is_new {
            self.writer.delete_term(Term::from_field_bytes(self.fields.key, &key));
        }
        self.writer.add_document(self.documents.of(entry))?;
        Ok(())
    }

    /// Takes the entry out, if there is one.
    pub fn remove(&mut self, kind: Kind, id: &str) {
        self.writer.delete_term(Term::from_field_bytes(self.fields.key, &key(kind, id)));
    }

    /// The files of the new version: those of the old one that still count, and new ones.
    ///
    /// # Errors
    /// [`SearchError`] when a change could not be carried out: nothing has happened then.
    pub fn commit(mut self) -> Result<Files, SearchError> {
        self.writer.commit()?;
        let index = self.writer.index().clone();
        let segments = index.searchable_segment_metas()?;
        let sizes = segments.iter().map(|segment| (segment.id(), segment.num_docs(), segment.max_doc()));
        let unfit = match self.seen {
            Some(_) if segments.len() > 1 => index.searchable_segment_ids()?,
            Some(_) => Vec::new(),
            None => to_merge(&sizes.collect::<Vec<_>>()),
        };
        if !unfit.is_empty() {
            self.writer.merge(&unfit).wait()?;
        }
        self.writer.wait_merging_threads()?;
        let mut paths = index.load_metas()?.list_segment_files();
        paths.insert("meta.json".into());
        Ok(paths.iter().filter_map(|path| Some((path.to_str()?.to_owned(), self.directory.get(path)?))).collect())
    }
}

/// Which segments to make one of, given each one's living documents and all it has: those with more dead than living,
/// and those of about one size, if there are too many of them. Sizes are alike within a power of four. What comes out
/// counts among the larger ones at once, and takes smaller ones along.
fn to_merge(segments: &[(SegmentId, u32, u32)]) -> Vec<SegmentId> {
    let mut levels: BTreeMap<u32, Vec<(SegmentId, u32)>> = BTreeMap::new();
    let mut chosen = Vec::new();
    for &(id, living, all) in segments {
        if living < all / 2 {
            chosen.push((id, living));
        } else {
            levels.entry(level(living)).or_default().push((id, living));
        }
    }
    for (level_of, alike) in levels {
        let made = (!chosen.is_empty()).then(|| level(chosen.iter().map(|(_, living)| living).sum()));
        let count = alike.len() + usize::from(made == Some(level_of));
        if count > MAX_ALIKE || made > Some(level_of) {
            chosen.extend(alike);
        }
    }
    chosen.into_iter().map(|(id, _)| id).collect()
}

/// The power of four that a number of documents lies in.
fn level(documents: u32) -> u32 {
    documents.max(1).ilog2() / 2
}

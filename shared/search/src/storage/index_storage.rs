//! The versions of the index in the bucket, and how a new version is written.
//!
//! - `packs/v<schema>/<uuid>` contains the new files of one commit, one after the other.
//! - `manifest/v<schema>.json` is the manifest of the newest version. It is the only object that is ever overwritten,
//!   on the condition that it has not changed since it was read.
//! - `manifests/v<schema>/<version>.json` is the manifest of a version that has been replaced.
//!
//! A commit writes its pack, saves a copy of the manifest that it replaces, and then replaces it: three requests. So
//! every version that has ever been the newest can be found. After a crash in between, the version before is still the
//! newest, and a pack remains that no manifest names. [`IndexStorage::sweep`] deletes it.

use std::{
    collections::{BTreeMap, BTreeSet},
    error::Error as _,
};

use bytes::{Bytes, BytesMut};
use futures::{StreamExt, TryStreamExt, future::try_join, stream};
use jiff::{SignedDuration, Timestamp};
use souk_runtime::{Connect, Start, StartError};
use uuid::Uuid;

use super::{
    bucket::{Bucket, BucketError, Fetched, ObjectStorage},
    cache::Cache,
};
use crate::{Changed, File, FileLocation, Files, Index, Language, Manifest, SCHEMA, SearchError, UnknownLanguage};

/// How long a replaced version is kept. Nobody pages through a list for longer.
pub const RETENTION: SignedDuration = SignedDuration::from_hours(1);

/// How many requests run in parallel.
const PARALLEL_REQUESTS: usize = 16;
/// How many bytes one request reads from a pack at most, unless a single file is larger. Several requests are faster
/// than one.
const MAX_READ: u64 = 8 << 20;

/// A version could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum IndexStorageError {
    /// The bucket failed.
    #[error(transparent)]
    Storage(#[from] BucketError),
    /// The search engine could not read or write the files.
    #[error("the search index failed: {}", .0.source().map(ToString::to_string).unwrap_or_default())]
    Search(#[from] SearchError),
    /// A manifest cannot be parsed.
    #[error("a manifest is malformed")]
    Malformed(#[from] serde_json::Error),
    /// A pack is shorter than its manifest says, or the manifest names an unknown language.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// A request took too long.
    #[error("{0} could not be read in time")]
    Late(&'static str),
}

/// The manifest of the newest version, as a writer has read it.
#[derive(Debug, Clone)]
pub struct NewestManifest {
    /// The manifest.
    pub manifest: Manifest,
    /// The entity tag of the object, which changes with its content.
    pub(super) tag: String,
    /// The object, byte for byte.
    content: Bytes,
}

/// The result of looking for a new version.
pub(super) enum ManifestLookup {
    Missing,
    Unchanged,
    New(NewestManifest),
}

/// Reads and writes the versions of the index in the bucket.
#[derive(Debug)]
pub struct IndexStorage<B = Bucket> {
    bucket: B,
    cache: Cache,
}

impl<B: ObjectStorage> IndexStorage<B> {
    /// Creates it for a bucket.
    pub fn new(bucket: B) -> Self {
        Self { bucket, cache: Cache::default() }
    }

    /// Returns the newest version, or `None` if there is none. One request.
    ///
    /// # Errors
    /// Those of [`IndexStorageError`].
    pub async fn newest(&self) -> Result<Option<NewestManifest>, IndexStorageError> {
        match self.newest_unless(None).await? {
            ManifestLookup::New(newest) => Ok(Some(newest)),
            ManifestLookup::Missing | ManifestLookup::Unchanged => Ok(None),
        }
    }

    pub(super) async fn newest_unless(&self, tag: Option<&str>) -> Result<ManifestLookup, IndexStorageError> {
        Ok(match self.bucket.get(&newest_key(), tag).await? {
            Fetched::Missing => ManifestLookup::Missing,
            Fetched::Unchanged => ManifestLookup::Unchanged,
            Fetched::Found { content, tag } => {
                ManifestLookup::New(NewestManifest { manifest: serde_json::from_slice(&content)?, tag, content })
            }
        })
    }

    /// Returns a version that was replaced, if it still exists. One request.
    pub(super) async fn replaced(&self, version: u64) -> Result<Option<Manifest>, IndexStorageError> {
        match self.bucket.get(&replaced_key(version), None).await? {
            Fetched::Found { content, .. } => Ok(Some(serde_json::from_slice(&content)?)),
            Fetched::Missing | Fetched::Unchanged => Ok(None),
        }
    }

    /// Returns the files of a version. One request for each pack with files that are not in the cache.
    ///
    /// # Errors
    /// Those of [`IndexStorageError`]. Files that were read before the error are in the cache.
    pub async fn files(&self, manifest: &Manifest) -> Result<Files, IndexStorageError> {
        let files = self.load(manifest).await?;
        self.keep(std::iter::once(manifest));
        Ok(files)
    }

    pub(super) async fn load(&self, manifest: &Manifest) -> Result<Files, IndexStorageError> {
        let (mut files, mut missing) = (Files::default(), Vec::new());
        for (name, location) in &manifest.files {
            match self.cache.get(name, location) {
                Some(file) => files.insert(name.clone(), file),
                None => missing.push((name.clone(), *location)),
            }
        }
        let mut reads = stream::iter(runs(missing)).map(|run| self.read(run)).buffer_unordered(PARALLEL_REQUESTS);
        while let Some(read) = reads.try_next().await? {
            for (name, file) in read {
                files.insert(name, file);
            }
        }
        Ok(files)
    }

    async fn read(&self, run: Run) -> Result<Vec<(String, File)>, IndexStorageError> {
        let (Some((_, first)), Some((_, last))) = (run.first(), run.last()) else { return Ok(Vec::new()) };
        let range = first.offset..last.offset + last.length;
        let content = match range.is_empty() {
            true => Bytes::new(),
            false => self.bucket.part(&pack_key(first.pack), range).await?,
        };
        let content = File::from(content);
        let slice = |(name, location): &(String, FileLocation)| {
            let begin = usize::try_from(location.offset - first.offset).unwrap_or(usize::MAX);
            let end = begin.saturating_add(usize::try_from(location.length).unwrap_or(usize::MAX));
            let file = content.slice(begin..end);
            let file = file.ok_or_else(|| IndexStorageError::Damaged(format!("{name} is incomplete")))?;
            self.cache.insert(name, *location, file.clone());
            Ok((name.clone(), file))
        };
        run.iter().map(slice).collect()
    }

    /// Removes the files from the cache that none of these versions has.
    pub(super) fn keep<'a>(&self, versions: impl Iterator<Item = &'a Manifest>) {
        self.cache.keep(&versions.flat_map(|manifest| manifest.files.keys().map(String::as_str)).collect());
    }

    /// Opens a version. It shares what it can with another open version. Requests as in [`Self::files`].
    ///
    /// # Errors
    /// Those of [`IndexStorageError`].
    pub async fn open(&self, manifest: &Manifest, open: Option<&Index>) -> Result<Index, IndexStorageError> {
        let language: Result<Language, UnknownLanguage> = manifest.language.parse();
        let language = language.map_err(|error| IndexStorageError::Damaged(error.to_string()))?;
        let files = self.load(manifest).await?;
        Ok(match open {
            Some(open) => open.reopen(files, language)?,
            None => Index::open(files, language)?,
        })
    }

    /// Writes `files` as the version after `newest`, or as the first version. Returns `None` if another version was
    /// written after `newest` meanwhile: the caller has to read that version and to repeat its work. Three requests.
    ///
    /// # Errors
    /// Those of [`IndexStorageError`]. The version may have been written.
    pub async fn commit(
        &self,
        newest: Option<&NewestManifest>,
        files: &Files,
        language: Language,
        changed: Changed,
        now: Timestamp,
    ) -> Result<Option<Manifest>, IndexStorageError> {
        let id = Uuid::now_v7();
        let (locations, new) = self.locate(files, id);
        let put = async {
            match new.is_empty() {
                true => Ok(()),
                false => self.bucket.put(&pack_key(id), new).await,
            }
        };
        let save = async {
            match newest {
                Some(newest) => self.bucket.put(&replaced_key(newest.manifest.version), newest.content.clone()).await,
                None => Ok(()),
            }
        };
        try_join(put, save).await?;
        for (name, file) in files.iter() {
            if let Some(location) = locations.get(name) {
                self.cache.insert(name, *location, file.clone());
            }
        }
        let first = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let version = newest.map_or(first, |newest| newest.manifest.version + 1);
        let manifest = Manifest { version, at: now, language: language.name().to_owned(), files: locations, changed };
        let content = Bytes::from(serde_json::to_vec(&manifest)?);
        let tag = newest.map(|newest| newest.tag.as_str());
        if !self.bucket.replace(&newest_key(), tag, content).await? {
            return Ok(None);
        }
        self.keep(std::iter::once(&manifest));
        Ok(Some(manifest))
    }

    /// Returns the location of each file, and the content of a new pack for the files that have none yet.
    fn locate(&self, files: &Files, pack: Uuid) -> (BTreeMap<String, FileLocation>, Bytes) {
        let mut new = BytesMut::new();
        let locations = files.iter().map(|(name, file)| {
            let location = self.cache.location_of(name, file).unwrap_or_else(|| {
                let location = FileLocation { pack, offset: new.len() as u64, length: file.len() as u64 };
                new.extend_from_slice(file);
                location
            });
            (name.to_owned(), location)
        });
        (locations.collect(), new.freeze())
    }

    /// Returns what the newest version has changed since an earlier one. One request for each version in between.
    ///
    /// # Errors
    /// Those of [`IndexStorageError`]; [`IndexStorageError::Damaged`] if it does not descend from that version, or if a
    /// version in between was deleted.
    pub async fn changed_since(&self, version: u64, newest: &NewestManifest) -> Result<Changed, IndexStorageError> {
        let newest_version = newest.manifest.version;
        if newest_version <= version || newest_version - version > MAX_BETWEEN {
            return Err(IndexStorageError::Damaged(format!(
                "version {newest_version} does not descend from version {version}"
            )));
        }
        let between = (version + 1..newest_version).map(|version| async move {
            let manifest = self.replaced(version).await?;
            manifest.ok_or_else(|| IndexStorageError::Damaged(format!("version {version} no longer exists")))
        });
        let mut between: Vec<Manifest> =
            stream::iter(between).buffer_unordered(PARALLEL_REQUESTS).try_collect().await?;
        between.push(newest.manifest.clone());
        let mut all = BTreeSet::new();
        for manifest in between {
            match manifest.changed {
                Changed::Everything => return Ok(Changed::Everything),
                Changed::These(these) => all.extend(these),
            }
        }
        Ok(Changed::These(all))
    }

    /// Deletes versions that were replaced more than [`RETENTION`] ago, and packs without any file of the newest
    /// version or of a kept one. Returns the number of deleted objects. Younger objects are kept, because they may
    /// belong to a commit that is in progress.
    ///
    /// # Errors
    /// Those of [`IndexStorageError`].
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, IndexStorageError> {
        let Some(newest) = self.newest().await? else { return Ok(0) };
        let old = now - RETENTION;
        let (kept, mut expired): (Vec<_>, Vec<_>) =
            self.bucket.list(&replaced_prefix()).await?.into_iter().partition(|object| object.at > old);
        let kept = kept.into_iter().map(|object| async move {
            match self.bucket.get(&object.key, None).await? {
                Fetched::Found { content, .. } => Ok::<_, IndexStorageError>(Some(serde_json::from_slice(&content)?)),
                Fetched::Missing | Fetched::Unchanged => Ok(None),
            }
        });
        let kept: Vec<Option<Manifest>> = stream::iter(kept).buffer_unordered(PARALLEL_REQUESTS).try_collect().await?;
        let used: BTreeSet<String> = kept
            .iter()
            .flatten()
            .chain([&newest.manifest])
            .flat_map(|manifest| manifest.files.values().map(|location| pack_key(location.pack)))
            .collect();
        let packs = self.bucket.list(&packs_prefix()).await?;
        expired.extend(packs.into_iter().filter(|object| object.at <= old && !used.contains(&object.key)));
        let expired: Vec<String> = expired.into_iter().map(|object| object.key).collect();
        let count = expired.len();
        self.bucket.delete(expired).await?;
        Ok(count)
    }
}

impl Connect for IndexStorage {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self::new(Bucket::new(start.aws(), start.setting::<String>("SEARCH_BUCKET")?)))
    }
}

/// There are never more commits than this while one commit is made.
const MAX_BETWEEN: u64 = 1_000;

/// Files of one pack that lie one after the other.
type Run = Vec<(String, FileLocation)>;

fn runs(mut files: Run) -> Vec<Run> {
    files.sort_by_key(|(_, location)| *location);
    let mut runs: Vec<Run> = Vec::new();
    for file in files {
        match runs.last_mut() {
            Some(run) if continues(run, &file.1) => run.push(file),
            _ => runs.push(vec![file]),
        }
    }
    runs
}

fn continues(run: &Run, next: &FileLocation) -> bool {
    let (Some((_, first)), Some((_, last))) = (run.first(), run.last()) else { return false };
    let end = next.offset + next.length;
    last.pack == next.pack && last.offset + last.length == next.offset && end - first.offset <= MAX_READ
}

fn newest_key() -> String {
    format!("manifest/v{SCHEMA}.json")
}

fn replaced_prefix() -> String {
    format!("manifests/v{SCHEMA}/")
}

fn replaced_key(version: u64) -> String {
    format!("{}{version:020}.json", replaced_prefix())
}

fn packs_prefix() -> String {
    format!("packs/v{SCHEMA}/")
}

fn pack_key(id: Uuid) -> String {
    format!("{}{id}", packs_prefix())
}

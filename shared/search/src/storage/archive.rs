//! The versions of the index in the bucket, and how a new one gets there.
//!
//! - `packs/v<schema>/<uuid>` has the files that one commit brought, one behind the other.
//! - `manifest/v<schema>.json` is the newest version: the only object that is ever overwritten, on the condition that it is
//!   the one that was read.
//! - `manifests/v<schema>/<version>.json` is a version that is not the newest any more.
//!
//! A commit puts its pack and saves the manifest that it replaces, and then replaces it: three requests. Whatever has been
//! the newest version is therefore found, and a crash in between leaves the version before as the newest, and a pack that
//! nobody names, which [`Archive::sweep`] removes.

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
    bucket::{Bucket, Fetched, Objects, StorageError},
    cache::Cache,
};
use crate::{Changed, File, Files, Index, Language, Manifest, Place, SCHEMA, SearchError, UnknownLanguage};

/// For how long a version stays that is not the newest any more: a list is paged through in less.
pub const KEPT: SignedDuration = SignedDuration::from_hours(1);

/// How many requests are under way at once.
const AT_ONCE: usize = 16;
/// How much one request for parts of a pack reads at most, unless a file is larger: several are faster than one.
const READ_AT_ONCE: u64 = 8 << 20;

/// Why a version could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The bucket did not do what it was asked.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The engine did not take the files.
    #[error("the index failed: {}", .0.source().map(ToString::to_string).unwrap_or_default())]
    Search(#[from] SearchError),
    /// A manifest cannot be read.
    #[error("a manifest is malformed")]
    Malformed(#[from] serde_json::Error),
    /// A pack is shorter than the manifest says, or the manifest names an unknown language.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// A request could not wait any longer.
    #[error("{0} did not come in time")]
    Late(&'static str),
}

/// The newest version, as a writer begins with it.
#[derive(Debug, Clone)]
pub struct Head {
    /// What it says.
    pub manifest: Manifest,
    /// What tells the object from what was or will be there.
    pub(super) tag: String,
    /// The object, byte for byte.
    content: Bytes,
}

/// What became of looking for the newest version.
pub(super) enum Look {
    None,
    Same,
    New(Head),
}

/// The index in the bucket, for who writes it.
#[derive(Debug)]
pub struct Archive<B = Bucket> {
    bucket: B,
    cache: Cache,
}

impl<B: Objects> Archive<B> {
    /// The index in a bucket.
    pub fn new(bucket: B) -> Self {
        Self { bucket, cache: Cache::default() }
    }

    /// The newest version, if there is one. One request.
    ///
    /// # Errors
    /// Those of [`ArchiveError`].
    pub async fn newest(&self) -> Result<Option<Head>, ArchiveError> {
        match self.look(None).await? {
            Look::New(head) => Ok(Some(head)),
            Look::None | Look::Same => Ok(None),
        }
    }

    pub(super) async fn look(&self, but: Option<&str>) -> Result<Look, ArchiveError> {
        Ok(match self.bucket.get(&newest(), but).await? {
            Fetched::Missing => Look::None,
            Fetched::Same => Look::Same,
            Fetched::Found { content, tag } => {
                Look::New(Head { manifest: serde_json::from_slice(&content)?, tag, content })
            }
        })
    }

    /// A version that is not the newest any more, if it is still there. One request.
    pub(super) async fn replaced(&self, version: u64) -> Result<Option<Manifest>, ArchiveError> {
        match self.bucket.get(&replaced(version), None).await? {
            Fetched::Found { content, .. } => Ok(Some(serde_json::from_slice(&content)?)),
            Fetched::Missing | Fetched::Same => Ok(None),
        }
    }

    /// The files of a version. One request for each pack that has files which were not read before.
    ///
    /// # Errors
    /// Those of [`ArchiveError`]; what was read until then need not be read again.
    pub async fn files(&self, manifest: &Manifest) -> Result<Files, ArchiveError> {
        let files = self.load(manifest).await?;
        self.keep(std::iter::once(manifest));
        Ok(files)
    }

    pub(super) async fn load(&self, manifest: &Manifest) -> Result<Files, ArchiveError> {
        let (mut files, mut missing) = (Files::default(), Vec::new());
        for (name, place) in &manifest.files {
            match self.cache.get(name, place) {
                Some(file) => files.insert(name.clone(), file),
                None => missing.push((name.clone(), *place)),
            }
        }
        let mut reads = stream::iter(runs(missing)).map(|run| self.read(run)).buffer_unordered(AT_ONCE);
        while let Some(read) = reads.try_next().await? {
            for (name, file) in read {
                files.insert(name, file);
            }
        }
        Ok(files)
    }

    async fn read(&self, run: Run) -> Result<Vec<(String, File)>, ArchiveError> {
        let (Some((_, first)), Some((_, last))) = (run.first(), run.last()) else { return Ok(Vec::new()) };
        let range = first.offset..last.offset + last.length;
        let content = match range.is_empty() {
            true => Bytes::new(),
            false => self.bucket.part(&pack(first.pack), range).await?,
        };
        let content = File::from(content);
        let cut = |(name, place): &(String, Place)| {
            let begin = usize::try_from(place.offset - first.offset).unwrap_or(usize::MAX);
            let end = begin.saturating_add(usize::try_from(place.length).unwrap_or(usize::MAX));
            let file = content.slice(begin..end);
            let file = file.ok_or_else(|| ArchiveError::Damaged(format!("{name} is not whole")))?;
            self.cache.insert(name, *place, file.clone());
            Ok((name.clone(), file))
        };
        run.iter().map(cut).collect()
    }

    /// Forgets the files that none of these versions has.
    pub(super) fn keep<'a>(&self, versions: impl Iterator<Item = &'a Manifest>) {
        self.cache.keep(&versions.flat_map(|manifest| manifest.files.keys().map(String::as_str)).collect());
    }

    /// Opens a version, which shares what it can with another one that is open. Requests as [`Self::files`].
    ///
    /// # Errors
    /// Those of [`ArchiveError`].
    pub async fn open(&self, manifest: &Manifest, beside: Option<&Index>) -> Result<Index, ArchiveError> {
        let language: Result<Language, UnknownLanguage> = manifest.language.parse();
        let language = language.map_err(|error| ArchiveError::Damaged(error.to_string()))?;
        let files = self.load(manifest).await?;
        Ok(match beside {
            Some(opened) => opened.reopen(files, language)?,
            None => Index::open(files, language)?,
        })
    }

    /// Makes `files`, written with the language of this English name, the version after `head`, or the first one. Answers nothing if another version came after `head`
    /// meanwhile: then the newest has to be read, and the work is to be done again on it. Three requests.
    ///
    /// # Errors
    /// Those of [`ArchiveError`]. The version may be there all the same.
    pub async fn commit(
        &self,
        head: Option<&Head>,
        files: &Files,
        language: Language,
        changed: Changed,
        now: Timestamp,
    ) -> Result<Option<Manifest>, ArchiveError> {
        let id = Uuid::now_v7();
        let (places, new) = self.placed(files, id);
        let put = async {
            match new.is_empty() {
                true => Ok(()),
                false => self.bucket.put(&pack(id), new).await,
            }
        };
        let save = async {
            match head {
                Some(head) => self.bucket.put(&replaced(head.manifest.version), head.content.clone()).await,
                None => Ok(()),
            }
        };
        try_join(put, save).await?;
        for (name, file) in files.iter() {
            if let Some(place) = places.get(name) {
                self.cache.insert(name, *place, file.clone());
            }
        }
        let first = u64::try_from(now.as_millisecond()).unwrap_or_default();
        let version = head.map_or(first, |head| head.manifest.version + 1);
        let manifest = Manifest { version, at: now, language: language.name().to_owned(), files: places, changed };
        let content = Bytes::from(serde_json::to_vec(&manifest)?);
        let tag = head.map(|head| head.tag.as_str());
        if !self.bucket.replace(&newest(), tag, content).await? {
            return Ok(None);
        }
        self.keep(std::iter::once(&manifest));
        Ok(Some(manifest))
    }

    /// Where each file will be: where it is, or in a new pack, whose content this is.
    fn placed(&self, files: &Files, pack: Uuid) -> (BTreeMap<String, Place>, Bytes) {
        let mut new = BytesMut::new();
        let places = files.iter().map(|(name, file)| {
            let place = self.cache.place_of(name, file).unwrap_or_else(|| {
                let place = Place { pack, offset: new.len() as u64, length: file.len() as u64 };
                new.extend_from_slice(file);
                place
            });
            (name.to_owned(), place)
        });
        (places.collect(), new.freeze())
    }

    /// What the newest version has otherwise than an earlier one. One request for each version in between.
    ///
    /// # Errors
    /// Those of [`ArchiveError`]; [`ArchiveError::Damaged`] when it does not descend from that one, or does no more.
    pub async fn changed_since(&self, version: u64, head: &Head) -> Result<Changed, ArchiveError> {
        let newest = head.manifest.version;
        if newest <= version || newest - version > MOST_BETWEEN {
            return Err(ArchiveError::Damaged(format!("version {newest} does not follow on {version}")));
        }
        let between = (version + 1..newest).map(|version| async move {
            let manifest = self.replaced(version).await?;
            manifest.ok_or_else(|| ArchiveError::Damaged(format!("version {version} is not there any more")))
        });
        let mut between: Vec<Manifest> = stream::iter(between).buffer_unordered(AT_ONCE).try_collect().await?;
        between.push(head.manifest.clone());
        let mut all = BTreeSet::new();
        for manifest in between {
            match manifest.changed {
                Changed::Everything => return Ok(Changed::Everything),
                Changed::These(these) => all.extend(these),
            }
        }
        Ok(Changed::These(all))
    }

    /// Removes versions that were replaced more than [`KEPT`] ago, and packs of which neither the newest nor one that is
    /// kept has anything. Answers how many objects that were. What is younger is left alone: it may be of a commit that
    /// is under way.
    ///
    /// # Errors
    /// Those of [`ArchiveError`].
    pub async fn sweep(&self, now: Timestamp) -> Result<usize, ArchiveError> {
        let Some(head) = self.newest().await? else { return Ok(0) };
        let old = now - KEPT;
        let (kept, mut gone): (Vec<_>, Vec<_>) =
            self.bucket.list(&all_replaced()).await?.into_iter().partition(|object| object.at > old);
        let kept = kept.into_iter().map(|object| async move {
            match self.bucket.get(&object.key, None).await? {
                Fetched::Found { content, .. } => Ok::<_, ArchiveError>(Some(serde_json::from_slice(&content)?)),
                Fetched::Missing | Fetched::Same => Ok(None),
            }
        });
        let kept: Vec<Option<Manifest>> = stream::iter(kept).buffer_unordered(AT_ONCE).try_collect().await?;
        let used: BTreeSet<String> = kept
            .iter()
            .flatten()
            .chain([&head.manifest])
            .flat_map(|manifest| manifest.files.values().map(|place| pack(place.pack)))
            .collect();
        let packs = self.bucket.list(&all_packs()).await?;
        gone.extend(packs.into_iter().filter(|object| object.at <= old && !used.contains(&object.key)));
        let gone: Vec<String> = gone.into_iter().map(|object| object.key).collect();
        let count = gone.len();
        self.bucket.delete(gone).await?;
        Ok(count)
    }
}

impl Connect for Archive {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self::new(Bucket::new(start.aws(), start.setting::<String>("SEARCH_BUCKET")?)))
    }
}

/// More commits than this do not come while one is made.
const MOST_BETWEEN: u64 = 1_000;

/// Files of one pack that lie one behind the other.
type Run = Vec<(String, Place)>;

fn runs(mut files: Run) -> Vec<Run> {
    files.sort_by_key(|(_, place)| *place);
    let mut runs: Vec<Run> = Vec::new();
    for file in files {
        match runs.last_mut() {
            Some(run) if continues(run, &file.1) => run.push(file),
            _ => runs.push(vec![file]),
        }
    }
    runs
}

fn continues(run: &Run, next: &Place) -> bool {
    let (Some((_, first)), Some((_, last))) = (run.first(), run.last()) else { return false };
    let end = next.offset + next.length;
    last.pack == next.pack && last.offset + last.length == next.offset && end - first.offset <= READ_AT_ONCE
}

fn newest() -> String {
    format!("manifest/v{SCHEMA}.json")
}

fn all_replaced() -> String {
    format!("manifests/v{SCHEMA}/")
}

fn replaced(version: u64) -> String {
    format!("{}{version:020}.json", all_replaced())
}

fn all_packs() -> String {
    format!("packs/v{SCHEMA}/")
}

fn pack(id: Uuid) -> String {
    format!("{}{id}", all_packs())
}

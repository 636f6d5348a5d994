//! The readers' side of the index: the newest version in memory, new versions within seconds, and earlier versions for
//! callers that are paging through a list.

mod bucket;
mod cache;
mod index_storage;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeSet, VecDeque},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use souk_runtime::{Connect, Start, StartError};
use tokio::time::timeout;

use self::index_storage::ManifestLookup;
pub use self::{
    bucket::{Bucket, BucketError, Fetched, ObjectStorage, StoredObject},
    index_storage::{IndexStorage, IndexStorageError, NewestManifest, RETENTION},
};
use crate::{Index, Manifest};

/// The pause between two checks for a new version.
const CHECK_INTERVAL: SignedDuration = SignedDuration::from_secs(1);
/// How long a request waits for the manifest and for the files of a new version, if it can use an open version instead.
const TIMEOUTS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));
/// How long a request waits for them if no version is open.
const FIRST_TIMEOUTS: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(5));
/// How many earlier versions stay open.
const MAX_EARLIER: usize = 3;
/// The share of a function's memory that the files of open versions may take, in percent. The rest is for the columns that
/// are read from them, and for a request.
const FILES_SHARE: u64 = 40;

/// An open version of the index.
pub struct IndexVersion {
    /// The number of the version.
    pub version: u64,
    /// The index.
    pub index: Index,
    manifest: Manifest,
}

impl fmt::Debug for IndexVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IndexVersion").field("version", &self.version).finish_non_exhaustive()
    }
}

/// Reads the index from the bucket and keeps versions open.
#[derive(Debug)]
pub struct IndexReader<B = Bucket> {
    storage: IndexStorage<B>,
    state: Mutex<State>,
    /// How many bytes the files of open versions may have together.
    budget: u64,
}

#[derive(Debug, Default)]
struct State {
    checked_at: Option<Timestamp>,
    /// With the tag of its manifest.
    newest: Option<(String, Arc<IndexVersion>)>,
    /// The last opened first.
    earlier: VecDeque<Arc<IndexVersion>>,
}

impl<B: ObjectStorage> IndexReader<B> {
    /// Creates a reader for a bucket.
    pub fn new(bucket: B) -> Self {
        Self { storage: IndexStorage::new(bucket), state: Mutex::default(), budget: u64::MAX }
    }

    /// Returns the newest version, at most some seconds old, or `None` if there is none or none could be read so far.
    /// Checks for a new version at most once a second. If the check fails, the open version continues to serve.
    pub async fn newest(&self, now: Timestamp) -> Option<Arc<IndexVersion>> {
        let open = {
            let mut state = self.state();
            let open = state.newest.clone();
            let due = state.checked_at.is_none_or(|at| now.duration_since(at).abs() >= CHECK_INTERVAL);
            if !due {
                return open.map(|(_, opened)| opened);
            }
            state.checked_at = Some(now);
            open
        };
        let timeouts = if open.is_some() { TIMEOUTS } else { FIRST_TIMEOUTS };
        if let Err(error) = self.open_newest(open.as_ref(), timeouts).await {
            tracing::warn!(%error, "the newest version of the index could not be opened");
        }
        self.state().newest.as_ref().map(|(_, opened)| Arc::clone(opened))
    }

    /// Returns a version that was the newest within the last hour, for a caller that is paging through a list. Returns
    /// `None` if it no longer exists.
    ///
    /// # Errors
    /// Those of [`IndexStorageError`]: the version may exist.
    pub async fn at(&self, version: u64) -> Result<Option<Arc<IndexVersion>>, IndexStorageError> {
        if let Some(opened) = self.find_open(version) {
            return Ok(Some(opened));
        }
        let open = self.state().newest.clone();
        // Another process may have seen a newer version than this one.
        if open.as_ref().is_none_or(|(_, open)| open.version < version) {
            self.open_newest(open.as_ref(), FIRST_TIMEOUTS).await?;
            if let Some(opened) = self.find_open(version) {
                return Ok(Some(opened));
            }
        }
        let Some(manifest) = self.storage.replaced(version).await? else { return Ok(None) };
        match self.open(manifest).await {
            Ok(opened) => {
                self.state().earlier.push_front(Arc::clone(&opened));
                self.close_oldest();
                Ok(Some(opened))
            }
            // The version was swept.
            Err(IndexStorageError::Storage(BucketError::Missing(_))) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the newest version, unless it is already open.
    async fn open_newest(
        &self,
        open: Option<&(String, Arc<IndexVersion>)>,
        (for_manifest, for_files): (Duration, Duration),
    ) -> Result<(), IndexStorageError> {
        let tag = open.map(|(tag, _)| tag.as_str());
        let lookup = timeout(for_manifest, self.storage.newest_unless(tag))
            .await
            .map_err(|_| IndexStorageError::Late("the manifest"))??;
        let ManifestLookup::New(newest) = lookup else { return Ok(()) };
        self.make_room_for(&newest.manifest);
        let opened = timeout(for_files, self.open(newest.manifest))
            .await
            .map_err(|_| IndexStorageError::Late("the files"))??;
        {
            let mut state = self.state();
            if let Some((_, before)) = state.newest.replace((newest.tag, opened)) {
                state.earlier.push_front(before);
            }
        }
        self.close_oldest();
        Ok(())
    }

    /// Closes open versions that would not fit into the memory beside a new one: the earlier ones first, and the newest too
    /// after a rebuild, with which it shares no file.
    fn make_room_for(&self, manifest: &Manifest) {
        let mut state = self.state();
        let size = |state: &State| {
            let open = state.newest.iter().map(|(_, opened)| opened).chain(&state.earlier);
            let files = open.flat_map(|opened| opened.manifest.files.values()).chain(manifest.files.values());
            files.collect::<BTreeSet<_>>().into_iter().map(|location| location.length).sum::<u64>()
        };
        while size(&state) > self.budget {
            if state.earlier.pop_back().is_none() && state.newest.take().is_none() {
                break;
            }
        }
        let newest = state.newest.as_ref().map(|(_, opened)| opened);
        self.storage.keep(newest.into_iter().chain(&state.earlier).map(|opened| &opened.manifest));
    }

    async fn open(&self, manifest: Manifest) -> Result<Arc<IndexVersion>, IndexStorageError> {
        let newest = self.state().newest.as_ref().map(|(_, opened)| Arc::clone(opened));
        let index = self.storage.open(&manifest, newest.as_ref().map(|opened| &opened.index)).await?;
        Ok(Arc::new(IndexVersion { version: manifest.version, index, manifest }))
    }

    fn find_open(&self, version: u64) -> Option<Arc<IndexVersion>> {
        let state = self.state();
        let newest = state.newest.as_ref().map(|(_, opened)| opened);
        newest.into_iter().chain(&state.earlier).find(|open| open.version == version).cloned()
    }

    /// Closes the versions that were opened longest ago, and removes the files that only they use from the cache.
    fn close_oldest(&self) {
        let mut state = self.state();
        state.earlier.truncate(MAX_EARLIER);
        let newest = state.newest.as_ref().map(|(_, opened)| opened);
        self.storage.keep(newest.into_iter().chain(&state.earlier).map(|opened| &opened.manifest));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connect for IndexReader {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        // In megabytes, set by Lambda:
        // <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
        let memory: Option<u64> = start.optional("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")?;
        let budget = memory.map_or(u64::MAX, |memory| (memory << 20) * FILES_SHARE / 100);
        Ok(Self { storage: IndexStorage::connect(start).await?, state: Mutex::default(), budget })
    }
}

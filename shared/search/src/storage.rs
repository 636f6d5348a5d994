//! The index as its readers have it: the newest version in memory, a new one within seconds, and earlier ones for who
//! pages through a list.

mod archive;
mod bucket;
mod cache;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
#[cfg(test)]
mod tests;

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};
use souk_runtime::{Connect, Start, StartError};
use tokio::time::timeout;

use self::archive::Look;
pub use self::{
    archive::{Archive, ArchiveError, Head, KEPT},
    bucket::{Bucket, Fetched, Listed, Objects, StorageError},
};
use crate::{Index, Manifest};

/// How long nobody looks for a new version after somebody did.
const PAUSE: SignedDuration = SignedDuration::from_secs(1);
/// How long a request waits for a new version's manifest and for its files, when there is a version to answer from.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));
/// The same, when there is none yet.
const PATIENCE_AT_FIRST: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(5));
/// How many earlier versions stay open.
const EARLIER: usize = 3;

/// A version of the index, opened.
pub struct Edition {
    /// Which version.
    pub version: u64,
    /// The index.
    pub index: Index,
    manifest: Manifest,
}

impl fmt::Debug for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edition").field("version", &self.version).finish_non_exhaustive()
    }
}

/// The index in the bucket, for who reads it.
#[derive(Debug)]
pub struct IndexReader<B = Bucket> {
    archive: Archive<B>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    looked_at: Option<Timestamp>,
    /// With the tag of its manifest.
    newest: Option<(String, Arc<Edition>)>,
    /// The last opened first.
    earlier: VecDeque<Arc<Edition>>,
}

impl<B: Objects> IndexReader<B> {
    /// The index in a bucket.
    pub fn new(bucket: B) -> Self {
        Self { archive: Archive::new(bucket), state: Mutex::default() }
    }

    /// The newest version there is, no more than some seconds old; nothing where none was made yet or could be read so far.
    /// Looks for a new one at most once a second. Whatever is wrong then, the version before goes on serving.
    pub async fn newest(&self, now: Timestamp) -> Option<Arc<Edition>> {
        let known = {
            let mut state = self.state();
            let known = state.newest.clone();
            let due = state.looked_at.is_none_or(|at| now.duration_since(at).abs() >= PAUSE);
            if !due {
                return known.map(|(_, edition)| edition);
            }
            state.looked_at = Some(now);
            known
        };
        let patience = if known.is_some() { PATIENCE } else { PATIENCE_AT_FIRST };
        if let Err(error) = self.look(known.as_ref(), patience).await {
            tracing::warn!(%error, "no new version of the index could be opened");
        }
        self.state().newest.as_ref().map(|(_, edition)| Arc::clone(edition))
    }

    /// A version that was the newest within the last hour, for who saw a part of a list by it. Nothing when it is gone.
    ///
    /// # Errors
    /// Those of [`ArchiveError`]: it may be there.
    pub async fn at(&self, version: u64) -> Result<Option<Arc<Edition>>, ArchiveError> {
        if let Some(edition) = self.opened(version) {
            return Ok(Some(edition));
        }
        let known = self.state().newest.clone();
        // Another process may have seen a version that this one has not.
        if known.as_ref().is_none_or(|(_, edition)| edition.version < version) {
            self.look(known.as_ref(), PATIENCE_AT_FIRST).await?;
            if let Some(edition) = self.opened(version) {
                return Ok(Some(edition));
            }
        }
        let Some(manifest) = self.archive.replaced(version).await? else { return Ok(None) };
        match self.open(manifest).await {
            Ok(edition) => {
                self.state().earlier.push_front(Arc::clone(&edition));
                self.tidy();
                Ok(Some(edition))
            }
            // Swept up.
            Err(ArchiveError::Storage(StorageError::Missing(_))) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the newest version, unless it is the one that is known.
    async fn look(
        &self,
        known: Option<&(String, Arc<Edition>)>,
        (for_manifest, for_files): (Duration, Duration),
    ) -> Result<(), ArchiveError> {
        let tag = known.map(|(tag, _)| tag.as_str());
        let look =
            timeout(for_manifest, self.archive.look(tag)).await.map_err(|_| ArchiveError::Late("the manifest"))??;
        let Look::New(head) = look else { return Ok(()) };
        let edition =
            timeout(for_files, self.open(head.manifest)).await.map_err(|_| ArchiveError::Late("the files"))??;
        {
            let mut state = self.state();
            if let Some((_, before)) = state.newest.replace((head.tag, edition)) {
                state.earlier.push_front(before);
            }
        }
        self.tidy();
        Ok(())
    }

    async fn open(&self, manifest: Manifest) -> Result<Arc<Edition>, ArchiveError> {
        let newest = self.state().newest.as_ref().map(|(_, edition)| Arc::clone(edition));
        let index = self.archive.open(&manifest, newest.as_ref().map(|edition| &edition.index)).await?;
        Ok(Arc::new(Edition { version: manifest.version, index, manifest }))
    }

    fn opened(&self, version: u64) -> Option<Arc<Edition>> {
        let state = self.state();
        let newest = state.newest.as_ref().map(|(_, edition)| edition);
        newest.into_iter().chain(&state.earlier).find(|edition| edition.version == version).cloned()
    }

    /// Closes what was opened longest ago, and forgets what only that needed.
    fn tidy(&self) {
        let mut state = self.state();
        state.earlier.truncate(EARLIER);
        let newest = state.newest.as_ref().map(|(_, edition)| edition);
        self.archive.keep(newest.into_iter().chain(&state.earlier).map(|edition| &edition.manifest));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connect for IndexReader {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        Ok(Self { archive: Archive::connect(start).await?, state: Mutex::default() })
    }
}

//! A bucket in memory that fails on demand, for tests.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use jiff::Timestamp;

use super::{BucketError, Fetched, ObjectStorage, StoredObject};

/// A bucket in memory. Its clones share the same objects.
#[derive(Debug, Clone, Default)]
pub struct MemoryBucket(Arc<Mutex<State>>);

/// How a request fails. A process that crashes sees the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The request has no effect.
    Before,
    /// The request takes effect, but its answer is lost.
    After,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<String, Object>,
    writes: u64,
    requests: u64,
    fault: Option<(u64, Fault)>,
    fatal: bool,
    down: bool,
    clock: Timestamp,
}

#[derive(Debug, Clone)]
struct Object {
    content: Bytes,
    tag: String,
    at: Timestamp,
}

impl MemoryBucket {
    /// Makes one request fail: the `n`th from now on, counted from 0.
    pub fn fail(&self, n: u64, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.requests + n, fault));
        state.fatal = false;
    }

    /// Makes that request and all later ones fail, as if the process were killed.
    pub fn kill(&self, n: u64, fault: Fault) {
        self.fail(n, fault);
        self.state().fatal = true;
    }

    /// Makes every request fail, or stops all failures.
    pub fn set_down(&self, down: bool) {
        let mut state = self.state();
        (state.down, state.fault) = (down, None);
    }

    /// Sets the time of objects that are written from now on.
    pub fn set_clock(&self, now: Timestamp) {
        self.state().clock = now;
    }

    /// Returns the number of requests so far.
    pub fn requests(&self) -> u64 {
        self.state().requests
    }

    /// Returns the keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    /// Deletes every object whose key begins with `prefix`.
    pub fn clear(&self, prefix: &str) {
        self.state().objects.retain(|key, _| !key.starts_with(prefix));
    }

    /// Counts a request, executes it, and fails if it should.
    async fn request<T>(&self, act: impl FnOnce(&mut State) -> Result<T, BucketError>) -> Result<T, BucketError> {
        // Other tasks run in between, as they do while a request is on its way to S3.
        tokio::task::yield_now().await;
        let mut state = self.state();
        let fault = state.fault.filter(|(at, _)| *at == state.requests).map(|(_, fault)| fault);
        state.requests += 1;
        let crashes = fault.is_some() && state.fatal;
        let failed = BucketError::S3 { action: "answer", reason: "a test requested this failure".to_owned() };
        if state.down || fault == Some(Fault::Before) {
            state.down |= crashes;
            return Err(failed);
        }
        let answer = act(&mut state);
        state.down = crashes;
        if fault == Some(Fault::After) { Err(failed) } else { answer }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn put(&mut self, key: &str, content: Bytes) {
        self.writes += 1;
        let object = Object { content, tag: self.writes.to_string(), at: self.clock };
        self.objects.insert(key.to_owned(), object);
    }
}

impl ObjectStorage for MemoryBucket {
    async fn get(&self, key: &str, unless_tag: Option<&str>) -> Result<Fetched, BucketError> {
        self.request(|state| {
            Ok(match state.objects.get(key).cloned() {
                None => Fetched::Missing,
                Some(object) if unless_tag == Some(object.tag.as_str()) => Fetched::Unchanged,
                Some(object) => Fetched::Found { content: object.content, tag: object.tag },
            })
        })
        .await
    }

    async fn part(&self, key: &str, range: Range<u64>) -> Result<Bytes, BucketError> {
        let range =
            usize::try_from(range.start).unwrap_or(usize::MAX)..usize::try_from(range.end).unwrap_or(usize::MAX);
        self.request(|state| {
            let object = state.objects.get(key).ok_or_else(|| BucketError::Missing(key.to_owned()))?;
            let end = range.end.min(object.content.len());
            Ok(object.content.slice(range.start.min(end)..end))
        })
        .await
    }

    async fn put(&self, key: &str, content: Bytes) -> Result<(), BucketError> {
        self.request(|state| {
            state.put(key, content);
            Ok(())
        })
        .await
    }

    async fn replace(&self, key: &str, tag: Option<&str>, content: Bytes) -> Result<bool, BucketError> {
        self.request(|state| {
            let existing = state.objects.get(key).map(|object| object.tag.as_str());
            let matches = existing == tag;
            if matches {
                state.put(key, content);
            }
            Ok(matches)
        })
        .await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<StoredObject>, BucketError> {
        self.request(|state| {
            let found = state.objects.iter().filter(|(key, _)| key.starts_with(prefix));
            Ok(found.map(|(key, object)| StoredObject { key: key.clone(), at: object.at }).collect())
        })
        .await
    }

    async fn delete(&self, keys: Vec<String>) -> Result<(), BucketError> {
        self.request(|state| {
            for key in keys {
                state.objects.remove(&key);
            }
            Ok(())
        })
        .await
    }
}

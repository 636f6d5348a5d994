//! A bucket in memory that fails when it is told to.

use std::{
    collections::BTreeMap,
    ops::Range,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use jiff::Timestamp;

use super::{Fetched, Listed, Objects, StorageError};

/// A bucket in memory. Its clones are the same bucket.
#[derive(Debug, Clone, Default)]
pub struct Drawer(Arc<Mutex<State>>);

/// How a request fails: as it does for whoever dies over it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It comes to nothing.
    Before,
    /// It does its work, and nobody hears of it.
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

impl Drawer {
    /// Lets one request fail: the `n`th from now on, counted from 0.
    pub fn fail(&self, n: u64, fault: Fault) {
        let mut state = self.state();
        state.fault = Some((state.requests + n, fault));
        state.fatal = false;
    }

    /// The same, and all requests after it: nothing that is under way now comes any further.
    pub fn kill(&self, n: u64, fault: Fault) {
        self.fail(n, fault);
        self.state().fatal = true;
    }

    /// Lets every request fail, or none any more.
    pub fn set_down(&self, down: bool) {
        let mut state = self.state();
        (state.down, state.fault) = (down, None);
    }

    /// What time it is for objects that are put from now on.
    pub fn set_clock(&self, now: Timestamp) {
        self.state().clock = now;
    }

    /// How many requests there were.
    pub fn requests(&self) -> u64 {
        self.state().requests
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.state().objects.keys().cloned().collect()
    }

    /// Takes away every object whose key begins so.
    pub fn clear(&self, prefix: &str) {
        self.state().objects.retain(|key, _| !key.starts_with(prefix));
    }

    /// Counts a request, carries it out, and lets it fail if it is to.
    async fn request<T>(&self, act: impl FnOnce(&mut State) -> Result<T, StorageError>) -> Result<T, StorageError> {
        // Others come in between, as they do on the way to S3.
        tokio::task::yield_now().await;
        let mut state = self.state();
        let fault = state.fault.filter(|(at, _)| *at == state.requests).map(|(_, fault)| fault);
        state.requests += 1;
        let dies = fault.is_some() && state.fatal;
        let failed = StorageError::S3 { action: "answer", reason: "a test wanted that".to_owned() };
        if state.down || fault == Some(Fault::Before) {
            state.down |= dies;
            return Err(failed);
        }
        let answer = act(&mut state);
        state.down = dies;
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

impl Objects for Drawer {
    async fn get(&self, key: &str, but: Option<&str>) -> Result<Fetched, StorageError> {
        self.request(|state| {
            Ok(match state.objects.get(key).cloned() {
                None => Fetched::Missing,
                Some(object) if but == Some(object.tag.as_str()) => Fetched::Same,
                Some(object) => Fetched::Found { content: object.content, tag: object.tag },
            })
        })
        .await
    }

    async fn part(&self, key: &str, range: Range<u64>) -> Result<Bytes, StorageError> {
        let range =
            usize::try_from(range.start).unwrap_or(usize::MAX)..usize::try_from(range.end).unwrap_or(usize::MAX);
        self.request(|state| {
            let object = state.objects.get(key).ok_or_else(|| StorageError::Missing(key.to_owned()))?;
            let end = range.end.min(object.content.len());
            Ok(object.content.slice(range.start.min(end)..end))
        })
        .await
    }

    async fn put(&self, key: &str, content: Bytes) -> Result<(), StorageError> {
        self.request(|state| {
            state.put(key, content);
            Ok(())
        })
        .await
    }

    async fn replace(&self, key: &str, tag: Option<&str>, content: Bytes) -> Result<bool, StorageError> {
        self.request(|state| {
            let there = state.objects.get(key).map(|object| object.tag.as_str());
            let fits = there == tag;
            if fits {
                state.put(key, content);
            }
            Ok(fits)
        })
        .await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<Listed>, StorageError> {
        self.request(|state| {
            let found = state.objects.iter().filter(|(key, _)| key.starts_with(prefix));
            Ok(found.map(|(key, object)| Listed { key: key.clone(), at: object.at }).collect())
        })
        .await
    }

    async fn delete(&self, keys: Vec<String>) -> Result<(), StorageError> {
        self.request(|state| {
            for key in keys {
                state.objects.remove(&key);
            }
            Ok(())
        })
        .await
    }
}

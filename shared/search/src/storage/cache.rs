//! A cache of files that were read or written before.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{File, FileLocation};

/// Files by name, with their locations. If a name is used for another file in each version, the cache has the last one.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<BTreeMap<String, (FileLocation, File)>>);

impl Cache {
    /// Returns the file at this location.
    pub(super) fn get(&self, name: &str, location: &FileLocation) -> Option<File> {
        self.files().get(name).filter(|(known, _)| known == location).map(|(_, file)| file.clone())
    }

    /// Returns the location of a file with the same name and content.
    pub(super) fn location_of(&self, name: &str, file: &File) -> Option<FileLocation> {
        self.files().get(name).filter(|(_, known)| **known == **file).map(|(location, _)| *location)
    }

    pub(super) fn insert(&self, name: &str, location: FileLocation, file: File) {
        self.files().insert(name.to_owned(), (location, file));
    }

    /// Removes all files but these.
    pub(super) fn keep(&self, names: &BTreeSet<&str>) {
        self.files().retain(|name, _| names.contains(name.as_str()));
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, (FileLocation, File)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

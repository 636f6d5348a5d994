//! Files that were read or written before.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{File, Place};

/// Files by name, each with where it is. Of a name that stands for another file in each version, the last one.
#[derive(Debug, Default)]
pub(super) struct Cache(Mutex<BTreeMap<String, (Place, File)>>);

impl Cache {
    /// The file at this place.
    pub(super) fn get(&self, name: &str, place: &Place) -> Option<File> {
        self.files().get(name).filter(|(known, _)| known == place).map(|(_, file)| file.clone())
    }

    /// Where this very file is.
    pub(super) fn place_of(&self, name: &str, file: &File) -> Option<Place> {
        self.files().get(name).filter(|(_, known)| **known == **file).map(|(place, _)| *place)
    }

    pub(super) fn insert(&self, name: &str, place: Place, file: File) {
        self.files().insert(name.to_owned(), (place, file));
    }

    /// Forgets all but these.
    pub(super) fn keep(&self, names: &BTreeSet<&str>) {
        self.files().retain(|name, _| names.contains(name.as_str()));
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<String, (Place, File)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

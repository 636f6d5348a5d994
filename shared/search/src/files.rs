//! The files of an index.

use std::{
    collections::{BTreeMap, btree_map},
    fmt,
    ops::{Deref, Range},
};

use bytes::Bytes;
use tantivy::directory::OwnedBytes;

/// The content of a file of an index. Cheap to clone.
#[derive(Clone)]
pub struct File(pub(crate) OwnedBytes);

impl File {
    /// Returns a part of the file, which shares its memory, or `None` if `range` is not within it.
    #[must_use]
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        (range.start <= range.end && range.end <= self.0.len()).then(|| Self(self.0.slice(range)))
    }
}

impl From<Vec<u8>> for File {
    fn from(content: Vec<u8>) -> Self {
        Self(OwnedBytes::new(content))
    }
}

/// Copies the bytes only if they are shared.
impl From<Bytes> for File {
    fn from(content: Bytes) -> Self {
        Vec::from(content).into()
    }
}

/// Does not copy.
impl From<File> for Bytes {
    fn from(file: File) -> Self {
        Self::from_owner(file)
    }
}

impl Deref for File {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl AsRef<[u8]> for File {
    fn as_ref(&self) -> &[u8] {
        self.0.as_slice()
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.len())
    }
}

/// The files of one version of an index, by name. A file never changes, so a file with the same name in two versions is
/// the same file; the only exception is `meta.json`. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Files(BTreeMap<String, File>);

impl Files {
    /// Returns the file with this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&File> {
        self.0.get(name)
    }

    /// Adds a file, or replaces the one with the same name.
    pub fn insert(&mut self, name: String, file: impl Into<File>) {
        self.0.insert(name, file.into());
    }

    /// Returns all files, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.0.iter().map(|(name, file)| (name.as_str(), file))
    }
}

impl IntoIterator for Files {
    type Item = (String, File);
    type IntoIter = btree_map::IntoIter<String, File>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl FromIterator<(String, File)> for Files {
    fn from_iter<T: IntoIterator<Item = (String, File)>>(files: T) -> Self {
        Self(files.into_iter().collect())
    }
}

//! A tantivy directory over [`Files`] in memory.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use tantivy::{
    Directory,
    directory::{
        AntiCallToken, DirectoryLock, FileHandle, Lock, TerminatingWrite, WatchCallback, WatchHandle, WritePtr,
        error::{DeleteError, LockError, OpenReadError, OpenWriteError},
    },
};

use crate::files::{File, Files};

/// Files in memory. At most one writer writes them, so there are no locks and no watchers.
#[derive(Clone, Debug, Default)]
pub(crate) struct MemoryDirectory(Arc<RwLock<Files>>);

impl MemoryDirectory {
    pub(crate) fn new(files: Files) -> Self {
        Self(Arc::new(RwLock::new(files)))
    }

    pub(crate) fn get(&self, path: &Path) -> Option<File> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(path.to_str()?).cloned()
    }

    fn insert(&self, path: &Path, content: Vec<u8>) {
        let mut files = self.0.write().unwrap_or_else(PoisonError::into_inner);
        files.insert(path.to_string_lossy().into_owned(), content);
    }
}

impl Directory for MemoryDirectory {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let file = self.get(path).ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))?;
        Ok(Arc::new(file.0))
    }

    /// A writer lives for one commit, and the commit keeps only the files of its segments. So nothing has to be
    /// deleted.
    fn delete(&self, _path: &Path) -> Result<(), DeleteError> {
        Ok(())
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        Ok(self.get(path).is_some())
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        Ok(BufWriter::new(Box::new(FileWriter { directory: self.clone(), path: path.to_owned(), content: Vec::new() })))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.get(path).map(|file| file.to_vec()).ok_or_else(|| OpenReadError::FileDoesNotExist(path.to_owned()))
    }

    fn atomic_write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.insert(path, content.to_vec());
        Ok(())
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, _lock: &Lock) -> Result<DirectoryLock, LockError> {
        Ok(DirectoryLock::from(Box::new(())))
    }

    fn watch(&self, _callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        Ok(WatchHandle::empty())
    }
}

/// A file that is being written.
struct FileWriter {
    directory: MemoryDirectory,
    path: PathBuf,
    content: Vec<u8>,
}

impl Write for FileWriter {
    fn write(&mut self, more: &[u8]) -> io::Result<usize> {
        self.content.write(more)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TerminatingWrite for FileWriter {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        let mut content = std::mem::take(&mut self.content);
        content.shrink_to_fit();
        self.directory.insert(&self.path, content);
        Ok(())
    }
}

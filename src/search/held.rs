//! A folder whose files are held in memory while they are open.
//!
//! The engine would map its files; a mapped file that somebody truncates ends the process with a signal no code can catch.
//! Held whole, whatever happens to the folder harms nobody who searches, and [`Held::damage`] sees it by comparing. The
//! price is memory: the index's size, some 600 bytes a need.
//!
//! Nothing that is written waits for the disk: the index is a cache. The end of the process loses nothing of it, and after
//! the end of the machine the checksums are asked before it is used again.
//!
//! Contract: locks and reading the engine's small files are the engine's own. Deliberately absent: repair. Whoever finds
//! damage builds the index anew.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tantivy::directory::error::{DeleteError, LockError, OpenDirectoryError, OpenReadError, OpenWriteError};
use tantivy::directory::{
    AntiCallToken, Directory, DirectoryLock, FileHandle, Lock, MmapDirectory, OwnedBytes, TerminatingWrite,
    WatchCallback, WatchHandle, WritePtr,
};

/// The folder.
#[derive(Clone)]
pub(super) struct Held {
    folder: PathBuf,
    below: MmapDirectory,
    open: Arc<Mutex<HashMap<PathBuf, Weak<OwnedBytes>>>>,
    #[cfg(test)]
    pub(super) full: Arc<std::sync::atomic::AtomicBool>,
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Held({})", self.folder.display())
    }
}

impl Held {
    /// The folder, which must exist.
    pub(super) fn open(folder: &Path) -> Result<Self, OpenDirectoryError> {
        Ok(Self {
            folder: folder.to_owned(),
            below: MmapDirectory::open(folder)?,
            open: Arc::default(),
            #[cfg(test)]
            full: Arc::default(),
        })
    }

    /// What is wrong with a file on disk, if it is no longer what is held. A file nobody holds open is only asked for.
    pub(super) fn damage(&self, file: &Path) -> Option<String> {
        let held = self.open.lock().unwrap_or_else(PoisonError::into_inner).get(file).and_then(Weak::upgrade);
        let whole = self.folder.join(file);
        let said = |why: &dyn fmt::Display| Some(format!("{}: {why}", file.display()));
        let Some(held) = held else {
            return match std::fs::metadata(&whole) {
                Ok(_) => None,
                Err(error) => said(&error),
            };
        };
        match same(&whole, held.as_slice()) {
            Ok(true) => None,
            Ok(false) => said(&"not what was written"),
            Err(error) => said(&error),
        }
    }
}

/// Whether a file holds exactly these bytes; reads it a piece at a time.
fn same(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    if file.metadata()?.len() != bytes.len() as u64 {
        return Ok(false);
    }
    let mut piece = vec![0_u8; 1 << 16];
    let mut rest = bytes;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok(rest.is_empty());
        }
        let (Some(now), Some(before)) = (piece.get(..read), rest.get(..read)) else { return Ok(false) };
        if now != before {
            return Ok(false);
        }
        rest = rest.get(read..).unwrap_or_default();
    }
}

/// A file that waits for no disk.
struct Unsynced(File);

impl Write for Unsynced {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl TerminatingWrite for Unsynced {
    fn terminate_ref(&mut self, _: AntiCallToken) -> io::Result<()> {
        self.0.flush()
    }
}

impl Directory for Held {
    fn get_file_handle(&self, path: &Path) -> Result<Arc<dyn FileHandle>, OpenReadError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = open.get(path).and_then(Weak::upgrade) {
            return Ok(held);
        }
        let bytes = std::fs::read(self.folder.join(path)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => OpenReadError::FileDoesNotExist(path.to_owned()),
            _ => OpenReadError::wrap_io_error(error, path.to_owned()),
        })?;
        let content = Arc::new(OwnedBytes::new(bytes));
        open.retain(|_, held| held.strong_count() > 0);
        open.insert(path.to_owned(), Arc::downgrade(&content));
        Ok(content)
    }

    fn delete(&self, path: &Path) -> Result<(), DeleteError> {
        self.below.delete(path)
    }

    fn exists(&self, path: &Path) -> Result<bool, OpenReadError> {
        self.below.exists(path)
    }

    fn open_write(&self, path: &Path) -> Result<WritePtr, OpenWriteError> {
        #[cfg(test)]
        if self.full.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(OpenWriteError::wrap_io_error(io::ErrorKind::StorageFull.into(), path.to_owned()));
        }
        let file = File::options().write(true).create_new(true).open(self.folder.join(path));
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => OpenWriteError::FileAlreadyExists(path.to_owned()),
            _ => OpenWriteError::wrap_io_error(error, path.to_owned()),
        })?;
        Ok(BufWriter::new(Box::new(Unsynced(file))))
    }

    fn atomic_read(&self, path: &Path) -> Result<Vec<u8>, OpenReadError> {
        self.below.atomic_read(path)
    }

    fn atomic_write(&self, path: &Path, data: &[u8]) -> io::Result<()> {
        #[cfg(test)]
        if self.full.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        // Whole or not at all for whoever reads it, also when the process ends in the middle.
        let beside = self.folder.join(path).with_extension("new");
        std::fs::write(&beside, data)?;
        std::fs::rename(beside, self.folder.join(path))
    }

    fn sync_directory(&self) -> io::Result<()> {
        Ok(())
    }

    fn acquire_lock(&self, lock: &Lock) -> Result<DirectoryLock, LockError> {
        self.below.acquire_lock(lock)
    }

    fn watch(&self, callback: WatchCallback) -> tantivy::Result<WatchHandle> {
        self.below.watch(callback)
    }
}

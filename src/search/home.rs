//! Where a node keeps its index: generations side by side in one folder, of which the newest whole one is in use.
//!
//! ```text
//! index/lock      held as long as the process lives: a second one on the same folder is refused
//! index/g1/ …     one index each; a new one is filled beside the old and takes its place when it is finished
//! ```
//!
//! Contract: whatever is wrong with what lies there, opening succeeds (unless another process has it) and there is simply
//! no index until one is built; a search that meets damage answers with a fault, the index is given up, and nobody has to
//! restart anything. Nothing but files of ours is ever removed. Deliberately absent: when to build, and from what.

use std::fs::{File, OpenOptions};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::query::{Found, SearchQuery};
use super::writer::{Index, IndexFault, Mark};

enum Place {
    Folder {
        path: PathBuf,
        _lock: File,
    },
    Memory,
    /// This process keeps no index.
    Nowhere,
}

/// A node's index, if it has one at this moment.
pub struct IndexHome {
    place: Place,
    current: RwLock<Option<Arc<Index>>>,
    generation: AtomicU64,
    done: AtomicU64,
    total: AtomicU64,
    building: AtomicBool,
}

/// An index that is being filled beside the one in use.
pub struct Beside {
    /// The new index.
    pub index: Index,
    folder: Option<PathBuf>,
}

impl IndexHome {
    /// The home in a folder, with the index that lies there if it is whole, of this version and undamaged, and its mark.
    ///
    /// # Errors
    /// [`IndexFault::Busy`] when another process has the folder; otherwise it cannot be made or locked.
    pub fn open(path: &Path) -> Result<(Self, Option<Mark>), IndexFault> {
        std::fs::create_dir_all(path)?;
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(IndexFault::Busy),
            Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        let generations = generations(path);
        let newest = generations.last().copied().unwrap_or(0);
        let home = Self::of(Place::Folder { path: path.to_owned(), _lock: lock }, newest);
        let mut found = None;
        for number in generations.into_iter().rev() {
            let folder = path.join(format!("g{number}"));
            // Opening reads every file; one that was tampered with may make the engine stop in the middle.
            let opened = catch_unwind(AssertUnwindSafe(|| Index::open(&folder)));
            match opened {
                Ok(Ok(Some((index, mark)))) if found.is_none() => {
                    home.put(Some(Arc::new(index)));
                    found = Some(mark);
                }
                other => {
                    tracing::info!(
                        generation = number,
                        whole = matches!(other, Ok(Ok(Some(_)))),
                        "an index is not used"
                    );
                    drop(other);
                    std::fs::remove_dir_all(&folder)?;
                }
            }
        }
        remove_older_layout(path)?;
        Ok((home, found))
    }

    /// A home in memory, empty.
    #[must_use]
    pub fn in_memory() -> Self {
        Self::of(Place::Memory, 0)
    }

    /// No home: for commands, which never search.
    #[must_use]
    pub fn nowhere() -> Self {
        Self::of(Place::Nowhere, 0)
    }

    fn of(place: Place, generation: u64) -> Self {
        Self {
            place,
            current: RwLock::new(None),
            generation: AtomicU64::new(generation),
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            building: AtomicBool::new(false),
        }
    }

    /// Whether this process keeps an index at all.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        !matches!(self.place, Place::Nowhere)
    }

    /// The index in use.
    #[must_use]
    pub fn current(&self) -> Option<Arc<Index>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, index: Option<Arc<Index>>) {
        // What was there is dropped outside the lock: ending its writer takes a while.
        let before = std::mem::replace(&mut *self.current.write().unwrap_or_else(PoisonError::into_inner), index);
        drop(before);
    }

    /// Finds.
    ///
    /// # Errors
    /// [`IndexFault::Absent`] while there is no index; any other fault, and then the index has been given up.
    pub fn search(&self, query: &SearchQuery) -> Result<Found, IndexFault> {
        let index = self.current().ok_or(IndexFault::Absent)?;
        let searched = catch_unwind(AssertUnwindSafe(|| index.search(query))).unwrap_or(Err(IndexFault::Panicked));
        if let Err(fault) = &searched {
            self.give_up(&index, &fault.to_string());
        }
        searched
    }

    /// How many documents can be found now.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.current().map_or(0, |index| index.len())
    }

    /// Whether nothing can be found now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Stops using an index; whoever follows the database will build another.
    pub fn give_up(&self, index: &Arc<Index>, why: &str) {
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_some_and(|now| Arc::ptr_eq(now, index)) {
            let before = current.take();
            drop(current);
            drop(before);
            tracing::error!(
                why,
                "the search index is given up and will be built anew; search falls back to the database"
            );
        }
    }

    /// Begins a new index beside the one in use. Without one in use, what is left of earlier ones goes first: on a full
    /// disk that is what makes room.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn begin(&self, total: u64) -> Result<Beside, IndexFault> {
        self.done.store(0, Ordering::SeqCst);
        self.total.store(total, Ordering::SeqCst);
        let made = match &self.place {
            Place::Nowhere => Err(IndexFault::Absent),
            Place::Memory => Index::in_memory().map(|index| Beside { index, folder: None }),
            Place::Folder { path, .. } => {
                if self.current().is_none() {
                    for number in generations(path) {
                        std::fs::remove_dir_all(path.join(format!("g{number}")))?;
                    }
                }
                let folder = path.join(format!("g{}", self.generation.fetch_add(1, Ordering::SeqCst) + 1));
                std::fs::create_dir_all(&folder)?;
                Index::create(&folder).map(|index| Beside { index, folder: Some(folder) })
            }
        };
        self.building.store(made.is_ok(), Ordering::SeqCst);
        made
    }

    /// Says that so many documents more are in the new index.
    pub fn progress(&self, more: u64) {
        self.done.fetch_add(more, Ordering::SeqCst);
    }

    /// How many documents of how many are in the index being built; `None` when none is.
    #[must_use]
    pub fn building(&self) -> Option<(u64, u64)> {
        self.building
            .load(Ordering::SeqCst)
            .then(|| (self.done.load(Ordering::SeqCst), self.total.load(Ordering::SeqCst)))
    }

    /// Puts the finished index in the place of the one in use, and removes the others from the disk.
    ///
    /// # Errors
    /// The index cannot be opened again, or an older one not removed.
    pub fn take(&self, beside: Beside) -> Result<(), IndexFault> {
        let Beside { index, folder } = beside;
        let Some(folder) = folder else {
            self.building.store(false, Ordering::SeqCst);
            self.put(Some(Arc::new(index)));
            return Ok(());
        };
        // Opened anew, with the small writer that follows; its files were just written and are verified by this.
        let settled = index.settle();
        drop(index);
        let opened = settled.and_then(|()| Index::open(&folder));
        self.building.store(false, Ordering::SeqCst);
        let (index, _) = opened?.ok_or(IndexFault::Absent)?;
        self.put(Some(Arc::new(index)));
        if let Place::Folder { path, .. } = &self.place {
            for number in generations(path) {
                let old = path.join(format!("g{number}"));
                if old != folder {
                    std::fs::remove_dir_all(old)?;
                }
            }
        }
        Ok(())
    }

    /// Gives up an index that could not be finished.
    pub fn abandon(&self, beside: Beside) {
        self.building.store(false, Ordering::SeqCst);
        let Beside { index, folder } = beside;
        drop(index);
        if let Some(folder) = folder
            && let Err(error) = std::fs::remove_dir_all(&folder)
        {
            tracing::warn!(%error, "an unfinished index could not be removed");
        }
    }
}

/// What lies in a folder nobody uses: how many documents and the mark of the newest whole index. Changes nothing.
///
/// # Errors
/// [`IndexFault::Busy`] when a process has the folder; otherwise it cannot be read.
pub fn look(path: &Path) -> Result<Option<(u64, Mark)>, IndexFault> {
    if let Ok(lock) = File::open(path.join("lock")) {
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(IndexFault::Busy),
            Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
        }
    }
    for number in generations(path).into_iter().rev() {
        let folder = path.join(format!("g{number}"));
        if let Ok(Ok(Some((index, mark)))) = catch_unwind(AssertUnwindSafe(|| Index::open(&folder))) {
            return Ok(Some((index.len(), mark)));
        }
    }
    Ok(None)
}

/// The numbers of the generations that lie there, oldest first.
fn generations(path: &Path) -> Vec<u64> {
    let mut found: Vec<u64> = Vec::new();
    for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
        let name = entry.file_name();
        found.extend(name.to_str().and_then(|name| name.strip_prefix('g')?.parse::<u64>().ok()));
    }
    found.sort_unstable();
    found
}

/// Earlier versions kept one index in the folder itself.
fn remove_older_layout(path: &Path) -> Result<(), IndexFault> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let stem = name.split('.').next().unwrap_or_default();
        let segment = stem.len() == 32 && stem.bytes().all(|byte| byte.is_ascii_hexdigit());
        let ours = segment || name == "meta.json" || name == ".managed.json" || name.starts_with(".tantivy-");
        if ours && entry.file_type()?.is_file() {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;

//! The index follows the database: brought up to date from the change log, or built anew beside the one in use.
//!
//! The index is a cache. Whatever does not fit (another database, a log that no longer reaches back, files that are not
//! what was written, an engine that fails) gives it up, and the next call builds another from the database, while whoever
//! searches is told that there is none. What is committed while it is being built is in the log, and followed after.
//!
//! Contract: one thread follows at a time, and nobody waits for it; a call that finds another at work does nothing.

use super::index_documents::{documents_of, every_document};
use super::{ActionError, Done, Fault, Office};
use crate::db;
use crate::db::Conn;
use crate::search::{Document, Entry, Follower, Index, IndexFault, Mark};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

/// With so many changes waiting, a search does not bring the index up to date by itself.
const FEW: usize = 500;
/// Calls that are let pass after a failed write, doubled each time up to [`MOST_PATIENCE`].
const PATIENCE: u32 = 4;
const MOST_PATIENCE: u32 = 600;
/// After so many failures in a row that no full disk explains, another index is built.
const MOST_FAILURES: u32 = 3;
/// After so many rounds of whoever follows with nothing to do, the files on disk are compared with what is held: at ten
/// rounds a second every five minutes. The files of a large index take a second to read, which no search waits for.
const LOOK_EVERY: u32 = 3_000;

/// How far the index has come, and how it fares.
#[derive(Debug, Default)]
pub(super) struct Following {
    follower: Follower,
    database: String,
    /// Calls to let pass before writing is tried again.
    resting: u32,
    /// How often reading what changed or writing it failed in a row.
    failures: u32,
    /// Rounds with nothing to do since the files were last looked at.
    unlooked: u32,
}

impl Following {
    /// Goes on from the mark of the index that was found.
    pub(super) fn from(mark: Option<Mark>) -> Self {
        mark.map_or_else(Self::default, |mark| Self {
            follower: Follower::from(mark.watermark),
            database: mark.database,
            ..Self::default()
        })
    }
}

impl Following {
    /// After a failed write: lets more calls pass each time.
    fn rest(&mut self) {
        self.failures = (self.failures + 1).min(16);
        self.resting = PATIENCE.saturating_mul(1 << self.failures).min(MOST_PATIENCE);
    }
}

/// How the index fares, for health, figures and commands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexHealth {
    /// Whether there is an index to search.
    pub ready: bool,
    /// Documents that can be found.
    pub documents: u64,
    /// Documents done and to do in the index being built.
    pub building: Option<(u64, u64)>,
    /// Changes in the log that are not in the index yet; `None` while there is none.
    pub behind: Option<usize>,
}

impl Office {
    fn following(&self) -> Option<MutexGuard<'_, Following>> {
        match self.following.try_lock() {
            Ok(held) => Some(held),
            Err(TryLockError::Poisoned(held)) => Some(held.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Brings the index up to date with the change log, or builds it if there is none. Answers how many things were
    /// written.
    ///
    /// # Errors
    /// A fault when the database or the index refuses; the watermark stays, and the next call tries again.
    pub fn follow_index(&self) -> Done<usize> {
        let Some(mut following) = self.following() else { return Ok(0) };
        if !self.index.is_kept() {
            return Ok(0);
        }
        if following.resting > 0 {
            following.resting -= 1;
            return Ok(0);
        }
        if self.index.current().is_none() {
            return self.build(&mut following);
        }
        let written = self.follow(&mut following, usize::MAX)?;
        if written == 0 {
            self.look(&mut following);
        }
        Ok(written)
    }

    /// Compares the files with what is held, once in a while; whoever follows does, and no search.
    fn look(&self, following: &mut Following) {
        following.unlooked += 1;
        if following.unlooked < LOOK_EVERY {
            return;
        }
        following.unlooked = 0;
        if let Some(index) = self.index.current()
            && let Some(why) = index.damage()
        {
            self.index.give_up(&index, &why);
        }
    }

    /// Before a search: what was just written is found, unless that would keep somebody waiting.
    pub fn freshen_index(&self) {
        let Some(mut following) = self.following() else { return };
        if self.index.current().is_none() || following.resting > 0 {
            return;
        }
        if let Err(fault) = self.follow(&mut following, FEW) {
            tracing::warn!(?fault, "the search index could not be brought up to date");
        }
    }

    /// Builds the index anew beside the one in use, which stays in use until then.
    ///
    /// # Errors
    /// A fault when another building is under way, or the database or the disk refuses.
    pub fn rebuild_index(&self) -> Done<usize> {
        let mut following =
            self.following().ok_or_else(|| Fault::new("the search index is being worked on; try again"))?;
        self.build(&mut following)
    }

    /// How the index fares.
    ///
    /// # Errors
    /// A fault when the database cannot be read.
    pub fn index_health(&self) -> Done<IndexHealth> {
        let building = self.index.building();
        let current = self.index.current();
        let watermark = self.following().map(|following| following.follower.watermark());
        let behind = match (&current, watermark) {
            (Some(_), Some(watermark)) => Some(db::changes::behind(&mut *self.read()?, watermark)?),
            _ => None,
        };
        Ok(IndexHealth {
            ready: current.is_some(),
            documents: current.map_or(0, |index| index.len()),
            building,
            behind,
        })
    }

    /// Up to where the index has followed, if this process has one; `None` while one is being written.
    pub(super) fn index_watermark(&self) -> Option<Option<i64>> {
        let following = self.following()?;
        Some(self.index.current().map(|_| following.follower.watermark()))
    }

    fn follow(&self, following: &mut Following, most: usize) -> Done<usize> {
        let Some(index) = self.index.current() else { return Ok(0) };
        let mut reader = self.read()?;
        if db::changes::identity(&mut reader)? != following.database {
            self.index.give_up(&index, "it was made from another database");
            return Ok(0);
        }
        let Some((changes, watermark)) = db::changes::since(&mut reader, following.follower.watermark())? else {
            self.index.give_up(&index, "the change log does not reach from where it stands");
            return Ok(0);
        };
        let entries: Vec<Entry> = changes
            .into_iter()
            .map(|change| Entry { seq: change.seq, entity: change.entity, id: change.entity_id })
            .collect();
        let changed = following.follower.changed(&entries);
        if changed.len() > most {
            return Ok(0);
        }
        if changed.calendar {
            self.reload_calendar()?;
        }
        if changed.is_empty() {
            following.follower.seen(&entries, watermark);
            return Ok(0);
        }
        // What cannot be read is tried again ever more rarely, as what cannot be written is.
        let (subjects, documents) = documents_of(&mut reader, &changed).inspect_err(|_| following.rest())?;
        let mark = Mark { database: following.database.clone(), watermark };
        if let Err(fault) = index.apply(&subjects, &documents, &mark) {
            following.rest();
            if let Some(why) = index.damage() {
                self.index.give_up(&index, &why);
            } else if following.failures >= MOST_FAILURES && !fault.is_full_disk() {
                self.index.give_up(&index, &fault.to_string());
            }
            // A full disk leaves what was committed as it was: it stays in use, and falls behind until there is room.
            return Err(fault.into());
        }
        following.failures = 0;
        following.follower.seen(&entries, watermark);
        Ok(changed.len())
    }

    fn build(&self, following: &mut Following) -> Done<usize> {
        let built = self.built();
        match built {
            Ok((mark, count)) => {
                *following = Following::from(Some(mark));
                self.reload_calendar()?;
                tracing::info!(documents = count, "the search index was built");
                self.follow(following, usize::MAX)?;
                Ok(count)
            }
            Err(error) => {
                following.rest();
                Err(error)
            }
        }
    }

    fn built(&self) -> Done<(Mark, usize)> {
        let mut reader = self.read()?;
        // The mark first: what is committed while rows are read is in the log after it.
        let mark = Mark { database: db::changes::identity(&mut reader)?, watermark: db::changes::end(&mut reader)? };
        let total = db::indexed::totals(&mut reader)?;
        let beside = self.index.begin(u64::try_from(total).unwrap_or(0))?;
        let filled = self.fill(&mut reader, &beside.index).and_then(|count| {
            beside.index.finish(&mark)?;
            Ok(count)
        });
        match filled {
            Ok(count) => {
                self.index.take(beside)?;
                Ok((mark, count))
            }
            Err(error) => {
                self.index.abandon(beside);
                Err(error)
            }
        }
    }

    /// Reads everything in this thread and cuts the texts in others, one a core.
    fn fill(&self, conn: &mut Conn, index: &Index) -> Done<usize> {
        let cutters = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let (send, receive) = sync_channel::<Vec<Document>>(cutters * 2);
        let receive = Mutex::new(receive);
        let failed: Mutex<Option<IndexFault>> = Mutex::new(None);
        let mut count = 0;
        std::thread::scope(|scope| {
            for _ in 0..cutters {
                scope.spawn(|| {
                    while let Some(documents) = next(&receive) {
                        if let Err(fault) = index.add(&documents) {
                            *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(fault);
                        }
                        self.index.progress(documents.len() as u64);
                    }
                });
            }
            let read = every_document(conn, |documents| {
                if failed.lock().unwrap_or_else(PoisonError::into_inner).is_some() {
                    return Err(Fault::new("the index takes no more").into());
                }
                count += documents.len();
                send.send(documents).map_err(|_| ActionError::from(Fault::new("nobody cuts texts any more")))
            });
            drop(send);
            read
        })
        .map_err(|error| match failed.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(fault) => fault.into(),
            None => error,
        })?;
        match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(fault) => Err(fault.into()),
            None => Ok(count),
        }
    }
}

fn next(receive: &Mutex<Receiver<Vec<Document>>>) -> Option<Vec<Document>> {
    receive.lock().unwrap_or_else(PoisonError::into_inner).recv().ok()
}

//! The office: everything a deed works with, built once by `main` (or the demo, or a test) and shared.

use super::answer_book::AnswerBook;
use super::expert_pool::ExpertPool;
use super::follow_index::Following;
use super::promise::Promise;
use super::prune_changes::{self, Keeping};
use super::tx::Tx;
use super::{ActionError, Done, Fault};
use crate::clock::{Chance, Clock};
use crate::db::pool::Reader;
use crate::db::{self, Db, DbFault};
use crate::domain::calendar::Calendar;
use crate::domain::calendar::CalendarRow;
use crate::domain::calendar::RowKind;
use crate::domain::policy::Policy;
use crate::ids::CalendarImportId;
use crate::seal::{Keyring, fingerprint};
use crate::search::{IndexHome, Mark};
use crate::trial;
use chrono::{DateTime, Utc};
use std::ops::Deref;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock};
use std::time::Duration;

/// How often a deed is run again when the database could not serve several writers at once.
const MOST_RETRIES: u32 = 5;

/// What the operator sets and deeds must know.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address of the service as people reach it, without a slash at the end.
    pub base_url: String,
    /// Which connections to open at most.
    pub connections: u32,
    /// Whether manager, admin and auditor must give a second factor.
    pub second_factor: bool,
    /// No mail server is configured: letters wait, links are shown for staff to pass on.
    pub mail_off: bool,
}

/// The office as one caller sees it: its rooms, and the promise to answer that caller's call once, if one was given.
pub struct Office {
    rooms: Arc<Rooms>,
    promise: Option<Promise>,
}

impl Deref for Office {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.rooms
    }
}

/// Everything a deed works with.
pub struct Rooms {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The random source.
    pub chance: Chance,
    /// The keys of links and sealed texts.
    pub keys: Keyring,
    /// What the operator set.
    pub settings: Settings,
    /// The search index.
    pub index: IndexHome,
    pool: RwLock<ExpertPool>,
    pooling: Mutex<()>,
    /// Whether a thread of its own reads the pool anew when the day changes.
    renewing: AtomicBool,
    answers: Mutex<AnswerBook>,
    calendar: RwLock<Arc<Calendar>>,
    /// The newest approved notice the calendar kept here was read with.
    notice: Mutex<Option<CalendarImportId>>,
    pub(super) following: Mutex<Following>,
    pub(super) keeping: Mutex<Keeping>,
    /// Something was committed here since somebody last waited for it.
    stirred: Mutex<bool>,
    stirs: Condvar,
    /// The last beat of the service as kept in the database, microseconds; `i64::MIN` when there is none.
    beat: AtomicI64,
}

impl Office {
    /// Opens the office: reads the calendar and the experts. The index stands where it was left, or is not there yet; it is
    /// brought up to date by whoever follows ([`follow_index`](Self::follow_index)), so that no start waits for it.
    ///
    /// # Errors
    /// A fault when the database cannot be read.
    pub fn open(
        db: Db,
        clock: Arc<dyn Clock>,
        chance: Chance,
        keys: Keyring,
        settings: Settings,
        (index, mark): (IndexHome, Option<Mark>),
    ) -> Done<Self> {
        let mut reader = db.reader()?;
        let notice = db::calendar_import::newest_approved(&mut reader)?;
        let calendar = Arc::new(load_calendar(&mut reader)?);
        let pool = ExpertPool::load(&mut reader, clock.now())?;
        let beat = db::pulse::last(&mut reader)?.map_or(i64::MIN, |at| at.and_utc().timestamp_micros());
        drop(reader);
        let rooms = Rooms {
            db,
            clock,
            chance,
            keys,
            settings,
            index,
            pool: RwLock::new(pool),
            pooling: Mutex::new(()),
            renewing: AtomicBool::new(false),
            answers: Mutex::new(AnswerBook::default()),
            calendar: RwLock::new(calendar),
            notice: Mutex::new(notice),
            following: Mutex::new(Following::from(mark)),
            keeping: prune_changes::keeping(),
            stirred: Mutex::new(false),
            stirs: Condvar::new(),
            beat: AtomicI64::new(beat),
        };
        Ok(Self { rooms: Arc::new(rooms), promise: None })
    }

    /// The same office for one call that was promised to be done once: its first change and the mark on its key commit
    /// together.
    #[must_use]
    pub fn holding(&self, key: &str, holder: &str) -> Self {
        Self { rooms: Arc::clone(&self.rooms), promise: Some(Promise::new(key, holder)) }
    }

    /// Now: the clock's time, or the last beat of the service when the clock is behind it. A clock that was set back
    /// makes nobody late twice and nothing early.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        DateTime::from_timestamp_micros(self.beat.load(Ordering::SeqCst)).map_or(now, |beat| beat.max(now))
    }

    /// Whether the clock stands so far behind the last beat that nothing may be escalated by it.
    #[must_use]
    pub fn clock_is_back(&self) -> bool {
        DateTime::from_timestamp_micros(self.beat.load(Ordering::SeqCst))
            .is_some_and(|beat| self.clock.now() < beat - super::keep_pulse::TOLERATED)
    }

    pub(super) fn remember_beat(&self, at: DateTime<Utc>) {
        self.beat.store(at.timestamp_micros(), Ordering::SeqCst);
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// A fault when none is free.
    pub fn read(&self) -> Done<Reader> {
        reachable()?;
        Ok(self.db.reader()?)
    }

    /// Runs a deed in one transaction. Where the database could not serve several writers at once (a deadlock, a
    /// serialization failure), the deed is run again, a few times, after a pause of chance.
    ///
    /// # Errors
    /// What the deed says; nothing of it stays then.
    #[track_caller]
    pub fn write<T>(&self, mut deed: impl FnMut(&mut Tx<'_>) -> Done<T>) -> Done<T> {
        let place = Location::caller();
        reachable()?;
        if trial::at(place, "begin") {
            return Err(Fault::new("the database is busy").into());
        }
        let promise = self.promise.as_ref().filter(|promise| promise.is_owed());
        let mut tries = 0;
        loop {
            let now = self.now();
            let done = self.db.write::<T, ActionError>(|conn| {
                let mut tx = Tx::new(self, conn, now, place);
                let value = deed(&mut tx)?;
                if let Some(promise) = promise {
                    promise.mark(&mut tx)?;
                }
                if trial::at(place, "before-commit") {
                    return Err(Fault::new("the database is busy").into());
                }
                Ok(value)
            });
            match done {
                Err(ActionError::Fault(fault)) if fault.is_transient() && tries < MOST_RETRIES => {
                    let [chance] = self.chance.bytes::<1>();
                    tries += 1;
                    tracing::info!(tries, "the database asks for the deed to be run again");
                    std::thread::sleep(Duration::from_millis(u64::from(chance % 16) + 1) * tries);
                }
                Ok(value) => {
                    if let Some(promise) = promise {
                        promise.was_kept();
                    }
                    // What is committed stays, whatever happens now.
                    let _ = trial::at(place, "after-commit");
                    *self.stirred.lock().unwrap_or_else(PoisonError::into_inner) = true;
                    self.stirs.notify_all();
                    return Ok(value);
                }
                other => return other,
            }
        }
    }

    /// Waits until something was committed by this process, but no longer than so long: what other processes commit is seen by
    /// whoever looks again. For one follower; two would take each other's waking.
    pub fn await_change(&self, most: Duration) {
        let stirred = self.stirred.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.stirs.wait_timeout_while(stirred, most, |stirred| !*stirred);
        *waited.unwrap_or_else(PoisonError::into_inner).0 = false;
    }

    /// The calendar in force.
    #[must_use]
    pub fn calendar(&self) -> Arc<Calendar> {
        Arc::clone(&self.calendar.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The calendar as a transaction sees it: another node may have approved a notice this one has not read yet. Answers the
    /// calendar kept here unless its newest notice is another one.
    ///
    /// # Errors
    /// A fault when it cannot be read.
    pub(super) fn calendar_now(&self, conn: &mut db::Conn) -> Done<Arc<Calendar>> {
        let newest = db::calendar_import::newest_approved(conn)?;
        let mut kept = self.notice.lock().unwrap_or_else(PoisonError::into_inner);
        if *kept == newest {
            return Ok(self.calendar());
        }
        let fresh = Arc::new(load_calendar(conn)?);
        *self.calendar.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&fresh);
        *kept = newest;
        Ok(fresh)
    }

    /// Reads the calendar anew, after an import.
    ///
    /// # Errors
    /// A fault when it cannot be read.
    pub fn reload_calendar(&self) -> Done<()> {
        let fresh = Arc::new(load_calendar(&mut *self.read()?)?);
        *self.calendar.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// The policy in force.
    ///
    /// # Errors
    /// A fault when it cannot be read.
    pub fn policy(&self) -> Done<Policy> {
        super::set_policy::in_force(&mut *self.read()?)
    }

    /// Works with the pool of experts, brought up to date with the change log first. Many rank at once; one reads what
    /// changed while the others rank, and they wait only while it is put in. When the day changes, whom it is another day for
    /// is read anew: here, or everybody by whoever renews the pool ([`renew_pool`](Self::renew_pool)), and until then figures of 90 days are
    /// yesterday's. `work` must not ask for the pool again.
    ///
    /// # Errors
    /// A fault when the changes cannot be read.
    pub fn with_pool<T>(&self, work: impl FnOnce(&ExpertPool) -> Done<T>) -> Done<T> {
        {
            let _one_at_a_time = self.pooling.lock().unwrap_or_else(PoisonError::into_inner);
            let changes = {
                let mut reader = self.read()?;
                let pool = self.pool.read().unwrap_or_else(PoisonError::into_inner);
                pool.changes(&mut reader, self.now(), !self.renewing.load(Ordering::SeqCst))?
            };
            if let Some(changes) = changes {
                self.pool.write().unwrap_or_else(PoisonError::into_inner).apply(changes);
            }
        }
        work(&self.pool.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Says whether a thread of its own calls [`renew_pool`](Self::renew_pool) from now on.
    pub fn pool_is_renewed(&self, renewed: bool) {
        self.renewing.store(renewed, Ordering::SeqCst);
    }

    /// Reads the pool anew if the day has changed since it was read, while others rank with the old one; answers whether it
    /// did. What changes while it is read lies in the log above its watermark, and is put in by whoever ranks next.
    ///
    /// # Errors
    /// A fault when the database cannot be read.
    pub fn renew_pool(&self) -> Done<bool> {
        let now = self.now();
        if self.pool.read().unwrap_or_else(PoisonError::into_inner).is_of(now) {
            return Ok(false);
        }
        let fresh = ExpertPool::load(&mut *self.read()?, now)?;
        let _one_at_a_time = self.pooling.lock().unwrap_or_else(PoisonError::into_inner);
        *self.pool.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(true)
    }

    /// The weights of the ranking in force.
    ///
    /// # Errors
    /// A fault when the changes cannot be read.
    pub fn weights(&self) -> Done<crate::domain::matching::Weights> {
        self.with_pool(|pool| Ok(pool.weights))
    }

    /// Works with the answers of recent years, brought up to date with the change log first.
    ///
    /// # Errors
    /// A fault when the changes cannot be read.
    pub fn with_answers<T>(&self, work: impl FnOnce(&mut AnswerBook, &mut db::Conn) -> Done<T>) -> Done<T> {
        let mut book = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let mut reader = self.read()?;
        book.follow(&mut reader)?;
        work(&mut book, &mut reader)
    }

    /// Reads in a thread of its own what the board is first asked for, so that nobody has to wait for it.
    pub fn warm_answers(self: &Arc<Self>) {
        let office = Arc::clone(self);
        let warming = std::thread::Builder::new().name("warm".to_owned()).spawn(move || {
            let today = crate::domain::calendar::beijing_date(office.now());
            if let Err(fault) = office.with_answers(|book, conn| Ok(book.warm(conn, today)?)) {
                tracing::warn!(%fault, "the board's figures could not be read ahead");
            }
        });
        if let Err(error) = warming {
            tracing::warn!(%error, "no thread to read the board's figures ahead");
        }
    }
}

/// A fault, as of a database that is down, while a trial keeps the database from this thread.
fn reachable() -> Done<()> {
    if trial::is_cut_off() {
        return Err(DbFault::Connection("cut off by a trial".to_owned()).into());
    }
    Ok(())
}

/// The calendar as the database has it.
///
/// # Errors
/// A fault when it cannot be read.
pub fn load_calendar(conn: &mut db::Conn) -> Result<Calendar, ActionError> {
    let rows = db::calendar::all(conn)?;
    let version = calendar_version(&rows);
    Calendar::from_rows(rows.into_iter().map(calendar_row), &version)
        .map_err(|problem| DbFault::Schema(format!("the calendar cannot be read: {problem:?}")).into())
}

/// Which calendar it is: the same days, in order, give the same version, and any correction another.
#[must_use]
pub fn calendar_version(rows: &[db::calendar::CalendarDayRow]) -> String {
    if rows.is_empty() {
        return "none".to_owned();
    }
    let text: String = rows.iter().map(|row| format!("{}\t{}\t{}\n", row.day, row.kind, row.occasion)).collect();
    fingerprint(text.as_bytes()).chars().take(16).collect()
}

/// A stored day as the calendar knows it.
pub(super) fn calendar_row(row: db::calendar::CalendarDayRow) -> CalendarRow {
    let kind = if row.kind == "workday" { RowKind::Workday } else { RowKind::Holiday };
    CalendarRow { date: row.day, kind, occasion: row.occasion }
}

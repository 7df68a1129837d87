//! Connections: where they come from, and how writers share a commit.
//!
//! SQLite has one writer and N `query_only` readers. Writers that arrive while another works join its transaction, each
//! behind a savepoint of its own, and the last of them commits for all (group commit): one sync serves many, and
//! nobody is answered before the commit that holds their change. PostgreSQL groups commits by itself, so there every
//! writer has a connection. Deliberately absent: retries of refused work; a refusal rolls back its own savepoint only.

use super::conn::Conn;
use super::dialect::is_busy;
use diesel::Connection;
use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection, R2D2Connection};
use diesel::result::DatabaseErrorKind;
use diesel::sqlite::SqliteConnection;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How many changes one commit may hold, so that nobody waits long for strangers.
const MOST_IN_A_COMMIT: usize = 64;
/// How long a caller waits for a connection when all are taken, before it is told to come again.
pub const LENT_WITHIN: Duration = Duration::from_secs(10);
/// How a connection to PostgreSQL notices that the other side is gone: without these a lost packet is waited for as long as
/// the kernel likes, a quarter of an hour. Whoever sets one in the address keeps theirs. Units: seconds, `tcp_user_timeout`
/// milliseconds (libpq, "Parameter Key Words").
const PATIENCE: [(&str, &str); 5] = [
    ("connect_timeout", "5"),
    ("keepalives_idle", "10"),
    ("keepalives_interval", "5"),
    ("keepalives_count", "3"),
    ("tcp_user_timeout", "15000"),
];

/// The database could not be reached or used.
#[derive(Debug)]
pub enum DbFault {
    /// The address is neither `sqlite:PATH` nor `postgres://…`.
    UnknownAddress(String),
    /// No connection could be made or lent.
    Connection(String),
    /// A query failed.
    Query(diesel::result::Error),
    /// The schema is newer than this binary, or a migration failed.
    Schema(String),
}

impl fmt::Display for DbFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownAddress(url) => {
                write!(
                    f,
                    "DATABASE_URL is neither sqlite:PATH nor postgres://…: {}",
                    url.split("://").next().unwrap_or(url)
                )
            }
            Self::Connection(why) => write!(f, "no database connection: {why}"),
            Self::Query(error) => write!(f, "database: {error}"),
            Self::Schema(why) => f.write_str(why),
        }
    }
}
impl std::error::Error for DbFault {}
impl From<diesel::result::Error> for DbFault {
    fn from(error: diesel::result::Error) -> Self {
        Self::Query(error)
    }
}

/// Where the database is.
#[derive(Clone)]
pub enum Target {
    /// A PostgreSQL address.
    Postgres(String),
    /// A SQLite file.
    Sqlite(PathBuf),
}

impl Target {
    /// Reads `sqlite:PATH` or `postgres://…`.
    ///
    /// # Errors
    /// [`DbFault::UnknownAddress`] for anything else.
    pub fn parse(url: &str) -> Result<Self, DbFault> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        match url.strip_prefix("sqlite:") {
            Some(path) if !path.is_empty() => Ok(Self::Sqlite(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))),
            _ => Err(DbFault::UnknownAddress(url.to_owned())),
        }
    }

    /// The SQLite file, if it is one.
    #[must_use]
    pub fn sqlite_path(&self) -> Option<&Path> {
        match self {
            Self::Sqlite(path) => Some(path),
            Self::Postgres(_) => None,
        }
    }
}

/// Opens connections for the pool.
pub struct Opener {
    target: Target,
    read_only: bool,
    /// Whether a commit waits for the disk.
    synced: bool,
}

impl ManageConnection for Opener {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        let (mut conn, setup) = match &self.target {
            Target::Postgres(url) => (
                Conn::Pg(PgConnection::establish(&patient(url)).map_err(diesel::r2d2::Error::ConnectionError)?),
                format!(
                    "SET TIME ZONE 'UTC'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s';{}",
                    if self.synced { "" } else { " SET synchronous_commit = off;" }
                ),
            ),
            Target::Sqlite(path) => (
                Conn::Sqlite(
                    SqliteConnection::establish(&path.to_string_lossy())
                        .map_err(diesel::r2d2::Error::ConnectionError)?,
                ),
                format!(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = {}; \
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16000; \
                     PRAGMA mmap_size = 268435456; PRAGMA journal_size_limit = 67108864; PRAGMA query_only = {};",
                    if self.synced { "FULL" } else { "OFF" },
                    i32::from(self.read_only)
                ),
            ),
        };
        conn.batch_execute(&setup).map_err(diesel::r2d2::Error::QueryError)?;
        Ok(conn)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        match conn {
            Conn::Pg(_) => conn.ping().map_err(diesel::r2d2::Error::QueryError),
            Conn::Sqlite(_) => Ok(()),
        }
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || conn.is_broken()
    }
}

/// The address with what it lacks of [`PATIENCE`].
fn patient(url: &str) -> String {
    let mut patient = url.to_owned();
    for (name, value) in PATIENCE {
        if !url.contains(&format!("{name}=")) {
            patient.push(if patient.contains('?') { '&' } else { '?' });
            patient.push_str(&format!("{name}={value}"));
        }
    }
    patient
}

struct Shared {
    conn: Conn,
    /// Changes in the open transaction; 0 means none is open.
    joined: usize,
    /// The transaction that is open or will be opened next.
    generation: u64,
    /// The last generations that failed to commit, newest last.
    failed: Vec<(u64, String)>,
    /// When another process was last found to hold the database for longer than the writer waits.
    held_elsewhere: Option<Instant>,
}

/// The one SQLite writer, whose commits are shared.
struct SharedWriter {
    opener: Opener,
    shared: Mutex<Shared>,
    committed: Condvar,
    waiting: AtomicUsize,
}

enum Writer {
    Shared(Box<SharedWriter>),
    Pooled(Pool<Opener>),
}

/// The database: readers, and the way to write.
pub struct Db {
    target: Target,
    readers: Pool<Opener>,
    writer: Writer,
}

/// A connection lent for reading.
pub type Reader = PooledConnection<Opener>;

impl Db {
    /// Opens the database; `connections` is the size of the reading pool (and of the writing pool on PostgreSQL).
    ///
    /// # Errors
    /// [`DbFault`] when the address is wrong or the database cannot be reached.
    pub fn open(url: &str, connections: u32) -> Result<Self, DbFault> {
        Self::opened(url, connections, LENT_WITHIN, true)
    }

    /// The same, for callers who wait `within` for a connection.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_lending(url: &str, connections: u32, within: Duration) -> Result<Self, DbFault> {
        Self::opened(url, connections, within, true)
    }

    /// Opens the database for a trial: no commit waits for the disk. What was committed survives the end of the process,
    /// not that of the machine.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_unsynced(url: &str, connections: u32) -> Result<Self, DbFault> {
        Self::opened(url, connections, LENT_WITHIN, false)
    }

    fn opened(url: &str, connections: u32, within: Duration, synced: bool) -> Result<Self, DbFault> {
        let target = Target::parse(url)?;
        let pool = |read_only: bool, size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(within)
                .build(Opener { target: target.clone(), read_only, synced })
                .map_err(|error| DbFault::Connection(error.to_string()))
        };
        let writer = match &target {
            Target::Sqlite(path) => {
                let is_file = !path.to_string_lossy().starts_with("file:");
                if let Some(folder) = path.parent().filter(|folder| is_file && !folder.as_os_str().is_empty()) {
                    std::fs::create_dir_all(folder).map_err(|error| DbFault::Connection(error.to_string()))?;
                }
                let opener = Opener { target: target.clone(), read_only: false, synced };
                let conn = opener.connect().map_err(|error| DbFault::Connection(error.to_string()))?;
                Writer::Shared(Box::new(SharedWriter {
                    opener,
                    shared: Mutex::new(Shared {
                        conn,
                        joined: 0,
                        generation: 0,
                        failed: Vec::new(),
                        held_elsewhere: None,
                    }),
                    committed: Condvar::new(),
                    waiting: AtomicUsize::new(0),
                }))
            }
            Target::Postgres(_) => Writer::Pooled(pool(false, connections)?),
        };
        let readers = pool(true, connections)?;
        Ok(Self { target, readers, writer })
    }

    /// Where it is.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// Lends a connection for reading.
    ///
    /// # Errors
    /// [`DbFault::Connection`] when none is free in time ([`LENT_WITHIN`]).
    pub fn reader(&self) -> Result<Reader, DbFault> {
        self.readers.get().map_err(|error| DbFault::Connection(error.to_string()))
    }

    /// Lends the writing connection outside any transaction, for migrations and copies.
    ///
    /// # Errors
    /// What `work` says, or [`DbFault`] when no connection is free.
    pub fn write_alone<T>(&self, work: impl FnOnce(&mut Conn) -> Result<T, DbFault>) -> Result<T, DbFault> {
        match &self.writer {
            Writer::Shared(writer) => work(&mut writer.lock_idle().conn),
            Writer::Pooled(pool) => work(&mut *pool.get().map_err(|error| DbFault::Connection(error.to_string()))?),
        }
    }

    /// Runs `work` in one write transaction. When it answers with an error, nothing of it stays.
    ///
    /// # Errors
    /// What `work` says, or the database's fault as `E`.
    pub fn write<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbFault> + From<diesel::result::Error>,
    {
        match &self.writer {
            Writer::Shared(writer) => writer.write(work),
            Writer::Pooled(pool) => {
                let mut conn = pool.get().map_err(|error| DbFault::Connection(error.to_string()))?;
                conn.write_tx(work)
            }
        }
    }
}

impl SharedWriter {
    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writer with no transaction open.
    fn lock_idle(&self) -> MutexGuard<'_, Shared> {
        let mut shared = self.lock();
        if shared.joined > 0 {
            self.commit(&mut shared);
        }
        shared
    }

    fn write<T, E>(&self, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E>
    where
        E: From<DbFault> + From<diesel::result::Error>,
    {
        let arrived = Instant::now();
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let mut shared = self.lock();
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        if shared.joined == 0 {
            // Whoever stood in line while that was found out has waited as long: they do not wait one after the other.
            if shared.held_elsewhere.is_some_and(|at| at > arrived) {
                let held = "database is locked by another process".to_owned();
                return Err(diesel::result::Error::DatabaseError(DatabaseErrorKind::Unknown, Box::new(held)).into());
            }
            if let Err(error) = shared.conn.begin_write() {
                if is_busy(&error) {
                    shared.held_elsewhere = Some(Instant::now());
                }
                self.mend(&mut shared);
                return Err(error.into());
            }
            shared.generation += 1;
        }
        let mine = shared.generation;
        shared.joined += 1;
        let done = catch_unwind(AssertUnwindSafe(|| join(&mut shared.conn, work)));
        if done.is_err() {
            // A panic skipped the rollback of its own savepoint; its neighbours in this commit are none the worse.
            shared.conn.roll_back_to(1);
        }
        let spoiled = done.as_ref().is_ok_and(|(_, spoiled)| *spoiled);
        let done = done.map(|(done, _)| done);
        if spoiled {
            // The database ended the whole transaction by itself: nobody's change of it stands.
            self.give_up(&mut shared, "the transaction was rolled back by the database");
        }
        let last = self.waiting.load(Ordering::SeqCst) == 0 || shared.joined >= MOST_IN_A_COMMIT;
        if shared.joined == 0 {
            // Given up.
        } else if last {
            self.commit(&mut shared);
        } else {
            while shared.joined > 0 && shared.generation == mine {
                shared = self.committed.wait(shared).unwrap_or_else(PoisonError::into_inner);
            }
        }
        let failure = shared.failed.iter().find(|(generation, _)| *generation == mine).map(|(_, why)| why.clone());
        drop(shared);
        match (done, failure) {
            (Err(panic), _) => resume_unwind(panic),
            (Ok(Err(refused)), _) => Err(refused),
            (Ok(Ok(_)), Some(why)) => Err(E::from(DbFault::Connection(why))),
            (Ok(Ok(value)), None) => Ok(value),
        }
    }

    fn commit(&self, shared: &mut Shared) {
        match shared.conn.commit() {
            Ok(()) => {
                shared.joined = 0;
                self.committed.notify_all();
            }
            Err(error) => self.give_up(shared, &format!("commit failed: {error}")),
        }
    }

    /// The open transaction comes to nothing: everybody who joined it is told, and the next one begins on a connection
    /// that knows of no transaction.
    fn give_up(&self, shared: &mut Shared, why: &str) {
        let generation = shared.generation;
        shared.failed.push((generation, why.to_owned()));
        if shared.failed.len() > 16 {
            shared.failed.remove(0);
        }
        self.mend(shared);
        shared.joined = 0;
        self.committed.notify_all();
    }

    /// Opens the writer's connection anew; the old one rolls back as it closes.
    fn mend(&self, shared: &mut Shared) {
        match self.opener.connect() {
            Ok(conn) => shared.conn = conn,
            Err(error) => tracing::error!(%error, "the writer could not be opened anew"),
        }
    }
}

/// Does one change behind a savepoint of its own; the second value says whether the whole transaction is lost.
fn join<T, E>(conn: &mut Conn, work: impl FnOnce(&mut Conn) -> Result<T, E>) -> (Result<T, E>, bool)
where
    E: From<diesel::result::Error>,
{
    if let Err(error) = conn.begin_write() {
        return (Err(error.into()), true);
    }
    match work(conn) {
        Ok(value) => match conn.commit() {
            Ok(()) => (Ok(value), false),
            Err(error) => (Err(error.into()), !conn.undo()),
        },
        Err(error) => (Err(error), !conn.undo()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use diesel::RunQueryDsl;
    use diesel::sql_types::BigInt;

    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }

    fn fresh(name: &str) -> (Db, PathBuf) {
        let folder = std::env::temp_dir().join(format!("zhipai-pool-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        let db = Db::open(&format!("sqlite:{}", folder.join("a.db").display()), 2).expect("opens");
        db.write::<_, DbFault>(|c| Ok(c.batch_execute("CREATE TABLE t (v BIGINT)")?)).expect("creates");
        (db, folder)
    }

    #[test]
    fn a_refused_change_leaves_its_neighbours_in_the_same_commit_alone() {
        let (db, folder) = fresh("group");
        std::thread::scope(|scope| {
            for n in 0..32_i64 {
                let db = &db;
                scope.spawn(move || {
                    let done = db.write::<_, DbFault>(|c| {
                        diesel::sql_query(format!("INSERT INTO t VALUES ({n})")).execute(c)?;
                        if n % 4 == 0 { Err(DbFault::Schema("refused".into())) } else { Ok(()) }
                    });
                    assert_eq!(done.is_err(), n % 4 == 0);
                });
            }
        });
        let mut reader = db.reader().expect("a reader");
        let count: Count = diesel::sql_query("SELECT count(*) AS n FROM t").get_result(&mut *reader).expect("counts");
        assert_eq!(count.n, 24);
        let refused = diesel::sql_query("INSERT INTO t VALUES (9)").execute(&mut *reader);
        assert!(refused.is_err(), "readers cannot write");
        drop(reader);
        let _ = std::fs::remove_dir_all(folder);
    }

    #[test]
    fn addresses_are_read_strictly() {
        assert!(matches!(Target::parse("sqlite:data/x.db"), Ok(Target::Sqlite(_))));
        assert!(matches!(Target::parse("postgres://h/d"), Ok(Target::Postgres(_))));
        assert!(Target::parse("typo.db").is_err());
    }

    #[test]
    fn a_lost_server_is_noticed_unless_the_address_says_otherwise() {
        assert_eq!(
            patient("postgres://h/d"),
            "postgres://h/d?connect_timeout=5&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&tcp_user_timeout=15000"
        );
        let own = patient("postgres://h/d?sslmode=require&connect_timeout=30");
        assert!(own.starts_with("postgres://h/d?sslmode=require&connect_timeout=30&keepalives_idle=10&"), "{own}");
        assert_eq!(own.matches("connect_timeout").count(), 1);
    }
}

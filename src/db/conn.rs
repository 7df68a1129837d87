//! One connection type for two databases.
//!
//! The derived enum checks every query against both at compile time. Upserts, multi-row inserts and row locks are not
//! in its common ground: those go through `each_backend!`. Source: diesel's `MultiConnection`; SQLite's rules on write
//! transactions (a read snapshot cannot be upgraded, so writers begin IMMEDIATE).

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;
use diesel::{Connection, Selectable};

mod either {
    use super::{PgConnection, SqliteConnection};

    /// A connection to either database.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// PostgreSQL.
        Pg(PgConnection),
        /// SQLite.
        Sqlite(SqliteConnection),
    }
}
pub use either::Conn;

/// The backend both share.
pub type Backend = <Conn as Connection>::Backend;
type Manager = <Conn as Connection>::TransactionManager;

/// The same expression on the concrete connection, for what the common ground lacks.
#[macro_export]
macro_rules! each_backend {
    ($conn:expr, |$c:ident| $e:expr) => {
        match $conn {
            $crate::db::Conn::Pg($c) => $e,
            $crate::db::Conn::Sqlite($c) => $e,
        }
    };
}

/// The columns of `T` in field order, for `.returning(..)` and `.select(..)`.
pub fn cols<T: Selectable<Backend>>() -> T::SelectExpression {
    T::construct_selection()
}

impl Conn {
    /// Opens a transaction that will write: IMMEDIATE on SQLite, a savepoint when one is open already.
    ///
    /// # Errors
    /// What the database says.
    pub fn begin_write(&mut self) -> diesel::QueryResult<()> {
        let outermost = Manager::transaction_manager_status_mut(self).transaction_depth()?.is_none();
        match self {
            Self::Sqlite(c) if outermost => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
            _ => Manager::begin_transaction(self),
        }
    }

    /// Commits the innermost transaction, or releases its savepoint.
    ///
    /// # Errors
    /// What the database says; nothing was committed then.
    pub fn commit(&mut self) -> diesel::QueryResult<()> {
        Manager::commit_transaction(self)
    }

    /// Rolls the innermost transaction back.
    ///
    /// # Errors
    /// What the database says.
    pub fn rollback(&mut self) -> diesel::QueryResult<()> {
        match Manager::rollback_transaction(self) {
            Err(diesel::result::Error::BrokenTransactionManager) => Ok(()),
            other => other,
        }
    }

    /// Rolls back until `depth` transactions are open, as after a panic inside them.
    pub fn roll_back_to(&mut self, depth: u32) {
        while let Ok(open) = Manager::transaction_manager_status_mut(self).transaction_depth() {
            if open.is_none_or(|open| open.get() <= depth) || self.rollback().is_err() {
                return;
            }
        }
    }

    /// Rolls the innermost transaction back; false when the database had ended it by itself (a full disk, an I/O error),
    /// so that nothing may go on on this connection.
    pub fn undo(&mut self) -> bool {
        Manager::rollback_transaction(self).is_ok()
    }

    /// Runs `work` in a write transaction; an error rolls back.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub fn write_tx<T, E>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E>
    where
        E: From<diesel::result::Error>,
    {
        self.begin_write()?;
        match work(self) {
            Ok(value) => self.commit().map(|()| value).map_err(E::from),
            Err(error) => {
                // A rollback that fails leaves the connection marked as broken; what went wrong first is what counts.
                if let Err(second) = self.rollback() {
                    tracing::warn!(%second, "a rollback failed");
                }
                Err(error)
            }
        }
    }

    /// Runs `work`, which only reads, over one snapshot; inside an open transaction, over that one's view.
    ///
    /// # Errors
    /// What `work` or the database says.
    pub fn snapshot<T>(&mut self, work: impl FnOnce(&mut Self) -> diesel::QueryResult<T>) -> diesel::QueryResult<T> {
        let outermost = Manager::transaction_manager_status_mut(self).transaction_depth()?.is_none();
        match self {
            _ if !outermost => return work(self),
            Self::Pg(c) => {
                AnsiTransactionManager::begin_transaction_sql(c, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
            }
            Self::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN DEFERRED")?,
        }
        let done = work(self);
        self.rollback()?;
        done
    }

    /// Whether this is PostgreSQL.
    #[must_use]
    pub const fn is_postgres(&self) -> bool {
        matches!(self, Self::Pg(_))
    }
}

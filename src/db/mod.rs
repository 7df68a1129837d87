//! Queries, and nothing but queries: one file a noun, returning rows whose fields are the domain's types.
//!
//! Contract: every function takes a [`Conn`] and works the same on SQLite and PostgreSQL; times are bound by the
//! caller. Writing functions are called only from inside an action's transaction. Deliberately absent: rules, letters,
//! and any `now()` in SQL.

/// The four queries every noun with an id has: insert, insert many, find, save.
macro_rules! row_deeds {
    ($row:ident, $table:ident, $key:ident: $id:ty) => {
        /// Adds a row.
        ///
        /// # Errors
        /// What the database says.
        pub fn insert(conn: &mut Conn, row: &$row) -> QueryResult<()> {
            diesel::insert_into($table::table).values(row).execute(conn).map(drop)
        }

        /// Adds many rows, some hundreds a statement.
        ///
        /// # Errors
        /// What the database says.
        pub fn insert_many(conn: &mut Conn, rows: &[$row]) -> QueryResult<()> {
            for chunk in rows.chunks(400) {
                $crate::each_backend!(conn, |c| diesel::insert_into($table::table).values(chunk).execute(c))?;
            }
            Ok(())
        }

        /// The row of that id.
        ///
        /// # Errors
        /// What the database says.
        pub fn find(conn: &mut Conn, id: &$id) -> QueryResult<Option<$row>> {
            $table::table.filter($table::$key.eq(id)).select(cols::<$row>()).first(conn).optional()
        }

        /// Writes the whole row back.
        ///
        /// # Errors
        /// What the database says.
        pub fn save(conn: &mut Conn, row: &$row) -> QueryResult<()> {
            diesel::update($table::table.filter($table::$key.eq(&row.$key))).set(row).execute(conn).map(drop)
        }
    };
}
/// Adds many rows of a table without an id of its own, some hundreds a statement.
macro_rules! many_rows {
    ($name:ident, $row:ident, $table:ident) => {
        /// Adds many rows, some hundreds a statement.
        ///
        /// # Errors
        /// What the database says.
        pub fn $name(conn: &mut Conn, rows: &[$row]) -> QueryResult<()> {
            // One row is a statement that stays prepared; many are another one each time.
            if let [row] = rows {
                return $crate::each_backend!(conn, |c| diesel::insert_into($table::table).values(row).execute(c))
                    .map(drop);
            }
            for chunk in rows.chunks(400) {
                $crate::each_backend!(conn, |c| diesel::insert_into($table::table).values(chunk).execute(c))?;
            }
            Ok(())
        }
    };
}

pub mod conn;
pub mod dialect;
pub mod migrate;
pub mod pool;
pub mod schema;
pub mod types;

pub mod account;
pub mod anchor;
pub mod answers;
pub mod application;
pub mod assignment;
pub mod attachment;
pub mod audit;
pub mod batch;
pub mod beside;
pub mod calendar;
pub mod calendar_import;
pub mod case_file;
pub mod cases;
pub mod changes;
pub mod conduct;
pub mod conduct_list;
pub mod contact;
pub mod copy;
pub mod dashboard;
pub mod desk;
pub mod digest;
pub mod document;
pub mod draft;
pub mod duty;
pub mod duty_ask;
pub mod duty_change;
pub mod duty_consent;
pub mod duty_feed;
pub mod duty_turn;
pub mod email_change;
pub mod enterprise;
pub mod erasure;
pub mod escalation;
pub mod expert;
pub mod expert_file;
pub mod expert_link;
pub mod expert_list;
pub mod expert_terms;
pub mod fact;
pub mod fairness;
pub mod feedback;
pub mod idempotency;
pub mod indexed;
pub mod key_id;
pub mod letter;
pub mod listing;
pub mod mail_health;
pub mod mail_state;
pub mod need;
pub mod need_export;
pub mod need_list;
pub mod office_health;
pub mod outage;
pub mod outbox;
pub mod policy;
pub mod pulse;
pub mod received_mail;
pub mod recent;
pub mod region;
pub mod relation;
pub mod reminder;
pub mod retention;
pub mod sealing;
pub mod session;
pub mod sheet_import;
pub mod standing_history;
pub mod station;
pub mod task;
pub mod verification;
pub mod what_if;
pub mod without_index;

pub use conn::{Conn, cols};
pub use pool::{Db, DbFault};
pub use types::JsonText;
pub use types::SealedText;

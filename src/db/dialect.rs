//! The only code that knows which database it speaks to, beside the multi-row inserts that need a concrete connection.

use super::conn::Conn;
use super::schema::{experts, needs};
use crate::domain::number::Series;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind;
use diesel::result::Error::DatabaseError;
use diesel::sql_types::{BigInt, Text};

/// What only one of the two has, told to diesel: unlike `sql_query`, such a statement is prepared once a connection and then
/// costs one round trip.
mod own {
    use diesel::sql_types::{BigInt, Text};

    diesel::define_sql_function! {
        /// The next value of a sequence. PostgreSQL casts the name to `regclass` by itself.
        fn nextval(sequence: Text) -> BigInt;
    }
    diesel::define_sql_function! {
        /// PostgreSQL's 64-bit hash of a text.
        fn hashtextextended(text: Text, seed: BigInt) -> BigInt;
    }
    diesel::define_sql_function! {
        /// Answers nothing; only ever to be executed.
        fn pg_advisory_xact_lock(key: BigInt) -> BigInt;
    }
    diesel::table! {
        /// SQLite's running numbers.
        counters (name) {
            name -> Text,
            value -> BigInt,
        }
    }
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The next running value of a series: unique and rising, gaps allowed. PostgreSQL takes it from a sequence, so that
/// writers do not wait for one another; SQLite, whose writers take turns anyway, from a row.
///
/// # Errors
/// What the database says.
pub fn next_number(conn: &mut Conn, series: Series) -> QueryResult<i64> {
    use own::counters;
    match conn {
        Conn::Pg(c) => diesel::select(own::nextval(format!("number_{}", series.as_str().to_lowercase()))).get_result(c),
        Conn::Sqlite(c) => diesel::update(counters::table.filter(counters::name.eq(series.as_str())))
            .set(counters::value.eq(counters::value + 1))
            .returning(counters::value)
            .get_result(c),
    }
}

/// The next `count` values of a series, at once; some of a series may be left out, as after any rollback.
///
/// # Errors
/// What the database says.
pub fn next_numbers(conn: &mut Conn, series: Series, count: usize) -> QueryResult<Vec<i64>> {
    let many = i64::try_from(count).unwrap_or(i64::MAX);
    let rows: Vec<Value> = match conn {
        Conn::Pg(c) => diesel::sql_query("SELECT nextval('number_' || lower($1)) AS value FROM generate_series(1, $2)")
            .bind::<Text, _>(series.as_str())
            .bind::<BigInt, _>(many)
            .load(c)?,
        Conn::Sqlite(c) => {
            let last: Value =
                diesel::sql_query("UPDATE counters SET value = value + $1 WHERE name = $2 RETURNING value")
                    .bind::<BigInt, _>(many)
                    .bind::<Text, _>(series.as_str())
                    .get_result(c)?;
            return Ok((last.value - many + 1..=last.value).collect());
        }
    };
    Ok(rows.into_iter().map(|row| row.value).collect())
}

/// Moves a series so that the next value is above `at_least` (after a bulk load).
///
/// # Errors
/// What the database says.
pub fn raise_number(conn: &mut Conn, series: Series, at_least: i64) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => diesel::sql_query("SELECT setval(('number_' || lower($1))::regclass, $2) AS value")
            .bind::<Text, _>(series.as_str())
            .bind::<BigInt, _>(at_least.max(1))
            .get_result::<Value>(c)
            .map(drop),
        Conn::Sqlite(c) => diesel::sql_query("UPDATE counters SET value = max(value, $1) WHERE name = $2")
            .bind::<BigInt, _>(at_least)
            .bind::<Text, _>(series.as_str())
            .execute(c)
            .map(drop),
    }
}

/// Locks the rows of a need for the rest of the transaction, so that two writers decide on it one after the other.
/// SQLite's one writer needs no lock.
///
/// # Errors
/// What the database says; `NotFound` when there is no such need.
pub fn lock_need(conn: &mut Conn, need: crate::ids::NeedId) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => needs::table
            .filter(needs::id.eq(need))
            .select(needs::id)
            .for_update()
            .get_result::<crate::ids::NeedId>(c)
            .map(drop),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Locks a duty plan for the rest of the transaction, so that two writers decide on its turns one after the other.
///
/// # Errors
/// What the database says; `NotFound` when there is no such plan.
pub fn lock_duty(conn: &mut Conn, plan: crate::ids::DutyPlanId) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => diesel::sql_query("SELECT 1::bigint AS value FROM duty_plans WHERE id = $1 FOR UPDATE")
            .bind::<Text, _>(plan.as_str())
            .get_result::<Value>(c)
            .map(drop),
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Locks an expert for the rest of the transaction, so that two needs, or a need and his leave or removal, decide on him one
/// after the other: the caps and the standing are read behind this lock. Rows that merely point to him do not wait.
/// SQLite's one writer needs no lock.
///
/// # Errors
/// What the database says.
pub fn lock_expert(conn: &mut Conn, expert: crate::ids::ExpertId) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => experts::table
            .filter(experts::id.eq(expert))
            .select(experts::id)
            .for_no_key_update()
            .load::<crate::ids::ExpertId>(c)
            .map(drop),
        Conn::Sqlite(_) => Ok(()),
    }
}
/// Locks the chain of one audit subject until the transaction ends.
///
/// # Errors
/// What the database says.
pub fn lock_subject(conn: &mut Conn, subject: &str) -> QueryResult<()> {
    match conn {
        Conn::Pg(c) => {
            diesel::select(own::pg_advisory_xact_lock(own::hashtextextended(subject, 7))).execute(c).map(drop)
        }
        Conn::Sqlite(_) => Ok(()),
    }
}

/// Where the change log stands now. On SQLite a watermark is a row number; on PostgreSQL it is a transaction id below
/// which every transaction has ended, so that none that commits out of order is missed.
///
/// # Errors
/// What the database says.
pub fn changes_end(conn: &mut Conn) -> QueryResult<i64> {
    let end: Value = match conn {
        Conn::Pg(c) => {
            diesel::sql_query("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS value").get_result(c)?
        }
        // A log that was pruned to the last row still stands where it stood.
        Conn::Sqlite(c) => diesel::sql_query(
            "SELECT max(coalesce((SELECT max(seq) FROM changes), 0), (SELECT floor FROM change_log)) AS value",
        )
        .get_result(c)?,
    };
    Ok(end.value)
}

/// The changes from `watermark` on, up to `end` as [`changes_end`] gave it before. On PostgreSQL rows above the end are read
/// as well, and once more when the end has passed them: they are seen at once, and one that commits late is not missed.
///
/// # Errors
/// What the database says.
pub fn changes_from(conn: &mut Conn, watermark: i64, end: i64) -> QueryResult<Vec<Change>> {
    match conn {
        Conn::Pg(c) => diesel::sql_query("SELECT seq, entity, entity_id FROM changes WHERE tx >= $1 ORDER BY seq")
            .bind::<BigInt, _>(watermark)
            .load(c),
        Conn::Sqlite(c) => {
            diesel::sql_query("SELECT seq, entity, entity_id FROM changes WHERE seq > $1 AND seq <= $2 ORDER BY seq")
                .bind::<BigInt, _>(watermark)
                .bind::<BigInt, _>(end)
                .load(c)
        }
    }
}

/// Drops an index by name: what a trial does to see that it is missed.
///
/// # Errors
/// What the database says.
pub fn drop_index(conn: &mut Conn, name: &str) -> QueryResult<()> {
    diesel::sql_query(format!("DROP INDEX IF EXISTS {name}")).execute(conn).map(drop)
}

/// Which of those indexes the database has.
///
/// # Errors
/// What the database says.
pub fn indexes(conn: &mut Conn, names: &[&str]) -> QueryResult<Vec<String>> {
    let catalogue = match conn {
        Conn::Pg(_) => "SELECT indexname::text AS name FROM pg_indexes WHERE schemaname = current_schema()",
        Conn::Sqlite(_) => "SELECT name FROM sqlite_master WHERE type = 'index'",
    };
    let there: Vec<Named> = diesel::sql_query(catalogue).load(conn)?;
    Ok(there.into_iter().map(|row| row.name).filter(|name| names.contains(&name.as_str())).collect())
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Takes out the changes below a watermark, at most `most` of them; answers how many went.
///
/// # Errors
/// What the database says.
pub fn prune_changes(conn: &mut Conn, watermark: i64, most: i64) -> QueryResult<usize> {
    match conn {
        Conn::Pg(c) => diesel::sql_query(
            "DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE tx < $1 ORDER BY seq LIMIT $2)",
        )
        .bind::<BigInt, _>(watermark)
        .bind::<BigInt, _>(most)
        .execute(c),
        Conn::Sqlite(c) => diesel::sql_query(
            "DELETE FROM changes WHERE seq IN (SELECT seq FROM changes WHERE seq <= $1 ORDER BY seq LIMIT $2)",
        )
        .bind::<BigInt, _>(watermark)
        .bind::<BigInt, _>(most)
        .execute(c),
    }
}

/// One row of the change log.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Change {
    /// Its own number, unique in the log.
    #[diesel(sql_type = BigInt)]
    pub seq: i64,
    /// What kind of thing changed: `need`, `expert`.
    #[diesel(sql_type = Text)]
    pub entity: String,
    /// Which one.
    #[diesel(sql_type = Text)]
    pub entity_id: String,
}

/// Whether the database could not serve several writers at once, so that the same transaction may succeed now: a
/// serialization failure (SQLSTATE 40001) or a deadlock (40P01).
#[must_use]
pub fn is_transient(error: &diesel::result::Error) -> bool {
    match error {
        DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        // diesel has no kind for 40P01.
        DatabaseError(DatabaseErrorKind::Unknown, said) => {
            said.message().contains("deadlock detected") || said.message().contains("死锁")
        }
        _ => false,
    }
}

/// Whether somebody else held what was asked for until the wait was over: a row lock on PostgreSQL (SQLSTATE 55P03), the one
/// writer on SQLite (SQLITE_BUSY, SQLITE_LOCKED).
#[must_use]
pub fn is_busy(error: &diesel::result::Error) -> bool {
    match error {
        // diesel has a kind for none of them.
        DatabaseError(_, said) => {
            let said = said.message();
            ["due to lock timeout", "database is locked", "database table is locked"]
                .iter()
                .any(|known| said.contains(known))
        }
        _ => false,
    }
}

/// Whether the database cannot be worked with as it is: the connection was lost, or it cannot be written (a standby before
/// it takes over, a file that became read-only).
#[must_use]
pub fn is_lost(error: &diesel::result::Error) -> bool {
    match error {
        DatabaseError(
            DatabaseErrorKind::ClosedConnection
            | DatabaseErrorKind::UnableToSendCommand
            | DatabaseErrorKind::ReadOnlyTransaction,
            _,
        )
        | diesel::result::Error::BrokenTransactionManager => true,
        DatabaseError(_, said) => {
            let said = said.message();
            [
                "server closed the connection",
                "terminating connection",
                "the database system is",
                "no connection to the server",
                "attempt to write a readonly database",
            ]
            .iter()
            .any(|known| said.contains(known))
        }
        _ => false,
    }
}

/// Whether the database says that there is no room left: SQLITE_FULL, or PostgreSQL's disk_full (53100).
#[must_use]
pub fn says_full(said: &str) -> bool {
    ["database or disk is full", "No space left on device"].iter().any(|known| said.contains(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(kind: DatabaseErrorKind, message: &str) -> diesel::result::Error {
        DatabaseError(kind, Box::new(message.to_owned()))
    }

    #[test]
    fn what_passes_by_itself_is_told_from_what_does_not() {
        let unknown = |message| said(DatabaseErrorKind::Unknown, message);
        // What it is, and whether it is transient, busy, lost.
        let table = [
            (said(DatabaseErrorKind::SerializationFailure, "could not serialize access"), (true, false, false)),
            (unknown("deadlock detected"), (true, false, false)),
            (unknown("canceling statement due to lock timeout"), (false, true, false)),
            (unknown("database is locked"), (false, true, false)),
            (said(DatabaseErrorKind::ClosedConnection, "gone"), (false, false, true)),
            (unknown("terminating connection due to administrator command"), (false, false, true)),
            (said(DatabaseErrorKind::ReadOnlyTransaction, "cannot execute INSERT"), (false, false, true)),
            (unknown("attempt to write a readonly database"), (false, false, true)),
            (said(DatabaseErrorKind::UniqueViolation, "duplicate key"), (false, false, false)),
            (unknown("syntax error"), (false, false, false)),
        ];
        for (error, expected) in table {
            assert_eq!((is_transient(&error), is_busy(&error), is_lost(&error)), expected, "{error}");
        }
    }
}

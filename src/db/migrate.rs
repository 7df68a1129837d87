//! Bringing a database to this binary's schema, and refusing one that asks for a newer binary.
//!
//! Both folders of `migrations/` hold the same names. Nodes that start together take turns by an advisory lock.

use super::conn::Conn;
use super::pool::DbFault;
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

/// The SQLite migrations.
pub const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
/// The PostgreSQL migrations.
pub const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// This binary's version, as `schema_floor` compares it.
pub const THIS_BINARY: &str = env!("CARGO_PKG_VERSION");

#[derive(QueryableByName)]
struct Floor {
    #[diesel(sql_type = Text)]
    oldest_binary: String,
}

/// Runs what is pending.
///
/// # Errors
/// [`DbFault::Schema`] when the schema asks for a newer binary or a migration fails.
pub fn migrate(conn: &mut Conn) -> Result<(), DbFault> {
    refuse_newer_schema(conn)?;
    let outcome = match conn {
        Conn::Sqlite(_) => conn.run_pending_migrations(SQLITE).map(drop),
        Conn::Pg(_) => {
            diesel::sql_query("SELECT pg_advisory_lock(727274)").execute(conn)?;
            let outcome = conn.run_pending_migrations(POSTGRES).map(drop);
            diesel::sql_query("SELECT pg_advisory_unlock(727274)").execute(conn)?;
            outcome
        }
    };
    outcome.map_err(|error| DbFault::Schema(format!("a migration failed: {error}")))?;
    refuse_newer_schema(conn)
}

/// Undoes every migration, newest first.
///
/// # Errors
/// [`DbFault::Schema`] when one cannot be undone.
pub fn revert_all(conn: &mut Conn) -> Result<(), DbFault> {
    match conn {
        Conn::Sqlite(_) => conn.revert_all_migrations(SQLITE).map(drop),
        Conn::Pg(_) => conn.revert_all_migrations(POSTGRES).map(drop),
    }
    .map_err(|error| DbFault::Schema(format!("a migration could not be undone: {error}")))
}

fn refuse_newer_schema(conn: &mut Conn) -> Result<(), DbFault> {
    let floor: Result<Floor, _> = diesel::sql_query("SELECT oldest_binary FROM schema_floor").get_result(conn);
    let Ok(floor) = floor else { return Ok(()) };
    if version_of(&floor.oldest_binary) > version_of(THIS_BINARY) {
        return Err(DbFault::Schema(format!(
            "this database needs zhipai {} or newer; this is {THIS_BINARY}. Nothing was changed.",
            floor.oldest_binary
        )));
    }
    Ok(())
}

/// The numbers of a version text; anything unreadable counts as 0.
fn version_of(text: &str) -> Vec<u32> {
    text.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn versions_compare_by_number() {
        assert!(version_of("0.10.0") > version_of("0.9.3"));
    }
}

//! Bringing a database to this binary's schema, and refusing one that asks for a newer binary or has another history.
//!
//! Both folders of `migrations/` hold the same names. Nodes that start together take turns by an advisory lock. A schema
//! newer than this binary is served as long as its floor (`schema_floor`) allows it, so that one version back is possible;
//! a migration this binary lacks among older ones is another program's history, and is refused. A schema has a
//! fingerprint, over the migrations it went through, to compare nodes, binaries and restored backups by.

use super::conn::{Backend, Conn};
use super::pool::DbFault;
use diesel::migration::MigrationSource;
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
    if !conn.is_postgres() {
        return migrate_alone(conn);
    }
    // Even asking what was applied makes a table where there is none.
    diesel::sql_query("SELECT pg_advisory_lock(727274)").execute(conn)?;
    let outcome = migrate_alone(conn);
    diesel::sql_query("SELECT pg_advisory_unlock(727274)").execute(conn)?;
    outcome
}

fn migrate_alone(conn: &mut Conn) -> Result<(), DbFault> {
    refuse_newer_schema(conn)?;
    refuse_other_history(conn)?;
    match conn {
        Conn::Sqlite(_) => conn.run_pending_migrations(SQLITE).map(drop),
        Conn::Pg(_) => conn.run_pending_migrations(POSTGRES).map(drop),
    }
    .map_err(|error| DbFault::Schema(format!("a migration failed: {error}")))?;
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

/// What the database went through and this binary does not know: newer than all of its own is one version back; anything
/// else is another history.
fn refuse_other_history(conn: &mut Conn) -> Result<(), DbFault> {
    let known = known(conn)?;
    let newest = known.last().cloned().unwrap_or_default();
    let unknown: Vec<String> = applied(conn)?.into_iter().filter(|version| !known.contains(version)).collect();
    let (newer, foreign): (Vec<String>, Vec<String>) = unknown.into_iter().partition(|version| *version > newest);
    if !foreign.is_empty() {
        return Err(DbFault::Schema(format!(
            "this database has another history: its schema went through {}, which zhipai {THIS_BINARY} (schema {newest}) \
             does not know. Nothing was changed; run the zhipai that made it, or restore a backup of this one.",
            foreign.join(", ")
        )));
    }
    if !newer.is_empty() {
        tracing::warn!(newer = newer.join(", "), "the schema is newer than this binary, which may still run on it");
    }
    Ok(())
}

/// The versions of this binary's migrations for that database, oldest first.
///
/// # Errors
/// [`DbFault::Schema`] when they cannot be read.
pub fn known(conn: &Conn) -> Result<Vec<String>, DbFault> {
    let source = if conn.is_postgres() { &POSTGRES } else { &SQLITE };
    let migrations = MigrationSource::<Backend>::migrations(source).map_err(unreadable)?;
    let mut versions: Vec<String> = migrations.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort();
    Ok(versions)
}

/// The versions of the migrations the database went through, oldest first.
///
/// # Errors
/// [`DbFault::Schema`] when they cannot be read.
pub fn applied(conn: &mut Conn) -> Result<Vec<String>, DbFault> {
    let versions = MigrationHarness::<Backend>::applied_migrations(conn).map_err(unreadable)?;
    let mut versions: Vec<String> = versions.into_iter().map(|version| version.to_string()).collect();
    versions.sort();
    Ok(versions)
}

fn unreadable(error: Box<dyn std::error::Error + Send + Sync>) -> DbFault {
    DbFault::Schema(format!("the migrations cannot be read: {error}"))
}

/// The fingerprint of a schema: the first 16 hex digits of SHA-256 over the versions it went through, oldest first, each
/// ended by a line feed. The same history gives the same one on both databases.
#[must_use]
pub fn fingerprint(versions: &[String]) -> String {
    use sha2::{Digest, Sha256};
    let mut hasher = Sha256::new();
    for version in versions {
        hasher.update(version.as_bytes());
        hasher.update(b"\n");
    }
    hasher.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect()
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

//! Copies of the whole database for backup and restore: a consistent file on SQLite, JSON lines of every table read in
//! one snapshot on PostgreSQL. The change log is left out: whoever follows it starts anew after a restore.

use super::conn::Conn;
use super::pool::DbFault;
use diesel::connection::SimpleConnection;
use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl};
use std::io::{BufRead, Write};
use std::path::Path;

/// Every table that is copied, parents before children.
pub const TABLES: [&str; 62] = [
    "regions",
    "stations",
    "accounts",
    "account_links",
    "sessions",
    "api_tokens",
    "experts",
    "expert_contacts",
    "qualifications",
    "documents",
    "applications",
    "reviews",
    "email_changes",
    "expert_links",
    "expert_terms",
    "leaves",
    "enterprises",
    "needs",
    "seats",
    "reserves",
    "assignments",
    "reminders",
    "feedback",
    "ratings",
    "closures",
    "incidents",
    "conduct_cases",
    "case_statements",
    "case_papers",
    "case_transfers",
    "standing_history",
    "tasks",
    "escalations",
    "outbox",
    "letters",
    "mail_state",
    "received_mail",
    "offer_facts",
    "offer_fact_services",
    "attachments",
    "drafts",
    "sheet_imports",
    "policies",
    "calendar_days",
    "idempotency",
    "pulse",
    "outages",
    "calendar_imports",
    "audit",
    "audit_heads",
    "audit_roots",
    "verifications",
    "relations",
    "waivers",
    "conflict_checks",
    "sealings",
    "duty_plans",
    "duty_turns",
    "duty_consents",
    "duty_asks",
    "duty_swaps",
    "duty_feeds",
];

const SEQUENCES: [&str; 4] = ["number_xq", "number_pd", "number_cq", "number_ba"];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

#[derive(QueryableByName)]
struct Value {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// Writes a consistent copy of a SQLite database to a new file, while others read and write.
///
/// # Errors
/// What the database says; the file must not exist.
pub fn sqlite_to(conn: &mut Conn, file: &Path) -> Result<(), DbFault> {
    diesel::sql_query("VACUUM INTO $1").bind::<Text, _>(file.to_string_lossy().into_owned()).execute(conn)?;
    Ok(())
}

/// Writes every row of a PostgreSQL database, read in one snapshot: a line `#table NAME`, then one JSON object a line.
///
/// # Errors
/// What the database or the writer says.
pub fn postgres_to(conn: &mut Conn, out: &mut dyn Write) -> Result<(), DbFault> {
    conn.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")?;
    let done = (|| {
        for table in TABLES.iter().chain(&["key_ids"]) {
            written(writeln!(out, "#table {table}"))?;
            // A cursor keeps memory flat whatever the table's size.
            conn.batch_execute(&format!(
                "DECLARE copying NO SCROLL CURSOR FOR SELECT row_to_json(t)::text AS line FROM {table} t"
            ))?;
            loop {
                let lines: Vec<Line> = diesel::sql_query("FETCH 500 FROM copying").load(conn)?;
                if lines.is_empty() {
                    break;
                }
                for line in lines {
                    written(writeln!(out, "{}", line.line))?;
                }
            }
            conn.batch_execute("CLOSE copying")?;
        }
        for sequence in SEQUENCES {
            let value: Value =
                diesel::sql_query(format!("SELECT last_value AS value FROM {sequence}")).get_result(conn)?;
            written(writeln!(out, "#sequence {sequence} {}", value.value))?;
        }
        Ok(())
    })();
    conn.batch_execute("ROLLBACK")?;
    done
}

/// Reads what [`postgres_to`] wrote into an empty, migrated PostgreSQL database, in one transaction.
///
/// # Errors
/// What the database says; a fault when the file is not such a copy.
pub fn postgres_from(conn: &mut Conn, input: &mut dyn BufRead) -> Result<(), DbFault> {
    conn.write_tx(|conn| {
        let mut table = String::new();
        let mut text = String::new();
        loop {
            text.clear();
            if input.read_line(&mut text).map_err(|error| DbFault::Schema(error.to_string()))? == 0 {
                return Ok(());
            }
            let line = text.trim_end_matches('\n');
            if let Some(name) = line.strip_prefix("#table ") {
                if !TABLES.contains(&name) && name != "key_ids" {
                    return Err(DbFault::Schema(format!("this backup has a table that is unknown here: {name}")));
                }
                name.clone_into(&mut table);
            } else if let Some(rest) = line.strip_prefix("#sequence ") {
                let (name, value) = rest.split_once(' ').unwrap_or((rest, "1"));
                if SEQUENCES.contains(&name) {
                    diesel::sql_query(format!("SELECT setval('{name}', $1) AS value"))
                        .bind::<BigInt, _>(value.parse::<i64>().unwrap_or(1).max(1))
                        .get_result::<Value>(conn)?;
                }
            } else if !table.is_empty() {
                diesel::sql_query(format!(
                    "INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, $1::json)"
                ))
                .bind::<Text, _>(line)
                .execute(conn)?;
            } else {
                return Err(DbFault::Schema("this file is no backup of a PostgreSQL database".to_owned()));
            }
        }
    })
}

/// Whether the database holds no account and no need yet.
///
/// # Errors
/// What the database says.
pub fn is_empty(conn: &mut Conn) -> Result<bool, DbFault> {
    let rows: Value =
        diesel::sql_query("SELECT (SELECT count(*) FROM accounts) + (SELECT count(*) FROM needs) AS value")
            .get_result(conn)?;
    Ok(rows.value == 0)
}

/// Takes out what a first start put in, so that a backup's own rows can take its place.
///
/// # Errors
/// What the database says.
pub fn empty_reference(conn: &mut Conn) -> Result<(), DbFault> {
    for table in ["calendar_days", "key_ids", "policies", "account_links", "regions", "sealings"] {
        diesel::sql_query(format!("DELETE FROM {table}")).execute(conn)?;
    }
    Ok(())
}

fn written(done: std::io::Result<()>) -> Result<(), DbFault> {
    done.map_err(|error| DbFault::Schema(format!("the backup could not be written: {error}")))
}

#[cfg(test)]
mod tests {
    use super::TABLES;

    /// A table added to the schema and forgotten here would be missing from every backup.
    #[test]
    fn every_table_is_copied() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres");
        let schema: String = std::fs::read_dir(folder)
            .expect("migrations")
            .map(|entry| std::fs::read_to_string(entry.expect("an entry").path().join("up.sql")).expect("a migration"))
            .collect();
        let mut declared: Vec<&str> = schema
            .lines()
            .filter_map(|line| line.strip_prefix("CREATE TABLE "))
            .filter_map(|rest| rest.split_whitespace().next())
            .filter(|name| !["schema_floor", "changes", "change_log", "followers", "key_ids"].contains(name))
            .collect();
        let mut copied = TABLES.to_vec();
        declared.sort_unstable();
        copied.sort_unstable();
        assert_eq!(copied, declared);
    }
}

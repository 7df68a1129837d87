//! `zhipai backup` and `zhipai restore`: database with attachments, and key ids, in one file, taken under load.
//!
//! The keys themselves are never in a backup: kept apart, they make the backup worthless to a thief. Restore refuses
//! when one is missing, so that links already mailed still open.

use super::opening::{Failure, database, hold, keys};
use crate::clock::Chance;
use crate::config::Config;
use crate::db::copy;
use crate::db::migrate::THIS_BINARY;
use crate::db::pool::Target;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

/// What a backup says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Label {
    zhipai: String,
    database: String,
    keys: Vec<(u8, String)>,
}

const LABEL: &str = "label.json";
const SQLITE: &str = "database.sqlite";
const POSTGRES: &str = "database.jsonl";

fn told(error: impl std::fmt::Display) -> Failure {
    error.to_string()
}

/// Writes a backup to a new file, while the service runs.
///
/// # Errors
/// One clear line.
pub fn back_up(config: &Config, file: &Path) -> Result<(), Failure> {
    if !config.keys().exists() {
        return Err(format!(
            "{}: there is no key file; a backup without its keys could not be restored",
            config.keys().display()
        ));
    }
    let db = database(config.database(), 2)?;
    let ring = keys(&config.keys(), &Chance::from_machine())?;
    let out = File::create_new(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let scratch = file.with_extension("part");
    let (name, database) = match db.target() {
        Target::Sqlite(_) => {
            let _ = std::fs::remove_file(&scratch);
            db.write_alone(|conn| copy::sqlite_to(conn, &scratch)).map_err(told)?;
            (SQLITE, "sqlite")
        }
        Target::Postgres(_) => {
            let mut writer = BufWriter::new(File::create(&scratch).map_err(told)?);
            db.write_alone(|conn| copy::postgres_to(conn, &mut writer)).map_err(told)?;
            writer.flush().map_err(told)?;
            (POSTGRES, "postgres")
        }
    };
    let label = Label { zhipai: THIS_BINARY.to_owned(), database: database.to_owned(), keys: ring.check_values() };
    let label = serde_json::to_vec_pretty(&label).map_err(told)?;
    let mut archive = tar::Builder::new(BufWriter::new(out));
    let mut header = tar::Header::new_gnu();
    header.set_size(label.len() as u64);
    header.set_mode(0o600);
    archive.append_data(&mut header, LABEL, label.as_slice()).map_err(told)?;
    archive.append_path_with_name(&scratch, name).map_err(told)?;
    let out = archive.into_inner().map_err(told)?.into_inner().map_err(told)?;
    out.sync_all().map_err(told)?;
    std::fs::remove_file(&scratch).map_err(told)
}

/// Puts a backup in the place of an empty database, while no service runs.
///
/// # Errors
/// When a service runs, the database is not empty, a key is missing, or the file is no backup.
pub fn restore(config: &Config, file: &Path) -> Result<(), Failure> {
    let _held = hold(config.database())?;
    if !config.keys().exists() {
        return Err(format!(
            "{}: put the key file of that time there first; nothing was changed",
            config.keys().display()
        ));
    }
    let ring = keys(&config.keys(), &Chance::from_machine())?;
    let source = File::open(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut archive = tar::Archive::new(BufReader::new(source));
    let mut entries = archive.entries().map_err(told)?;
    let not_ours = || format!("{}: not a zhipai backup", file.display());
    let mut first = entries.next().ok_or_else(not_ours)?.map_err(|_| not_ours())?;
    let mut text = String::new();
    first.read_to_string(&mut text).map_err(|_| not_ours())?;
    let label: Label = serde_json::from_str(&text).map_err(|_| not_ours())?;
    for needed in &label.keys {
        if !ring.check_values().contains(needed) {
            return Err(format!(
                "key {} is missing from {}: put the key file of that time there first; nothing was changed",
                needed.0,
                config.keys().display()
            ));
        }
    }
    let body = entries.next().ok_or_else(not_ours)?.map_err(told)?;
    let target = Target::parse(config.database()).map_err(told)?;
    match (&target, label.database.as_str()) {
        (Target::Sqlite(path), "sqlite") => restore_sqlite(path, body),
        (Target::Postgres(_), "postgres") => restore_postgres(config, body),
        (_, kind) => Err(format!("this backup is of a {kind} database; DATABASE_URL names another kind")),
    }?;
    // The index belongs to the database it was made from.
    let index = config.index_dir();
    if index.exists() {
        std::fs::remove_dir_all(&index).map_err(|error| format!("{}: {error}", index.display()))?;
    }
    Ok(())
}

fn restore_sqlite(path: &Path, mut body: impl Read) -> Result<(), Failure> {
    if path.exists() {
        let db = database(&format!("sqlite:{}", path.display()), 1)?;
        let empty = db.write_alone(copy::is_empty).map_err(told)?;
        if !empty {
            return Err(format!("{} is not empty; nothing was changed", path.display()));
        }
        drop(db);
        for tail in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{tail}", path.display()));
        }
    }
    let part = path.with_extension("restoring");
    let mut out = File::create(&part).map_err(|error| format!("{}: {error}", part.display()))?;
    std::io::copy(&mut body, &mut out).map_err(told)?;
    out.sync_all().map_err(told)?;
    std::fs::rename(&part, path).map_err(told)?;
    database(&format!("sqlite:{}", path.display()), 1).map(drop)
}

fn restore_postgres(config: &Config, body: impl Read) -> Result<(), Failure> {
    let db = database(config.database(), 2)?;
    if !db.write_alone(copy::is_empty).map_err(told)? {
        return Err("this PostgreSQL database is not empty; nothing was changed".to_owned());
    }
    let mut lines = BufReader::new(body);
    db.write_alone(|conn| {
        copy::empty_reference(conn)?;
        copy::postgres_from(conn, &mut lines)
    })
    .map_err(told)
}

//! Opening an office as the configuration says: lock, migrations, keys, index.

use crate::actions::found_office::found_office;
use crate::actions::seal_contacts::{seal_contacts, seal_words};
use crate::actions::{Office, Settings};
use crate::clock::{Chance, Clock};
use crate::config::Config;
use crate::db::Db;
use crate::db::migrate::migrate;
use crate::db::pool::Target;
use crate::seal::Keyring;
use crate::search::IndexHome;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One clear line.
pub type Failure = String;

/// Holds a SQLite file for one running service; dropping it lets go.
pub struct Held(#[expect(dead_code, reason = "held open: closing the file gives the lock up")] File);

/// Takes the lock of a SQLite database; PostgreSQL has many nodes and needs none.
///
/// # Errors
/// When another service runs on the same file.
pub fn hold(url: &str) -> Result<Option<Held>, Failure> {
    let target = Target::parse(url).map_err(|fault| fault.to_string())?;
    let Some(path) = target.sqlite_path() else { return Ok(None) };
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let lock = PathBuf::from(name);
    if let Some(folder) = lock.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock)
        .map_err(|error| format!("{}: {error}", lock.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Held(file))),
        Err(_) => Err(format!("another zhipai already runs on {}; a SQLite file serves one at a time", path.display())),
    }
}

/// Opens the database and brings its schema up to this binary.
///
/// # Errors
/// When it cannot be reached, or asks for a newer binary.
pub fn database(url: &str, connections: u32) -> Result<Db, Failure> {
    let db = Db::open(url, connections).map_err(|fault| fault.to_string())?;
    match db.target() {
        // Migrations on SQLite take the one writer; nobody else is there yet.
        Target::Sqlite(_) => db.write_alone(migrate).map_err(|fault| fault.to_string())?,
        Target::Postgres(_) => {
            let mut conn = db.reader().map_err(|fault| fault.to_string())?;
            migrate(&mut conn).map_err(|fault| fault.to_string())?;
        }
    }
    Ok(db)
}

/// Reads the key file, or makes one that only its owner can read.
///
/// # Errors
/// When the file cannot be read or written, or is malformed.
pub fn keys(path: &Path, chance: &Chance) -> Result<Keyring, Failure> {
    match std::fs::read_to_string(path) {
        Ok(text) => Keyring::from_text(&text).ok_or_else(|| format!("{}: not a key file", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let ring = Keyring::new(BTreeMap::from([(1, chance.bytes())])).ok_or("no key could be made")?;
            if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            }
            write_private(path, ring.to_text().as_bytes())?;
            Ok(ring)
        }
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// Writes a new file that only its owner can read.
///
/// # Errors
/// When it exists or cannot be written.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
        .open(path)
        .and_then(|mut file| file.write_all(content))
        .map_err(|error| format!("{}: {error}", path.display()))
}

/// Puts in what every office has, and seals what an older binary wrote in the clear.
fn founded(db: &Db, keys: &Keyring, chance: &Chance, clock: &dyn Clock) -> Result<(), Failure> {
    found_office(db, keys, clock.now()).map_err(|error| error.to_string())?;
    seal_contacts(db, keys, chance, clock.now()).map_err(|error| error.to_string())?;
    seal_words(db, keys).map(drop).map_err(|error| error.to_string())
}

/// Brings a database up to this binary: its schema, and the contact data an older one left in the clear, which is sealed.
///
/// # Errors
/// One clear line for whatever is in the way.
pub fn migrated(config: &Config, clock: &dyn Clock) -> Result<(), Failure> {
    let chance = Chance::from_machine();
    let db = database(config.database(), 2)?;
    let keys = keys(&config.keys(), &chance)?;
    founded(&db, &keys, &chance, clock)
}

/// Opens the office.
///
/// # Errors
/// One clear line for whatever is in the way.
pub fn office(config: &Config, clock: Arc<dyn Clock>) -> Result<Office, Failure> {
    let chance = Chance::from_machine();
    let db = database(config.database(), config.connections)?;
    let keys = keys(&config.keys(), &chance)?;
    founded(&db, &keys, &chance, clock.as_ref())?;
    let index = IndexHome::open(&config.index_dir()).map_err(|fault| format!("the search index: {fault}"))?;
    let settings = Settings {
        base_url: config.base_url.trim_end_matches('/').to_owned(),
        connections: config.connections,
        second_factor: config.second_factor,
        mail_off: config.smtp.is_none(),
    };
    Office::open(db, clock, chance, keys, settings, index).map_err(|error| error.to_string())
}

/// Opens the office for one command beside a running service: it keeps no index, so the service's own is not touched.
///
/// # Errors
/// One clear line for whatever is in the way.
pub fn office_for_a_command(config: &Config, clock: Arc<dyn Clock>) -> Result<Office, Failure> {
    let chance = Chance::from_machine();
    let db = database(config.database(), 2)?;
    let keys = keys(&config.keys(), &chance)?;
    founded(&db, &keys, &chance, clock.as_ref())?;
    let settings = Settings {
        base_url: config.base_url.trim_end_matches('/').to_owned(),
        connections: 2,
        second_factor: config.second_factor,
        mail_off: config.smtp.is_none(),
    };
    Office::open(db, clock, chance, keys, settings, (IndexHome::nowhere(), None)).map_err(|error| error.to_string())
}

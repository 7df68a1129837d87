//! `zhipai keys …`: another key for links and sealed texts, and contact data sealed anew under it.
//!
//! A key is added to the ring and never taken out: links already mailed, letters kept and second-factor secrets open by
//! the key they were sealed with. Several nodes on PostgreSQL get the new key first (`add`, the file on every node, a
//! restart of each), then `reseal` runs once; a single machine does both at once (`rotate`). Where the file comes from
//! elsewhere (a credential), the line is added there by hand and `reseal` does the rest.

use super::opening::{Failure, database, hold, keys, write_private};
use crate::actions::found_office::found_office;
use crate::actions::seal_contacts::{seal_anew, seal_contacts};
use crate::clock::Chance;
use crate::clock::Clock;
use crate::config::Config;
use crate::i18n::L;
use std::io::IsTerminal;

/// Adds a key to the file and prints its id; it seals from the next start on.
///
/// # Errors
/// One clear line.
pub fn add(config: &Config) -> Result<(), Failure> {
    let path = config.keys();
    let chance = Chance::from_machine();
    let ring = keys(&path, &chance)?;
    let ring = ring.with_another(chance.bytes()).ok_or("the ring is full")?;
    // A new file beside the old one, then in its place: a crash leaves one of them whole.
    let fresh = path.with_extension("new");
    let _ = std::fs::remove_file(&fresh);
    write_private(&fresh, ring.to_text().as_bytes())?;
    std::fs::rename(&fresh, &path).map_err(|error| format!("{}: {error}", path.display()))?;
    println!("{}", ring.newest());
    Ok(())
}

/// Seals all contact data anew under the newest key of the file; prints how many rows were.
///
/// # Errors
/// One clear line; what was sealed so far stays, and the next run goes on.
pub fn reseal(config: &Config, l: L, clock: &dyn Clock) -> Result<(), Failure> {
    let chance = Chance::from_machine();
    let db = database(config.database(), 2)?;
    let ring = keys(&config.keys(), &chance)?;
    found_office(&db, &ring, clock.now()).map_err(|error| error.to_string())?;
    seal_contacts(&db, &ring, &chance, clock.now()).map_err(|error| error.to_string())?;
    let shows = std::io::stderr().is_terminal();
    let count = seal_anew(&db, &ring, &mut |so_far| {
        if shows {
            eprint!("\r{so_far}");
        }
    });
    if shows {
        eprintln!();
    }
    let count = count.map_err(|error| error.to_string())?;
    println!("{}", l.a("cli-resealed", &[("n", &count.to_string()), ("key", &ring.newest().to_string())]));
    Ok(())
}

/// Adds a key and seals anew under it; refuses while a service runs on the same SQLite file.
///
/// # Errors
/// One clear line.
pub fn rotate(config: &Config, l: L, clock: &dyn Clock) -> Result<(), Failure> {
    let _held = hold(config.database())?;
    add(config)?;
    reseal(config, l, clock)
}

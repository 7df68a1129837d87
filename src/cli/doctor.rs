//! `zhipai doctor`: what is wrong with a configuration, one line each, and what to do about it.

use super::opening::Failure;
use super::serve;
use crate::clock::{Chance, Clock, SystemClock};
use crate::config::Config;
use crate::db::migrate::{THIS_BINARY, applied, fingerprint, migrate};
use crate::db::{self, Db};
use crate::domain::calendar::{Calendar, beijing_date};
use crate::ids::OutboxId;
use crate::mail::Envelope;
use crate::mail::message::plain;
use crate::seal::Keyring;
use chrono::Datelike;
use std::path::Path;

/// One finding.
struct Finding {
    well: bool,
    what: String,
}

fn well(what: impl Into<String>) -> Finding {
    Finding { well: true, what: what.into() }
}

fn ill(what: impl Into<String>) -> Finding {
    Finding { well: false, what: what.into() }
}

/// Looks at everything and prints a line each.
///
/// # Errors
/// How many things are wrong.
pub fn run(config: &Config, send_test: Option<&str>) -> Result<(), Failure> {
    let mut findings = vec![serving(config)];
    findings.extend(database(config));
    findings.push(key_file(&config.keys()));
    findings.push(folder(&config.data_dir));
    findings.push(index(config));
    findings.push(mail(config));
    findings.extend(send_test.map(|to| test_letter(config, to)));
    findings.extend(inboxes(config));
    findings.push(clock());
    for finding in &findings {
        println!("{} {}", if finding.well { "ok  " } else { "FAIL" }, finding.what);
    }
    match findings.iter().filter(|finding| !finding.well).count() {
        0 => Ok(()),
        wrong => Err(format!("{wrong} of {} checks failed", findings.len())),
    }
}

fn serving(config: &Config) -> Finding {
    match config.check_serving() {
        Ok(()) => well(format!("address {}", config.base_url)),
        Err(fault) => ill(fault.to_string()),
    }
}

fn database(config: &Config) -> Vec<Finding> {
    let db = match Db::open(config.database(), 2) {
        Ok(db) => db,
        Err(fault) => return vec![ill(format!("database: {fault}"))],
    };
    let mut findings = Vec::new();
    let schema = db.write_alone(migrate);
    findings.push(match schema {
        Ok(()) => match db.write_alone(applied) {
            Ok(versions) => {
                let (newest, print) = (versions.last().cloned().unwrap_or_default(), fingerprint(&versions));
                well(format!("database reached, schema {newest} ({print}) fits zhipai {THIS_BINARY}"))
            }
            Err(fault) => ill(format!("database: {fault}")),
        },
        Err(fault) => ill(format!("database: {fault}")),
    });
    let Ok(mut conn) = db.reader() else { return findings };
    findings.push(calendar(&mut conn));
    match db::outbox::counts(&mut conn) {
        Ok(counts) => {
            let failed = counts.iter().find(|(state, _)| state == "failed").map_or(0, |(_, count)| *count);
            findings.push(if failed == 0 {
                well("no letter was given up")
            } else {
                ill(format!("{failed} letters were given up; see the manager's desk"))
            });
        }
        Err(fault) => findings.push(ill(format!("outbox: {fault}"))),
    }
    match db::account::administrators(&mut conn) {
        Ok(0) => findings.push(ill("no administrator yet: start `serve` and open the one-time link it prints")),
        Ok(count) => findings.push(well(format!("{count} administrators"))),
        Err(fault) => findings.push(ill(format!("accounts: {fault}"))),
    }
    findings
}

fn calendar(conn: &mut db::Conn) -> Finding {
    let today = beijing_date(SystemClock.now());
    let rows = match db::calendar::all(conn) {
        Ok(rows) if rows.is_empty() => return well("calendar: the shipped one goes in at the first start"),
        Ok(rows) => rows,
        Err(fault) => return ill(format!("calendar: {fault}")),
    };
    use crate::domain::calendar::{CalendarRow, RowKind};
    let rows = rows.into_iter().map(|row| CalendarRow {
        date: row.day,
        kind: if row.kind == "workday" { RowKind::Workday } else { RowKind::Holiday },
        occasion: row.occasion,
    });
    match Calendar::from_rows(rows, "doctor") {
        Err(problem) => ill(format!("calendar: {problem:?}")),
        Ok(calendar) => match calendar.missing_year(today) {
            Some(year) => ill(format!(
                "calendar: {year} is missing; import the State Council's notice with `zhipai import holidays FILE`"
            )),
            None => well(format!("calendar knows {}", today.year())),
        },
    }
}

fn key_file(path: &Path) -> Finding {
    match std::fs::read_to_string(path) {
        Err(_) => well(format!("keys: {} is made at the first start", path.display())),
        Ok(text) if Keyring::from_text(&text).is_none() => ill(format!("keys: {} is not a key file", path.display())),
        Ok(_) => {
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                let mode = std::fs::metadata(path).map(|meta| meta.permissions().mode() & 0o077).unwrap_or(0);
                if mode != 0 {
                    return ill(format!("keys: others can read {}; chmod 600", path.display()));
                }
            }
            well("keys readable by their owner only")
        }
    }
}

fn folder(path: &Path) -> Finding {
    let probe = path.join(".doctor");
    let written = std::fs::create_dir_all(path).and_then(|()| std::fs::write(&probe, b"ok"));
    let _ = std::fs::remove_file(&probe);
    match written {
        Ok(()) => well(format!("data folder {} can be written", path.display())),
        Err(error) => ill(format!("data folder {}: {error}", path.display())),
    }
}

fn index(config: &Config) -> Finding {
    let path = config.index_dir();
    if !path.exists() {
        return well("search index: is built at the first start");
    }
    let (documents, mark) = match crate::search::home::look(&path) {
        Ok(Some(found)) => found,
        Ok(None) => return well("search index: none that fits this version; it is built at the next start"),
        Err(crate::search::IndexFault::Busy) => {
            return well("search index is in use by the running service; /readyz says how it fares");
        }
        Err(fault) => return ill(format!("search index: {fault}")),
    };
    let followed = Db::open(config.database(), 1).and_then(|db| {
        let mut conn = db.reader()?;
        let same = db::changes::identity(&mut conn)? == mark.database;
        let reaches = same && db::changes::since(&mut conn, mark.watermark)?.is_some();
        Ok(if reaches { Some(db::changes::behind(&mut conn, mark.watermark)?) } else { None })
    });
    match followed {
        Ok(Some(behind)) => {
            well(format!("search index: {documents} documents, {behind} changes to follow at the next start"))
        }
        Ok(None) => well("search index does not fit this database: it is built anew at the next start"),
        Err(fault) => ill(format!("search index: {fault}")),
    }
}

fn mail(config: &Config) -> Finding {
    let Some(smtp) = &config.smtp else { return ill("smtp: not set; letters wait and no clock starts") };
    let settings = serve::smtp_settings(smtp);
    let tried = crate::mail::Smtp::new(&settings).map_err(|error| error.to_string());
    match tried.and_then(|smtp| smtp.try_connection().map_err(|error| error.to_string())) {
        Ok(()) => well(format!("smtp: {} answers", smtp.host)),
        Err(why) => ill(format!("smtp: {why}")),
    }
}

/// Sends a letter that says it is a test, by the very way every letter takes.
fn test_letter(config: &Config, to: &str) -> Finding {
    let mailer = match serve::mailer(config) {
        Ok(Some(mailer)) => mailer,
        Ok(None) => return ill("test letter: no mail server is set"),
        Err(why) => return ill(format!("test letter: {why}")),
    };
    let sender = serve::sender(config);
    let now = SystemClock.now();
    let id = OutboxId::from_minted(Chance::from_machine().id(now));
    let text = "这是知派的一封测试信，不必回复。\n\nThis is a test letter from Zhipai; please do not reply.\n";
    let made = match plain(&sender, to, "知派测试信 / Zhipai test letter", text, id, now) {
        Ok(made) => made,
        Err(error) => return ill(format!("test letter: {error}")),
    };
    let envelope = Envelope { from: sender.address, to: to.trim().to_owned() };
    match mailer.send(&envelope, &made) {
        Ok(accepted) => well(format!("test letter taken: {} {} (Message-ID {id})", accepted.code, accepted.text)),
        Err(error) => ill(format!("test letter: {error}")),
    }
}

fn inboxes(config: &Config) -> Vec<Finding> {
    let inboxes = match serve::inboxes(config) {
        Ok(inboxes) => inboxes,
        Err(why) => return vec![ill(why)],
    };
    if inboxes.is_empty() {
        return vec![well("incoming mail: no mailbox is read; `zhipai mail ingest` takes it from a pipe")];
    }
    inboxes
        .iter()
        .map(|inbox| match inbox.unread(1) {
            Ok(_) => well(format!("incoming mail: {} can be read", inbox.name())),
            Err(error) => ill(format!("incoming mail: {}: {error}", inbox.name())),
        })
        .collect()
}

fn clock() -> Finding {
    let now = SystemClock.now();
    if now.year() >= 2026 {
        well(format!("clock: {now}"))
    } else {
        ill(format!("clock: {now} is before this program was written"))
    }
}

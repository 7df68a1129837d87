//! `zhipai verify`: whether the trail is whole and every invariant holds on the living database. Reads only, beside a
//! running service.

use super::audit::{read_file, written};
use super::due::Format;
use super::opening::Failure;
use crate::actions::calendar_in_force;
use crate::clock::{Clock, SystemClock};
use crate::config::Config;
use crate::db::{self, Db};
use crate::i18n::L;
use crate::invariants::{self, Findings, Invariant, Look, Reach, Seen};
use crate::seal::Keyring;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// What the command takes.
#[derive(Debug, Clone, Args)]
pub struct VerifyArgs {
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: Format,
    /// Roots that were exported with `zhipai audit root` and kept elsewhere
    #[arg(long, value_name = "FILE")]
    pub root: Option<PathBuf>,
}

/// How many offenders are printed for people.
const PRINTED: usize = 200;

/// Looks, prints, and fails when something does not hold.
///
/// # Errors
/// How many offenders there are; or what keeps from looking.
pub fn run(config: &Config, l: L, args: &VerifyArgs) -> Result<(), Failure> {
    let exported = args.root.as_deref().map(read_file).transpose()?.unwrap_or_default();
    let path = config.keys();
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let keys = Keyring::from_text(&text).ok_or_else(|| format!("{}: not a key file", path.display()))?;
    let db = Db::open(config.database(), 1).map_err(|fault| fault.to_string())?;
    let mut conn = db.reader().map_err(|fault| fault.to_string())?;
    let mut findings = Findings::default();
    let calendar = calendar_in_force(&mut conn).map_err(|error| error.to_string())?;
    let look = Look::at(SystemClock.now(), &calendar, None);
    let seen = invariants::verify(&mut conn, &keys, &look, Reach::Everything, &exported, &mut findings)
        .map_err(|error| format!("database: {error}"))?;
    index_as_last_seen(&mut conn, &mut findings).map_err(|error| format!("database: {error}"))?;
    match args.format {
        Format::Text => told(l, &seen, &findings),
        Format::Json => println!("{}", as_json(l, &seen, &findings)),
    }
    match findings.offenders.len() {
        0 => Ok(()),
        n => Err(l.a("verify-failed", &[("n", &n.to_string())])),
    }
}

/// The index belongs to the running service: what its last nightly look found stands for it.
fn index_as_last_seen(conn: &mut db::Conn, findings: &mut Findings) -> diesel::QueryResult<()> {
    let code = Invariant::IndexAgrees.code();
    for row in db::verification::all(conn)?.into_iter().filter(|row| row.invariant == code && row.offenders > 0) {
        let why = format!("found by the service at {}", written(row.at.and_utc()));
        findings.add(Invariant::IndexAgrees, &row.sample, why);
    }
    Ok(())
}

fn told(l: L, seen: &Seen, findings: &Findings) {
    let figures =
        [("needs", seen.needs.to_string()), ("rows", seen.rows.to_string()), ("roots", seen.roots.to_string())];
    let figures: Vec<(&str, &str)> = figures.iter().map(|(key, value)| (*key, value.as_str())).collect();
    println!("{}", l.a("verify-seen", &figures));
    for (invariant, count) in findings.counts() {
        let mark = if count == 0 { "ok  " } else { "FAIL" };
        println!("{mark} {:<4}{}", invariant.code(), l.t(&format!("invariant-{}", invariant.code())));
    }
    for offender in findings.offenders.iter().take(PRINTED) {
        println!("{} {}: {}", offender.invariant.code(), offender.what, offender.why);
    }
}

fn as_json(l: L, seen: &Seen, findings: &Findings) -> serde_json::Value {
    let invariants: Vec<_> = findings
        .counts()
        .into_iter()
        .map(|(one, count)| {
            json!({"code": one.code(), "says": l.t(&format!("invariant-{}", one.code())), "offenders": count})
        })
        .collect();
    let offenders: Vec<_> = findings
        .offenders
        .iter()
        .map(|one| json!({"invariant": one.invariant.code(), "what": one.what, "why": one.why}))
        .collect();
    json!({
        "checked": {"needs": seen.needs, "rows": seen.rows, "roots": seen.roots},
        "invariants": invariants,
        "offenders": offenders,
    })
}

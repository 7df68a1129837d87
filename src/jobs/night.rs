//! The night's work: the trail is anchored for every day that ended, and once a Beijing day every invariant is looked at
//! and what was found is kept for the desk and the metrics; then contacts kept long enough are let go of.
//!
//! Contract: takes no input, does nothing twice, and may run on several nodes. It reads much, so the service runs it in
//! a thread of its own. Deliberately absent: repair; an offender is for a person.

use crate::actions::Done;
use crate::actions::Fault;
use crate::actions::Office;
use crate::actions::anchor_trail::{anchor_trail, exported_line};
use crate::actions::let_go_contacts::{LetGo, let_go_contacts};
use crate::db;
use crate::db::verification::VerificationRow;
use crate::domain::calendar::beijing_date;
use crate::domain::calendar::start_of_day;
use crate::invariants;
use crate::invariants::Findings;
use crate::invariants::Look;
use crate::invariants::Reach;
use chrono::{DateTime, TimeDelta, Utc};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

/// How long after midnight one looks, so that the day's root is there.
const AFTER_MIDNIGHT: TimeDelta = TimeDelta::minutes(10);
/// How far back a nightly look goes for needs that are closed: closed longer, they no longer move.
const BACK: TimeDelta = TimeDelta::days(3);
/// How many offenders are kept by name for each invariant.
const NAMED: usize = 20;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Night {
    /// Roots made.
    pub roots: usize,
    /// Offenders found, if it was time to look.
    pub offenders: Option<usize>,
}

/// Anchors what has ended, and looks at the invariants if nobody did since last midnight. Everything due before
/// `tended_until` must have been tended; `None` when the desk may have stood still.
///
/// # Errors
/// A fault of the machine.
pub fn night(office: &Office, tended_until: Option<DateTime<Utc>>) -> Done<Night> {
    let roots = anchor_trail(office)?;
    let now = office.now();
    let midnight = start_of_day(beijing_date(now - AFTER_MIDNIGHT)).naive_utc();
    let last = db::verification::last_at(&mut *office.read()?)?;
    if last.is_some_and(|last| last >= midnight) {
        return Ok(Night { roots, offenders: None });
    }
    let since = last.map_or(now - BACK, |last| last.and_utc().min(now) - BACK);
    let calendar = office.calendar();
    let look = Look::at(now, &calendar, tended_until);
    let found = look_and_keep(office, &look, Reach::Since(since))?;
    let gone = let_go_contacts(office)?;
    if gone != LetGo::default() {
        tracing::info!(contacts = gone.contacts, drafts = gone.drafts, "what was kept long enough was let go of");
    }
    Ok(Night { roots, offenders: Some(found.offenders.len()) })
}

/// Writes the roots that have not left the database yet to the end of a file: a JSON line each, as `zhipai audit` prints
/// and reads them. Whoever keeps a copy of that file elsewhere finds any later change of the trail. Answers how many.
///
/// # Errors
/// A fault when the file cannot be written; the roots are written again then.
pub fn write_roots(office: &Office, file: &Path) -> Done<usize> {
    let waiting = db::anchor::unmailed(&mut *office.read()?)?;
    let Some(last) = waiting.last() else { return Ok(0) };
    let lines: String = waiting.iter().map(|row| exported_line(row) + "\n").collect();
    let written = OpenOptions::new().create(true).append(true).open(file).and_then(|mut kept| {
        kept.write_all(lines.as_bytes())?;
        kept.sync_all()
    });
    written.map_err(|error| Fault::new(format!("{}: {error}", file.display())))?;
    office.write(|tx| Ok(db::anchor::mailed(tx.conn, last.day, tx.now.naive_utc())?))?;
    Ok(waiting.len())
}

/// Looks at everything, keeps what was found for the desk and the metrics, and answers with it.
///
/// # Errors
/// A fault of the machine.
pub fn look_and_keep(office: &Office, look: &Look<'_>, reach: Reach) -> Done<Findings> {
    let mut findings = Findings::default();
    let mut reader = office.read()?;
    invariants::verify(&mut reader, &office.keys, look, reach, &[], &mut findings)?;
    drop(reader);
    invariants::across::agreement(office, &mut findings)?;
    let rows: Vec<VerificationRow> = findings
        .counts()
        .into_iter()
        .map(|(invariant, count)| {
            let named: Vec<&str> = findings
                .offenders
                .iter()
                .filter(|offender| offender.invariant == invariant)
                .map(|offender| offender.what.as_str())
                .take(NAMED)
                .collect();
            VerificationRow {
                invariant: invariant.code().to_owned(),
                at: look.now.naive_utc(),
                offenders: i64::try_from(count).unwrap_or(i64::MAX),
                sample: named.join(" "),
            }
        })
        .collect();
    for offender in &findings.offenders {
        let invariant = offender.invariant.code();
        tracing::error!(invariant, what = %offender.what, why = %offender.why, "an invariant does not hold");
    }
    office.write(|tx| Ok(db::verification::put(tx.conn, &rows)?))?;
    Ok(findings)
}

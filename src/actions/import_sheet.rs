//! A sheet of experts, stations or enterprises comes into the office: every good row is kept, every bad one told by its
//! row and field.
//!
//! Contract: one transaction for the sheet, a savepoint for each row. The same sheet twice changes nothing the second
//! time. Whoever is on record is changed only where a filled cell differs; an empty cell says nothing, so it takes nothing
//! away. A trial (`dry_run`) runs the same code and rolls everything back. On the pages a sheet goes part by part, each a
//! transaction of its own ([`job`]). Deliberately absent: reading the file and the
//! wording of problems (`web::pages::sheet_rows`), and any change of an expert's standing.

mod difference;
pub mod enterprise;
pub mod expert;
pub mod job;
mod merged;
pub mod station;

pub use difference::Difference;
pub use enterprise::{EnterpriseRecord, import_enterprises};
pub use expert::import_experts;
pub use station::{StationRecord, import_stations};

use super::{ActionError, Actor, Done, Office, Tx};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use serde_json::json;

/// What came of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    Created,
    Changed,
    Unchanged,
}

/// What one row changed, or would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The row as the sheet numbers it.
    pub row: usize,
    /// Whose record.
    pub name: String,
    /// Field by field.
    pub fields: Vec<Difference>,
}

/// How many new and changed records a report names one by one; all are counted.
pub const NAMED: usize = 500;

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// How many were new.
    pub created: usize,
    /// How many were on record and differed.
    pub changed: usize,
    /// How many were on record just so.
    pub unchanged: usize,
    /// The first of the new ones: row and name.
    pub added: Vec<(usize, String)>,
    /// The first of the changed ones: what is on record and what would stand there.
    pub changes: Vec<Change>,
    /// What was not taken, with the row as the sheet numbers it.
    pub problems: Vec<(usize, FieldProblem)>,
    /// Heads of stations who have an account now and no password yet: name and address. An administrator makes the link.
    pub heads: Vec<(String, String)>,
}

impl ImportReport {
    /// Counts a new record and names it.
    fn add(&mut self, row: usize, name: &str) {
        self.count(Kept::Created);
        if self.added.len() < NAMED {
            self.added.push((row, name.to_owned()));
        }
    }

    /// Names what changed in a record that was counted.
    fn change(&mut self, row: usize, name: &str, fields: Vec<Difference>) {
        if self.changes.len() < NAMED {
            self.changes.push(Change { row, name: name.to_owned(), fields });
        }
    }

    fn count(&mut self, kept: Kept) {
        match kept {
            Kept::Created => self.created += 1,
            Kept::Changed => self.changed += 1,
            Kept::Unchanged => self.unchanged += 1,
        }
    }
}

/// The subject of the trail under which imports and exports are written down.
pub const SUBJECT: &str = "sheets";

/// Takes a whole sheet in one transaction; a trial is rolled back.
fn take_sheet(
    office: &Office,
    actor: &Actor,
    (kind, rows): (&str, usize),
    dry_run: bool,
    mut work: impl FnMut(&mut Tx<'_>, &mut ImportReport) -> Done<()>,
) -> Done<ImportReport> {
    take_transaction(office, actor, dry_run, |tx, report| {
        work(tx, report)?;
        let detail = json!({"kind": kind, "rows": rows, "created": report.created, "changed": report.changed,
            "refused": report.problems.len()});
        if !dry_run && report.created + report.changed > 0 {
            tx.event(SUBJECT, actor, Event::SheetImported, &detail)?;
        }
        Ok(())
    })
}

/// Takes rows in one transaction; a trial is rolled back. What is written down of it is the caller's.
fn take_transaction(
    office: &Office,
    actor: &Actor,
    dry_run: bool,
    mut work: impl FnMut(&mut Tx<'_>, &mut ImportReport) -> Done<()>,
) -> Done<ImportReport> {
    actor.needs(Right::KeepRegister)?;
    let mut answer = None;
    let ended = office.write(|tx| {
        let mut report = ImportReport::default();
        work(tx, &mut report)?;
        answer = Some(report);
        // A trial ends as a refusal would: nothing of it stays.
        if dry_run { Err(Refusal::WrongState.into()) } else { Ok(()) }
    });
    match (ended, answer) {
        (Ok(()), Some(report)) => Ok(report),
        (Err(ActionError::Refused(Refusal::WrongState)), Some(report)) if dry_run => Ok(report),
        (Err(error), _) => Err(error),
        (Ok(()), None) => Ok(ImportReport::default()),
    }
}

/// What one row came to: new or not, whose record, and what differs.
struct Taken {
    kept: Kept,
    name: String,
    fields: Vec<Difference>,
}

/// Takes a sheet row by row, each under a savepoint of its own.
fn take_rows<T>(
    office: &Office,
    actor: &Actor,
    (kind, rows): (&str, &[(usize, T)]),
    dry_run: bool,
    mut take: impl FnMut(&mut Tx<'_>, &T, &mut ImportReport) -> Done<Taken>,
) -> Done<ImportReport> {
    take_sheet(office, actor, (kind, rows.len()), dry_run, |tx, report| one_by_one(tx, rows, report, &mut take))
}

/// Takes rows one by one, each under a savepoint of its own: a bad one hides no good one.
fn one_by_one<T>(
    tx: &mut Tx<'_>,
    rows: &[(usize, T)],
    report: &mut ImportReport,
    take: &mut dyn FnMut(&mut Tx<'_>, &T, &mut ImportReport) -> Done<Taken>,
) -> Done<()> {
    for (number, row) in rows {
        tx.conn.begin_write()?;
        match take(tx, row, report) {
            Ok(taken) => {
                tx.conn.commit()?;
                if taken.kept == Kept::Created {
                    report.add(*number, &taken.name);
                    continue;
                }
                report.count(taken.kept);
                if taken.kept == Kept::Changed {
                    report.change(*number, &taken.name, taken.fields);
                }
            }
            Err(ActionError::Refused(refusal)) => {
                tx.conn.rollback()?;
                report.problems.extend(told(refusal).into_iter().map(|problem| (*number, problem)));
            }
            Err(fault) => return Err(fault),
        }
    }
    Ok(())
}

/// What a refusal says of a row.
fn told(refusal: Refusal) -> Vec<FieldProblem> {
    match refusal {
        Refusal::Invalid(problems) => problems,
        Refusal::NotYours => vec![FieldProblem::new("region", "outside-your-region")],
        Refusal::AddressTaken => vec![FieldProblem::new("email", "taken")],
        _ => vec![FieldProblem::new("", "not-known")],
    }
}

#[cfg(test)]
mod tests;

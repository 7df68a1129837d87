//! A sheet of experts, stations or enterprises comes into the office: every good row is kept, every bad one told by its
//! row and field.
//!
//! Contract: one transaction for the sheet, a savepoint for each row. The same sheet twice changes nothing the second
//! time. Whoever is on record is changed only where a filled cell differs; an empty cell says nothing, so it takes nothing
//! away. A trial (`dry_run`) runs the same code and rolls everything back. Deliberately absent: reading the file and the
//! wording of problems (`web::pages::sheet_rows`), and any change of an expert's standing.

pub mod enterprise;
mod merged;
pub mod station;
pub mod upload;

pub use enterprise::{EnterpriseRecord, import_enterprises};
pub use station::{StationRecord, import_stations};

use super::contact;
use super::register_expert::{ExpertInput, as_typed, change_within, within};
use super::{ActionError, Actor, Done, Office, Tx};
use crate::db;
use crate::domain::contact::Email;
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

/// What an import did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// How many were new.
    pub created: usize,
    /// How many were on record and differed.
    pub changed: usize,
    /// How many were on record just so.
    pub unchanged: usize,
    /// What was not taken, with the row as the sheet numbers it.
    pub problems: Vec<(usize, FieldProblem)>,
    /// Heads of stations who have an account now and no password yet: name and address. An administrator makes the link.
    pub heads: Vec<(String, String)>,
}

impl ImportReport {
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

/// Takes a sheet row by row.
fn take_rows<T>(
    office: &Office,
    actor: &Actor,
    (kind, rows): (&str, &[(usize, T)]),
    dry_run: bool,
    mut take: impl FnMut(&mut Tx<'_>, &T, &mut ImportReport) -> Done<Kept>,
) -> Done<ImportReport> {
    actor.needs(Right::KeepRegister)?;
    let mut answer = None;
    let ended = office.write(|tx| {
        let mut report = ImportReport::default();
        for (number, row) in rows {
            tx.conn.begin_write()?;
            match take(tx, row, &mut report) {
                Ok(kept) => {
                    tx.conn.commit()?;
                    report.count(kept);
                }
                Err(ActionError::Refused(refusal)) => {
                    tx.conn.rollback()?;
                    report.problems.extend(told(refusal).into_iter().map(|problem| (*number, problem)));
                }
                Err(fault) => return Err(fault),
            }
        }
        let detail = json!({"kind": kind, "rows": rows.len(), "created": report.created, "changed": report.changed,
            "refused": report.problems.len()});
        if !dry_run && report.created + report.changed > 0 {
            tx.event(SUBJECT, actor, Event::SheetImported, &detail)?;
        }
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

/// What a refusal says of a row.
fn told(refusal: Refusal) -> Vec<FieldProblem> {
    match refusal {
        Refusal::Invalid(problems) => problems,
        Refusal::NotYours => vec![FieldProblem::new("region", "outside-your-region")],
        Refusal::AddressTaken => vec![FieldProblem::new("email", "taken")],
        _ => vec![FieldProblem::new("", "not-known")],
    }
}

/// Takes a sheet of experts; who has the address is changed where a filled cell differs.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault, and then nothing of the sheet stays.
pub fn import_experts(
    office: &Office,
    actor: &Actor,
    rows: &[(usize, ExpertInput)],
    dry_run: bool,
) -> Done<ImportReport> {
    take_rows(office, actor, ("experts", rows), dry_run, |tx, row, _| take_expert(tx, actor, row))
}

fn take_expert(tx: &mut Tx<'_>, actor: &Actor, row: &ExpertInput) -> Done<Kept> {
    let known = match row.email.parse::<Email>() {
        Ok(email) => contact::by_email(&tx.office.keys, tx.conn, &email.key())?,
        // The row's own check says what is wrong with it.
        Err(_) => None,
    };
    let Some(known) = known else {
        within(tx, actor, row)?;
        return Ok(Kept::Created);
    };
    let id = known.id;
    let qualifications = db::expert::qualifications_of(tx.conn, id)?;
    let contact = contact::of_expert(&tx.office.keys, tx.conn, id)?;
    match merged::merged(&as_typed(known, contact, qualifications), row) {
        None => Ok(Kept::Unchanged),
        Some(input) => {
            change_within(tx, actor, id, &input)?;
            Ok(Kept::Changed)
        }
    }
}

#[cfg(test)]
mod tests;

//! A sheet of experts: found by address, some hundreds at a time, so that twenty thousand rows are one sitting.
//!
//! Contract: as [`super`]; every row is checked by the very check of [`register_expert`](crate::actions::register_expert),
//! and what is written is what that deed writes: the record, the sealed contact, the papers, the event, the change. New
//! ones of a part are written together. The same address twice in a sheet is taken once.

use super::difference::{differences, named};
use super::{ImportReport, Kept, merged, take_sheet, told};
use crate::actions::apply_expert::application;
use crate::actions::contact;
use crate::actions::register_expert::{
    Channel, Checked, ExpertInput, as_typed, change_within, check, papers, require_scope,
};
use crate::actions::{ActionError, Actor, Done, Office, Tx};
use crate::db;
use crate::db::audit::Beginning;
use crate::db::expert::{ExpertRow, QualificationRow};
use crate::domain::contact::Email;
use crate::domain::event::Event;
use crate::domain::number::{Series, written};
use crate::domain::policy::Policy;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::standing::Standing;
use crate::ids::{EventId, ExpertId};
use crate::seal::value::PersonKey;
use chrono::Datelike;
use chrono_tz::Asia::Shanghai;
use serde_json::json;
use std::collections::{HashMap, HashSet};

/// Rows that are looked up and written together.
const AT_A_TIME: usize = 400;

/// Takes a sheet of experts; who has the address is changed where a filled cell differs. `progress` is told how many rows
/// were looked at.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault, and then nothing of the sheet stays.
pub fn import_experts(
    office: &Office,
    actor: &Actor,
    rows: &[(usize, ExpertInput)],
    dry_run: bool,
    progress: &dyn Fn(usize),
) -> Done<ImportReport> {
    take_sheet(office, actor, ("experts", rows.len()), dry_run, |tx, report| {
        take_experts(tx, actor, rows, &mut HashSet::new(), report, progress)
    })
}

/// Takes rows of experts in the transaction at hand; `seen` are the marks of addresses that came before in the sheet.
pub(super) fn take_experts(
    tx: &mut Tx<'_>,
    actor: &Actor,
    rows: &[(usize, ExpertInput)],
    seen: &mut HashSet<String>,
    report: &mut ImportReport,
    progress: &dyn Fn(usize),
) -> Done<()> {
    let policy = tx.policy()?;
    let mut looked_at = 0;
    for part in rows.chunks(AT_A_TIME) {
        Part { actor, policy: &policy, seen: &mut *seen }.take(tx, part, report)?;
        looked_at += part.len();
        progress(looked_at);
    }
    Ok(())
}

/// The marks of the addresses of rows that were taken before: a sheet that is gone on with knows what it has seen.
pub(super) fn seen_in(office: &Office, rows: &[(usize, ExpertInput)], refused: &HashSet<usize>) -> HashSet<String> {
    let taken = rows.iter().filter(|(number, _)| !refused.contains(number));
    let marks = taken.filter_map(|(_, row)| {
        let email = row.email.parse::<Email>().ok()?;
        contact::email_marks(&office.keys, &email.key()).into_iter().next()
    });
    marks.collect()
}

fn taken() -> Refusal {
    Refusal::Invalid(vec![FieldProblem::new("email", "taken")])
}

/// Some rows of a sheet.
struct Part<'a> {
    actor: &'a Actor,
    policy: &'a Policy,
    /// The marks of addresses that came before in this sheet.
    seen: &'a mut HashSet<String>,
}

impl Part<'_> {
    fn take(&mut self, tx: &mut Tx<'_>, part: &[(usize, ExpertInput)], report: &mut ImportReport) -> Done<()> {
        let keys = &tx.office.keys;
        // A row whose address cannot be read has no marks; its own check says what is wrong with it.
        let marks: Vec<Vec<String>> = part
            .iter()
            .map(|(_, row)| {
                row.email.parse::<Email>().map_or_else(|_| Vec::new(), |email| contact::email_marks(keys, &email.key()))
            })
            .collect();
        let mut known = Known::load(tx, &marks.concat())?;
        let mut fresh = Vec::new();
        for ((number, row), marks) in part.iter().zip(&marks) {
            let first = marks.first();
            let refused = match known.take(marks) {
                _ if first.is_some_and(|mark| self.seen.contains(mark)) => Some(taken()),
                Some(recorded) => {
                    self.seen.extend(first.cloned());
                    self.change(tx, *number, row, recorded, report)?
                }
                None => match self.fresh(tx, row) {
                    Ok(checked) => {
                        self.seen.extend(first.cloned());
                        report.add(*number, &checked.row.name);
                        fresh.push(checked);
                        None
                    }
                    Err(ActionError::Refused(refusal)) => Some(refusal),
                    Err(fault) => return Err(fault),
                },
            };
            if let Some(refusal) = refused {
                report.problems.extend(told(refusal).into_iter().map(|problem| (*number, problem)));
            }
        }
        enter(tx, self.actor, fresh)
    }

    /// A row nobody has the address of, checked.
    fn fresh(&self, tx: &Tx<'_>, row: &ExpertInput) -> Done<Checked> {
        let checked = check(tx, self.policy, row, None)?;
        require_scope(self.actor, &checked.row.region)?;
        Ok(checked)
    }

    /// A row of somebody on record: changed where a filled cell differs.
    fn change(
        &self,
        tx: &mut Tx<'_>,
        number: usize,
        row: &ExpertInput,
        recorded: Recorded,
        report: &mut ImportReport,
    ) -> Done<Option<Refusal>> {
        let Recorded { id, input: recorded } = recorded;
        let Some(input) = merged::merged(&recorded, row) else {
            report.count(Kept::Unchanged);
            return Ok(None);
        };
        tx.conn.begin_write()?;
        match change_within(tx, self.actor, id, &input) {
            Ok(()) => {
                tx.conn.commit()?;
                report.count(Kept::Changed);
                report.change(number, &recorded.name, differences(&named(&recorded), &named(&input)));
                Ok(None)
            }
            Err(ActionError::Refused(refusal)) => {
                tx.conn.rollback()?;
                Ok(Some(refusal))
            }
            Err(fault) => Err(fault),
        }
    }
}

/// An expert on record, as it could be typed again.
struct Recorded {
    id: ExpertId,
    input: ExpertInput,
}

/// The experts on record that rows of a part may mean, by the marks of their addresses.
struct Known(HashMap<String, (ExpertRow, contact::Contact, Vec<QualificationRow>)>);

impl Known {
    fn load(tx: &mut Tx<'_>, marks: &[String]) -> Done<Self> {
        let rows = db::expert::by_email_marks(tx.conn, marks)?;
        if rows.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let ids: Vec<ExpertId> = rows.iter().map(|row| row.id).collect();
        let mut contacts = contact::of_experts(&tx.office.keys, tx.conn, &ids)?;
        let mut papers: HashMap<ExpertId, Vec<QualificationRow>> = HashMap::new();
        for paper in db::beside::qualifications_of(tx.conn, &ids)? {
            papers.entry(paper.expert).or_default().push(paper);
        }
        let known = rows.into_iter().map(|row| {
            let (contact, papers) =
                (contacts.remove(&row.id).unwrap_or_default(), papers.remove(&row.id).unwrap_or_default());
            (row.email_mark.clone(), (row, contact, papers))
        });
        Ok(Self(known.collect()))
    }

    fn take(&mut self, marks: &[String]) -> Option<Recorded> {
        let (row, contact, papers) = marks.iter().find_map(|mark| self.0.remove(mark))?;
        Some(Recorded { id: row.id, input: as_typed(row, contact, papers) })
    }
}

/// Enters those experts: what [`register_expert`](crate::actions::register_expert) does for one.
fn enter(tx: &mut Tx<'_>, actor: &Actor, mut fresh: Vec<Checked>) -> Done<()> {
    if fresh.is_empty() {
        return Ok(());
    }
    let active = fresh.iter().filter(|one| one.row.standing == Standing::Active).count();
    let mut numbers = db::dialect::next_numbers(tx.conn, Series::Filing, active)?.into_iter();
    let year = tx.now.with_timezone(&Shanghai).year();
    let (mut contacts, mut qualifications, mut beginnings) = (Vec::new(), Vec::new(), Vec::new());
    let mut applications = Vec::new();
    for one in &mut fresh {
        if one.row.standing == Standing::Active {
            one.row.filed_number = numbers.next().map(|value| written(Series::Filing, year, value));
        }
        let id = one.row.id;
        let key = PersonKey::new(tx.office.chance.bytes());
        contacts.push(contact::sealed_row(&tx.office.keys, id, &key, &one.email, one.phone.as_deref()));
        qualifications.append(&mut papers(tx, id, &one.qualifications));
        if matches!(one.row.standing, Standing::Applied | Standing::Reviewing) {
            applications.push(application(tx, id, Channel::Sheet, None));
        }
        beginnings.push(Beginning {
            id: EventId::from_minted(tx.mint()),
            subject: id.to_string(),
            event: Event::ExpertRegistered.as_str(),
            detail: json!({"standing": one.row.standing, "filed": one.row.filed_number}),
        });
    }
    let rows: Vec<ExpertRow> = fresh.into_iter().map(|one| one.row).collect();
    db::expert::insert_many(tx.conn, &rows)?;
    db::contact::insert_many(tx.conn, &contacts)?;
    db::expert::insert_qualifications(tx.conn, &qualifications)?;
    db::application::insert_many(tx.conn, &applications)?;
    db::audit::begin(tx.conn, tx.now.naive_utc(), &actor.label(), beginnings)?;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    Ok(db::changes::note_many(tx.conn, "expert", &ids)?)
}

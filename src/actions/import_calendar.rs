//! The days of a State Council notice (放假安排) come into the calendar once a second person has approved them; open offers
//! are counted anew with them, and lapses they would have prevented are no breach.
//!
//! Contract: what is read in waits, with a preview of what it would do, for somebody else's yes. A year whose days between
//! February and November stand in the file is replaced; a day at the edge of another year (30–31 December of the year
//! before, New Year's of the year after) replaces only itself. A deadline that was told moves later or stays (rules.md,
//! "Calendar"), with an entry in the trail and a letter. Other nodes read the calendar anew when they see the change
//! noted. Deliberately absent: fetching notices; shortening anything.

use super::record_outage::{remind_anew, take_back};
use super::set_policy::in_force_at;
use super::{Actor, Done, Letter, Office, Tx, Work};
use crate::db::assignment::AssignmentRow;
use crate::db::calendar::CalendarDayRow;
use crate::db::calendar_import::CalendarImportRow;
use crate::db::{self, Conn, JsonText};
use crate::domain::answer_rule::DueDate;
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::ImportState;
use crate::domain::calendar::{Calendar, CalendarFault, CalendarRow};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::AssignmentId;
use crate::ids::CalendarImportId;
use crate::seal::fingerprint;
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use serde_json::json;
use std::collections::BTreeSet;

/// A deadline that moves, or would move, later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The offer.
    pub assignment: AssignmentId,
    /// Its number.
    pub number: String,
    /// The deadline as told.
    pub from: DateTime<Utc>,
    /// The deadline with the better calendar.
    pub to: DateTime<Utc>,
}

/// What a notice did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarReport {
    /// The notice as it waits for a second person; `None` when it was only tried out.
    pub waits_as: Option<CalendarImportId>,
    /// The years that are replaced.
    pub years: Vec<i32>,
    /// How many days the file names.
    pub days: usize,
    /// How many offers, open or run out lately, are counted anew.
    pub recounted: usize,
    /// Those among them that are due later.
    pub moves: Vec<Move>,
}

/// The subject of the trail under which notices are written down.
pub const SUBJECT: &str = "calendar";

/// Reads a file `date,kind,occasion` in; `source` names the notice (国办发明电〔2025〕7号). It waits for a second person.
/// The same file read in twice waits once.
///
/// # Errors
/// [`Refusal::Invalid`] naming the first line that cannot be read (`file`) or the missing source; [`Refusal::NotYours`].
pub fn import_calendar(office: &Office, actor: &Actor, csv: &str, source: &str, dry_run: bool) -> Done<CalendarReport> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let source = p.text("source", source, 200);
    let read = match Calendar::from_csv(csv, "") {
        Ok(calendar) => Some(calendar),
        Err(problem) => {
            p.add(FieldProblem::with("file", field_code(problem.reason), problem.line));
            None
        }
    };
    let rows: Vec<CalendarRow> = read.iter().flat_map(Calendar::rows).cloned().collect();
    if rows.is_empty() && read.is_some() {
        p.add(FieldProblem::new("file", "missing"));
    }
    p.settle()?;
    let mut report = preview(&mut *office.read()?, &rows, office.now())?;
    if !dry_run {
        report.waits_as = Some(office.write(|tx| propose(tx, actor, csv, &source, &rows))?);
    }
    Ok(report)
}

fn propose(tx: &mut Tx<'_>, actor: &Actor, csv: &str, source: &str, rows: &[CalendarRow]) -> Done<CalendarImportId> {
    let sha256 = fingerprint(csv.as_bytes());
    if let Some(known) = db::calendar_import::pending_of(tx.conn, &sha256)? {
        tx.makes(known.id);
        return Ok(known.id);
    }
    let id = CalendarImportId::from_minted(tx.mint());
    let row = CalendarImportRow {
        id,
        state: ImportState::Pending,
        source: source.to_owned(),
        days: JsonText::of(&rows.to_vec()),
        sha256,
        imported_by: actor.account(),
        imported_at: tx.now.naive_utc(),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    db::calendar_import::insert(tx.conn, &row)?;
    tx.makes(id);
    let years: Vec<i32> = years_told(rows).into_iter().collect();
    let detail = json!({"import": id, "years": years, "days": rows.len(), "source": source, "sha256": row.sha256});
    tx.event(SUBJECT, actor, Event::CalendarProposed, &detail)?;
    tx.leave_task(Work {
        kind: TaskKind::ApproveCalendar,
        dedup: task_key(id),
        need: None,
        assignment: None,
        expert: None,
        case: None,
        account: None,
        for_manager: true,
        detail: Some(source.to_owned()),
        due_at: None,
    })?;
    Ok(id)
}

fn task_key(id: CalendarImportId) -> String {
    format!("calendar:{id}")
}

/// A second person decides on a notice that waits.
///
/// # Errors
/// [`Refusal::AnotherManager`] for whoever read it in; [`Refusal::WrongState`] when it was decided before;
/// [`Refusal::Invalid`] for a refusal without a reason.
pub fn decide_calendar(
    office: &Office,
    actor: &Actor,
    id: CalendarImportId,
    approve: bool,
    reason: &str,
) -> Done<CalendarReport> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let reason = if approve { p.optional("reason", Some(reason), 500) } else { Some(p.text("reason", reason, 500)) };
    p.settle()?;
    let report = office.write(|tx| {
        let mut row = db::calendar_import::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if row.state != ImportState::Pending {
            return Err(Refusal::WrongState.into());
        }
        if row.imported_by.is_some() && row.imported_by == actor.account() {
            return Err(Refusal::AnotherManager.into());
        }
        row.state = if approve { ImportState::Approved } else { ImportState::Refused };
        row.decided_by = actor.account();
        row.decided_at = Some(tx.now.naive_utc());
        row.reason.clone_from(&reason);
        db::calendar_import::save(tx.conn, &row)?;
        if let Some(mut task) = db::task::by_dedup(tx.conn, &task_key(id))? {
            task.done_at = Some(tx.now.naive_utc());
            task.done_by = actor.account();
            db::task::save(tx.conn, &task)?;
        }
        if approve {
            return within(tx, actor, &row.days.get(), &row.source);
        }
        tx.event(SUBJECT, actor, Event::CalendarRefused, &json!({"import": id, "source": row.source}))?;
        Ok(CalendarReport::default())
    })?;
    office.reload_calendar()?;
    Ok(report)
}

/// What the days would do to the open offers, read and not written.
///
/// # Errors
/// What the database says.
pub fn preview(conn: &mut Conn, rows: &[CalendarRow], now: DateTime<Utc>) -> Done<CalendarReport> {
    let years = years_told(rows);
    let kept = db::calendar::all(conn)?.into_iter().filter_map(|row| {
        let replaced = years.contains(&row.day.year()) || rows.iter().any(|new| new.date == row.day);
        (!replaced).then(|| super::office::calendar_row(row))
    });
    let calendar = Calendar::from_rows(kept.chain(rows.iter().cloned()), "preview")
        .map_err(|problem| super::ActionError::Fault(super::Fault::new(problem)))?;
    let mut report =
        CalendarReport { years: years.into_iter().collect(), days: rows.len(), ..CalendarReport::default() };
    for id in db::assignment::counted_by_calendar(conn, looked_back(now))? {
        let Some(row) = db::assignment::find(conn, &id)? else { continue };
        report.recounted += 1;
        if let Some((told, restated)) = restated(conn, &row, &calendar)?
            && restated.due_at > told.due_at
        {
            report.moves.push(Move { assignment: id, number: row.number, from: told.due_at, to: restated.due_at });
        }
    }
    Ok(report)
}

fn within(tx: &mut Tx<'_>, actor: &Actor, rows: &[CalendarRow], source: &str) -> Done<CalendarReport> {
    let years = years_told(rows);
    for year in &years {
        if let (Some(first), Some(last)) =
            (NaiveDate::from_ymd_opt(*year, 1, 1), NaiveDate::from_ymd_opt(*year, 12, 31))
        {
            db::calendar::drop_days(tx.conn, first, last)?;
        }
    }
    for row in rows.iter().filter(|row| !years.contains(&row.date.year())) {
        db::calendar::drop_days(tx.conn, row.date, row.date)?;
    }
    let days: Vec<CalendarDayRow> = rows
        .iter()
        .map(|row| CalendarDayRow {
            day: row.date,
            kind: row.kind.as_str().to_owned(),
            occasion: row.occasion.clone(),
            source: source.to_owned(),
        })
        .collect();
    db::calendar::insert_days(tx.conn, &days)?;
    tx.event(SUBJECT, actor, Event::CalendarImported, &json!({"years": years, "days": days.len(), "source": source}))?;
    tx.changed("calendar", "")?;
    let calendar = super::office::load_calendar(tx.conn)?;
    let mut report =
        CalendarReport { years: years.into_iter().collect(), days: days.len(), ..CalendarReport::default() };
    let since = looked_back(tx.now);
    for id in db::assignment::counted_by_calendar(tx.conn, since)? {
        report.recounted += 1;
        // Most stay as they are, and are not locked for it.
        let Some(row) = db::assignment::find(tx.conn, &id)? else { continue };
        if restated(tx.conn, &row, &calendar)?.is_some_and(|(told, restated)| changes(&told, &restated)) {
            report.moves.extend(recount(tx, actor, id, &calendar)?);
        }
    }
    Ok(report)
}

/// How far back lapses are counted anew: a notice is corrected within weeks, if ever.
fn looked_back(now: DateTime<Utc>) -> chrono::NaiveDateTime {
    (now - Days::new(62)).naive_utc()
}

/// The years whose notice this is.
fn years_told(rows: &[CalendarRow]) -> BTreeSet<i32> {
    rows.iter().filter(|row| (2..=11).contains(&row.date.month())).map(|row| row.date.year()).collect()
}

/// The count as told and as it is with the better calendar; `None` for an offer whose clock does not run.
fn restated(conn: &mut Conn, row: &AssignmentRow, calendar: &Calendar) -> Done<Option<(DueDate, DueDate)>> {
    let (Some(notified_at), Some(due_at)) = (row.notified_at, row.answer_due_at) else { return Ok(None) };
    let ran_out = row.state == AssignmentState::Lapsed && row.first_answer.is_none();
    if row.state != AssignmentState::Offered && !ran_out {
        return Ok(None);
    }
    let told = DueDate {
        rule: row.rule,
        notified_at: notified_at.and_utc(),
        due_at: due_at.and_utc(),
        provisional: row.provisional,
        count: row.day_count.get(),
    };
    let floor = in_force_at(conn, row.created_at)?.waking_hours_floor;
    let restated = told.restated(floor, calendar);
    Ok(Some((told, restated)))
}

/// Whether a better calendar changes anything of what was told.
fn changes(told: &DueDate, restated: &DueDate) -> bool {
    restated.due_at > told.due_at || restated.provisional != told.provisional
}

/// Counts an offer anew with the better calendar; answers how its deadline moved, if it did.
fn recount(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, calendar: &Calendar) -> Done<Option<Move>> {
    let (mut row, need) = tx.assignment(&Actor::Desk, id)?;
    let Some((told, restated)) = restated(tx.conn, &row, calendar)? else { return Ok(None) };
    if !changes(&told, &restated) {
        return Ok(None);
    }
    let moves = restated.due_at > told.due_at;
    row.provisional = restated.provisional;
    if moves || told.provisional {
        row.day_count = JsonText::of(&restated.count);
    }
    if !moves {
        tx.save_assignment(&mut row)?;
        return Ok(None);
    }
    row.answer_due_at = Some(restated.due_at.naive_utc());
    let detail = json!({"assignment": row.id, "from": told.due_at, "to": restated.due_at, "why": "calendar"});
    tx.event(row.need.as_str(), actor, Event::DueMoved, &detail)?;
    if row.state == AssignmentState::Offered {
        remind_anew(tx, &mut row)?;
        tx.save_assignment(&mut row)?;
    } else {
        tx.save_assignment(&mut row)?;
        take_back(tx, actor, &row, &need, "calendar")?;
    }
    let letter = Letter::new(NoticeKind::DueMoved, format!("due-moved:{}:{}", row.id, restated.due_at.timestamp()));
    tx.owe(&Actor::Desk, letter.of_offer(&row))?;
    Ok(Some(Move { assignment: id, number: row.number, from: told.due_at, to: restated.due_at }))
}

/// The code of what is wrong with a line; `field-<code>` with the line as its detail.
const fn field_code(fault: CalendarFault) -> &'static str {
    match fault {
        CalendarFault::Header => "calendar-header",
        CalendarFault::Columns => "calendar-columns",
        CalendarFault::Date => "calendar-date",
        CalendarFault::Kind => "calendar-kind",
        CalendarFault::Occasion => "calendar-occasion",
        CalendarFault::Duplicate => "calendar-duplicate",
        CalendarFault::MakeUpOnWeekday => "calendar-make-up-on-weekday",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;

    #[test]
    fn a_day_at_the_edge_of_the_year_before_does_not_replace_that_year() {
        let csv = "date,kind,occasion\n2022-12-31,holiday,元旦\n2023-01-01,holiday,元旦\n2023-10-01,holiday,国庆节\n";
        let rows: Vec<CalendarRow> = Calendar::from_csv(csv, "").expect("reads").rows().cloned().collect();
        assert_eq!(years_told(&rows).into_iter().collect::<Vec<_>>(), [2023]);
        let shipped: Vec<CalendarRow> =
            Calendar::from_csv(SHIPPED_HOLIDAYS, "").expect("reads").rows().cloned().collect();
        assert!(years_told(&shipped).contains(&2026));
    }

    #[test]
    fn each_fault_names_its_field_code() {
        for fault in CalendarFault::ALL {
            assert_eq!(field_code(fault), format!("calendar-{}", fault.code()));
        }
    }
}

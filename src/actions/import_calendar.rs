//! The days of a State Council notice (放假安排) come into the calendar; open offers counted without them are counted anew.
//!
//! Contract: a year whose days between February and November stand in the file is replaced; a day at the edge of another
//! year (30–31 December of the year before, New Year's of the year after) replaces only itself. A deadline that was told
//! moves later or stays (rules.md, "Calendar"), with an entry in the trail. Other nodes read the calendar anew when they
//! see the change noted. Deliberately absent: fetching notices; shortening anything.

use super::record_notice::plan_reminders;
use super::{Actor, Done, Office, Tx};
use crate::db::assignment::AssignmentRow;
use crate::db::calendar::CalendarDayRow;
use crate::db::{self, JsonText};
use crate::domain::answer_rule::DueDate;
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::{Calendar, CalendarFault, CalendarRow};
use crate::domain::event::Event;
use crate::domain::policy::Policy;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::AssignmentId;
use chrono::{Datelike, NaiveDate, NaiveDateTime};
use serde_json::json;
use std::collections::BTreeSet;

/// What an import of a notice did, or would do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CalendarReport {
    /// The years that were replaced.
    pub years: Vec<i32>,
    /// How many days the file names.
    pub days: usize,
    /// How many open offers were counted anew because a year was not known.
    pub recounted: usize,
    /// How many of them are due later now.
    pub moved: usize,
}

/// The subject of the trail under which notices are written down.
pub const SUBJECT: &str = "calendar";

/// Imports a file `date,kind,occasion`; `source` names the notice (国办发明电〔2025〕7号).
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
    let mut answer = None;
    let ended = office.write(|tx| {
        let report = within(tx, actor, &rows, &source)?;
        answer = Some(report);
        if dry_run { Err(Refusal::WrongState.into()) } else { Ok(()) }
    });
    match (ended, answer) {
        (Ok(()), Some(report)) => {
            office.reload_calendar()?;
            Ok(report)
        }
        (Err(super::ActionError::Refused(Refusal::WrongState)), Some(report)) if dry_run => Ok(report),
        (Err(error), _) => Err(error),
        (Ok(()), None) => Ok(CalendarReport::default()),
    }
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
    let mut report = CalendarReport { years: years.into_iter().collect(), days: days.len(), recounted: 0, moved: 0 };
    for id in db::assignment::provisional_open(tx.conn)? {
        report.recounted += 1;
        report.moved += usize::from(recount(tx, actor, id, &calendar)?);
    }
    Ok(report)
}

/// The years whose notice this is.
fn years_told(rows: &[CalendarRow]) -> BTreeSet<i32> {
    rows.iter().filter(|row| (2..=11).contains(&row.date.month())).map(|row| row.date.year()).collect()
}

/// Counts an open offer anew with the better calendar; answers whether it is due later now.
fn recount(tx: &mut Tx<'_>, actor: &Actor, id: AssignmentId, calendar: &Calendar) -> Done<bool> {
    let (mut row, _) = tx.assignment(&Actor::Desk, id)?;
    let (Some(notified_at), Some(due_at)) = (row.notified_at, row.answer_due_at) else { return Ok(false) };
    if row.state != AssignmentState::Offered || !row.provisional {
        return Ok(false);
    }
    let told = DueDate {
        rule: row.rule,
        notified_at: notified_at.and_utc(),
        due_at: due_at.and_utc(),
        provisional: row.provisional,
        count: row.day_count.get(),
    };
    let floor = policy_at(tx, notified_at)?.waking_hours_floor;
    let restated = told.restated(floor, calendar);
    row.provisional = restated.provisional;
    row.day_count = JsonText::of(&restated.count);
    let moved = restated.due_at > told.due_at;
    if moved {
        row.answer_due_at = Some(restated.due_at.naive_utc());
        let detail = json!({"assignment": row.id, "from": told.due_at, "to": restated.due_at, "why": "calendar"});
        tx.event(row.need.as_str(), actor, Event::DueMoved, &detail)?;
        remind_anew(tx, &mut row)?;
    }
    tx.save_assignment(&mut row)?;
    Ok(moved)
}

/// Plans the reminders that have not gone out between now and the new deadline; a clock that a question stopped has none.
fn remind_anew(tx: &mut Tx<'_>, row: &mut AssignmentRow) -> Done<()> {
    if row.asked_at.is_some() && row.replied_at.is_none() {
        return Ok(());
    }
    let now = tx.now;
    db::reminder::cancel(tx.conn, row.id, now.naive_utc())?;
    let due_at = row.answer_due_at.map_or(now, |at| at.and_utc());
    plan_reminders(tx, row, now, due_at)
}

/// The policy under which a clock that began at `at` was set.
fn policy_at(tx: &mut Tx<'_>, at: NaiveDateTime) -> Done<Policy> {
    match db::policy::at(tx.conn, super::set_policy::POLICY_KEY, at)? {
        None => Ok(Policy::default()),
        Some(row) => serde_json::from_str(row.value.as_str())
            .map_err(|error| super::ActionError::Fault(super::Fault::new(format!("policy: {error}")))),
    }
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

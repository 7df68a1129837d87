//! Calendar and service (放假安排与服务中断): which years count, notices that wait for a second person and what they would
//! do, outages, and a clock that went back.

use super::super::routes::{Access, BodyLimit, Route, get, post};
use crate::actions::ActionError;
use crate::actions::finish_task::finish_task;
use crate::actions::import_calendar::{self, CalendarReport, decide_calendar, import_calendar};
use crate::actions::record_outage::enter_outage;
use crate::db;
use crate::db::Conn;
use crate::db::beside;
use crate::db::calendar_import::CalendarImportRow;
use crate::domain::calendar::ImportState;
use crate::domain::calendar::RowKind;
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::i18n::L;
use crate::ids::AccountId;
use crate::ids::CalendarImportId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::error::WebError;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use chrono_tz::Asia::Shanghai;
use std::collections::{BTreeMap, HashMap};

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    let access = Access::SignedIn(Right::Decide);
    vec![
        get("/calendar", access, show),
        post("/calendar/imports", access, import).takes(BodyLimit::FILE),
        post("/calendar/imports/{id}/decision", access, decide),
        post("/calendar/outages", access, outage),
        post("/calendar/clock", access, confirm_clock),
    ]
}

/// A year that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Year {
    /// Which.
    pub year: i32,
    /// Days off.
    pub holidays: usize,
    /// Worked weekend days.
    pub workdays: usize,
    /// The notice.
    pub source: String,
}

struct Import {
    id: String,
    source: String,
    told: String,
    state: &'static str,
    symbol: &'static str,
    said: String,
    reason: String,
    days: String,
    moves: Vec<String>,
    recounted: String,
    own: bool,
}

struct Down {
    when: String,
    note: String,
    moved: String,
}

#[derive(askama::Template)]
#[template(path = "pages/calendar.html", config = "src/web/askama.toml")]
struct CalendarPage {
    f: Frame,
    form: Fields,
    wrong: Wrong,
    missing: String,
    clock_back: bool,
    waiting: Vec<Import>,
    decided: Vec<Import>,
    years: Vec<Year>,
    outages: Vec<Down>,
}

/// The years whose notice is known, newest first.
#[must_use]
pub fn years(l: L, rows: &[db::calendar::CalendarDayRow]) -> Vec<Year> {
    let mut years: BTreeMap<i32, Year> = BTreeMap::new();
    for row in rows {
        let year = row.day.year();
        let known = years.entry(year).or_insert_with(|| Year { year, holidays: 0, workdays: 0, source: String::new() });
        if row.kind == "workday" {
            known.workdays += 1;
        } else {
            known.holidays += 1;
        }
        if !row.source.is_empty() {
            known.source = if row.source == "shipped" { l.t("policy-shipped") } else { row.source.clone() };
        }
    }
    years.into_values().rev().collect()
}

/// `GET /calendar`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    page(call, &Fields::default(), Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let rows = db::calendar_import::newest(&mut reader, 20)?;
    let mut accounts: Vec<AccountId> =
        rows.iter().flat_map(|row| [row.imported_by, row.decided_by]).flatten().collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let own = call.account()?.id;
    let (mut waiting, mut decided) = (Vec::new(), Vec::new());
    for row in &rows {
        let told = told(l, &mut reader, row, &names, own)?;
        if row.state == ImportState::Pending { waiting.push(told) } else { decided.push(told) }
    }
    let outages = db::outage::newest(&mut reader, 20)?
        .into_iter()
        .map(|row| Down {
            when: l.a(
                "calendar-outage-when",
                &[
                    ("from", &l.short_instant(row.from_at.and_utc())),
                    ("until", &l.short_instant(row.until_at.and_utc())),
                ],
            ),
            note: row.note.unwrap_or_else(|| l.t("calendar-outage-pulse")),
            moved: l.a("calendar-moved", &[("n", &row.moved.to_string())]),
        })
        .collect();
    let missing = call.office.calendar().missing_year(beijing_date(call.now));
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CalendarPage {
        f: call.frame("policy"),
        missing: missing.map_or_else(String::new, |year| l.a("policy-missing-year", &[("year", &year.to_string())])),
        clock_back: call.office.clock_is_back(),
        waiting,
        decided,
        years: years(l, &db::calendar::all(&mut reader)?),
        outages,
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

fn told(
    l: L,
    conn: &mut Conn,
    row: &CalendarImportRow,
    names: &HashMap<AccountId, String>,
    own: AccountId,
) -> Result<Import, WebError> {
    let name = |id: Option<AccountId>| {
        id.map_or_else(|| l.t("trail-by-operator"), |id| names.get(&id).cloned().unwrap_or_default())
    };
    let rows = row.days.get();
    let pending = row.state == ImportState::Pending;
    let report = if pending {
        import_calendar::preview(conn, &rows, row.imported_at.and_utc())?
    } else {
        CalendarReport::default()
    };
    let moves = report
        .moves
        .iter()
        .map(|one| {
            let (from, to) = (l.due(one.from), l.due(one.to));
            l.a("calendar-move", &[("number", &one.number), ("from", &from), ("to", &to)])
        })
        .collect();
    let days: Vec<String> = rows
        .iter()
        .map(|day| {
            let kind = if day.kind == RowKind::Workday { "calendar-day-workday" } else { "calendar-day-holiday" };
            l.a(kind, &[("day", &l.short_date(day.date)), ("occasion", &occasion(l, &day.occasion))])
        })
        .collect();
    Ok(Import {
        id: row.id.to_string(),
        source: row.source.clone(),
        told: l.a(
            "calendar-import-by",
            &[("name", &name(row.imported_by)), ("at", &l.instant(row.imported_at.and_utc()))],
        ),
        state: match row.state {
            ImportState::Pending => "wait",
            ImportState::Approved => "ok",
            ImportState::Refused => "",
        },
        symbol: if row.state == ImportState::Approved { "check" } else { "clock" },
        said: match row.decided_at {
            None => l.t("calendar-state-pending"),
            Some(at) => l.a(
                &format!("calendar-state-{}", row.state),
                &[("name", &name(row.decided_by)), ("at", &l.instant(at.and_utc()))],
            ),
        },
        reason: row.reason.clone().unwrap_or_default(),
        days: days.join(l.pick("、", ", ")),
        recounted: l
            .a("calendar-preview", &[("n", &report.recounted.to_string()), ("moved", &report.moves.len().to_string())]),
        moves,
        own: row.imported_by == Some(own),
    })
}

fn occasion(l: L, name: &str) -> String {
    crate::domain::calendar::occasion_code(name)
        .map_or_else(|| name.to_owned(), |code| l.t(&format!("occasion-{code}")))
}

/// A refusal of a form comes back on the page with what was typed.
fn back<T>(call: &Call, form: &Fields, done: Result<T, ActionError>, then: impl FnOnce(T) -> Answer) -> Answered {
    match done {
        Ok(value) => Ok(then(value)),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::AnotherManager | Refusal::WrongState))) => {
            page(call, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /calendar/imports`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn import(call: &Call) -> Answered {
    let form = call.form()?;
    let file = call.files()?.iter().find(|file| file.field == "file");
    let imported = match file.map(|file| String::from_utf8_lossy(&file.bytes).into_owned()) {
        None => Err(Refusal::Invalid(vec![FieldProblem::new("file", "missing")]).into()),
        Some(text) => import_calendar(&call.office, &call.actor()?, &text, form.get("source"), false),
    };
    back(call, form, imported, |report| {
        let (days, moved) = (report.days.to_string(), report.moves.len().to_string());
        Answer::see_other("/calendar").flash("flash-calendar-waits", &[("days", &days), ("moved", &moved)])
    })
}

/// `POST /calendar/imports/{id}/decision`: `decision` is `approve` or `refuse`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn decide(call: &Call) -> Answered {
    let form = call.form()?;
    let id: CalendarImportId = call.id("id")?;
    let approve = form.get("decision") == "approve";
    let done = decide_calendar(&call.office, &call.actor()?, id, approve, form.get("reason"));
    back(call, form, done, |report| {
        let years: Vec<String> = report.years.iter().map(i32::to_string).collect();
        let (days, moved) = (report.days.to_string(), report.moves.len().to_string());
        let answer = Answer::see_other("/calendar");
        if approve {
            let said = [("years", years.join("–")), ("days", days), ("moved", moved)];
            let said: Vec<(&str, &str)> = said.iter().map(|(name, value)| (*name, value.as_str())).collect();
            answer.flash("flash-calendar-imported", &said)
        } else {
            answer.flash("flash-calendar-refused", &[])
        }
    })
}

/// An instant as `<input type="datetime-local">` gives it, Beijing time.
fn typed(form: &Fields, name: &str, problems: &mut Vec<FieldProblem>) -> DateTime<Utc> {
    let text = form.get(name).trim();
    let read = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .iter()
        .find_map(|pattern| NaiveDateTime::parse_from_str(text, pattern).ok())
        .and_then(|local| local.and_local_timezone(Shanghai).single());
    match read {
        Some(at) => at.to_utc(),
        None => {
            problems.push(FieldProblem::new(name, if text.is_empty() { "missing" } else { "not-a-time" }));
            DateTime::UNIX_EPOCH
        }
    }
}

/// `POST /calendar/outages`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn outage(call: &Call) -> Answered {
    let form = call.form()?;
    let mut problems = Vec::new();
    let (from, until) = (typed(form, "from", &mut problems), typed(form, "until", &mut problems));
    let done = if problems.is_empty() {
        enter_outage(&call.office, &call.actor()?, from, until, form.get("note"))
    } else {
        Err(Refusal::Invalid(problems).into())
    };
    back(call, form, done, |(_, moved)| {
        Answer::see_other("/calendar").flash("flash-outage-entered", &[("moved", &moved.to_string())])
    })
}

/// `POST /calendar/clock`: the clock is right now.
///
/// # Errors
/// A fault.
pub fn confirm_clock(call: &Call) -> Answered {
    let open = db::task::open_of_kind(&mut *call.office.read()?, TaskKind::ClockBack)?;
    for task in open {
        finish_task(&call.office, &call.actor()?, task)?;
    }
    Ok(Answer::see_other("/calendar").flash("flash-clock-confirmed", &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn years_are_counted_with_their_notice() {
        let calendar = crate::domain::calendar::Calendar::from_csv(crate::domain::calendar::SHIPPED_HOLIDAYS, "v1")
            .expect("reads");
        let rows: Vec<db::calendar::CalendarDayRow> = calendar
            .rows()
            .map(|row| db::calendar::CalendarDayRow {
                day: row.date,
                kind: row.kind.as_str().to_owned(),
                occasion: row.occasion.clone(),
                source: "国办发明电".to_owned(),
            })
            .collect();
        let years = years(L(Lang::Zh), &rows);
        assert_eq!(years.first().map(|year| year.year), Some(2026));
        assert!(years.iter().all(|year| year.holidays > year.workdays && !year.source.is_empty()));
    }

    #[test]
    fn a_time_is_read_as_beijings() {
        let mut form = Fields::default();
        form.set("from", "2026-03-12T08:30");
        form.set("until", "soon");
        let mut problems = Vec::new();
        assert_eq!(typed(&form, "from", &mut problems).to_rfc3339(), "2026-03-12T00:30:00+00:00");
        typed(&form, "until", &mut problems);
        typed(&form, "never", &mut problems);
        assert_eq!(problems.iter().map(|one| one.code).collect::<Vec<_>>(), ["not-a-time", "missing"]);
    }
}

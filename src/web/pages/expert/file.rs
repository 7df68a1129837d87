//! The file of one expert on one page: the way they came, what they carried month by month, how they answered, how they
//! were rated and by how many, their papers; with the service file (服务评价档案) to print behind it.

use super::record::{Fact, Paper, facts, figures, papers};
use super::{Figures, Tag, standing_tag};
use crate::db::conn::Conn;
use crate::db::{self, expert_file};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::feedback::RatingChannel;
use crate::domain::refusal::Refusal;
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use crate::web::pages::conduct::state_tag;
use chrono::{Datelike, Months, NaiveDate, NaiveDateTime};

/// One month of load.
#[derive(Debug, Default, Clone, PartialEq)]
struct Month {
    label: String,
    asked: u32,
    taken: u32,
    declined: u32,
    lapsed: u32,
    services: u32,
    hours: f64,
}

/// How many gave this mark.
struct Mark {
    score: i32,
    label: String,
    by_link: i64,
    by_phone: i64,
}

/// One thing that happened.
struct Happened {
    at: NaiveDateTime,
    day: String,
    what: String,
    detail: String,
    href: String,
}

#[derive(askama::Template)]
#[template(path = "pages/expert_file.html", config = "src/web/askama.toml")]
struct FilePage {
    f: Frame,
    id: String,
    name: String,
    filed: String,
    standing: Tag,
    standing_why: String,
    facts: Vec<Fact>,
    figures: Figures,
    months: Vec<Month>,
    total: Month,
    marks: Vec<Mark>,
    papers: Vec<Paper>,
    timeline: Vec<Happened>,
}

/// How many months of load a file shows.
const MONTHS: u32 = 12;
/// The most lines of the timeline; the rest is in the trail.
const MOST: usize = 100;

/// `GET /experts/{id}/file`.
///
/// # Errors
/// [`Refusal::NotFound`], also for an expert of another region; a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let id: ExpertId = call.id("id")?;
    let today = beijing_date(call.now);
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    if !call.scope()?.covers_region(&row.region) {
        return Err(Refusal::NotFound.into());
    }
    let months = months(&mut reader, l, id, today)?;
    let total = months.iter().fold(Month { label: l.t("file-total"), ..Month::default() }, |mut sum, month| {
        sum.asked += month.asked;
        sum.taken += month.taken;
        sum.declined += month.declined;
        sum.lapsed += month.lapsed;
        sum.services += month.services;
        sum.hours += month.hours;
        sum
    });
    let page = FilePage {
        f: call.frame("experts"),
        id: id.to_string(),
        standing: standing_tag(l, row.standing),
        standing_why: row.standing_why.clone().unwrap_or_default(),
        facts: facts(&mut reader, l, &row)?,
        figures: figures(&mut reader, id, today)?,
        months,
        total,
        marks: marks(&mut reader, l, id)?,
        papers: papers(&mut reader, l, id, today)?,
        timeline: timeline(&mut reader, l, id)?,
        name: row.name,
        filed: row.filed_number.unwrap_or_default(),
    };
    Answer::page(&page)
}

/// The first day of the month `back` months before `today`.
fn month_start(today: NaiveDate, back: u32) -> NaiveDate {
    let first = today.with_day(1).unwrap_or(today);
    first.checked_sub_months(Months::new(back)).unwrap_or(first)
}

fn months(conn: &mut Conn, l: L, id: ExpertId, today: NaiveDate) -> Result<Vec<Month>, WebError> {
    let first = month_start(today, MONTHS - 1);
    let mut months: Vec<Month> = (0..MONTHS)
        .rev()
        .map(|back| {
            let start = month_start(today, back);
            let label =
                l.a("file-month", &[("year", &start.year().to_string()), ("month", &start.month().to_string())]);
            Month { label, ..Month::default() }
        })
        .collect();
    let place = |day: NaiveDate| {
        let months = (day.year() - first.year()) * 12 + i32::try_from(day.month()).unwrap_or(0)
            - i32::try_from(first.month()).unwrap_or(0);
        usize::try_from(months).ok()
    };
    for (made, state) in expert_file::offers_since(conn, id, start_of_day(first).naive_utc())? {
        let Some(month) = place(beijing_date(made.and_utc())).and_then(|at| months.get_mut(at)) else { continue };
        month.asked += 1;
        match state {
            AssignmentState::Accepted | AssignmentState::Done => month.taken += 1,
            AssignmentState::Declined => month.declined += 1,
            AssignmentState::Lapsed => month.lapsed += 1,
            AssignmentState::Offered
            | AssignmentState::Undelivered
            | AssignmentState::Void
            | AssignmentState::Released => {}
        }
    }
    for (day, hours) in expert_file::services_since(conn, id, first)? {
        let Some(month) = place(day).and_then(|at| months.get_mut(at)) else { continue };
        month.services += 1;
        month.hours += hours;
    }
    Ok(months)
}

fn marks(conn: &mut Conn, l: L, id: ExpertId) -> Result<Vec<Mark>, WebError> {
    let counted = expert_file::marks_by_score(conn, id)?;
    let of = |score: i32, channel: RatingChannel| {
        counted.iter().find(|(known, by, _)| *known == score && *by == channel).map_or(0, |(_, _, n)| *n)
    };
    Ok((1..=5)
        .rev()
        .map(|score| Mark {
            score,
            label: l.t(&format!("link-score-{score}")),
            by_link: of(score, RatingChannel::Link),
            by_phone: of(score, RatingChannel::Phone),
        })
        .collect())
}

/// Standing, incidents, cases and services, newest first.
fn timeline(conn: &mut Conn, l: L, id: ExpertId) -> Result<Vec<Happened>, WebError> {
    let day = |at: NaiveDateTime| l.date(beijing_date(at.and_utc()));
    let mut all: Vec<Happened> = Vec::new();
    for step in db::standing_history::of_expert(conn, id)? {
        all.push(Happened {
            at: step.at,
            day: day(step.at),
            what: l.a(
                "file-standing",
                &[
                    ("deed", &l.t(&format!("standing-deed-{}", step.deed))),
                    ("from", &l.t(&format!("standing-{}", step.from_standing))),
                    ("to", &l.t(&format!("standing-{}", step.to_standing))),
                ],
            ),
            detail: step.why.unwrap_or_default(),
            href: step.conduct_case.map_or_else(String::new, |case| format!("/conduct/{case}")),
        });
    }
    for incident in db::conduct::incidents_of(conn, id)? {
        let note = if incident.withdrawn_at.is_some() { l.t("expert-withdrawn-incident") } else { String::new() };
        all.push(Happened {
            at: incident.happened_at,
            day: day(incident.happened_at),
            what: l.t(&format!("incident-{}", incident.kind)),
            detail: incident.finding.map_or(note, |finding| l.t(&format!("finding-{finding}"))),
            href: incident.need.map_or_else(String::new, |need| format!("/needs/{need}")),
        });
    }
    for case in db::conduct::of_expert(conn, id)? {
        all.push(Happened {
            at: case.opened_at,
            day: day(case.opened_at),
            what: l.a("file-case", &[("kind", &l.t(&format!("case-kind-{}", case.kind))), ("number", &case.number)]),
            detail: state_tag(l, &case).text,
            href: format!("/conduct/{}", case.id),
        });
    }
    for leave in db::expert::leaves_of(conn, id)? {
        let from = start_of_day(leave.from_on).naive_utc();
        all.push(Happened {
            at: from,
            day: day(from),
            what: l.a("file-leave", &[("to", &l.date(leave.to_on))]),
            detail: leave.reason.unwrap_or_default(),
            href: String::new(),
        });
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.at));
    all.truncate(MOST);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_months_end_with_this_one() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).expect("a date");
        assert_eq!(month_start(day(2026, 3, 31), 0), day(2026, 3, 1));
        assert_eq!(month_start(day(2026, 3, 31), 11), day(2025, 4, 1));
        assert_eq!(month_start(day(2026, 1, 1), 1), day(2025, 12, 1));
    }
}

//! `/desk`: what needs this account now, by role.
//!
//! Liaisons see their tasks, their station's clocks and needs in hand; managers what is at risk in their regions, cases
//! to decide, stations nobody works for and the state of the mail; administrators the machine; auditors where to read.
//! Deliberately absent: figures of the past, which are the board's.

mod machine;
mod news;
mod task;
mod verified;

use crate::db;
use crate::db::desk::{Desk, DeskCounts};
use crate::db::office_health::CaseWaiting;
use crate::domain::calendar::beijing_date;
use crate::domain::role::{Right, Role};
use crate::domain::task::TaskKind;
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use crate::web::pages::need::clock::{OfferTimes, Until, until};
use crate::web::pages::need::list::{Line, lines};
use crate::web::routes::{Access, Route, get};
use chrono::TimeDelta;
use machine::{Hint, MailView};
use news::NewsView;
use task::TaskView;
use verified::VerifiedView;

/// How many of a station's needs are read to find those that end first.
const READ_IN_HAND: i64 = 60;
/// How many needs in hand are shown.
const SHOWN_IN_HAND: usize = 15;
/// How many running clocks a manager sees.
const SHOWN_CLOCKS: usize = 12;
/// Events under 刚刚发生.
const NEWS: usize = 8;
/// Stations without a liaison that are counted.
const COUNTED_STATIONS: i64 = 999;
/// How many of them are named.
const NAMED_STATIONS: usize = 8;

/// The rows of the table for the desk.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![get("/desk", Access::SignedIn(Right::Read), show)]
}

/// One figure above the desk, for `m::stat`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Where it leads.
    pub href: String,
    /// `late`, `soon` or nothing.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// Label.
    pub label: String,
    /// The figure.
    pub number: String,
    /// Its unit.
    pub unit: String,
    /// A second line; may be empty.
    pub note: String,
}

/// A clock that runs out, for a manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockRow {
    /// Address of the need.
    pub href: String,
    /// Title.
    pub title: String,
    /// Enterprise.
    pub enterprise: String,
    /// Number.
    pub number: String,
    /// Station.
    pub station: String,
    /// Expert.
    pub expert: String,
    /// How many were asked so far.
    pub round: String,
    /// What is left.
    pub until: Until,
}

/// A case that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Address.
    pub href: String,
    /// 劝导, 除名.
    pub kind: String,
    /// Number.
    pub number: String,
    /// The expert.
    pub expert: String,
    /// Since when, and who may decide.
    pub why: String,
}

#[derive(askama::Template)]
#[template(path = "pages/desk.html", config = "src/web/askama.toml")]
struct DeskPage {
    f: Frame,
    now: String,
    place: String,
    may_submit: bool,
    stats: Vec<Stat>,
    tasks: Vec<TaskView>,
    tasks_say: String,
    in_hand: Option<Vec<Line>>,
    clocks: Option<Vec<ClockRow>>,
    cases: Option<Vec<CaseRow>>,
    stations: Vec<(String, String)>,
    mail: Option<MailView>,
    verified: Option<VerifiedView>,
    hints: Vec<Hint>,
    reads: bool,
    news: Vec<NewsView>,
}

/// `GET /desk`.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let role = staff.role;
    let mut reader = call.office.read()?;
    let mut desk = db::desk::read(&mut reader, staff, call.now)?;
    let hers = match staff.station {
        Some(station) if role == Role::Liaison => db::desk::in_hand(&mut reader, station, READ_IN_HAND)?,
        _ => Vec::new(),
    };
    let ids: Vec<_> = hers.iter().map(|need| need.id).collect();
    let since = (call.now - TimeDelta::days(3)).naive_utc();
    let heard = db::recent::news(&mut reader, &staff.scope, &ids, since, NEWS)?;
    let mail = match role {
        Role::Manager | Role::Admin => Some(db::office_health::mail_health(&mut reader, call.now)?),
        Role::Liaison | Role::Auditor => None,
    };
    let verified = match role {
        Role::Manager | Role::Admin => {
            let rows = db::verification::all(&mut reader)?;
            Some(verified::verified(l, &rows, db::anchor::newest(&mut reader)?.as_ref()))
        }
        Role::Liaison | Role::Auditor => None,
    };
    let (cases, stations) = if role == Role::Manager {
        let cases = db::office_health::cases_waiting(&mut reader, staff)?;
        let bare = db::office_health::stations_without_liaison(&mut reader, &staff.scope, call.now, COUNTED_STATIONS)?;
        (Some(cases), bare)
    } else {
        (None, Vec::new())
    };
    let to_review = if role == Role::Manager { db::office_health::to_review(&mut reader, &staff.scope)? } else { 0 };
    let accounts = if role == Role::Admin { Some(machine::accounts(&mut reader)?) } else { None };
    drop(reader);
    let in_hand = if role == Role::Liaison { Some(needs_in_hand(call, hers)?) } else { None };
    let hints = machine::hints(call, role, mail.as_ref());
    let mut stats = stats(l, role, &desk.counts);
    if let Some(mail) = &mail {
        stats.push(machine::lost_mail(l, mail));
    }
    if let Some(cases) = &cases {
        stats.extend(manager_stats(l, cases.len(), stations.len(), to_review));
    }
    if let Some(accounts) = accounts {
        stats.extend(machine::figures(call, accounts));
    }
    forget_own_cases(&mut desk, cases.as_deref().unwrap_or_default());
    let mut tasks = task::tasks(l, &desk.tasks);
    if role == Role::Liaison {
        tasks.extend(task::running_out(l, call.now, &desk.clocks));
    }
    let waiting = usize::try_from(desk.all_tasks).unwrap_or(usize::MAX);
    Answer::page(&DeskPage {
        f: call.frame("desk").with_count("/desk", waiting),
        now: l.instant(call.now),
        place: call.account().map(|known| l.pick(&known.place, &known.place_en).to_owned())?,
        may_submit: role.has(Right::WorkNeeds),
        stats,
        tasks_say: tasks_say(l, tasks.len(), waiting),
        tasks,
        in_hand,
        clocks: (role == Role::Manager).then(|| clocks(call, &desk)),
        cases: cases.map(|cases| cases.iter().map(|case| case_row(l, case)).collect()),
        stations: stations
            .into_iter()
            .take(NAMED_STATIONS)
            .map(|(id, name)| (format!("/stations/{id}"), name))
            .collect(),
        mail: mail.map(|mail| machine::mail(l, call.now, &mail)),
        verified,
        hints,
        reads: role == Role::Auditor,
        news: news::told(l, beijing_date(call.now), &heard),
    })
}

/// Leaves out what only another manager may do: deciding a case this account opened.
fn forget_own_cases(desk: &mut Desk, cases: &[CaseWaiting]) {
    let before = desk.tasks.len();
    desk.tasks.retain(|task| {
        task.kind != TaskKind::DecideCase || !cases.iter().any(|case| case.own && Some(case.id) == task.case)
    });
    desk.all_tasks -= i64::try_from(before - desk.tasks.len()).unwrap_or(0);
}

/// How many there are, and that only the first are shown.
fn tasks_say(l: L, shown: usize, all: usize) -> String {
    if all > shown {
        l.a("desk-tasks-first", &[("shown", &shown.to_string()), ("all", &all.to_string())])
    } else {
        l.a("desk-tasks-all", &[("n", &shown.to_string())])
    }
}

/// The station's needs in hand: what ends first stands first.
fn needs_in_hand(call: &Call, needs: Vec<db::need::NeedRow>) -> Result<Vec<Line>, WebError> {
    let mut shown = lines(call, needs)?;
    shown.sort_by(|a, b| {
        (a.until.machine.is_empty(), &a.until.machine).cmp(&(b.until.machine.is_empty(), &b.until.machine))
    });
    shown.truncate(SHOWN_IN_HAND);
    Ok(shown)
}

fn clocks(call: &Call, desk: &Desk) -> Vec<ClockRow> {
    let l = call.l;
    desk.clocks
        .iter()
        .take(SHOWN_CLOCKS)
        .filter_map(|line| {
            let times = OfferTimes {
                state: line.state,
                notified_at: line.notified_at.map(|at| at.and_utc()),
                answer_due_at: line.due_at.map(|at| at.and_utc()),
                paused: line.paused,
                feedback_due_at: None,
            };
            Some(ClockRow {
                href: format!("/needs/{}", line.need),
                title: line.title.clone(),
                enterprise: line.enterprise.clone(),
                number: line.need_number.clone(),
                station: line.station.clone(),
                expert: line.expert.clone(),
                round: l.a("desk-round", &[("n", &line.round.to_string())]),
                until: until(l, call.now, &times)?,
            })
        })
        .collect()
}

fn case_row(l: L, case: &CaseWaiting) -> CaseRow {
    let since = l.short_date(beijing_date(case.opened_at.and_utc()));
    let key = if case.own { "desk-case-own" } else { "desk-case-decide" };
    CaseRow {
        href: format!("/conduct/{}", case.id),
        kind: l.t(&format!("case-kind-{}", case.kind)),
        number: case.number.clone(),
        expert: case.expert.clone(),
        why: l.a(key, &[("since", &since)]),
    }
}

fn stats(l: L, role: Role, counts: &DeskCounts) -> Vec<Stat> {
    let stat = |href: &str, kind: &'static str, symbol: &'static str, key: &str, n: i64, note: String| Stat {
        href: href.to_owned(),
        kind: if n > 0 { kind } else { "" },
        symbol,
        label: l.t(&format!("desk-stat-{key}")),
        number: n.to_string(),
        unit: l.a("desk-unit", &[("n", &n.to_string())]),
        note,
    };
    let waiting = l.a("desk-stat-waiting-note", &[("n", &counts.offering.to_string())]);
    let overdue = l.a("desk-stat-feedback-note", &[("n", &counts.feedback_overdue.to_string())]);
    let unanswered = stat(
        "/needs?state=unanswered",
        "late",
        "alert",
        "unanswered",
        counts.unanswered,
        l.t("desk-stat-unanswered-note"),
    );
    if role == Role::Admin {
        return vec![unanswered];
    }
    vec![
        unanswered,
        stat("/needs?state=open", "soon", "send", "open", counts.open, l.t("desk-stat-open-note")),
        stat("/needs?state=offering", "soon", "clock", "today", counts.due_today, waiting),
        stat("/needs?state=accepted", "", "doc", "feedback", counts.accepted + counts.served, overdue),
    ]
}

/// What a manager's desk counts beside: cases to decide, stations nobody works for, experts to be reviewed.
fn manager_stats(l: L, cases: usize, stations: usize, to_review: i64) -> Vec<Stat> {
    let stat = |href: &str, symbol: &'static str, key: &str, n: String, urgent: bool| Stat {
        href: href.to_owned(),
        kind: if urgent { "soon" } else { "" },
        symbol,
        label: l.t(&format!("desk-stat-{key}")),
        unit: l.a(&format!("desk-unit-{key}"), &[("n", &n)]),
        number: n,
        note: l.t(&format!("desk-stat-{key}-note")),
    };
    vec![
        stat("#cases", "case", "cases", cases.to_string(), cases > 0),
        stat("#bare", "building", "bare", stations.to_string(), stations > 0),
        stat("/experts?standing=reviewing", "user", "review", to_review.to_string(), to_review > 0),
    ]
}

#[cfg(test)]
mod tests;

//! `/what-if` (推演): a past period replayed by other weights, caps or leave, side by side with what really happened.
//!
//! A form by GET, so that a result can be kept as an address; looking at it changes nothing. The page replays a bounded
//! number of needs and says so; `zhipai what-if` on the command line has no such hurry. Deliberately absent: putting the
//! rules tried into force, which is 工作规则's.

pub mod table;

use crate::actions::ActionError;
use crate::actions::what_if::{Named, NamedShift, OtherChoice, TriedLeave, WhatIf, WhatIfReport, what_if};
use crate::domain::calendar::beijing_date;
use crate::domain::matching::{Signal, Weights};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::domain::what_if::hundredths;
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError, status};
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use crate::web::reasons::points;
use crate::web::routes::{Access, Route, get};
use actix_web::http::StatusCode;
use chrono::{Days, NaiveDate};
use table::{Row, rows as table_rows};

/// The most needs the page replays.
const MOST: usize = 3_000;

/// The rows of the route table for what-ifs.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![get("/what-if", Access::SignedIn(Right::Decide), show)]
}

/// One weight of the form.
struct WeightField {
    id: String,
    name: String,
    value: String,
    now: String,
}

/// Somebody who gains or loses, as two bars.
struct ShiftLine {
    href: String,
    name: String,
    firm: String,
    before: u32,
    after: u32,
    most: u32,
    said: String,
}

/// A need that is chosen for otherwise.
struct CaseLine {
    href: String,
    number: String,
    title: String,
    really: String,
    present: String,
    tried: String,
}

/// What came of it, in words.
struct Outcome {
    say: String,
    cut: String,
    heads: Vec<String>,
    rows: Vec<Row>,
    shifts_say: String,
    gains: Vec<ShiftLine>,
    losses: Vec<ShiftLine>,
    cases_say: String,
    cases: Vec<CaseLine>,
    uncovered: Vec<(String, String)>,
    tried: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/what_if.html", config = "src/web/askama.toml")]
struct WhatIfPage {
    f: Frame,
    wrong: Wrong,
    from: String,
    to: String,
    weights: Vec<WeightField>,
    monthly_cap: String,
    open_cap: String,
    leave: String,
    most: String,
    outcome: Option<Outcome>,
}

/// `GET /what-if`.
///
/// # Errors
/// A fault when the database cannot be read; what cannot be taken comes back beside its field.
pub fn show(call: &Call) -> Answered {
    if call.query_value("from").is_none() {
        return page(call, StatusCode::OK, Wrong::none(), None);
    }
    let asked = match asked(call) {
        Ok(asked) => asked,
        Err(Asking::Wrong(refusal)) => {
            return page(call, StatusCode::UNPROCESSABLE_ENTITY, Wrong::of_refusal(call.l, &refusal), None);
        }
        Err(Asking::Broken(error)) => return Err(error),
    };
    match what_if(&call.office, call.scope()?, &asked, &mut |_, _| ()) {
        Ok(report) => page(call, StatusCode::OK, Wrong::none(), Some(outcome(call.l, &asked, &report))),
        Err(ActionError::Refused(refusal)) => page(call, status(&refusal), Wrong::of_refusal(call.l, &refusal), None),
        Err(fault) => Err(fault.into()),
    }
}

enum Asking {
    Wrong(Refusal),
    Broken(WebError),
}

/// What is asked for, every problem named by its field.
fn asked(call: &Call) -> Result<WhatIf, Asking> {
    let mut problems = Vec::new();
    let mut day = |name: &str| {
        let text = call.query_value(name).unwrap_or_default();
        text.parse::<NaiveDate>().map_err(|_| problems.push(FieldProblem::new(name, "not-a-date"))).unwrap_or_default()
    };
    let (from, to) = (day("from"), day("to"));
    let mut cap = |name: &str| {
        let text = call.query_value(name)?;
        let cap = text.parse::<u16>().ok().filter(|cap| (1..=100).contains(cap));
        if cap.is_none() {
            problems.push(FieldProblem::new(name, "out-of-range"));
        }
        cap
    };
    let (monthly_cap, open_cap) = (cap("monthly_cap"), cap("open_cap"));
    let weights = weights_of(call, &mut problems);
    let leaves = leaves_of(call, &mut problems).map_err(Asking::Broken)?;
    if !problems.is_empty() {
        return Err(Asking::Wrong(Refusal::Invalid(problems)));
    }
    Ok(WhatIf { from, to, weights, monthly_cap, open_cap, leaves, most: MOST })
}

/// The weights as typed; None where they are those in force.
fn weights_of(call: &Call, problems: &mut Vec<FieldProblem>) -> Option<Weights> {
    let Ok(now) = call.office.weights() else { return None };
    let mut typed = *now.hundredths();
    for (signal, weight) in Signal::ALL.iter().zip(&mut typed) {
        let field = format!("w-{signal}");
        if let Some(text) = call.query_value(&field) {
            match hundredths(&text) {
                Some(value) => *weight = value,
                None => problems.push(FieldProblem::new(field, "not-a-number")),
            }
        }
    }
    if typed == *now.hundredths() {
        return None;
    }
    match Weights::new(now.version(), typed) {
        Ok(weights) => Some(weights),
        Err(_) => {
            let sum: i32 = typed.iter().sum();
            problems.push(FieldProblem::with("weights", "weights-sum", points(sum)));
            None
        }
    }
}

/// Lines such as `沈知行 2026-03-01..2026-03-20`: an id or a whole name, and two days.
fn leaves_of(call: &Call, problems: &mut Vec<FieldProblem>) -> Result<Vec<TriedLeave>, WebError> {
    let text = call.query_value("leave").unwrap_or_default();
    let mut leaves = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let Some((who, from, to)) = table::leave_line(line) else {
            problems.push(FieldProblem::with("leave", "leave-line", line.chars().take(60).collect::<String>()));
            continue;
        };
        let found: Vec<ExpertId> = call.office.with_pool(|pool| {
            let same = pool.briefs.iter().filter(|brief| brief.name == who || brief.id.as_str() == who);
            Ok(same.map(|brief| brief.id).take(2).collect())
        })?;
        match found.as_slice() {
            [expert] => leaves.push(TriedLeave { expert: *expert, from, to }),
            [] => problems.push(FieldProblem::with("leave", "leave-unknown", who)),
            _ => problems.push(FieldProblem::with("leave", "leave-several", who)),
        }
    }
    Ok(leaves)
}

fn page(call: &Call, code: StatusCode, wrong: Wrong, outcome: Option<Outcome>) -> Answered {
    let l = call.l;
    let today = beijing_date(call.now);
    let typed = |name: &str| call.query_value(name).unwrap_or_default();
    let day = |name: &str, usual: NaiveDate| call.query_value(name).unwrap_or_else(|| usual.to_string());
    let now = call.office.weights()?;
    let fields = Signal::ALL.iter().map(|signal| {
        let id = format!("w-{signal}");
        let in_force = points(now.of(*signal));
        WeightField {
            name: l.t(&format!("signal-{signal}")),
            value: call.query_value(&id).unwrap_or_else(|| in_force.clone()),
            now: l.a("what-if-now", &[("n", &in_force)]),
            id,
        }
    });
    let page = WhatIfPage {
        f: call.frame("board"),
        wrong,
        from: day("from", today.checked_sub_days(Days::new(90)).unwrap_or(today)),
        to: day("to", today),
        weights: fields.collect(),
        monthly_cap: typed("monthly_cap"),
        open_cap: typed("open_cap"),
        leave: typed("leave"),
        most: l.a("what-if-most", &[("n", &MOST.to_string())]),
        outcome,
    };
    Answer::page_with(code, &page)
}

fn outcome(l: L, asked: &WhatIf, report: &WhatIfReport) -> Outcome {
    let replayed = report.sides.present.needs.to_string();
    let say = l.a("what-if-say", &[("from", &l.date(report.from)), ("to", &l.date(report.to)), ("n", &replayed)]);
    let cut = if report.from > asked.from {
        let all = report.needs.to_string();
        l.a("what-if-cut", &[("all", &all), ("from", &l.date(report.from)), ("n", &replayed)])
    } else {
        String::new()
    };
    let tried = report.sides.tried.is_some();
    let mut heads = vec![l.t("what-if-really"), l.t("what-if-present")];
    if tried {
        heads.push(l.t("what-if-tried"));
    }
    let key = if tried { "what-if-shifts-tried" } else { "what-if-shifts-present" };
    Outcome {
        say,
        cut,
        heads,
        rows: table_rows(l, &report.sides),
        shifts_say: l.t(key),
        gains: shift_lines(l, &report.gains),
        losses: shift_lines(l, &report.losses),
        cases_say: l
            .a("what-if-cases", &[("n", &report.others.to_string()), ("shown", &report.cases.len().to_string())]),
        cases: report.cases.iter().map(|case| case_line(l, case)).collect(),
        uncovered: report.uncovered.iter().map(|(id, number)| (format!("/needs/{id}"), number.clone())).collect(),
        tried,
    }
}

fn shift_lines(l: L, shifts: &[NamedShift]) -> Vec<ShiftLine> {
    let most = shifts.iter().map(|shift| shift.before.max(shift.after)).max().unwrap_or(1).max(1);
    shifts
        .iter()
        .map(|shift| ShiftLine {
            href: format!("/experts/{}", shift.expert.id),
            name: shift.expert.name.clone(),
            firm: shift.expert.firm.clone(),
            before: shift.before,
            after: shift.after,
            most,
            said: l.a("what-if-shift", &[("before", &shift.before.to_string()), ("after", &shift.after.to_string())]),
        })
        .collect()
}

fn case_line(l: L, case: &OtherChoice) -> CaseLine {
    let name = |one: &Option<Named>| one.as_ref().map_or_else(|| l.t("what-if-nobody"), |named| named.name.clone());
    CaseLine {
        href: format!("/needs/{}/candidates", case.need),
        number: case.number.clone(),
        title: case.title.clone(),
        really: name(&case.really),
        present: name(&case.present),
        tried: name(&case.tried),
    }
}

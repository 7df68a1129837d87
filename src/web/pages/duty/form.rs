//! The form of a new plan.

use super::super::options::{self, Pick, Tick};
use crate::actions::plan_duty::{PlanInput, plan_duty};
use crate::actions::propose_duty::demand;
use crate::actions::{ActionError, Done};
use crate::db;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::pattern::DutyEvent;
use crate::domain::duty::{DutyPart, DutyRules, StationPattern};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::StationId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::{Datelike, Months, NaiveDate};

#[derive(askama::Template)]
#[template(path = "pages/duty_form.html", config = "src/web/askama.toml")]
struct FormPage {
    f: Frame,
    stations: Vec<Tick>,
    weekdays: Vec<Tick>,
    hours: Vec<Pick>,
    event_hours: Vec<Pick>,
    services: Vec<Tick>,
    event_services: Vec<Tick>,
    form: Fields,
    wrong: Wrong,
}

/// `GET /duty/plans/new`: the coming month, half-days from Monday to Friday, what recent needs propose.
///
/// # Errors
/// A fault.
pub fn new_form(call: &Call) -> Answered {
    let mut form = Fields::default();
    let today = beijing_date(call.now);
    let first = today.with_day(1).and_then(|day| day.checked_add_months(Months::new(1))).unwrap_or(today);
    let last = first.checked_add_months(Months::new(1)).and_then(|day| day.pred_opt()).unwrap_or(first);
    form.set(
        "title",
        call.l.a("duty-title-of", &[("year", &format!("{}", first.year())), ("month", &first.month().to_string())]),
    );
    form.set("from", first.to_string());
    form.set("to", last.to_string());
    for day in 1..=5 {
        form.set("weekday", day.to_string());
    }
    form.set("hours", "halves");
    form.set("seats", "1");
    for (name, value) in
        [("make_up_days", "1"), ("propose", "1"), ("sign_in", "1"), ("min_gap_days", "3"), ("per_month", "4")]
    {
        form.set(name, value);
    }
    page(call, &form, Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let scope = call.scope()?;
    let stations = db::station::all(&mut *call.office.read()?)?
        .into_iter()
        .filter(|row| scope.covers(&row.region, row.id))
        .map(|row| Tick::new(row.id.as_str(), row.name, form.has("station", row.id.as_str())))
        .collect();
    let monday = NaiveDate::from_ymd_opt(2026, 1, 5).unwrap_or_default();
    let weekdays = (0..7_u64)
        .map(|n| {
            let day = monday.checked_add_days(chrono::Days::new(n)).unwrap_or(monday);
            let value = (n + 1).to_string();
            Tick::new(&value, l.weekday(day).to_owned(), form.has("weekday", &value))
        })
        .collect();
    let parts = ["morning", "afternoon", "day"];
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = FormPage {
        f: call.frame("duty"),
        stations,
        weekdays,
        hours: options::picks(
            form.get("hours"),
            "",
            [("halves".to_owned(), l.t("duty-halves"))]
                .into_iter()
                .chain(parts.map(|part| (part.to_owned(), l.t(&format!("duty-part-{part}"))))),
        ),
        event_hours: options::words(l, "duty-part", form.get("event_hours"), "", parts),
        services: options::service_ticks(l, &form.all("wanted")),
        event_services: options::service_ticks(l, &form.all("event_seat")),
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

fn number(form: &Fields, name: &str, problems: &mut Vec<FieldProblem>) -> u32 {
    match form.opt(name) {
        None => 0,
        Some(text) => text.parse().unwrap_or_else(|_| {
            problems.push(FieldProblem::with(name, "not-a-number", text));
            0
        }),
    }
}

fn day(form: &Fields, name: &str, problems: &mut Vec<FieldProblem>) -> NaiveDate {
    form.get(name).trim().parse().unwrap_or_else(|_| {
        problems.push(FieldProblem::new(name, "missing"));
        NaiveDate::default()
    })
}

fn asked(call: &Call, form: &Fields) -> Done<PlanInput> {
    let mut problems = Vec::new();
    let (from, to) = (day(form, "from", &mut problems), day(form, "to", &mut problems));
    let parts = match form.get("hours") {
        "morning" => vec![DutyPart::Morning],
        "afternoon" => vec![DutyPart::Afternoon],
        "day" => vec![DutyPart::Day],
        _ => vec![DutyPart::Morning, DutyPart::Afternoon],
    };
    let weekdays: Vec<u8> = form.all("weekday").into_iter().filter_map(|text| text.parse().ok()).collect();
    let stations: Vec<StationId> = form.all("station").into_iter().filter_map(|text| text.parse().ok()).collect();
    if weekdays.is_empty() {
        problems.push(FieldProblem::new("weekday", "missing"));
    }
    if stations.is_empty() {
        problems.push(FieldProblem::new("station", "missing"));
    }
    let seats = u8::try_from(number(form, "seats", &mut problems)).unwrap_or(u8::MAX);
    if !(1..=crate::domain::duty::pattern::MOST_SEATS).contains(&seats) {
        problems.push(FieldProblem::new("seats", "out-of-range"));
    }
    let mut rules = DutyRules {
        make_up_days: form.checked("make_up_days"),
        per_week: number(form, "per_week", &mut problems),
        per_month: number(form, "per_month", &mut problems),
        in_period: number(form, "in_period", &mut problems),
        min_gap_days: number(form, "min_gap_days", &mut problems),
        approve_swaps: form.checked("approve_swaps"),
        sign_in: form.checked("sign_in"),
        seed: 1,
        ..DutyRules::default()
    };
    let first = stations.first().copied();
    if let (Some(title), Some(station)) = (form.opt("event_title"), first) {
        rules.events.push(DutyEvent {
            station,
            title: title.to_owned(),
            day: day(form, "event_day", &mut problems),
            part: form.get("event_hours").parse().unwrap_or(DutyPart::Day),
            seats: form.all("event_seat").into_iter().map(str::to_owned).collect(),
        });
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems).into());
    }
    let typed: Vec<String> = form.all("wanted").into_iter().map(str::to_owned).collect();
    for station in stations {
        let wanted = if form.checked("propose") && typed.is_empty() {
            demand(&call.office, &call.actor()?, station)?.wanted
        } else {
            typed.clone()
        };
        rules.patterns.push(StationPattern {
            station,
            weekdays: weekdays.clone(),
            parts: parts.clone(),
            seats,
            wanted,
        });
    }
    Ok(PlanInput { title: form.get("title").to_owned(), from, to, rules })
}

/// `POST /duty/plans`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn add(call: &Call) -> Answered {
    let form = call.form()?;
    let actor = call.actor()?;
    match asked(call, form).and_then(|input| plan_duty(&call.office, &actor, &input)) {
        Ok(id) => Ok(Answer::see_other(&format!("/duty/plans/{id}")).flash("flash-duty-planned", &[])),
        Err(ActionError::Refused(refusal @ Refusal::Invalid(_))) => {
            page(call, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

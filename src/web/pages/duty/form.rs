//! The form of a new plan.

use super::super::options::{self, Pick, Tick};
use crate::actions::plan_duty::{PlanInput, plan_duty};
use crate::actions::propose_duty::{StationDemand, propose_duty};
use crate::actions::{ActionError, Done};
use crate::db;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::demand::{MEETS, WEEKS};
use crate::domain::duty::pattern::{DutyEvent, MOST_SEATS};
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

/// What recent needs propose for a station, with the figures behind it.
struct DemandLine {
    station: String,
    needs: u32,
    /// Monday to Friday, in words.
    days: String,
    busiest: String,
    services: String,
    proposed: u8,
    /// The field in which another number is typed, and what was.
    field: String,
    typed: String,
    wrong: String,
}

/// The most stations whose needs are shown.
const MOST_SHOWN: usize = 60;
/// Services named of a station.
const NAMED: usize = 3;

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
    demand: Vec<DemandLine>,
    demand_text: String,
    /// Stations whose needs do not stand on the page.
    beyond: usize,
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
    for name in ["make_up_days", "propose", "propose_seats", "catch_up", "sign_in"] {
        form.set(name, "1");
    }
    form.set("min_gap_days", "3");
    form.set("per_month", "4");
    page(call, &form, Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let scope = call.scope()?;
    let own: Vec<_> = db::station::all(&mut *call.office.read()?)?
        .into_iter()
        .filter(|row| scope.covers(&row.region, row.id))
        .collect();
    // Those that are ticked first, so that what was typed for them comes back.
    let (ticked, others): (Vec<StationId>, Vec<StationId>) =
        own.iter().map(|row| row.id).partition(|id| form.has("station", id.as_str()));
    let shown: Vec<StationId> = ticked.into_iter().chain(others).take(MOST_SHOWN).collect();
    let beyond = own.len() - shown.len();
    let demand = propose_duty(&call.office, &call.actor()?, &shown)?;
    let stations =
        own.into_iter().map(|row| Tick::new(row.id.as_str(), row.name, form.has("station", row.id.as_str()))).collect();
    let weekdays = (1..)
        .zip(l.weekdays())
        .map(|(number, name): (u8, _)| {
            let value = number.to_string();
            Tick::new(&value, name.to_owned(), form.has("weekday", &value))
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
        demand: demand.iter().map(|one| demand_line(call, form, &wrong, one)).collect(),
        demand_text: l.a("duty-demand-text", &[("weeks", &WEEKS.to_string()), ("meets", &MEETS.to_string())]),
        beyond,
        event_services: options::service_ticks(l, &form.all("event_seat")),
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

/// The field with the seats of one station.
fn seats_field(station: StationId) -> String {
    format!("seats.{station}")
}

fn demand_line(call: &Call, form: &Fields, wrong: &Wrong, one: &StationDemand) -> DemandLine {
    let l = call.l;
    let found = &one.demand;
    let names = l.weekdays();
    let named = |weekday: u8| names.get(usize::from(weekday).saturating_sub(1)).copied().unwrap_or_default();
    let days: Vec<String> = (1..=5).map(|weekday| format!("{} {}", named(weekday), found.on(weekday))).collect();
    let busiest = found.busiest.map(|(weekday, part, needs)| {
        let half = format!("{}{}{}", named(weekday), l.pick("", " "), l.t(&format!("duty-part-{part}")));
        l.a("duty-demand-busiest", &[("half", &half), ("n", &needs.to_string())])
    });
    let services: Vec<String> = found
        .services
        .iter()
        .take(NAMED)
        .map(|(slug, count)| format!("{} {count}", options::service_name(l, slug)))
        .collect();
    let field = seats_field(one.station);
    DemandLine {
        station: one.name.clone(),
        needs: found.needs,
        days: l.list(&days),
        busiest: busiest.unwrap_or_default(),
        services: l.list(&services),
        proposed: if form.get("hours") == "day" { found.seats_by_day() } else { found.seats },
        typed: form.get(&field).to_owned(),
        wrong: wrong.of(&field).to_owned(),
        field,
    }
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

/// So many seats, if any number is given.
fn seats_in(form: &Fields, name: &str, problems: &mut Vec<FieldProblem>) -> Option<u8> {
    form.opt(name)?;
    let before = problems.len();
    let seats = u8::try_from(number(form, name, problems)).unwrap_or(u8::MAX);
    if problems.len() == before && !(1..=MOST_SEATS).contains(&seats) {
        problems.push(FieldProblem::with(name, "out-of-range", format!("1–{MOST_SEATS}")));
    }
    Some(seats)
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
    let seats = seats_in(form, "seats", &mut problems).unwrap_or(1);
    if form.opt("seats").is_none() && !form.checked("propose_seats") {
        problems.push(FieldProblem::new("seats", "missing"));
    }
    let own_seats: Vec<Option<u8>> =
        stations.iter().map(|station| seats_in(form, &seats_field(*station), &mut problems)).collect();
    let mut rules = DutyRules {
        make_up_days: form.checked("make_up_days"),
        per_week: number(form, "per_week", &mut problems),
        per_month: number(form, "per_month", &mut problems),
        in_period: number(form, "in_period", &mut problems),
        min_gap_days: number(form, "min_gap_days", &mut problems),
        catch_up: form.checked("catch_up"),
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
    let found = propose_duty(&call.office, &call.actor()?, &stations)?;
    for (one, own) in found.into_iter().zip(own_seats) {
        let proposed = if parts == [DutyPart::Day] { one.demand.seats_by_day() } else { one.demand.seats };
        rules.patterns.push(StationPattern {
            station: one.station,
            weekdays: weekdays.clone(),
            parts: parts.clone(),
            // What is typed for the station counts first, then what its needs propose, then what is typed for all.
            seats: own.unwrap_or(if form.checked("propose_seats") { proposed } else { seats }),
            wanted: if form.checked("propose") && typed.is_empty() { one.demand.wanted } else { typed.clone() },
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

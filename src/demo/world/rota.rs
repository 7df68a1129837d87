//! The rota that hangs on the walls when the demo starts: four weeks at a dozen stations, everybody on it with a yes, the
//! past days signed in, and a gap here and there.

use super::Plan;
use super::dice::Dice;
use super::experts::{Register, Volunteer};
use super::rows::Rows;
use super::stations::{Offices, StationPlace};
use super::trail::Trail;
use crate::db::JsonText;
use crate::db::duty::PlanRow;
use crate::db::duty_consent::ConsentRow;
use crate::db::duty_turn::TurnRow;
use crate::domain::assignment::AnsweredBy;
use crate::domain::calendar::{Calendar, beijing_date};
use crate::domain::duty::{ConsentAnswer, DutyPart, DutyRules, PlanState, StationPattern, TurnState, turns_of};
use crate::domain::event::Event;
use crate::domain::need::Mode;
use crate::ids::{AccountId, DutyConsentId, DutyPlanId, DutyTurnId, ExpertId};
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use serde_json::json;
use std::collections::HashMap;

/// Stations with a rota.
const STATIONS: usize = 12;
/// Fewer volunteers than this open stations in the morning alone.
const FEW: usize = 200;
/// Days between two turns of one expert.
const GAP: i64 = 3;

/// Writes the rota.
pub(super) fn build(
    plan: &Plan<'_>,
    calendar: &Calendar,
    (offices, register): (&Offices, &Register),
    manager: AccountId,
    rows: &mut Rows,
) {
    let mut dice = Dice::of(plan.seed, "rota");
    let today = beijing_date(plan.start);
    let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday()))).unwrap_or(today);
    let last = monday.checked_add_days(Days::new(27)).unwrap_or(monday);
    let made = plan.start - TimeDelta::days(12);
    let stations: Vec<&StationPlace> = offices.stations.iter().take(STATIONS).collect();
    // A small register fills the mornings; with afternoons half of the wall would be gaps.
    let parts = match register.volunteers.len() {
        0..FEW => vec![DutyPart::Morning],
        _ => vec![DutyPart::Morning, DutyPart::Afternoon],
    };
    let rules = DutyRules {
        patterns: stations
            .iter()
            .map(|station| StationPattern {
                station: station.id,
                weekdays: vec![1, 2, 3, 4, 5],
                parts: parts.clone(),
                seats: 1,
                wanted: Vec::new(),
            })
            .collect(),
        make_up_days: true,
        min_gap_days: 3,
        seed: plan.seed,
        ..DutyRules::default()
    };
    let id = DutyPlanId::from_minted(dice.id(made));
    rows.duty_plans.push(PlanRow {
        id,
        title: format!("{}年{}月值班", monday.year(), monday.month()),
        state: PlanState::Published,
        from_on: monday,
        to_on: last,
        rules: JsonText::of(&rules),
        outcome: JsonText::of(&json!({})),
        created_by: Some(manager),
        created_at: made.naive_utc(),
        asked_at: Some(made.naive_utc()),
        published_by: Some(manager),
        published_at: Some((made + TimeDelta::days(3)).naive_utc()),
        updated_at: (made + TimeDelta::days(3)).naive_utc(),
        version: 3,
    });
    let places: HashMap<_, _> = stations.iter().map(|station| (station.id, *station)).collect();
    let mut held: HashMap<ExpertId, Vec<NaiveDate>> = HashMap::new();
    let mut turns = turns_of(&rules, monday, last, calendar);
    // By day, so that the rest between turns is kept across stations.
    turns.sort_by_key(|turn| (turn.span, turn.station));
    for turn in turns {
        let Some(station) = places.get(&turn.station) else { continue };
        let gap = turn.span.day > today && dice.percent(6);
        let expert = if gap { None } else { sitter(register, station, turn.span.day, &held, &mut dice) };
        let over = turn.span.ends() <= plan.start;
        let turn_id = DutyTurnId::from_minted(dice.id(made));
        if let Some(expert) = expert {
            held.entry(expert).or_default().push(turn.span.day);
            rows.duty_consents.push(ConsentRow {
                id: DutyConsentId::from_minted(dice.id(made)),
                turn: turn_id,
                expert,
                answer: ConsentAnswer::Yes,
                channel: Some(AnsweredBy::Link),
                entered_by: None,
                asked_at: made.naive_utc(),
                answered_at: Some((made + TimeDelta::hours(dice.between(1, 40))).naive_utc()),
            });
        }
        rows.duty_turns.push(TurnRow {
            id: turn_id,
            plan: id,
            station: turn.station,
            region: station.region.code.to_owned(),
            day: turn.span.day,
            part: turn.part,
            from_minute: turn.span.from,
            to_minute: turn.span.to,
            seat: turn.seat,
            event: None,
            wanted: JsonText::of(&turn.wanted),
            state: if expert.is_some() { TurnState::Agreed } else { TurnState::Gap },
            expert,
            published: true,
            why: expert.is_none().then(|| "duty-no-yes".to_owned()),
            alternates: JsonText::of(&Vec::new()),
            sequence: 1,
            reconfirmed_at: None,
            signed_in_at: (over && expert.is_some()).then(|| turn.span.begins().naive_utc()),
            signed_in_by: (over && expert.is_some()).then(|| "page".to_owned()),
            missed_at: None,
            updated_at: made.naive_utc(),
        });
    }
    let mut trail = Trail::of(id.as_str());
    let label = format!("account:{manager}");
    trail.append(&mut dice, made, &label, Event::DutyPlanned, &json!({"turns": rows.duty_turns.len()}));
    trail.append(&mut dice, made, &label, Event::DutyAsked, &json!({}));
    trail.append(&mut dice, made + TimeDelta::days(3), &label, Event::DutyPublished, &json!({}));
    rows.audit.append(&mut trail.rows);
}

/// Somebody of the station's region, or near by, who serves at stations, is there that day and has rested.
fn sitter(
    register: &Register,
    station: &StationPlace,
    day: NaiveDate,
    held: &HashMap<ExpertId, Vec<NaiveDate>>,
    dice: &mut Dice,
) -> Option<ExpertId> {
    let may = |one: &&Volunteer| {
        let rested =
            held.get(&one.id).is_none_or(|days| days.iter().all(|other| (*other - day).num_days().abs() >= GAP));
        one.until.is_none()
            && !one.reserved
            && one.modes.contains(&Mode::Station)
            && one.qualified_until.is_none_or(|until| day <= until)
            && !one.leaves.iter().any(|(from, to)| *from <= day && day <= *to)
            && rested
    };
    let home: Vec<&Volunteer> =
        register.volunteers.iter().filter(|one| one.region == station.region.code).filter(may).collect();
    let from: Vec<&Volunteer> = if home.is_empty() { register.volunteers.iter().filter(may).collect() } else { home };
    // The one with the fewest turns, the first of three by chance.
    let mut few: Vec<&Volunteer> = from;
    few.sort_by_key(|one| (held.get(&one.id).map_or(0, Vec::len), one.id));
    few.truncate(3);
    dice.pick(&few).map(|one| one.id)
}

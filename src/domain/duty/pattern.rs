//! What a plan asks for: weekdays, parts of the day and seats per station, opened by the statutory calendar.

use super::{DutyPart, Span};
use crate::domain::calendar::{Calendar, DayKind};
use crate::domain::refusal::{FieldProblem, Problems};
use crate::ids::StationId;
use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// The longest plan, days.
pub const LONGEST_DAYS: i64 = 366;
/// The most seats of one turn.
pub const MOST_SEATS: u8 = 10;
/// The most turns one plan may hold.
pub const MOST_TURNS: usize = 40_000;

/// What one station wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StationPattern {
    /// Which station.
    pub station: StationId,
    /// On which weekdays, Monday 1 to Sunday 7.
    pub weekdays: Vec<u8>,
    /// Which parts of those days.
    pub parts: Vec<DutyPart>,
    /// How many experts at a time.
    #[serde(default = "one")]
    pub seats: u8,
    /// Services of the catalogue that are wanted there, most wanted first.
    #[serde(default)]
    pub wanted: Vec<String>,
}

const fn one() -> u8 {
    1
}

/// An event of several seats (进企业进园区、会诊、培训).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DutyEvent {
    /// Which station holds it.
    pub station: StationId,
    /// What it is called.
    pub title: String,
    /// The day.
    pub day: NaiveDate,
    /// Which part of the day.
    pub part: DutyPart,
    /// One seat each: the service that is wanted on it.
    pub seats: Vec<String>,
}

/// The rules of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DutyRules {
    /// What each station wants.
    pub patterns: Vec<StationPattern>,
    /// Events within the period.
    pub events: Vec<DutyEvent>,
    /// Whether stations open on make-up days (调休上班日), as on the weekday it is.
    pub make_up_days: bool,
    /// The most turns of one expert a week, 0 for no limit.
    pub per_week: u32,
    /// A month, 0 for no limit.
    pub per_month: u32,
    /// In the whole period, 0 for no limit.
    pub in_period: u32,
    /// Days between the turns of one expert: 2 leaves one day free between them; 0 and 1 leave none.
    pub min_gap_days: u32,
    /// Whether who bore more than their share in the quarter before has fewer now, and who bore less has more.
    pub catch_up: bool,
    /// Whether the office decides on a change of hands after both have said yes.
    pub approve_swaps: bool,
    /// Whether experts sign in at the station: then a turn nobody signed in to counts as missed.
    pub sign_in: bool,
    /// The seed of the search, so that the plan can be made again.
    pub seed: u64,
}

/// One seat to be filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TurnSpec {
    /// Where.
    pub station: StationId,
    /// When.
    pub span: Span,
    /// Which part of the day.
    pub part: DutyPart,
    /// Which seat, from 1.
    pub seat: i32,
    /// The event it belongs to.
    pub event: Option<String>,
    /// Services wanted.
    pub wanted: Vec<String>,
}

/// Whether a station with turns on those weekdays opens on a day: by weekday on working days and weekends, never on a
/// holiday; on a make-up day it opens where it opens on any working weekday and the rules say so.
#[must_use]
pub fn opens(weekdays: &[u8], make_up_days: bool, day: NaiveDate, calendar: &Calendar) -> bool {
    let weekday = u8::try_from(day.weekday().number_from_monday()).unwrap_or(0);
    match calendar.kind(day) {
        DayKind::Working | DayKind::Weekend => weekdays.contains(&weekday),
        DayKind::Holiday { .. } => false,
        DayKind::MakeUp { .. } => make_up_days && weekdays.iter().any(|day| *day <= 5),
    }
}

/// Every seat of every turn from `from` to `to`, both counted: by station as given, then by day, part and seat; events
/// last.
#[must_use]
pub fn turns_of(rules: &DutyRules, from: NaiveDate, to: NaiveDate, calendar: &Calendar) -> Vec<TurnSpec> {
    let mut turns = Vec::new();
    for pattern in &rules.patterns {
        let mut day = from;
        while day <= to {
            if opens(&pattern.weekdays, rules.make_up_days, day, calendar) {
                for part in &pattern.parts {
                    let (start, end) = part.minutes();
                    for seat in 1..=i32::from(pattern.seats) {
                        turns.push(TurnSpec {
                            station: pattern.station,
                            span: Span { day, from: start, to: end },
                            part: *part,
                            seat,
                            event: None,
                            wanted: pattern.wanted.clone(),
                        });
                    }
                }
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else { break };
            day = next;
        }
    }
    for event in &rules.events {
        let (start, end) = event.part.minutes();
        for (place, service) in event.seats.iter().enumerate() {
            turns.push(TurnSpec {
                station: event.station,
                span: Span { day: event.day, from: start, to: end },
                part: event.part,
                // Beside the seats of an ordinary turn of the same hours.
                seat: i32::from(MOST_SEATS) + 1 + i32::try_from(place).unwrap_or(0),
                event: Some(event.title.clone()),
                wanted: Some(service.clone()).filter(|service| !service.is_empty()).into_iter().collect(),
            });
        }
    }
    turns
}

/// What is wrong with a plan as asked for.
pub fn check(rules: &DutyRules, from: NaiveDate, to: NaiveDate, problems: &mut Problems) {
    if to < from || (to - from).num_days() >= LONGEST_DAYS {
        problems.add(FieldProblem::new("to", "out-of-range"));
    }
    if rules.patterns.is_empty() && rules.events.is_empty() {
        problems.add(FieldProblem::new("patterns", "missing"));
    }
    let known = |slug: &String| crate::domain::catalogue::by_slug(slug).is_some();
    for (place, pattern) in rules.patterns.iter().enumerate() {
        let field = |name: &str| format!("patterns.{place}.{name}");
        if pattern.weekdays.is_empty() || pattern.weekdays.iter().any(|day| !(1..=7).contains(day)) {
            problems.add(FieldProblem::new(field("weekdays"), "out-of-range"));
        }
        let both = pattern.parts.contains(&DutyPart::Day) && pattern.parts.len() > 1;
        let mut parts = pattern.parts.clone();
        parts.sort_unstable();
        parts.dedup();
        if parts.is_empty() || both || parts.len() != pattern.parts.len() {
            problems.add(FieldProblem::new(field("parts"), "not-known"));
        }
        if !(1..=MOST_SEATS).contains(&pattern.seats) {
            problems.add(FieldProblem::with(field("seats"), "out-of-range", format!("1–{MOST_SEATS}")));
        }
        if !pattern.wanted.iter().all(known) {
            problems.add(FieldProblem::new(field("wanted"), "not-known"));
        }
        if rules.patterns.iter().take(place).any(|earlier| earlier.station == pattern.station) {
            problems.add(FieldProblem::new(field("station"), "duplicate"));
        }
    }
    for (place, event) in rules.events.iter().enumerate() {
        let field = |name: &str| format!("events.{place}.{name}");
        let _ = problems.text(&field("title"), &event.title, 80);
        if event.day < from || to < event.day {
            problems.add(FieldProblem::new(field("day"), "out-of-range"));
        }
        let named = event.seats.iter().all(|slug| slug.is_empty() || known(slug));
        if event.seats.is_empty() || event.seats.len() > usize::from(MOST_SEATS) || !named {
            problems.add(FieldProblem::new(field("seats"), "out-of-range"));
        }
    }
    for (field, value) in [
        ("per_week", rules.per_week),
        ("per_month", rules.per_month),
        ("in_period", rules.in_period),
        ("min_gap_days", rules.min_gap_days),
    ] {
        if value > 366 {
            problems.add(FieldProblem::new(field, "out-of-range"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
    }

    fn rules() -> DutyRules {
        DutyRules {
            patterns: vec![StationPattern {
                station: "0190b4a2-1111-7abc-8def-0123456789ab".parse().expect("an id"),
                weekdays: vec![1, 2, 3, 4, 5],
                parts: vec![DutyPart::Morning, DutyPart::Afternoon],
                seats: 2,
                wanted: vec!["risk".to_owned()],
            }],
            make_up_days: true,
            ..DutyRules::default()
        }
    }

    #[test]
    fn the_statutory_calendar_opens_and_closes() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "t").expect("reads");
        let turns = turns_of(&rules(), day(5, 1), day(5, 31), &calendar);
        let days: std::collections::BTreeSet<NaiveDate> = turns.iter().map(|turn| turn.span.day).collect();
        assert!(!days.contains(&day(5, 1)) && !days.contains(&day(5, 5)), "Labour Day holidays");
        assert!(days.contains(&day(5, 9)), "a Saturday that is worked");
        assert!(!days.contains(&day(5, 10)));
        assert_eq!(turns.len(), days.len() * 4);
        let mut closed = rules();
        closed.make_up_days = false;
        assert!(!turns_of(&closed, day(5, 1), day(5, 31), &calendar).iter().any(|turn| turn.span.day == day(5, 9)));
    }

    #[test]
    fn an_event_has_a_seat_for_each_specialty_beside_the_ordinary_ones() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "t").expect("reads");
        let mut rules = rules();
        rules.events.push(DutyEvent {
            station: rules.patterns[0].station,
            title: "园区会诊".to_owned(),
            day: day(5, 6),
            part: DutyPart::Morning,
            seats: vec!["risk".to_owned(), "search".to_owned(), String::new()],
        });
        let turns = turns_of(&rules, day(5, 6), day(5, 6), &calendar);
        let event: Vec<_> = turns.iter().filter(|turn| turn.event.is_some()).collect();
        assert_eq!(event.len(), 3);
        assert_eq!(event[1].wanted, ["search"]);
        assert!(event[2].wanted.is_empty());
        let keys: std::collections::BTreeSet<_> = turns.iter().map(|turn| (turn.span, turn.seat)).collect();
        assert_eq!(keys.len(), turns.len(), "no two seats are the same");
    }

    #[test]
    fn what_cannot_be_planned_is_named() {
        let mut wrong = rules();
        wrong.patterns[0].weekdays = vec![8];
        wrong.patterns[0].parts = vec![DutyPart::Day, DutyPart::Morning];
        wrong.patterns[0].wanted = vec!["nothing".to_owned()];
        let mut problems = Problems::default();
        check(&wrong, day(5, 2), day(5, 1), &mut problems);
        let Err(crate::domain::refusal::Refusal::Invalid(found)) = problems.settle() else { panic!("refused") };
        let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["to", "patterns.0.weekdays", "patterns.0.parts", "patterns.0.wanted"]);
    }
}

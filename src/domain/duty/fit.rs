//! Whether an expert may sit on a turn: standing, qualification, leave, other turns, rest between them, caps, way.
//!
//! The same question is asked by the plan, by a change of hands, by an override and by whoever looks for cover, so that
//! nobody gets by one door what another refuses.

use super::{DutyRules, Span};
use crate::domain::matching::LeaveDays;
use crate::domain::standing::Standing;
use crate::domain::week_hours;
use crate::ids::DutyTurnId;
use chrono::{Datelike, NaiveDate};

text_enum! {
    /// Why an expert may not sit on a turn; with the prefix `duty-bar-` the key of its words.
    pub enum DutyBar {
        /// Not in good standing.
        Standing = "duty-standing",
        /// No qualification in force on that day.
        Qualification = "duty-qualification",
        /// On leave on that day.
        Leave = "duty-leave",
        /// Does not serve at stations.
        Mode = "duty-mode",
        /// Farther away than they go.
        TooFar = "duty-too-far",
        /// Said no to this very turn.
        SaidNo = "duty-said-no",
        /// Another turn at the same time.
        SameTime = "duty-same-time",
        /// Another turn on the same day.
        SameDay = "duty-same-day",
        /// Too close to another turn.
        Gap = "duty-gap",
        /// The week's turns are used up.
        Week = "duty-week",
        /// The month's turns are used up.
        Month = "duty-month",
        /// The period's turns are used up.
        Period = "duty-period",
        /// The week's hours, as the expert set them, are given away.
        WeekHours = "duty-week-hours",
    }
}

/// What is known of an expert who might sit on a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DutyPerson {
    /// Standing.
    pub standing: Standing,
    /// Until when some qualification holds; `None` when none is on file.
    pub qualified_until: Option<NaiveDate>,
    /// Absences.
    pub leaves: Vec<LeaveDays>,
    /// Whether they serve at stations (到站 is among their modes).
    pub at_stations: bool,
    /// How far the station is, metres.
    pub metres: Option<u32>,
    /// How far they go, kilometres.
    pub most_km: Option<i32>,
    /// Hours a week they give to the service; `None`: no limit.
    pub weekly_hours: Option<u16>,
    /// The first and the last day of the plan: what the period's limit counts.
    pub period: (NaiveDate, NaiveDate),
    /// The turns they hold, of any plan.
    pub held: Vec<(DutyTurnId, Span)>,
    /// Turns they said no to.
    pub said_no: Vec<DutyTurnId>,
}

/// The first rule that keeps the expert from a turn; `None` when nothing does. `instead_of` are turns they would give up
/// for it.
#[must_use]
pub fn bar(
    person: &DutyPerson,
    (turn, span): (DutyTurnId, Span),
    rules: &DutyRules,
    instead_of: &[DutyTurnId],
) -> Option<DutyBar> {
    if person.standing != Standing::Active {
        return Some(DutyBar::Standing);
    }
    if person.qualified_until.is_none_or(|until| until < span.day) {
        return Some(DutyBar::Qualification);
    }
    if person.leaves.iter().any(|leave| leave.covers(span.day)) {
        return Some(DutyBar::Leave);
    }
    if !person.at_stations {
        return Some(DutyBar::Mode);
    }
    if let (Some(metres), Some(most)) = (person.metres, person.most_km)
        && i64::from(metres) > i64::from(most) * 1_000
    {
        return Some(DutyBar::TooFar);
    }
    if person.said_no.contains(&turn) {
        return Some(DutyBar::SaidNo);
    }
    let others: Vec<Span> = person
        .held
        .iter()
        .filter(|(held, _)| *held != turn && !instead_of.contains(held))
        .map(|(_, span)| *span)
        .collect();
    if others.iter().any(|other| other.overlaps(span)) {
        return Some(DutyBar::SameTime);
    }
    if others.iter().any(|other| other.day == span.day) {
        return Some(DutyBar::SameDay);
    }
    let apart = |other: &Span| (other.day - span.day).num_days().abs();
    if others.iter().any(|other| apart(other) < i64::from(rules.min_gap_days)) {
        return Some(DutyBar::Gap);
    }
    if let Some(cap) = person.weekly_hours {
        let in_week = others.iter().filter(|other| week_hours::same_week(other.day, span.day));
        let given = in_week.fold(0_u32, |sum, other| sum.saturating_add(other.minutes()));
        if week_hours::turn_does_not_fit(cap, given, span.minutes()) {
            return Some(DutyBar::WeekHours);
        }
    }
    let full = |most: u32, count: usize| most > 0 && count >= most as usize;
    if full(rules.per_week, others.iter().filter(|other| week_hours::same_week(other.day, span.day)).count()) {
        return Some(DutyBar::Week);
    }
    let month = |day: NaiveDate| (day.year(), day.month());
    if full(rules.per_month, others.iter().filter(|other| month(other.day) == month(span.day)).count()) {
        return Some(DutyBar::Month);
    }
    let inside = |day: NaiveDate| person.period.0 <= day && day <= person.period.1;
    full(rules.in_period, others.iter().filter(|other| inside(other.day)).count()).then_some(DutyBar::Period)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 5, day).expect("a date")
    }

    fn id(n: u8) -> DutyTurnId {
        DutyTurnId::from_minted(crate::ids::uuid_v7(u64::from(n), &[n; 10]))
    }

    fn span(on: u32) -> Span {
        Span { day: day(on), from: 540, to: 720 }
    }

    fn person() -> DutyPerson {
        DutyPerson {
            standing: Standing::Active,
            qualified_until: Some(day(31)),
            leaves: Vec::new(),
            at_stations: true,
            metres: Some(4_000),
            most_km: Some(10),
            weekly_hours: None,
            period: (day(1), day(31)),
            held: vec![(id(1), span(6))],
            said_no: Vec::new(),
        }
    }

    #[test]
    fn each_rule_keeps_somebody_out_and_none_without_cause() {
        let rules = DutyRules { min_gap_days: 3, per_week: 2, per_month: 2, in_period: 3, ..DutyRules::default() };
        let asked = |person: &DutyPerson, on: u32| bar(person, (id(9), span(on)), &rules, &[]);
        assert_eq!(asked(&person(), 11), None);
        assert_eq!(asked(&person(), 6), Some(DutyBar::SameTime));
        assert_eq!(asked(&person(), 8), Some(DutyBar::Gap));
        assert_eq!(asked(&person(), 9), None, "three days apart is far enough");
        let mut other = person();
        other.leaves.push(LeaveDays { from: day(11), to: day(12) });
        assert_eq!(asked(&other, 11), Some(DutyBar::Leave));
        other = person();
        other.standing = Standing::Suspended;
        assert_eq!(asked(&other, 11), Some(DutyBar::Standing));
        other = person();
        other.qualified_until = Some(day(10));
        assert_eq!(asked(&other, 11), Some(DutyBar::Qualification));
        other = person();
        other.metres = Some(10_001);
        assert_eq!(asked(&other, 11), Some(DutyBar::TooFar));
        other = person();
        other.said_no.push(id(9));
        assert_eq!(asked(&other, 11), Some(DutyBar::SaidNo));
        other = person();
        other.at_stations = false;
        assert_eq!(asked(&other, 11), Some(DutyBar::Mode));
        other = person();
        other.held.push((id(2), span(20)));
        assert_eq!(asked(&other, 13), Some(DutyBar::Month));
        let afternoon = Span { day: day(6), from: 810, to: 1_020 };
        assert_eq!(bar(&person(), (id(9), afternoon), &rules, &[]), Some(DutyBar::SameDay));
    }

    /// Turns of three hours, one held on Wednesday 6 May: the week from the 4th to the 10th.
    #[test]
    fn hours_a_week_bound_the_turns_of_that_week() {
        let rules = DutyRules { min_gap_days: 0, per_week: 0, per_month: 0, in_period: 0, ..DutyRules::default() };
        for (hours, on, barred) in
            [(None, 8, false), (Some(6), 8, false), (Some(5), 8, true), (Some(5), 11, false), (Some(2), 11, true)]
        {
            let asked = DutyPerson { weekly_hours: hours, ..person() };
            let bar = bar(&asked, (id(9), span(on)), &rules, &[]);
            assert_eq!(bar, barred.then_some(DutyBar::WeekHours), "{hours:?} on {on}");
        }
        let asked = DutyPerson { weekly_hours: Some(3), ..person() };
        assert_eq!(bar(&asked, (id(9), span(8)), &rules, &[id(1)]), None, "given up for it");
    }

    #[test]
    fn a_turn_given_up_for_it_does_not_stand_in_the_way() {
        let rules = DutyRules { min_gap_days: 3, in_period: 1, ..DutyRules::default() };
        assert_eq!(bar(&person(), (id(9), span(7)), &rules, &[id(1)]), None);
        assert_eq!(bar(&person(), (id(9), span(7)), &rules, &[]), Some(DutyBar::Gap));
        assert_eq!(bar(&person(), (id(1), span(6)), &rules, &[]), None, "one's own turn");
    }
}

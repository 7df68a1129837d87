//! By when somebody will have answered: the deadlines of a chain if nobody answers before the last moment.
//!
//! Contract: the first letter leaves when it is sent; after a period has run out the next letter leaves within letter
//! hours (rules.md, "Letters and the night") and its clock starts then. Deliberately absent: how likely anybody is to
//! accept, questions and outages, which only move later what is predicted here.

use super::letter_hours::next_waking;
use super::{CountingRule, DueDate, due};
use crate::domain::calendar::Calendar;
use chrono::{DateTime, Utc};

/// When each of `count` people would be asked, and until when each may answer. `first_sent_at` is when the first letter
/// leaves.
#[must_use]
pub fn predicted_chain(
    count: usize,
    first_sent_at: DateTime<Utc>,
    rule: CountingRule,
    waking_hours_floor: Option<u32>,
    calendar: &Calendar,
) -> Vec<DueDate> {
    let mut dates: Vec<DueDate> = Vec::with_capacity(count);
    for _ in 0..count {
        let at = dates.last().map_or(first_sent_at, |last| next_waking(last.due_at));
        dates.push(due(rule, waking_hours_floor, at, calendar));
    }
    dates
}

/// The latest instant by which somebody will have answered or the chain has ended, when `waiting` people stand behind an
/// offer that is due at `due_at`.
#[must_use]
pub fn latest_answer(
    due_at: DateTime<Utc>,
    waiting: usize,
    rule: CountingRule,
    waking_hours_floor: Option<u32>,
    calendar: &Calendar,
) -> DateTime<Utc> {
    predicted_chain(waiting, next_waking(due_at), rule, waking_hours_floor, calendar)
        .last()
        .map_or(due_at, |last| last.due_at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer_rule::tests::beijing;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;

    #[test]
    fn a_chain_is_predicted_with_its_nights_and_holidays() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "v1").unwrap();
        let dates = predicted_chain(3, beijing("2026-09-17 16:00"), CountingRule::CivilCode, None, &calendar);
        let told: Vec<_> = dates.iter().map(|date| (date.notified_at, date.due_at)).collect();
        assert_eq!(
            told,
            [
                // Saturday the 19th moves to Sunday the 20th, which is worked.
                (beijing("2026-09-17 16:00"), beijing("2026-09-21 00:00")),
                (beijing("2026-09-21 08:00"), beijing("2026-09-24 00:00")),
                // Mid-Autumn: the 26th moves to the 28th.
                (beijing("2026-09-24 08:00"), beijing("2026-09-29 00:00")),
            ]
        );
        let first = told[0].1;
        assert_eq!(latest_answer(first, 2, CountingRule::CivilCode, None, &calendar), told[2].1);
        assert_eq!(latest_answer(first, 0, CountingRule::CivilCode, None, &calendar), first);
        assert!(predicted_chain(0, first, CountingRule::CivilCode, None, &calendar).is_empty());
    }
}

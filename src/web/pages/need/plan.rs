//! The plan of a chain (派单方案): who would be asked when, until when each may answer, and by when there is a result.
//!
//! Predicted with the rules in force: the first letter leaves when a person sends it; after a period runs out, the next
//! leaves within letter hours. Deliberately absent: how likely anybody is to accept.

use super::clock::{Day, counted, rule_words};
use crate::domain::answer_rule::{DueDate, Why, due, predicted_chain, tomorrow_morning};
use crate::domain::calendar::{Calendar, beijing_clock, beijing_date, day_after, start_of_day};
use crate::domain::policy::Policy;
use crate::i18n::L;
use chrono::{DateTime, NaiveDate, Timelike, Utc};

/// One step, for `m::chain`.
pub struct Step {
    /// Who.
    pub who: String,
    /// When the letter leaves.
    pub when: String,
    /// Until when, and why so long.
    pub lines: Vec<String>,
    /// Whether this says what happens when nobody accepts.
    pub end: bool,
}

/// The plan, in words.
#[derive(Default)]
pub struct Plan {
    /// By when there is a result; empty without anybody arranged for.
    pub latest: String,
    /// The same, short.
    pub latest_short: String,
    /// Who is asked first: everybody who is asked together, as the button names them.
    pub first: String,
    /// The steps.
    pub steps: Vec<Step>,
    /// That the day wanted may be missed; empty when it is not.
    pub late_for: String,
    /// The first one's days.
    pub days: Vec<Day>,
    /// The rule.
    pub rule: String,
    /// Until when the first one may answer if the letter leaves tomorrow morning.
    pub tomorrow: String,
    /// Whether it is outside letter hours.
    pub night: bool,
    /// Whether a year's calendar is still missing.
    pub provisional: bool,
}

/// The plan for those people, in order, of whom `at_once` are asked together, a seat each.
#[must_use]
pub fn plan(
    l: L,
    now: DateTime<Utc>,
    (people, at_once): (&[String], usize),
    wanted_by: Option<NaiveDate>,
    policy: &Policy,
    calendar: &Calendar,
) -> Plan {
    let hour = beijing_clock(now).hour();
    let night = !(8..21).contains(&hour);
    let mut plan = Plan { night, rule: rule_words(l, policy.counting_rule), ..Plan::default() };
    let at_once = at_once.max(1);
    let rounds =
        predicted_chain(people.len().div_ceil(at_once), now, policy.counting_rule, policy.waking_hours_floor, calendar);
    let dates: Vec<&DueDate> = (0..people.len()).filter_map(|place| rounds.get(place / at_once)).collect();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else { return plan };
    let tomorrow = due(policy.counting_rule, policy.waking_hours_floor, tomorrow_morning(now), calendar);
    plan.tomorrow = l.a("need-plan-tomorrow-due", &[("due", &l.short_due(tomorrow.due_at))]);
    plan.days = counted(l, &first.count, beijing_date(now)).0;
    plan.latest = l.due(last.due_at);
    plan.latest_short = l.short_due(last.due_at);
    plan.first = together(l, people.get(..at_once.min(people.len())).unwrap_or_default());
    plan.provisional = dates.iter().any(|date| date.provisional);
    for (place, (who, date)) in people.iter().zip(&dates).enumerate() {
        let when = if place < at_once {
            l.t("need-plan-now")
        } else {
            l.a("need-plan-then", &[("at", &l.short_instant(date.notified_at))])
        };
        let mut lines = vec![l.a("need-offer-due", &[("due", &l.short_due(date.due_at))])];
        let moved = date.count.iter().any(|day| {
            matches!(day.why, Why::LastDayWeekend | Why::LastDayHoliday { .. } | Why::UnknownYearWeekend { .. })
        });
        if moved {
            lines.push(l.t("need-plan-moved"));
        }
        plan.steps.push(Step { who: who.clone(), when, lines, end: false });
    }
    plan.steps.push(Step {
        who: l.t("need-plan-nobody"),
        when: String::new(),
        lines: vec![l.t("need-plan-nobody-text")],
        end: true,
    });
    if let Some(day) = wanted_by {
        let too_late = start_of_day(day_after(day));
        let missing = people.iter().zip(&dates).find(|(_, date)| date.due_at > too_late);
        plan.late_for = missing
            .map(|(who, _)| l.a("need-plan-late", &[("day", &l.short_date(day)), ("name", who)]))
            .unwrap_or_default();
    }
    plan
}

/// Those asked together, by name; of more than three the first two and how many.
fn together(l: L, people: &[String]) -> String {
    match people {
        [first, second, _, _, ..] => {
            let names = l.list(&[first, second]);
            l.a("need-plan-together", &[("names", &names), ("n", &people.len().to_string())])
        }
        few => l.list(few),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
    }

    #[test]
    fn the_chain_of_the_design_is_predicted_to_the_day() {
        let table = "date,kind,occasion\n2026-05-01,holiday,劳动节\n2026-05-09,workday,劳动节\n";
        let calendar = Calendar::from_csv(table, "t").expect("a calendar");
        let people: Vec<String> = ["沈知行", "许望舒", "陆以宁"].iter().map(|name| (*name).to_owned()).collect();
        let now = at("2026-05-08T01:40:00Z");
        let wanted = NaiveDate::from_ymd_opt(2026, 5, 15);
        let policy = Policy::default();
        let dates = predicted_chain(3, now, policy.counting_rule, policy.waking_hours_floor, &calendar);
        let l = L(Lang::Zh);
        assert_eq!(l.due(dates[0].due_at), "2026年5月11日（周一）24:00");
        assert_eq!(l.short_instant(dates[1].notified_at), "5月12日（周二）08:00");
        assert_eq!(l.due(dates[2].due_at), "2026年5月18日（周一）24:00");
        for lang in [Lang::Zh, Lang::En] {
            let plan = plan(L(lang), now, (&people, 1), wanted, &policy, &calendar);
            assert!(plan.late_for.contains("陆以宁") && !plan.night && plan.steps.len() == 4);
            let said: String =
                plan.steps.iter().map(|step| format!("{}{}{}", step.who, step.when, step.lines.join(""))).collect();
            assert!(
                !format!("{said}{}{}{}{}", plan.late_for, plan.rule, plan.tomorrow, plan.latest).contains('⟦'),
                "{said}"
            );
        }
        assert!(super::plan(l, at("2026-05-08T14:00:00Z"), (&people, 1), None, &policy, &calendar).night);
        let three = super::plan(l, now, (&people, 3), None, &policy, &calendar);
        assert_eq!(three.latest, l.due(dates[0].due_at), "three seats at once are one round");
        assert_eq!(three.first, "沈知行、许望舒、陆以宁", "the button names everybody it writes to");
        assert_eq!(super::plan(l, now, (&people, 1), None, &policy, &calendar).first, "沈知行");
        let four = [people.as_slice(), &["顾明岚".to_owned()]].concat();
        let first = super::plan(l, now, (&four, 4), None, &policy, &calendar).first;
        assert!(first.contains("许望舒") && !first.contains("陆以宁") && first.contains('4'), "{first}");
        assert!(super::plan(l, now, (&[], 1), None, &policy, &calendar).steps.is_empty());
    }
}

//! What managers do now and then: set the policy, enter the State Council's notices, keep the register, look into conduct,
//! hand over a liaison's work. Each by the real deed; what it leads to is planned from it.

use super::dice::Dice;
use super::people::Act;
use super::run::{Ended, Run, Went};
use super::staff;
use crate::actions::conduct_case::open_case;
use crate::actions::decide_appeal::decide_appeal;
use crate::actions::decide_case::{DecideCase, decide_case};
use crate::actions::enter_leave::{LeaveInput, enter_leave};
use crate::actions::hand_over_needs::hand_over_needs;
use crate::actions::hear_expert::hear_expert;
use crate::actions::import_calendar::{decide_calendar, import_calendar};
use crate::actions::set_policy::set_policy;
use crate::actions::tell_case::enter_case_told;
use crate::actions::{Done, Office};
use crate::clock::Clock;
use crate::domain::answer_rule::CountingRule;
use crate::domain::assignment::NotifiedBy;
use crate::domain::calendar::{RowKind, beijing_date};
use crate::domain::conduct::{AppealOutcome, CaseKind, Decision, StatementKind};
use crate::domain::refusal::Refusal;
use crate::ids::{CalendarImportId, CaseId, ExpertId};
use chrono::{Datelike, Days, NaiveDate, TimeDelta, Weekday};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How often a manager tries to decide a case whose hearing still runs.
const TRIES: u32 = 8;

impl Run {
    /// A case is opened, and its way planned: it is told, heard, decided.
    pub(super) fn opens_case(&mut self, node: usize, expert: ExpertId, kind: CaseKind) -> Result<Went<()>, Ended> {
        let opened = self.deed(node, |office, run| {
            open_case(office, &run.world.manager, expert, kind, "多次未按时答复，经提醒未改正", &[])
        })?;
        let case = match opened {
            Went::Done(case) => case,
            Went::Refused => return Ok(Went::Refused),
            Went::Failed => return Ok(Went::Failed),
        };
        let mut dice = Dice::of(self.plan.seed, "case", case.as_str());
        let now = self.clock.truth();
        self.at(now + dice.minutes(3 * 1_440, 5 * 1_440), Act::TellCase(case));
        if dice.percent(60) {
            self.at(now + dice.minutes(1_440, 8 * 1_440), Act::Hear(case, StatementKind::Statement));
        }
        let decision = match (kind, dice.between(0, 9)) {
            (CaseKind::Admonition, 0..=5) => Decision::Admonish,
            (CaseKind::Removal, 0..=4) => Decision::Remove,
            (CaseKind::Removal, 5..=6) => Decision::Keep,
            (_, 7) => Decision::AdviseWithdrawal,
            _ => Decision::Dismiss,
        };
        self.at(now + dice.minutes(5 * 1_440, 12 * 1_440), Act::Decide(case, decision, 0));
        Ok(Went::Done(()))
    }

    /// The second manager decides; while the expert may still be heard, again two days later.
    pub(super) fn decides(
        &mut self,
        node: usize,
        case: CaseId,
        decision: Decision,
        tries: u32,
    ) -> Result<Went<()>, Ended> {
        let went = self.deed(node, |office, run| {
            let input = DecideCase { decision, reason: "经核实，情况如立案时所述", early: false };
            decide_case(office, &run.world.deputy, case, &input)
        })?;
        let now = self.clock.truth();
        let mut dice = Dice::of(self.plan.seed, "appeal", case.as_str());
        match went {
            Went::Done(()) if decision.is_against() => {
                self.at(now + dice.minutes(3 * 1_440, 5 * 1_440), Act::TellCase(case));
                if dice.percent(50) {
                    self.at(now + dice.minutes(1_440, 7 * 1_440), Act::Hear(case, StatementKind::Appeal));
                    let outcome = if dice.percent(40) { AppealOutcome::Overturned } else { AppealOutcome::Upheld };
                    self.at(now + dice.minutes(9 * 1_440, 12 * 1_440), Act::DecideAppeal(case, outcome));
                }
            }
            Went::Refused if tries < TRIES => {
                self.at(now + TimeDelta::days(2), Act::Decide(case, decision, tries + 1));
            }
            _ => {}
        }
        Ok(went)
    }

    /// A notice is entered, and a second manager planned who approves it, or does not.
    pub(super) fn enters_notice(&mut self, node: usize) -> Result<Went<()>, Ended> {
        let entered = self.deed(node, notice)?;
        Ok(match entered {
            Went::Done(Some(import)) => {
                let mut dice = Dice::of(self.plan.seed, "approval", import.as_str());
                let at = self.clock.truth() + dice.minutes(30, 3 * 1_440);
                self.at(at, Act::DecideNotice(import, dice.percent(85)));
                Went::Done(())
            }
            Went::Done(None) => Went::Done(()),
            Went::Refused => Went::Refused,
            Went::Failed => Went::Failed,
        })
    }

    /// Mail is off: liaisons pass on what waits, and its readers do what they would do with a letter.
    pub(super) fn passes_on(&mut self, node: usize) -> Result<Went<()>, Ended> {
        let told = match self.deed(node, staff::pass_on)? {
            Went::Done(told) => told,
            Went::Refused => return Ok(Went::Refused),
            Went::Failed => return Ok(Went::Failed),
        };
        let nothing_to_scan = std::sync::Arc::from("");
        for row in &told {
            self.plan_reaction(row, &nothing_to_scan);
        }
        Ok(Went::Done(()))
    }
}

/// The policy is set anew: one of the four rules, a floor or none, other figures.
///
/// # Errors
/// What the deed refuses.
pub fn policy(office: &Office, run: &Run) -> Done<()> {
    let mut dice = Dice::of(run.plan.seed, "policy", &run.clock.truth().timestamp().to_string());
    let mut policy = office.policy()?;
    let mut figure = |low, high| u32::try_from(dice.between(low, high)).unwrap_or(1);
    policy.reserves = figure(1, 5);
    policy.feedback_working_days = figure(3, 8);
    policy.rating_days = figure(20, 40);
    policy.rating_reminder_day = figure(5, 10);
    let floor = figure(16, 30);
    policy.waking_hours_floor = dice.percent(30).then_some(floor);
    policy.counting_rule = dice.pick(&CountingRule::ALL).copied().unwrap_or_default();
    set_policy(office, &run.world.manager, &policy)
}

type Noticed = BTreeMap<NaiveDate, (RowKind, String)>;

/// Next year's notice once it is November and none is known; else this year's with one day put right.
fn notice(office: &Office, run: &Run) -> Done<Option<CalendarImportId>> {
    let today = beijing_date(run.clock.now());
    let mut dice = Dice::of(run.plan.seed, "notice", &today.to_string());
    let calendar = office.calendar();
    let known = |year: i32| -> Noticed {
        calendar
            .rows()
            .filter(|row| row.date.year() == year)
            .map(|row| (row.date, (row.kind, row.occasion.clone())))
            .collect()
    };
    let is_told = |days: &Noticed| days.keys().any(|day| (2..=11).contains(&day.month()));
    let (this, next) = (known(today.year()), known(today.year() + 1));
    let days = if !is_told(&this) {
        made_up(today.year())
    } else if today.month() >= 11 && !is_told(&next) {
        made_up(today.year() + 1)
    } else {
        match put_right(this, today + Days::new(dice.between(3, 25).unsigned_abs())) {
            Some(days) => days,
            None => return Ok(None),
        }
    };
    let mut csv = "date,kind,occasion\n".to_owned();
    for (day, (kind, occasion)) in &days {
        // Writing to a String cannot fail.
        let _ = writeln!(csv, "{day},{},{occasion}", kind.as_str());
    }
    let source = format!("模拟通知〔{}〕{}号", today.year(), today.ordinal());
    Ok(import_calendar(office, &run.world.manager, &csv, &source, false)?.waits_as)
}

/// A year's notice as the State Council might word it.
fn made_up(year: i32) -> Noticed {
    let mut days = Noticed::new();
    for (occasion, month, from, to) in
        [("元旦", 1, 1, 1), ("春节", 2, 10, 16), ("清明节", 4, 4, 6), ("劳动节", 5, 1, 5), ("国庆节", 10, 1, 7)]
    {
        for day in from..=to {
            if let Some(date) = NaiveDate::from_ymd_opt(year, month, day) {
                days.insert(date, (RowKind::Holiday, occasion.to_owned()));
            }
        }
    }
    days
}

/// The same days with one put right: named no longer, or made a holiday or a day of work; nothing in another year.
fn put_right(mut days: Noticed, day: NaiveDate) -> Option<Noticed> {
    if days.keys().next().is_none_or(|first| first.year() != day.year()) {
        return None;
    }
    if days.remove(&day).is_none() {
        let at_weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
        let kind = if at_weekend { RowKind::Workday } else { RowKind::Holiday };
        days.insert(day, (kind, "临时调整".to_owned()));
    }
    Some(days)
}

/// The second manager says yes or no to a notice.
///
/// # Errors
/// What the deed refuses.
pub fn decide_notice(office: &Office, run: &Run, import: CalendarImportId, approve: bool) -> Done<()> {
    let reason = if approve { "" } else { "与原文不符" };
    decide_calendar(office, &run.world.deputy, import, approve, reason).map(drop)
}

/// The needs and tasks of a station's liaison go to its head.
///
/// # Errors
/// What the deed refuses.
pub fn hand_over(office: &Office, run: &Run, station: usize) -> Done<()> {
    let station = run.world.stations.get(station).ok_or(Refusal::NotFound)?;
    let (Some(from), Some(to)) = (station.liaison.account(), station.head.account()) else {
        return Err(Refusal::NotFound.into());
    };
    hand_over_needs(office, &run.world.manager, from, to, None).map(drop)
}

/// Staff tell an expert of a case themselves.
///
/// # Errors
/// What the deed refuses.
pub fn tell_case(office: &Office, run: &Run, case: CaseId) -> Done<()> {
    enter_case_told(office, &run.world.manager, case, NotifiedBy::Phone, office.now())
}

/// What an expert says in a case, brought to staff who enter it.
///
/// # Errors
/// What the deed refuses.
pub fn hear(office: &Office, run: &Run, case: CaseId, kind: StatementKind) -> Done<()> {
    hear_expert(office, &run.world.manager, case, kind, "当时在外地出差，未能及时查看邮件。")
}

/// A manager who did not decide the case decides the appeal.
///
/// # Errors
/// What the deed refuses.
pub fn appeal(office: &Office, run: &Run, case: CaseId, outcome: AppealOutcome) -> Done<()> {
    decide_appeal(office, &run.world.manager, case, outcome, "经复核")
}

/// An expert goes on leave that begins so many days from now.
///
/// # Errors
/// What the deed refuses.
pub fn leave_later(office: &Office, run: &Run, expert: ExpertId, ahead: i64, days: i64) -> Done<()> {
    let from = beijing_date(run.clock.now()) + Days::new(ahead.unsigned_abs());
    let to = from + Days::new(days.unsigned_abs());
    enter_leave(office, &run.world.manager, expert, &LeaveInput { from, to, reason: None }).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_put_right_differs_in_one_day() {
        let year = made_up(2027);
        let day = |month, day| NaiveDate::from_ymd_opt(2027, month, day).expect("a day");
        let less = put_right(year.clone(), day(5, 3)).expect("the same year");
        assert_eq!(less.len() + 1, year.len());
        let more = put_right(year.clone(), day(6, 2)).expect("the same year");
        assert!(more.get(&day(6, 2)).is_some_and(|(kind, _)| *kind == RowKind::Holiday));
        let worked = put_right(year.clone(), day(6, 5)).expect("the same year");
        assert!(worked.get(&day(6, 5)).is_some_and(|(kind, _)| *kind == RowKind::Workday), "a Saturday");
        assert_eq!(put_right(year, NaiveDate::from_ymd_opt(2028, 1, 3).expect("a day")), None);
    }
}

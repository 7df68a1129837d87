//! What a day brings: needs that come in, and what befalls the office, each by its odds and from throws of its own.

use super::dice::Dice;
use super::people::Act;
use super::plan::Fault;
use super::run::Run;
use super::world;
use crate::domain::calendar::{at_hour, beijing_date};
use crate::domain::conduct::CaseKind;
use crate::ids::ExpertId;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

impl Run {
    /// Plans the day that begins.
    pub(super) fn plan_day(&mut self) {
        let today = beijing_date(self.clock.truth());
        let day = today.to_string();
        let mut dice = Dice::of(self.plan.seed, "day", &day);
        for n in 0..self.plan.needs_per_day {
            let at = at_hour(today, 8) + dice.minutes(0, 15 * 60);
            let number =
                u32::try_from((at - world::START.parse::<DateTime<Utc>>().unwrap_or(at)).num_days()).unwrap_or(0);
            self.at(at, Act::Submit(number * 1_000 + n));
        }
        if dice.percent(40)
            && let Some(expert) = dice.pick(&self.world.experts).copied()
        {
            self.at(at_hour(today, 10) + dice.minutes(0, 300), Act::Leave(expert, 6));
        }
        if self.plan.faults.has(Fault::Clock) && dice.percent(self.plan.faults.odds(Fault::Clock)) {
            let off = *dice.pick(&[-3_600, -2, 3, 3_600, -86_400]).unwrap_or(&0);
            let at = at_hour(today, 0) + dice.minutes(0, 1_380);
            self.at(at, Act::Skew(off));
            self.at(at + dice.minutes(5, 300), Act::Skew(0));
        }
        if self.plan.faults.has(Fault::Index) && dice.percent(self.plan.faults.odds(Fault::Index)) {
            self.at(at_hour(today, 12), Act::LoseIndex);
        }
        self.plan_troubles(today, &day);
        self.plan_decisions(today, &day);
    }

    /// The throws of that kind for the day, if it happens.
    fn befalls(&self, kind: Fault, day: &str) -> Option<Dice> {
        let mut dice = Dice::of(self.plan.seed, kind.name(), day);
        (self.plan.faults.has(kind) && dice.percent(self.plan.faults.odds(kind))).then_some(dice)
    }

    /// Some instant of the working day.
    fn by_day(today: NaiveDate, dice: &mut Dice) -> DateTime<Utc> {
        at_hour(today, 9) + dice.minutes(0, 8 * 60)
    }

    fn somebody(&self, dice: &mut Dice) -> Option<ExpertId> {
        dice.pick(&self.world.experts).copied()
    }

    fn plan_troubles(&mut self, today: NaiveDate, day: &str) {
        if let Some(mut dice) = self.befalls(Fault::Outage, day) {
            let at = at_hour(today, 0) + dice.minutes(0, 1_439);
            let span = match dice.between(0, 9) {
                // Short of the hour that moves a deadline, hours on a last day or not, and a day and more.
                0..=3 => dice.minutes(4, 50),
                4..=8 => dice.minutes(61, 6 * 60),
                _ => dice.minutes(20 * 60, 30 * 60),
            };
            self.at(at, Act::Outage(span));
        }
        if let Some(mut dice) = self.befalls(Fault::Restart, day) {
            let at = at_hour(today, 0) + dice.minutes(0, 1_439);
            self.at(at, Act::Outage(TimeDelta::seconds(dice.between(5, 110))));
        }
        if let Some(mut dice) = self.befalls(Fault::Database, day) {
            let at = at_hour(today, 0) + dice.minutes(0, 1_439);
            self.at(at, Act::CutOff(dice.minutes(1, 4 * 60)));
        }
        if self.mail_off {
            for hour in [10, 15, 19] {
                self.at(at_hour(today, hour), Act::PassOn);
            }
        } else if let Some(mut dice) = self.befalls(Fault::MailOff, day) {
            let at = Self::by_day(today, &mut dice);
            self.at(at, Act::SwitchMail(true));
            self.at(at + TimeDelta::hours(1), Act::PassOn);
            self.at(at + dice.minutes(1_440, 4 * 1_440), Act::SwitchMail(false));
        }
    }

    fn plan_decisions(&mut self, today: NaiveDate, day: &str) {
        if let Some(mut dice) = self.befalls(Fault::Calendar, day) {
            self.at(Self::by_day(today, &mut dice), Act::EnterNotice);
        }
        if let Some(mut dice) = self.befalls(Fault::Policy, day) {
            self.at(Self::by_day(today, &mut dice), Act::SetPolicy);
        }
        if let Some(mut dice) = self.befalls(Fault::HandOver, day) {
            let last = i64::try_from(self.world.stations.len()).unwrap_or(1) - 1;
            let station = usize::try_from(dice.between(0, last)).unwrap_or(0);
            self.at(Self::by_day(today, &mut dice), Act::HandOver(station));
        }
        if let Some(mut dice) = self.befalls(Fault::Conduct, day)
            && let Some(expert) = self.somebody(&mut dice)
        {
            let kind = if dice.percent(60) { CaseKind::Admonition } else { CaseKind::Removal };
            self.at(Self::by_day(today, &mut dice), Act::OpenCase(expert, kind));
        }
        if let Some(mut dice) = self.befalls(Fault::Register, day)
            && let Some(expert) = self.somebody(&mut dice)
        {
            let at = Self::by_day(today, &mut dice);
            if dice.percent(20) {
                self.at(at, Act::Withdraw(expert));
            } else {
                self.at(at, Act::Pause(expert));
                self.at(at + dice.minutes(1_440, 14 * 1_440), Act::Resume(expert));
            }
        }
        if let Some(mut dice) = self.befalls(Fault::LeaveLater, day)
            && let Some(expert) = self.somebody(&mut dice)
        {
            let (ahead, days) = (dice.between(1, 5), dice.between(0, 9));
            self.at(Self::by_day(today, &mut dice), Act::LeaveLater { expert, ahead, days });
        }
    }
}

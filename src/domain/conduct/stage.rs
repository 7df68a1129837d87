//! The stages of a case (程序): told, heard, decided by a second person, told again, open to appeal, final.
//!
//! Contract: [`CaseStage::after`] names every pair of a stage and a step. Source: rules.md, "Standing, selection, conduct"
//! ("Statement, decision letter and appeal have their own deadlines"). Deliberately absent: who may take a step, and what
//! it does to the expert's standing ([`super::Decision`]).

use crate::domain::answer_rule::{add_working_days, last_day};
use crate::domain::calendar::{Calendar, at_hour, beijing_date, start_of_day};
use chrono::{DateTime, Days, Utc};

text_enum! {
    /// Where a case stands.
    pub enum CaseStage {
        /// 待告知: opened; the notice has not reached the expert.
        Notice = "notice",
        /// 陈述期: the expert may be heard.
        Hearing = "hearing",
        /// 待决定: heard, or the time to be heard is over; waits for the second manager.
        Deciding = "deciding",
        /// 待送达: decided against the expert; the decision has not reached them.
        Decided = "decided",
        /// 申诉期.
        Appealable = "appealable",
        /// 申诉中: waits for a manager who had no part in it so far.
        Appealed = "appealed",
        /// 办结.
        Final = "final",
    }
}

text_enum! {
    /// What moves a case on.
    pub enum CaseStep {
        /// The notice was taken by the mail server, or told by staff.
        Tell = "tell",
        /// The notice came back.
        NoticeReturns = "notice-returns",
        /// The expert was heard (陈述).
        Hear = "hear",
        /// The time to be heard is over.
        HearingEnds = "hearing-ends",
        /// Decided against the expert.
        Decide = "decide",
        /// Decided for the expert: nothing to appeal against.
        Clear = "clear",
        /// The decision was taken by the mail server, or told by staff.
        TellDecision = "tell-decision",
        /// The decision came back.
        DecisionReturns = "decision-returns",
        /// The expert appeals (申诉).
        Appeal = "appeal",
        /// The time to appeal is over.
        AppealEnds = "appeal-ends",
        /// The appeal was decided.
        Review = "review",
    }
}

/// A step that means nothing at this stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutOfTurn {
    /// Where the case stands.
    pub stage: CaseStage,
    /// What was asked.
    pub step: CaseStep,
}

impl CaseStage {
    /// Whether the case waits for its first decision.
    #[must_use]
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Notice | Self::Hearing | Self::Deciding)
    }

    /// Whether the expert may still be heard.
    #[must_use]
    pub const fn hears(self) -> bool {
        self.is_open()
    }

    /// The stage after a step.
    ///
    /// # Errors
    /// [`OutOfTurn`] when the step means nothing here.
    pub const fn after(self, step: CaseStep) -> Result<Self, OutOfTurn> {
        use CaseStep as S;
        let next = match self {
            Self::Notice => match step {
                S::Tell => Some(Self::Hearing),
                // Word came by other ways than the letter.
                S::Hear => Some(Self::Deciding),
                S::Decide => Some(Self::Decided),
                S::Clear => Some(Self::Final),
                S::NoticeReturns
                | S::HearingEnds
                | S::TellDecision
                | S::DecisionReturns
                | S::Appeal
                | S::AppealEnds
                | S::Review => None,
            },
            Self::Hearing => match step {
                S::NoticeReturns => Some(Self::Notice),
                S::Hear | S::HearingEnds => Some(Self::Deciding),
                S::Decide => Some(Self::Decided),
                S::Clear => Some(Self::Final),
                S::Tell | S::TellDecision | S::DecisionReturns | S::Appeal | S::AppealEnds | S::Review => None,
            },
            Self::Deciding => match step {
                // More may be said until the decision.
                S::Hear => Some(Self::Deciding),
                // A late bounce: nobody had been told.
                S::NoticeReturns => Some(Self::Notice),
                S::Decide => Some(Self::Decided),
                S::Clear => Some(Self::Final),
                S::Tell
                | S::HearingEnds
                | S::TellDecision
                | S::DecisionReturns
                | S::Appeal
                | S::AppealEnds
                | S::Review => None,
            },
            Self::Decided => match step {
                S::TellDecision => Some(Self::Appealable),
                S::Appeal => Some(Self::Appealed),
                S::Tell
                | S::NoticeReturns
                | S::Hear
                | S::HearingEnds
                | S::Decide
                | S::Clear
                | S::DecisionReturns
                | S::AppealEnds
                | S::Review => None,
            },
            Self::Appealable => match step {
                // The sealed letter tells it again: the time to appeal only grows.
                S::TellDecision => Some(Self::Appealable),
                S::DecisionReturns => Some(Self::Decided),
                S::Appeal => Some(Self::Appealed),
                S::AppealEnds => Some(Self::Final),
                S::Tell | S::NoticeReturns | S::Hear | S::HearingEnds | S::Decide | S::Clear | S::Review => None,
            },
            Self::Appealed => match step {
                S::Appeal | S::TellDecision => Some(Self::Appealed),
                S::Review => Some(Self::Final),
                S::Tell
                | S::NoticeReturns
                | S::Hear
                | S::HearingEnds
                | S::Decide
                | S::Clear
                | S::DecisionReturns
                | S::AppealEnds => None,
            },
            Self::Final => match step {
                S::Tell
                | S::NoticeReturns
                | S::Hear
                | S::HearingEnds
                | S::Decide
                | S::Clear
                | S::TellDecision
                | S::DecisionReturns
                | S::Appeal
                | S::AppealEnds
                | S::Review => None,
            },
        };
        match next {
            Some(stage) => Ok(stage),
            None => Err(OutOfTurn { stage: self, step }),
        }
    }
}

/// The first instant that is too late for something to be done within `days` working days of the day it was told; that
/// day is not counted.
#[must_use]
pub fn ends_after(told: DateTime<Utc>, days: u32, calendar: &Calendar) -> DateTime<Utc> {
    let last = add_working_days(beijing_date(told), days, calendar);
    start_of_day(last.checked_add_days(Days::new(1)).unwrap_or(last))
}

/// When the end of a time is reminded of: at 09:00 of the working day before its last, so that one whole working day is
/// left; where that lies before the telling, at 09:00 of the last day; `None` where there is no morning left.
#[must_use]
pub fn reminds_at(told: DateTime<Utc>, ends: DateTime<Utc>, calendar: &Calendar) -> Option<DateTime<Utc>> {
    let last = last_day(ends);
    let before = last.iter_days().rev().skip(1).take(LONGEST_REST).find(|day| calendar.is_working_day(*day));
    before.into_iter().chain([last]).map(|day| at_hour(day, 9)).find(|at| *at > told)
}

/// No festival with its days off is longer.
const LONGEST_REST: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;
    use CaseStage as C;
    use CaseStep as S;

    const WAYS: &[(CaseStage, CaseStep, CaseStage)] = &[
        (C::Notice, S::Tell, C::Hearing),
        (C::Notice, S::Hear, C::Deciding),
        (C::Notice, S::Decide, C::Decided),
        (C::Notice, S::Clear, C::Final),
        (C::Hearing, S::NoticeReturns, C::Notice),
        (C::Hearing, S::Hear, C::Deciding),
        (C::Hearing, S::HearingEnds, C::Deciding),
        (C::Hearing, S::Decide, C::Decided),
        (C::Hearing, S::Clear, C::Final),
        (C::Deciding, S::Hear, C::Deciding),
        (C::Deciding, S::NoticeReturns, C::Notice),
        (C::Deciding, S::Decide, C::Decided),
        (C::Deciding, S::Clear, C::Final),
        (C::Decided, S::TellDecision, C::Appealable),
        (C::Decided, S::Appeal, C::Appealed),
        (C::Appealable, S::TellDecision, C::Appealable),
        (C::Appealable, S::DecisionReturns, C::Decided),
        (C::Appealable, S::Appeal, C::Appealed),
        (C::Appealable, S::AppealEnds, C::Final),
        (C::Appealed, S::Appeal, C::Appealed),
        (C::Appealed, S::TellDecision, C::Appealed),
        (C::Appealed, S::Review, C::Final),
    ];

    #[test]
    fn every_pair_of_stage_and_step_is_decided() {
        let mut led = 0;
        for stage in CaseStage::ALL {
            for step in CaseStep::ALL {
                let way = WAYS.iter().find(|(from, by, _)| from == stage && by == step).map(|(_, _, to)| *to);
                assert_eq!(stage.after(*step), way.ok_or(OutOfTurn { stage: *stage, step: *step }), "{stage} × {step}");
                led += usize::from(way.is_some());
            }
        }
        assert_eq!((led, CaseStage::ALL.len() * CaseStep::ALL.len()), (WAYS.len(), 77));
    }

    #[test]
    fn a_case_once_decided_is_not_decided_again_and_the_end_is_the_end() {
        for stage in CaseStage::ALL.iter().filter(|stage| !stage.is_open()) {
            assert!(stage.after(S::Decide).is_err() && stage.after(S::Clear).is_err() && stage.after(S::Hear).is_err());
        }
        assert!(CaseStep::ALL.iter().all(|step| C::Final.after(*step).is_err()));
    }

    #[test]
    fn working_days_are_counted_over_festivals_and_make_up_days() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "t").expect("reads");
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("an instant").to_utc();
        for (told, days, ends) in [
            ("2026-03-10T10:00:00+08:00", 5, "2026-03-18T00:00:00+08:00"),
            // A letter of late Friday counts from Monday.
            ("2026-03-13T23:59:00+08:00", 1, "2026-03-17T00:00:00+08:00"),
            // The Saturday before Spring Festival is worked, the festival is not.
            ("2026-02-13T09:00:00+08:00", 2, "2026-02-25T00:00:00+08:00"),
        ] {
            assert_eq!(ends_after(at(told), days, &calendar), at(ends), "{told} + {days}");
        }
    }

    #[test]
    fn the_end_is_reminded_of_a_working_day_before_its_last() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "t").expect("reads");
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("an instant").to_utc();
        for (told, days, reminded) in [
            // Ends with Tuesday the 17th; told on Tuesday the 10th.
            ("2026-03-10T10:00:00+08:00", 5, Some("2026-03-16T09:00:00+08:00")),
            // Ends with Monday: the working day before is Friday, on which it was told.
            ("2026-03-13T08:00:00+08:00", 1, Some("2026-03-13T09:00:00+08:00")),
            ("2026-03-13T10:00:00+08:00", 1, Some("2026-03-16T09:00:00+08:00")),
            // Ends on the first working day after Spring Festival.
            ("2026-02-13T09:30:00+08:00", 2, Some("2026-02-14T09:00:00+08:00")),
        ] {
            let ends = ends_after(at(told), days, &calendar);
            assert_eq!(reminds_at(at(told), ends, &calendar), reminded.map(at), "{told} + {days}");
        }
        let told = at("2026-03-16T10:00:00+08:00");
        assert_eq!(reminds_at(told, at("2026-03-17T00:00:00+08:00"), &calendar), None, "no morning is left");
    }
}

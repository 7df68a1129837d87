//! Duty rotation (轮值): turns of a station, who may sit on them, and who has said yes.
//!
//! Source: Beijing standard, 服务要求 b) (采用轮值的方式提供服务的，结合服务需求人的实际住所、活动需求等因素，由管理机构综合考虑
//! 征求专家意见，安排提供服务); rules.md: nobody is on a published rota, or put there by override, without a yes; silence
//! is no yes. Contract: pure; times of day are minutes after the Beijing midnight of the turn's day. Deliberately absent:
//! the search for a fair rota (that is `flow::rota`), letters, and the present time.

pub mod demand;
pub mod fairness;
pub mod fit;
pub mod pattern;

use super::calendar::start_of_day;
use crate::ids::DutyTurnId;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

pub use fit::{DutyBar, DutyPerson, bar};
pub use pattern::{DutyRules, StationPattern, TurnSpec, turns_of};

text_enum! {
    /// Where a plan stands.
    pub enum PlanState {
        /// 草案: nobody was asked.
        Draft = "draft",
        /// 征求意见中.
        Asking = "asking",
        /// 已发布.
        Published = "published",
        /// 已撤回: never published.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// Which part of the day a turn takes.
    pub enum DutyPart {
        /// 上午, 9:00–12:00.
        Morning = "morning",
        /// 下午, 13:30–17:00.
        Afternoon = "afternoon",
        /// 全天, 9:00–17:00.
        Day = "day",
    }
}

impl DutyPart {
    /// From which minute of the day to which.
    #[must_use]
    pub const fn minutes(self) -> (i32, i32) {
        match self {
            Self::Morning => (9 * 60, 12 * 60),
            Self::Afternoon => (13 * 60 + 30, 17 * 60),
            Self::Day => (9 * 60, 17 * 60),
        }
    }
}

text_enum! {
    /// Where one seat of a turn stands.
    pub enum TurnState {
        /// 空缺.
        Gap = "gap",
        /// 拟排: proposed by the plan, no yes yet.
        Proposed = "proposed",
        /// 已同意.
        Agreed = "agreed",
        /// 停开: the station is closed.
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// What an expert said to a turn.
    pub enum ConsentAnswer {
        /// Asked, nothing said.
        Waiting = "waiting",
        /// 可以.
        Yes = "yes",
        /// 最好不要: no yes; the plan looks for somebody else.
        RatherNot = "rather-not",
        /// 不能: writes leave for the day.
        No = "no",
        /// No longer asked.
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// How a turn may change hands.
    pub enum SwapKind {
        /// 互换.
        Swap = "swap",
        /// 让班: to whoever takes it.
        Give = "give",
        /// 接班: asks for a free turn, or is asked to cover one.
        Take = "take",
    }
}

text_enum! {
    /// Where a change of hands stands.
    pub enum SwapState {
        /// Waits for the other side.
        Open = "open",
        /// Both said yes; waits for the office, where the rules ask for that.
        Agreed = "agreed",
        /// 已换.
        Done = "done",
        /// 不同意.
        Refused = "refused",
        /// 已撤回.
        Withdrawn = "withdrawn",
    }
}

/// The instant of a minute of a Beijing day.
#[must_use]
pub fn instant(day: NaiveDate, minute: i32) -> DateTime<Utc> {
    start_of_day(day) + TimeDelta::minutes(i64::from(minute))
}

/// When a turn lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The day, in Beijing.
    pub day: NaiveDate,
    /// From which minute.
    pub from: i32,
    /// To which minute, not counted.
    pub to: i32,
}

impl Span {
    /// Whether both share a minute.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.day == other.day && self.from < other.to && other.from < self.to
    }

    /// How long it is, in minutes.
    #[must_use]
    pub fn minutes(self) -> u32 {
        u32::try_from(self.to - self.from).unwrap_or(0)
    }

    /// When it begins.
    #[must_use]
    pub fn begins(self) -> DateTime<Utc> {
        instant(self.day, self.from)
    }

    /// When it ends.
    #[must_use]
    pub fn ends(self) -> DateTime<Utc> {
        instant(self.day, self.to)
    }

    /// Whether the moment falls into it.
    #[must_use]
    pub fn holds(self, now: DateTime<Utc>) -> bool {
        self.begins() <= now && now < self.ends()
    }
}

/// A day after every rota, that databases keep and compare like any other.
#[must_use]
pub fn far_ahead() -> NaiveDate {
    NaiveDate::from_ymd_opt(2999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// Minutes before a turn from which one may sign in.
pub const SIGN_IN_EARLY: i64 = 60;
/// Minutes after the end of a turn at which it counts as missed when nobody signed in.
pub const MISSED_AFTER: i64 = 30;
/// Days ahead at which gaps are mailed.
pub const GAP_DAYS: [i64; 3] = [14, 7, 2];

/// The six digits an expert reads on the own page and types at the station: from the turn and 32 bits of a seal, so that
/// whoever has only the station's page cannot sign in for somebody else.
#[must_use]
pub fn sign_in_code(seal: &str) -> String {
    let digits = seal.bytes().fold(0_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    format!("{:06}", digits % 1_000_000)
}

/// What is sealed for the code of a turn.
#[must_use]
pub fn code_line(turn: DutyTurnId) -> String {
    format!("duty-sign-in {turn}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(day: u32, from: i32, to: i32) -> Span {
        Span { day: NaiveDate::from_ymd_opt(2026, 5, day).expect("a date"), from, to }
    }

    #[test]
    fn turns_that_only_touch_do_not_overlap() {
        assert!(span(6, 540, 720).overlaps(span(6, 700, 800)));
        assert!(!span(6, 540, 720).overlaps(span(6, 720, 800)));
        assert!(!span(6, 540, 720).overlaps(span(7, 540, 720)));
        assert!(span(6, 540, 720).holds(instant(span(6, 0, 1).day, 540)));
        assert!(!span(6, 540, 720).holds(instant(span(6, 0, 1).day, 720)));
    }

    #[test]
    fn a_code_has_six_digits_and_follows_its_seal() {
        let codes = ["1:ab", "1:ac", "2:ab"].map(sign_in_code);
        assert!(codes.iter().all(|code| code.len() == 6));
        assert!(codes[0] != codes[1] && codes[0] != codes[2]);
    }
}

//! Papers of an expert (申报材料、资质证书): what they prove, and on which days.
//!
//! Contract: whether a paper holds is only ever asked for a day ([`Validity::valid_on`], [`Paper::valid_on`]); there is no
//! "is valid" without one. Source: Beijing standard, 选取条件 b), d), e); rules.md, "Standing, selection, conduct". Both
//! days of a validity are counted. Deliberately absent: files, and who may see them.

use super::calendar::start_of_day;
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

text_enum! {
    /// What a paper is.
    pub enum DocumentKind {
        /// 推荐表: the employer recommends, supports and guarantees (选取条件 d).
        Recommendation = "recommendation",
        /// 部门同意: needed by officials (选取条件 e).
        Consent = "consent",
        /// 承诺书, signed by the expert (选取条件 a, 行为准则).
        Pledge = "pledge",
        /// A practice certificate or title (选取条件 b).
        Certificate = "certificate",
        /// Anything else that proves years of practice or work done (选取条件 b, c).
        Proof = "proof",
    }
}

text_enum! {
    /// Where a paper stands with the office.
    pub enum DocumentState {
        /// Handed in; nobody has looked at it yet.
        HandedIn = "handed-in",
        /// Looked at and taken.
        Accepted = "accepted",
        /// Sent back with a reason.
        Refused = "refused",
    }
}

/// The days before the end on which expert and manager are told (issue "The registry", 2).
pub const NOTICE_DAYS: [u64; 3] = [60, 30, 7];
/// From so many days before the end a renewed paper is asked for.
pub const RENEWAL_OPENS: u64 = 60;
/// Until so many days after the end a renewal is taken as one; later the paper is handed in as a new one.
pub const RENEWAL_CLOSES: u64 = 30;

/// From when until when something holds. A side that was not said is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Validity {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
}

text_enum! {
    /// How a day lies to a validity.
    pub enum OnDay {
        /// Before its first day.
        NotYet = "not-yet",
        /// Within it, more than 60 days before its end, or without an end.
        Holds = "holds",
        /// Within it, and the end is near: time to renew.
        Ending = "ending",
        /// After its last day.
        Ended = "ended",
    }
}

impl Validity {
    /// Whether it holds on that day.
    #[must_use]
    pub fn valid_on(self, day: NaiveDate) -> bool {
        matches!(self.on(day), OnDay::Holds | OnDay::Ending)
    }

    /// How that day lies to it.
    #[must_use]
    pub fn on(self, day: NaiveDate) -> OnDay {
        if self.from.is_some_and(|from| day < from) {
            OnDay::NotYet
        } else if self.until.is_some_and(|until| until < day) {
            OnDay::Ended
        } else if self.renewal().is_some_and(|(opens, _)| opens <= day) {
            OnDay::Ending
        } else {
            OnDay::Holds
        }
    }

    /// The first and the last day on which a renewal is asked for and taken; `None` for what has no end.
    #[must_use]
    pub fn renewal(self) -> Option<(NaiveDate, NaiveDate)> {
        let until = self.until?;
        Some((before(until, RENEWAL_OPENS), until.checked_add_days(Days::new(RENEWAL_CLOSES)).unwrap_or(until)))
    }

    /// Whether that day lies in the renewal window.
    #[must_use]
    pub fn renewable_on(self, day: NaiveDate) -> bool {
        self.renewal().is_some_and(|(opens, closes)| opens <= day && day <= closes)
    }

    /// The notice that stands on that day: the least of [`NOTICE_DAYS`] whose day has come, as days before the end. `None`
    /// before the first, after the end, and for what has no end.
    #[must_use]
    pub fn notice_on(self, day: NaiveDate) -> Option<u64> {
        let until = self.until.filter(|until| day <= *until)?;
        NOTICE_DAYS.into_iter().rev().find(|days| before(until, *days) <= day)
    }

    /// When the notice that is now owed, or the next to come, leaves; `None` when there is none any more.
    #[must_use]
    pub fn notice_due(self, today: NaiveDate) -> Option<DateTime<Utc>> {
        let day = if self.notice_on(today).is_some() { Some(today) } else { self.next_notice_after(today) };
        day.map(notice_moment)
    }

    /// The first day after `day` on which a notice stands that did not before; `None` when the last one has been given.
    #[must_use]
    pub fn next_notice_after(self, day: NaiveDate) -> Option<NaiveDate> {
        let until = self.until?;
        NOTICE_DAYS.into_iter().map(|days| before(until, days)).find(|at| day < *at)
    }
}

fn before(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_sub_days(Days::new(days)).unwrap_or(day)
}

/// When a notice of that day leaves: 09:00 in Beijing.
#[must_use]
pub fn notice_moment(day: NaiveDate) -> DateTime<Utc> {
    start_of_day(day) + TimeDelta::hours(9)
}

/// The last day on which at least one of these holds: `None` when there is none, `Some(None)` when one has no end. The
/// matcher keeps this day and asks it for the day of the service.
#[must_use]
pub fn last_day(all: impl IntoIterator<Item = Validity>) -> Option<Option<NaiveDate>> {
    let mut last: Option<Option<NaiveDate>> = None;
    for one in all {
        last = Some(match (last, one.until) {
            (Some(None), _) | (_, None) => None,
            (Some(Some(known)), Some(until)) => Some(known.max(until)),
            (None, Some(until)) => Some(until),
        });
    }
    last
}

/// A paper as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is.
    pub kind: DocumentKind,
    /// Which certificate or title: 专利代理师, 高级知识产权师, …; empty for the others.
    pub name: String,
    /// On which days it holds.
    pub validity: Validity,
    /// For a recommendation: whether the employer also promises support (须支持并提供相应保障).
    pub supports: bool,
    /// Whether it was sent back.
    pub refused: bool,
}

impl Paper {
    /// Whether it proves something on that day.
    #[must_use]
    pub fn valid_on(&self, day: NaiveDate) -> bool {
        !self.refused && self.validity.valid_on(day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn until(text: &str) -> Validity {
        Validity { from: None, until: Some(day(text)) }
    }

    #[test]
    fn both_days_count_and_an_open_side_is_open() {
        let year = Validity { from: Some(day("2026-01-01")), until: Some(day("2026-12-31")) };
        for (asked, holds) in [("2025-12-31", false), ("2026-01-01", true), ("2026-12-31", true), ("2027-01-01", false)]
        {
            assert_eq!(year.valid_on(day(asked)), holds, "{asked}");
        }
        assert!(Validity::default().valid_on(day("1999-01-01")) && Validity::default().valid_on(day("2099-01-01")));
        assert_eq!(year.on(day("2025-12-31")), OnDay::NotYet);
        assert_eq!(year.on(day("2026-06-01")), OnDay::Holds);
        assert_eq!(year.on(day("2026-11-01")), OnDay::Ending);
        assert_eq!(year.on(day("2027-01-01")), OnDay::Ended);
    }

    /// Walking a year day by day as a sweep does, each of 60, 30 and 7 is told once, on its day.
    #[test]
    fn notices_come_at_sixty_thirty_and_seven_days() {
        let paper = until("2026-12-31");
        let mut told = Vec::new();
        let mut at = paper.next_notice_after(day("2026-01-01"));
        while let Some(today) = at {
            told.push((today, paper.notice_on(today)));
            at = paper.next_notice_after(today);
        }
        let expected: Vec<_> = [("2026-11-01", 60), ("2026-12-01", 30), ("2026-12-24", 7)]
            .into_iter()
            .map(|(on, days)| (day(on), Some(days)))
            .collect();
        assert_eq!(told, expected);
        assert_eq!(paper.notice_on(day("2026-10-31")), None);
        assert_eq!(paper.notice_on(day("2026-12-31")), Some(7));
        assert_eq!(paper.notice_on(day("2027-01-01")), None, "what has ended is told on pages, not by these letters");
        assert_eq!(Validity::default().next_notice_after(day("2026-01-01")), None);
    }

    #[test]
    fn a_renewal_is_taken_from_sixty_days_before_to_thirty_after() {
        let paper = until("2026-12-31");
        for (asked, open) in [
            ("2026-10-31", false),
            ("2026-11-01", true),
            ("2026-12-31", true),
            ("2027-01-30", true),
            ("2027-01-31", false),
        ] {
            assert_eq!(paper.renewable_on(day(asked)), open, "{asked}");
        }
        assert!(!Validity::default().renewable_on(day("2026-01-01")));
    }

    #[test]
    fn the_last_day_of_several_is_the_latest_and_no_end_wins() {
        assert_eq!(last_day([]), None);
        assert_eq!(last_day([until("2026-01-01"), until("2027-01-01")]), Some(Some(day("2027-01-01"))));
        assert_eq!(last_day([Validity::default(), until("2020-01-01")]), Some(None));
        assert_eq!(last_day([until("2020-01-01"), Validity::default()]), Some(None));
    }

    #[test]
    fn a_paper_sent_back_proves_nothing() {
        let mut paper = Paper {
            kind: DocumentKind::Pledge,
            name: String::new(),
            validity: Validity::default(),
            supports: false,
            refused: false,
        };
        assert!(paper.valid_on(day("2026-01-01")));
        paper.refused = true;
        assert!(!paper.valid_on(day("2026-01-01")));
    }
}

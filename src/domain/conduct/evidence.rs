//! Evidence (证据): what speaks for a case, frozen when it is opened, and whether it would stand.
//!
//! Contract: an exhibit is judged from facts handed in and from nothing else; whoever judges the same facts two years
//! later comes to the same doubts. Source: mission, "the fair-process file": a 劝导 case says itself whether its evidence
//! would stand (「该邮件退信，不计未响应」); rules.md, "The answer", "Standing, selection, conduct". Deliberately absent: where
//! the facts come from.

use super::IncidentKind;
use crate::domain::answer_rule::{CountedDay, CountingRule, last_day};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::ids::{AssignmentId, IncidentId};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

text_enum! {
    /// Why an exhibit would not stand.
    pub enum Doubt {
        /// 退信: the letter did not arrive.
        Undelivered = "undelivered",
        /// There is no proof that anybody was told.
        NoNotice = "no-notice",
        /// 时限暂定: counted by a calendar that was not yet published.
        ProvisionalCalendar = "provisional-calendar",
        /// 请假: on leave while the clock ran.
        OnLeave = "on-leave",
        /// 系统中断: the answer page was down for an hour or more on the last day, and the deadline was not moved.
        Outage = "outage",
        /// The breach was withdrawn.
        Withdrawn = "withdrawn",
        /// There was an answer, or a question, in time.
        Answered = "answered",
        /// Reported, and nobody has found it proven.
        Unproven = "unproven",
    }
}

/// An outage this long on the last day moves a deadline (rules.md, "The answer").
const OUTAGE: TimeDelta = TimeDelta::hours(1);

/// One letter of an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenLetter {
    /// What it told.
    pub kind: String,
    /// When a mail server took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// Where it was when frozen: `accepted`, `delivered`, `bounced`, …
    pub whereabouts: String,
    /// SHA-256 of the letter as sent, hex.
    pub sha256: Option<String>,
}

/// One event of the trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenEvent {
    /// Its place in the need's chain.
    pub step: i32,
    /// What happened.
    pub event: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Its hash in the chain: who recomputes the trail finds it again.
    pub hash: String,
}

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// From.
    pub from: DateTime<Utc>,
    /// Until, not included.
    pub until: DateTime<Utc>,
}

/// Leave on file; both days inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absence {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// One offer a case rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exhibit {
    /// The offer.
    pub assignment: AssignmentId,
    /// Its number.
    pub number: String,
    /// How it stood.
    pub state: AssignmentState,
    /// When the clock began.
    pub notified_at: Option<DateTime<Utc>>,
    /// The first instant that was too late.
    pub due_at: Option<DateTime<Utc>>,
    /// The rule it was counted by.
    pub rule: CountingRule,
    /// Whether it would stand.
    pub stands: bool,
    /// The first doubt, for readers of earlier versions.
    pub doubt: Option<Doubt>,
    /// Every doubt.
    #[serde(default)]
    pub doubts: Vec<Doubt>,
    /// Whether the calendar was provisional.
    #[serde(default)]
    pub provisional: bool,
    /// Whether the expert answered or asked in time.
    #[serde(default)]
    pub answered: bool,
    /// Whether the breach was withdrawn.
    #[serde(default)]
    pub withdrawn: bool,
    /// Whether a report rests on it that nobody has found proven.
    #[serde(default)]
    pub unproven: bool,
    /// Day by day.
    #[serde(default)]
    pub count: Vec<CountedDay>,
    /// Every letter about it.
    #[serde(default)]
    pub letters: Vec<FrozenLetter>,
    /// Leave that touches the time in which the clock ran.
    #[serde(default)]
    pub leaves: Vec<Absence>,
    /// Outages that touch it.
    #[serde(default)]
    pub outages: Vec<Span>,
    /// What the trail says of it.
    #[serde(default)]
    pub trail: Vec<FrozenEvent>,
}

impl Exhibit {
    /// Why it would not stand; nothing when it would. What weighs as a silence is doubted where nobody could have
    /// answered; what weighs for another reason only where that was withdrawn or never proven.
    #[must_use]
    pub fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = Vec::new();
        let mut doubt = |is: bool, what: Doubt| {
            if is {
                doubts.push(what);
            }
        };
        let silence = matches!(
            self.state,
            AssignmentState::Offered | AssignmentState::Lapsed | AssignmentState::Undelivered | AssignmentState::Void
        );
        doubt(self.state == AssignmentState::Undelivered, Doubt::Undelivered);
        if silence {
            let not_told = self.notified_at.is_none() && self.state != AssignmentState::Undelivered;
            doubt(not_told, Doubt::NoNotice);
            doubt(self.provisional, Doubt::ProvisionalCalendar);
            doubt(self.was_away(), Doubt::OnLeave);
            doubt(self.was_down(), Doubt::Outage);
            doubt(self.answered, Doubt::Answered);
        }
        doubt(self.withdrawn, Doubt::Withdrawn);
        doubt(self.unproven, Doubt::Unproven);
        doubts
    }

    /// The exhibit with its doubts written down.
    #[must_use]
    pub fn judged(mut self) -> Self {
        self.doubts = self.doubts();
        self.doubt = self.doubts.first().copied();
        self.stands = self.doubts.is_empty();
        self
    }

    /// Whether leave covers a day on which the clock ran.
    fn was_away(&self) -> bool {
        let Some(due_at) = self.due_at else { return false };
        let last = last_day(due_at);
        let first = self.notified_at.map_or(last, beijing_date).min(last);
        self.leaves.iter().any(|leave| leave.from <= last && first <= leave.to)
    }

    /// Whether the answer page was down for long on the last day.
    fn was_down(&self) -> bool {
        let Some(due_at) = self.due_at else { return false };
        let last = last_day(due_at);
        let day = Span { from: start_of_day(last), until: start_of_day(last + Days::new(1)).max(due_at) };
        self.outages.iter().any(|outage| outage.until.min(day.until) - outage.from.max(day.from) >= OUTAGE)
    }
}

/// One incident of the time looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrozenIncident {
    /// The incident.
    #[serde(default)]
    pub incident: Option<IncidentId>,
    /// What.
    pub kind: IncidentKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Of which offer.
    pub assignment: Option<AssignmentId>,
    /// Why it was withdrawn, if it was.
    pub withdrawn: Option<String>,
    /// `proven` or `unfounded`, once a manager looked into it.
    #[serde(default)]
    pub finding: Option<super::Finding>,
}

impl FrozenIncident {
    /// Whether it weighs: not withdrawn, and proven where it has to be.
    #[must_use]
    pub fn weighs(&self) -> bool {
        self.withdrawn.is_none() && (!self.kind.is_report() || self.finding == Some(super::Finding::Proven))
    }
}

/// Everything a case rests on, as it was when the case was opened.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The incidents of the year before.
    #[serde(default)]
    pub incidents: Vec<FrozenIncident>,
    /// The offers named.
    #[serde(default)]
    pub offers: Vec<Exhibit>,
    /// When it was frozen.
    #[serde(default)]
    pub frozen_at: Option<DateTime<Utc>>,
}

text_enum! {
    /// Whether the evidence would stand.
    pub enum Verdict {
        /// 能成立: everything named stands.
        Stands = "stands",
        /// 部分成立: some does.
        Partly = "partly",
        /// 不能成立: nothing named stands.
        Falls = "falls",
        /// Nothing is named but the grounds in words.
        WordsOnly = "words-only",
    }
}

impl Evidence {
    /// The same with what became known since it was frozen: a fresh doubt weakens an offer that stood.
    #[must_use]
    pub fn with_since(mut self, since: &BTreeMap<AssignmentId, Vec<Doubt>>) -> Self {
        for offer in &mut self.offers {
            // Cases of the first version wrote down one doubt only.
            if offer.doubts.is_empty() {
                offer.doubts.extend(offer.doubt);
            }
            if let Some(fresh) = since.get(&offer.assignment) {
                offer.doubts.extend(fresh);
            }
            offer.stands = offer.doubts.is_empty();
        }
        self
    }

    /// What it comes to: offers where some are named, else incidents.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let (all, standing) = if self.offers.is_empty() {
            (self.incidents.len(), self.incidents.iter().filter(|incident| incident.weighs()).count())
        } else {
            (self.offers.len(), self.offers.iter().filter(|offer| offer.stands).count())
        };
        match (all, standing) {
            (0, _) => Verdict::WordsOnly,
            (_, 0) => Verdict::Falls,
            (all, standing) if all == standing => Verdict::Stands,
            _ => Verdict::Partly,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).expect("an instant").to_utc()
    }

    fn day(month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, month, day).expect("a date")
    }

    /// Told on 10 March at 10:00, due at the end of the 12th, silent.
    fn silent() -> Exhibit {
        Exhibit {
            assignment: "0190b4a2-1111-7abc-8def-0123456789ab".parse().expect("an id"),
            number: "PD-2026-000001".into(),
            state: AssignmentState::Lapsed,
            notified_at: Some(at("2026-03-10T10:00:00+08:00")),
            due_at: Some(at("2026-03-13T00:00:00+08:00")),
            rule: CountingRule::CivilCode,
            stands: false,
            doubt: None,
            doubts: Vec::new(),
            provisional: false,
            answered: false,
            withdrawn: false,
            unproven: false,
            count: Vec::new(),
            letters: Vec::new(),
            leaves: Vec::new(),
            outages: Vec::new(),
            trail: Vec::new(),
        }
    }

    #[test]
    fn each_doubt_has_its_fact() {
        let outage = |from: &str, until: &str| Span { from: at(from), until: at(until) };
        let leave = |from: NaiveDate, to: NaiveDate| Absence { from, to };
        let cases: Vec<(&str, Exhibit, Vec<Doubt>)> = vec![
            ("told and silent", silent(), vec![]),
            (
                "bounced",
                Exhibit { state: AssignmentState::Undelivered, notified_at: None, due_at: None, ..silent() },
                vec![Doubt::Undelivered],
            ),
            ("nobody was told", Exhibit { notified_at: None, ..silent() }, vec![Doubt::NoNotice]),
            ("provisional", Exhibit { provisional: true, ..silent() }, vec![Doubt::ProvisionalCalendar]),
            (
                "away on the last day",
                Exhibit { leaves: vec![leave(day(3, 12), day(3, 20))], ..silent() },
                vec![Doubt::OnLeave],
            ),
            (
                "away on a day between",
                Exhibit { leaves: vec![leave(day(3, 11), day(3, 11))], ..silent() },
                vec![Doubt::OnLeave],
            ),
            ("back the day before", Exhibit { leaves: vec![leave(day(3, 1), day(3, 9))], ..silent() }, vec![]),
            ("away the day after", Exhibit { leaves: vec![leave(day(3, 13), day(3, 20))], ..silent() }, vec![]),
            (
                "down for an hour on the last day",
                Exhibit { outages: vec![outage("2026-03-12T20:00:00+08:00", "2026-03-12T21:00:00+08:00")], ..silent() },
                vec![Doubt::Outage],
            ),
            (
                "down for fifty-nine minutes",
                Exhibit { outages: vec![outage("2026-03-12T20:00:00+08:00", "2026-03-12T20:59:00+08:00")], ..silent() },
                vec![],
            ),
            (
                "down the day before",
                Exhibit { outages: vec![outage("2026-03-11T00:00:00+08:00", "2026-03-12T00:30:00+08:00")], ..silent() },
                vec![],
            ),
            ("asked in time", Exhibit { answered: true, ..silent() }, vec![Doubt::Answered]),
            ("withdrawn", Exhibit { withdrawn: true, ..silent() }, vec![Doubt::Withdrawn]),
            (
                "served, and reported without proof",
                Exhibit { state: AssignmentState::Done, answered: true, unproven: true, ..silent() },
                vec![Doubt::Unproven],
            ),
            ("served, and proven", Exhibit { state: AssignmentState::Done, answered: true, ..silent() }, vec![]),
        ];
        for (what, exhibit, doubts) in cases {
            let judged = exhibit.judged();
            assert_eq!(judged.doubts, doubts, "{what}");
            assert_eq!((judged.stands, judged.doubt), (doubts.is_empty(), doubts.first().copied()), "{what}");
        }
    }

    #[test]
    fn a_verdict_says_whether_all_some_or_nothing_stands() {
        let stands = silent().judged();
        let falls = Exhibit { provisional: true, ..silent() }.judged();
        let of = |offers: Vec<Exhibit>| Evidence { offers, ..Evidence::default() }.verdict();
        assert_eq!(of(vec![stands.clone()]), Verdict::Stands);
        assert_eq!(of(vec![stands, falls.clone()]), Verdict::Partly);
        assert_eq!(of(vec![falls]), Verdict::Falls);
        assert_eq!(of(vec![]), Verdict::WordsOnly);
        let incident = |kind, finding, withdrawn: Option<&str>| FrozenIncident {
            incident: None,
            kind,
            at: at("2026-03-12T20:00:00+08:00"),
            assignment: None,
            withdrawn: withdrawn.map(str::to_owned),
            finding,
        };
        let gift =
            |finding| Evidence { incidents: vec![incident(IncidentKind::Gift, finding, None)], ..Evidence::default() };
        assert_eq!(gift(None).verdict(), Verdict::Falls, "a report is somebody's words until it is proven");
        assert_eq!(gift(Some(super::super::Finding::Proven)).verdict(), Verdict::Stands);
        assert!(incident(IncidentKind::Lapse, None, None).weighs());
        assert!(!incident(IncidentKind::Lapse, None, Some("bounced")).weighs());
    }

    #[test]
    fn what_earlier_versions_froze_is_still_read() {
        let old = r#"{"incidents":[{"kind":"lapse","at":"2026-02-12T16:00:00Z","assignment":null,"withdrawn":null}],
            "offers":[{"assignment":"0190b4a2-1111-7abc-8def-0123456789ab","number":"PD-2026-000001","state":"lapsed",
            "notified_at":"2026-02-10T02:20:00Z","due_at":"2026-02-12T16:00:00Z","rule":"civil-code","stands":false,
            "doubt":"on-leave"}]}"#;
        let read: Evidence = serde_json::from_str(old).expect("reads");
        assert_eq!(read.offers[0].doubt, Some(Doubt::OnLeave));
        assert!(read.frozen_at.is_none() && read.incidents[0].weighs());
    }
}

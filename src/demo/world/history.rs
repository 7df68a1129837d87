//! A year of the office, lived through in order: needs arrive, experts are asked and answer by habit, offers run out at the
//! very instant the counting rule gives, services are rated and needs closed. What is still under way when the year ends
//! is left as it stands, for the living office to go on with.
//!
//! Contract: the same plan gives the same rows. Only what has happened before the start is written. Deliberately absent:
//! the living office's deeds, which need a database for each step; their rows are matched field by field instead, and
//! `world::tests` holds the invariants of both.

use super::arrivals::{arrivals, office_hours};
use super::case::Case;
use super::choosing::Choosing;
use super::dice::Dice;
use super::enterprises::Clients;
use super::experts::Register;
use super::fate::{Fate, fates};
use super::people::People;
use super::rows::Rows;
use super::stations::Offices;
use super::texts::Deck;
use super::{Plan, Sink, WorldFault};
use crate::domain::answer_rule::next_waking;
use crate::domain::assignment::AnswerKind;
use crate::domain::calendar::Calendar;
use crate::domain::event::Event;
use crate::domain::need::CloseReason;
use crate::domain::policy::Policy;
use crate::ids::{AssignmentId, ExpertId};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::mem::Discriminant;

/// What happens to a need next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Submit,
    Assign { seat: usize },
    Deliver { offer: usize },
    Remind { offer: usize, ordinal: i32 },
    Due { offer: usize },
    Answer { offer: usize, kind: Answer },
    Reply { offer: usize },
    WatchFeedback { offer: usize },
    Release { offer: usize },
    Feedback { offer: usize },
    Rate { offer: usize, phone: bool },
    CallBack { offer: usize },
    Close,
    CloseFor { reason: Reason },
}

/// [`AnswerKind`], in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Answer {
    Accept,
    Decline,
    Question,
}

impl From<Answer> for AnswerKind {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Accept => Self::Accept,
            Answer::Decline => Self::Decline,
            Answer::Question => Self::Question,
        }
    }
}

/// Why a need of the past closed without a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reason {
    AtOnce,
    PassedOn,
    Duplicate,
    Withdrawn,
    OutOfScope,
    Nobody,
    Retracted,
}

impl Reason {
    pub(super) const fn close_reason(self) -> CloseReason {
        match self {
            Self::AtOnce => CloseReason::AnsweredAtOnce,
            Self::PassedOn => CloseReason::PassedOn,
            Self::Duplicate => CloseReason::Duplicate,
            Self::Withdrawn | Self::Retracted => CloseReason::WithdrawnByEnterprise,
            Self::OutOfScope => CloseReason::OutOfScope,
            Self::Nobody => CloseReason::NobodyAccepted,
        }
    }
}

type Scheduled = Reverse<(DateTime<Utc>, u64, usize, Step)>;

/// Something on an expert's own trail.
#[derive(Debug)]
pub(super) struct Happening {
    pub(super) expert: usize,
    pub(super) at: DateTime<Utc>,
    pub(super) actor: String,
    pub(super) event: Event,
    pub(super) detail: Value,
}

/// Three lapses within a year: policy proposes a 劝导.
#[derive(Debug)]
pub(super) struct Proposal {
    pub(super) expert: usize,
    pub(super) at: DateTime<Utc>,
    pub(super) lapses: i64,
    pub(super) assignment: AssignmentId,
}

/// A gift that an enterprise reported.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) expert: usize,
    pub(super) at: DateTime<Utc>,
    pub(super) assignment: AssignmentId,
}

/// A lapse: when, of which offer.
pub(super) type Lapse = (DateTime<Utc>, AssignmentId);

/// The year as it is lived through.
pub(super) struct History<'a, 'corpus> {
    pub(super) plan: &'a Plan<'corpus>,
    pub(super) calendar: &'a Calendar,
    pub(super) policy: Policy,
    pub(super) dice: Dice,
    pub(super) people: &'a mut People<'corpus>,
    pub(super) offices: &'a Offices,
    pub(super) register: &'a mut Register,
    pub(super) choosing: Choosing,
    pub(super) deck: Deck<'corpus>,
    pub(super) clients: Clients<'corpus>,
    queue: BinaryHeap<Scheduled>,
    scheduled: u64,
    arrivals: Vec<DateTime<Utc>>,
    pub(super) fates: HashMap<usize, Fate>,
    cases: HashMap<usize, Box<Case>>,
    pub(super) offers_made: i64,
    pub(super) happenings: Vec<Happening>,
    pub(super) lapses: HashMap<usize, Vec<Lapse>>,
    pub(super) proposals: Vec<Proposal>,
    pub(super) reports: Vec<Report>,
    /// How many needs of each fate were given to the stations whose accounts are told.
    pub(super) shown: HashMap<Discriminant<Fate>, usize>,
    pub(super) rows: Rows,
}

/// What the year came to.
pub(super) struct Lived {
    pub(super) needs: i64,
    pub(super) offers: i64,
    pub(super) happenings: Vec<Happening>,
    pub(super) proposals: Vec<Proposal>,
    pub(super) reports: Vec<Report>,
    pub(super) lapses: HashMap<usize, Vec<Lapse>>,
}

/// The newest needs of which letters are kept although they are over.
const LETTERS_OF: usize = 220;
/// Rows that are handed over at a time.
const HANDFUL: usize = 60_000;

impl<'a, 'corpus> History<'a, 'corpus> {
    pub(super) fn new(
        plan: &'a Plan<'corpus>,
        calendar: &'a Calendar,
        people: &'a mut People<'corpus>,
        offices: &'a Offices,
        register: &'a mut Register,
    ) -> Self {
        let count = plan.size.needs();
        let arrivals = arrivals(&mut Dice::of(plan.seed, "arrivals"), calendar, plan.start, count);
        let deck = Deck::new(plan.corpus, plan.seed, count);
        let plain = |index| deck.text(index).is_some_and(|text| text.language == "zh" && !text.opposing);
        let fates = fates(calendar, &arrivals, plan.start, register.shown, &plain);
        Self {
            plan,
            calendar,
            policy: Policy::default(),
            dice: Dice::of(plan.seed, "history"),
            people,
            offices,
            choosing: Choosing::new(&register.volunteers),
            register,
            deck,
            clients: Clients::new(plan),
            queue: BinaryHeap::new(),
            scheduled: 0,
            arrivals,
            fates,
            cases: HashMap::new(),
            offers_made: 0,
            happenings: Vec::new(),
            lapses: HashMap::new(),
            proposals: Vec::new(),
            reports: Vec::new(),
            shown: HashMap::new(),
            rows: Rows::default(),
        }
    }

    /// Lives through the year, handing rows over as needs are over.
    ///
    /// # Errors
    /// What the sink says.
    pub(super) fn live(mut self, sink: Sink<'_>) -> Result<Lived, WorldFault> {
        if let Some(first) = self.arrivals.first().copied() {
            self.schedule(first, 0, Step::Submit);
        }
        while let Some(Reverse((at, _, index, step))) = self.queue.pop() {
            if at >= self.plan.start {
                break;
            }
            self.take(at, index, step);
            if self.rows.weight() >= HANDFUL {
                sink(std::mem::take(&mut self.rows))?;
            }
        }
        let mut open: Vec<Box<Case>> = std::mem::take(&mut self.cases).into_values().collect();
        open.sort_unstable_by_key(|case| case.index);
        for case in open {
            case.hand_over(&mut self.rows, self.plan.start, true);
        }
        sink(self.rows)?;
        Ok(Lived {
            needs: i64::try_from(self.arrivals.len()).unwrap_or(0),
            offers: self.offers_made,
            happenings: self.happenings,
            proposals: self.proposals,
            reports: self.reports,
            lapses: self.lapses,
        })
    }

    pub(super) fn schedule(&mut self, at: DateTime<Utc>, index: usize, step: Step) {
        self.scheduled += 1;
        self.queue.push(Reverse((at, self.scheduled, index, step)));
    }

    /// The next moment the office works, at or after `at`.
    pub(super) fn office_hours(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        office_hours(self.calendar, at)
    }

    /// A moment in office hours, so many minutes after `at` at the earliest.
    pub(super) fn later(&mut self, at: DateTime<Utc>, least: i64, most: i64) -> DateTime<Utc> {
        let after = TimeDelta::minutes(self.dice.between(least, most));
        self.office_hours(at + after)
    }

    fn take(&mut self, at: DateTime<Utc>, index: usize, step: Step) {
        if step == Step::Submit {
            if let Some(next) = self.arrivals.get(index + 1).copied() {
                self.schedule(next.max(at + TimeDelta::seconds(1)), index + 1, Step::Submit);
            }
            if let Some(case) = self.submit(at, index) {
                self.cases.insert(index, Box::new(case));
            }
            return;
        }
        let Some(mut case) = self.cases.remove(&index) else { return };
        let case = {
            self.step(at, &mut case, step);
            case
        };
        if case.need.state.is_open() {
            self.cases.insert(index, case);
        } else {
            let keep = index + LETTERS_OF >= self.arrivals.len();
            case.hand_over(&mut self.rows, self.plan.start, keep);
        }
    }

    fn step(&mut self, at: DateTime<Utc>, case: &mut Case, step: Step) {
        match step {
            Step::Submit => {}
            Step::Assign { seat } => self.assign(at, case, seat),
            Step::Deliver { offer } => self.deliver(at, case, offer),
            Step::Remind { offer, ordinal } => self.remind(at, case, offer, ordinal),
            Step::Due { offer } => self.lapse(at, case, offer),
            Step::Answer { offer, kind } => self.answer(at, case, offer, kind),
            Step::Reply { offer } => self.reply(at, case, offer),
            Step::WatchFeedback { offer } => self.watch_feedback(at, case, offer),
            Step::Release { offer } => self.release(at, case, offer),
            Step::Feedback { offer } => self.file_feedback(at, case, offer),
            Step::Rate { offer, phone } => self.rate(at, case, offer, phone),
            Step::CallBack { offer } => self.call_back_due(at, case, offer),
            Step::Close => self.close(at, case),
            Step::CloseFor { reason } => self.close_for(at, case, reason),
        }
    }

    /// How the trail names the owner of a need.
    pub(super) fn owner(case: &Case) -> String {
        format!("account:{}", case.need.owner)
    }

    pub(super) fn firm_of(&self, expert: usize) -> String {
        self.register.volunteers.get(expert).map(|volunteer| volunteer.firm.clone()).unwrap_or_default()
    }

    pub(super) fn expert_id(&self, expert: usize) -> Option<ExpertId> {
        self.register.volunteers.get(expert).map(|volunteer| volunteer.id)
    }

    /// When a letter of the office leaves: by a person at once, by the desk itself only by day.
    pub(super) fn leaves_at(at: DateTime<Utc>, by_person: bool) -> DateTime<Utc> {
        if by_person { at } else { next_waking(at) }
    }
}

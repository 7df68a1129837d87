//! One side of a what-if: everybody as the rules see them at a moment of the replay, with what this side gave them.
//!
//! Time passes by events in order: a real offer of before, an open offer that ends, one that is 90 days old, a new month,
//! somebody who joins the register. Only whoever is touched is written anew.

use super::TriedLeave;
use crate::actions::Done;
use crate::actions::expert_pool::{ExpertPool, Workbench};
use crate::actions::suggest_experts::{Meeting, SoFar};
use crate::db;
use crate::db::expert::LeaveRow;
use crate::db::need::NeedRow;
use crate::domain::assignment::AnswerKind;
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::matching::{Candidate, LeaveDays, NeedProfile, Roster, Survey, Weights, distance_metres};
use crate::domain::need::Mode;
use crate::domain::role::Scope;
use crate::domain::standing::Standing;
use crate::domain::what_if::{Choice, Side, smoothed_on_time};
use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

/// How long an offer of somebody without a record stands open, in hours.
const USUAL_HOURS: u16 = 24;
/// How long an offer weighs on fairness and load.
const QUARTER: TimeDelta = TimeDelta::days(90);

/// An offer that really was made outside the replay.
#[derive(Debug, Clone, Copy)]
pub(super) struct RealOffer {
    at: DateTime<Utc>,
    slot: usize,
    taken: bool,
}

/// The offers of the 90 days before, and those made meanwhile for needs outside the scope, oldest first.
pub(super) fn offers_before(
    conn: &mut db::Conn,
    pool: &ExpertPool,
    scope: &Scope,
    from: NaiveDate,
    to: NaiveDate,
) -> Done<Vec<RealOffer>> {
    let first = from.checked_sub_days(Days::new(90)).unwrap_or(from);
    let last = if *scope == Scope::Everything { from.pred_opt().unwrap_or(from) } else { to };
    let mut offers = Vec::new();
    for told in db::what_if::told(conn, first, last)? {
        let replayed = told.day >= from && scope.covers(&told.region, told.station);
        if let Some(slot) = pool.slot(told.expert).filter(|_| !replayed) {
            let taken = told.answer == Some(AnswerKind::Accept);
            offers.push(RealOffer { at: start_of_day(told.day), slot, taken });
        }
    }
    Ok(offers)
}

/// What happens to somebody at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// He comes on the register.
    Joins,
    /// An open offer ends.
    Answers,
    /// An offer is 90 days old; whether it had been taken.
    Ages(bool),
}

pub(super) struct World {
    roster: Roster,
    weights: Weights,
    side: Side,
    events: BinaryHeap<Reverse<(DateTime<Utc>, usize, Change)>>,
    /// Newest first, so that the next is the last.
    real: Vec<RealOffer>,
    month: (i32, u32),
    asked_this_month: Vec<usize>,
}

impl World {
    /// Everybody without a past, on the day the replay begins; the past comes in as time passes.
    pub(super) fn new(
        pool: &ExpertPool,
        from: NaiveDate,
        leaves: &[LeaveRow],
        mut real: Vec<RealOffer>,
        weights: Weights,
    ) -> Self {
        let mut absent: HashMap<usize, Vec<LeaveDays>> = HashMap::new();
        for leave in leaves {
            if let Some(slot) = pool.slot(leave.expert) {
                absent.entry(slot).or_default().push(LeaveDays { from: leave.from_on, to: leave.to_on });
            }
        }
        let mut events = BinaryHeap::new();
        let mut candidates: Vec<Candidate> = pool.roster.candidates().to_vec();
        for (slot, expert) in candidates.iter_mut().enumerate() {
            expert.open_offers = 0;
            expert.month_offers = 0;
            expert.load_90d = 0;
            expert.asked_90d = 0;
            expert.last_asked_at = None;
            expert.leaves = absent.remove(&slot).unwrap_or_default();
            if let Some(since) = expert.active_since.filter(|since| *since > from && expert.standing.may_be_asked()) {
                expert.standing = Standing::Applied;
                events.push(Reverse((start_of_day(since), slot, Change::Joins)));
            }
        }
        real.reverse();
        let side = Side::of(candidates.len());
        let month = (0, 0);
        Self { roster: Roster::of(candidates), weights, side, events, real, month, asked_this_month: Vec::new() }
    }

    /// Sets everybody's caps.
    pub(super) fn caps(&mut self, monthly: Option<u16>, open: Option<u16>) {
        for slot in 0..self.roster.len() {
            self.touch(slot, |expert| {
                expert.monthly_cap = monthly.unwrap_or(expert.monthly_cap);
                expert.open_cap = open.unwrap_or(expert.open_cap);
            });
        }
    }

    /// Adds an absence.
    pub(super) fn leave(&mut self, pool: &ExpertPool, leave: &TriedLeave) {
        if let Some(slot) = pool.slot(leave.expert) {
            self.touch(slot, |expert| expert.leaves.push(LeaveDays { from: leave.from, to: leave.to }));
        }
    }

    /// What was chosen so far.
    pub(super) const fn side(&self) -> &Side {
        &self.side
    }

    /// Whom this side asks first for a need; it counts for those that come after.
    pub(super) fn choose(
        &mut self,
        pool: &ExpertPool,
        need: &NeedRow,
        profile: &NeedProfile,
        workbench: &mut Workbench,
    ) -> Option<Choice> {
        let at = need.created_at.and_utc();
        self.pass_to(at);
        let lists = (&mut workbench.fits, &mut workbench.closer, &mut workbench.worth);
        let meeting = Meeting::new(pool, need, profile, SoFar::default(), lists);
        let survey = Survey::new(&self.roster, profile, &self.weights, &meeting, &mut workbench.bench);
        let best = survey.best(1).first().map(|ranked| ranked.index);
        let choice = best.and_then(|slot| choice(self.roster.get(slot)?, slot, profile));
        self.side.add(choice.as_ref());
        if let Some(slot) = best {
            self.ask(slot, at, true);
            let hours = self.roster.get(slot).and_then(|expert| expert.median_hours).unwrap_or(USUAL_HOURS);
            self.touch(slot, |expert| expert.open_offers = expert.open_offers.saturating_add(1));
            self.events.push(Reverse((at + TimeDelta::hours(i64::from(hours)), slot, Change::Answers)));
        }
        choice
    }

    fn touch(&mut self, slot: usize, change: impl FnOnce(&mut Candidate)) {
        if let Some(mut expert) = self.roster.get(slot).cloned() {
            change(&mut expert);
            self.roster.put(slot, expert);
        }
    }

    fn ask(&mut self, slot: usize, at: DateTime<Utc>, taken: bool) {
        self.turn_month(at);
        self.asked_this_month.push(slot);
        self.touch(slot, |expert| {
            expert.month_offers = expert.month_offers.saturating_add(1);
            expert.asked_90d = expert.asked_90d.saturating_add(1);
            expert.load_90d = expert.load_90d.saturating_add(u16::from(taken));
            expert.last_asked_at = Some(at);
        });
        self.events.push(Reverse((at + QUARTER, slot, Change::Ages(taken))));
    }

    /// In a new month nobody has had an offer yet.
    fn turn_month(&mut self, at: DateTime<Utc>) {
        let day = beijing_date(at);
        if (day.year(), day.month()) == self.month {
            return;
        }
        self.month = (day.year(), day.month());
        for slot in std::mem::take(&mut self.asked_this_month) {
            self.touch(slot, |expert| expert.month_offers = 0);
        }
    }

    /// Lets everything happen that happens up to a moment, in order.
    fn pass_to(&mut self, at: DateTime<Utc>) {
        loop {
            let next = self.events.peek().map(|Reverse((when, _, _))| *when).filter(|when| *when <= at);
            let real = self.real.last().copied().filter(|offer| offer.at <= at);
            match (next, real) {
                (_, Some(offer)) if next.is_none_or(|next| offer.at <= next) => {
                    self.real.pop();
                    self.ask(offer.slot, offer.at, offer.taken);
                }
                (Some(_), _) => self.next_event(),
                (None, _) => break,
            }
        }
        self.turn_month(at);
    }

    fn next_event(&mut self) {
        let Some(Reverse((_, slot, change))) = self.events.pop() else { return };
        self.touch(slot, |expert| match change {
            Change::Joins => expert.standing = Standing::Active,
            Change::Answers => expert.open_offers = expert.open_offers.saturating_sub(1),
            Change::Ages(taken) => {
                expert.asked_90d = expert.asked_90d.saturating_sub(1);
                expert.load_90d = expert.load_90d.saturating_sub(u16::from(taken));
            }
        });
    }
}

/// An expert as a choice for a need.
pub(super) fn choice(expert: &Candidate, slot: usize, need: &NeedProfile) -> Option<Choice> {
    let in_person = matches!(need.mode, Mode::Onsite | Mode::Station | Mode::Training);
    Some(Choice {
        expert: u32::try_from(slot).ok()?,
        fits: need.services.is_empty() || !expert.services.and(need.services).is_empty(),
        metres: distance_metres(need, expert).filter(|_| in_person),
        on_time: smoothed_on_time(expert.on_time, expert.late, expert.lapsed),
        hours: expert.median_hours,
    })
}

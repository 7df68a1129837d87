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
use crate::search::affinity::NeedText;
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
    /// Who took on services this month, once for each.
    taken_this_month: Vec<usize>,
    /// Whose month before, or months ahead, say something.
    marked: Vec<usize>,
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
            expert.taken_last_month = 0;
            expert.booked = Vec::new();
            expert.given = Vec::new();
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
        Self {
            roster: Roster::of(candidates),
            weights,
            side,
            events,
            real,
            month: (0, 0),
            asked_this_month: Vec::new(),
            taken_this_month: Vec::new(),
            marked: Vec::new(),
        }
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
        let text = format!("{}\n{}", need.title, need.description);
        let read = NeedText::read(&text);
        let meeting = Meeting::new(pool, need, profile, (&text, &read), SoFar::default(), lists);
        let survey = Survey::new(&self.roster, profile, &self.weights, &meeting, &mut workbench.bench);
        let best = survey.best(1).first().map(|ranked| ranked.index);
        let choice = best.and_then(|slot| choice(self.roster.get(slot)?, slot, profile));
        self.side.add(choice.as_ref());
        if let Some(slot) = best {
            self.ask(slot, at, true);
            let hours = self.roster.get(slot).and_then(|expert| expert.median_hours).unwrap_or(USUAL_HOURS);
            self.touch(slot, |expert| {
                expert.open_offers = expert.open_offers.saturating_add(1);
                expert.booked.extend(need.wanted_by);
            });
            self.marked.push(slot);
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
        if taken {
            self.taken_this_month.push(slot);
        }
        self.touch(slot, |expert| {
            expert.month_offers = expert.month_offers.saturating_add(1);
            expert.asked_90d = expert.asked_90d.saturating_add(1);
            expert.load_90d = expert.load_90d.saturating_add(u16::from(taken));
            expert.last_asked_at = Some(at);
        });
        self.events.push(Reverse((at + QUARTER, slot, Change::Ages(taken))));
    }

    /// In a new month nobody has had an offer yet; what was taken on in the month before is what one rests from, and what
    /// was wanted before this month is over.
    fn turn_month(&mut self, at: DateTime<Utc>) {
        let day = beijing_date(at);
        let month = (day.year(), day.month());
        if month == self.month {
            return;
        }
        let follows =
            month == if self.month.1 == 12 { (self.month.0 + 1, 1) } else { (self.month.0, self.month.1 + 1) };
        self.month = month;
        let first = day.with_day(1).unwrap_or(day);
        for slot in std::mem::take(&mut self.asked_this_month) {
            self.touch(slot, |expert| expert.month_offers = 0);
        }
        for slot in std::mem::take(&mut self.marked) {
            self.touch(slot, |expert| {
                expert.taken_last_month = 0;
                expert.booked.retain(|wanted| *wanted >= first);
            });
            if self.roster.get(slot).is_some_and(|expert| !expert.booked.is_empty()) {
                self.marked.push(slot);
            }
        }
        for slot in std::mem::take(&mut self.taken_this_month) {
            if follows {
                self.touch(slot, |expert| expert.taken_last_month = expert.taken_last_month.saturating_add(1));
                self.marked.push(slot);
            }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::firm::FirmName;
    use crate::domain::matching::{IndustrySet, LanguageSet, ModeSet, Qualified, ServiceSet};
    use crate::ids::{ExpertId, uuid_v7};

    /// Somebody who had a busy month and is booked, today.
    fn busy_today() -> Candidate {
        Candidate {
            id: ExpertId::from_minted(uuid_v7(1, &[1; 10])),
            name: "沈知行".to_owned(),
            firm: FirmName::parse("衡溪律所"),
            services: ServiceSet::default(),
            industries: IndustrySet::EMPTY,
            region: None,
            served: Vec::new(),
            point: None,
            modes: ModeSet::EMPTY,
            languages: LanguageSet::EMPTY,
            max_distance_km: None,
            standing: Standing::Active,
            active_since: None,
            qualified: Qualified::NoExpiry,
            licensed: Default::default(),
            leaves: Vec::new(),
            open_offers: 2,
            open_cap: 2,
            month_offers: 4,
            monthly_cap: 4,
            booked: vec![day("2026-12-01"); 4],
            weekly_hours: Some(4),
            given: vec![(day("2026-03-04"), 240)],
            taken_last_month: 9,
            load_90d: 9,
            asked_90d: 9,
            last_asked_at: None,
            on_time: 0,
            late: 0,
            lapsed: 0,
            median_hours: None,
            rating_sum: 0,
            rating_count: 0,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn a_side_begins_without_today_and_rests_from_its_own_months() {
        let mut pool = ExpertPool::of_records(&[], DateTime::UNIX_EPOCH);
        pool.roster.put(0, busy_today());
        let mut world = World::new(&pool, day("2026-03-01"), &[], Vec::new(), pool.weights);
        let seen = |world: &World| {
            let one = world.roster.get(0).expect("him").clone();
            (one.month_offers, one.taken_last_month, one.booked)
        };
        assert_eq!(seen(&world), (0, 0, Vec::new()));
        let at = |text: &str| start_of_day(day(text));
        world.ask(0, at("2026-03-10"), true);
        world.ask(0, at("2026-03-20"), true);
        world.ask(0, at("2026-03-21"), false);
        world.touch(0, |expert| expert.booked = vec![day("2026-03-25"), day("2026-05-09")]);
        world.marked.push(0);
        assert_eq!(seen(&world).1, 0, "this month is not the month before");
        world.pass_to(at("2026-04-02"));
        assert_eq!(seen(&world), (0, 2, vec![day("2026-05-09")]));
        world.pass_to(at("2026-05-02"));
        assert_eq!(seen(&world), (0, 0, vec![day("2026-05-09")]), "a quiet month");
        world.ask(0, at("2026-05-03"), true);
        world.pass_to(at("2026-07-01"));
        assert_eq!(seen(&world), (0, 0, Vec::new()), "two months later that is no rest any more");
    }
}

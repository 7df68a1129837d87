//! Why a turn went where it went, why nobody takes another, and what would help.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::ground::Ground;
use super::ledger::Ledger;
use super::{Bar, NoPlan, Plan, Problem, Wish};

/// The most that is offered to cover one turn.
const MOST_COVERS: usize = 5;

/// What keeps most of those who were named for a turn from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// Nobody was named for it at all.
    Nobody,
    /// Whoever was named is banned by the caller's rules.
    AllBanned,
    /// Nobody named has the needed specialties.
    Unskilled,
    /// They are on leave.
    OnLeave,
    /// They hold other turns at the same time or too near.
    Busy,
    /// They hold as many as they may.
    CapReached,
    /// Nothing. Cannot happen in a plan that was solved or repaired, only in a rota made by hand.
    Unfinished,
}

/// Something that would cover a turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cover {
    /// By putting him on it,
    pub expert: u32,
    /// once all of this is lifted: a cap raised by one, fewer days between his turns, a leave called off, or his other turn
    /// given to somebody else.
    pub lift: Vec<Bar>,
    /// Somebody who could take that other turn lawfully, where one turn bars him and somebody can.
    pub relieved_by: Option<(u32, u32)>,
    /// From his home, in hundreds of metres.
    pub distance: u32,
    /// How many turns he has.
    pub load: u32,
}

/// A turn nobody takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// Which.
    pub turn: u32,
    /// What keeps most of those named from it.
    pub why: Why,
    /// How many each bar keeps from it, the turns in the bars left out (0); one expert can stand under several.
    pub bars: Vec<(Bar, u32)>,
    /// What would cover it, easiest first.
    pub cover: Vec<Cover>,
}

/// How somebody stands to a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// He takes it.
    Takes,
    /// He stands behind it, from 1.
    Alternate(usize),
    /// He could take it with everything else as it stands.
    Could,
    /// He may not.
    Barred,
}

/// How one expert stands to one turn in a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// How.
    pub place: Place,
    /// What keeps him from it.
    pub bars: Vec<Bar>,
    /// His rank among all who could take it, whoever does included, from 1; by load and cost as the plan weighs them.
    pub rank: Option<usize>,
    /// From his home, in hundreds of metres.
    pub distance: u32,
    /// How much nearer (below zero) or farther he is than whoever takes it.
    pub beside_taker: Option<i64>,
    /// What he said of it.
    pub wish: Wish,
    /// Wanted specialties he lacks, as bits.
    pub lacking: u64,
    /// How many turns he has in the plan.
    pub load: u32,
    /// How many whoever takes it has.
    pub load_of_taker: Option<u32>,
    /// Thousandths of a turn he is above (below zero: under) his target.
    pub off_target: i64,
}

impl Plan {
    /// How an expert stands to a turn; `Ok(None)` where the pair was not named.
    ///
    /// # Errors
    /// As [`Problem::solve`], and [`NoPlan::Before`] if this is not a plan for the problem.
    pub fn explain(&self, problem: &Problem, turn: u32, expert: u32) -> Result<Option<Explained>, NoPlan> {
        let ground = Ground::of(problem)?;
        let mut ledger = super::judge::read(&ground, &self.taken)?.ledger;
        let known = (turn as usize) < problem.turns.len();
        let Some(pair) = known.then(|| ground.pair(turn, expert)).flatten() else { return Ok(None) };
        let taker = ledger.taker(&ground, turn);
        let loads = ledger.loads.clone();
        ledger.free(&ground, turn);
        let bars = if taker == Some(expert) { Vec::new() } else { ledger.bars(&ground, pair) };
        let behind = self.alternates.get(turn as usize).and_then(|all| all.iter().position(|one| *one == expert));
        let place = match (taker == Some(expert), behind, bars.is_empty()) {
            (true, ..) => Place::Takes,
            (_, Some(at), true) => Place::Alternate(at + 1),
            (_, _, true) => Place::Could,
            (_, _, false) => Place::Barred,
        };
        let weighed = |pair: usize| {
            let expert = problem.pairs[pair].expert;
            let cost =
                i128::from(ground.cost[pair]) + i128::from(ground.marginal(expert, ledger.loads[expert as usize]));
            (cost, pair)
        };
        let could = |pair: &usize| ground.barred[*pair].is_none() && ledger.fits(&ground, *pair);
        let own = weighed(pair);
        let before = ground.pairs(turn).filter(could).filter(|other| weighed(*other) < own).count();
        let of = &problem.pairs[pair];
        let beside = taker.and_then(|taker| ground.pair(turn, taker)).map(|other| problem.pairs[other].distance);
        let is = &problem.experts[expert as usize];
        let load = loads[expert as usize];
        Ok(Some(Explained {
            place,
            rank: bars.is_empty().then_some(before + 1),
            bars,
            distance: of.distance,
            beside_taker: beside.map(|other| i64::from(of.distance) - i64::from(other)),
            wish: of.wish,
            lacking: problem.turns[turn as usize].wants & !is.skills,
            load,
            load_of_taker: taker.map(|taker| loads[taker as usize]),
            off_target: is.carried.saturating_add(1_000 * i64::from(load)).saturating_sub(is.target),
        }))
    }
}

/// Every turn nobody takes, why, and what would cover it.
pub(super) fn uncovered(ground: &Ground, ledger: &Ledger) -> Vec<Uncovered> {
    ledger.open_turns().into_iter().map(|turn| why(ground, ledger, turn)).collect()
}

fn why(ground: &Ground, ledger: &Ledger, turn: u32) -> Uncovered {
    let mut bars: Vec<(Bar, u32)> = Vec::new();
    let mut reasons: Vec<(Why, u32)> = Vec::new();
    let mut cover = Vec::new();
    for pair in ground.pairs(turn) {
        let own = ledger.bars(ground, pair);
        for bar in &own {
            add(&mut bars, without_turn(*bar));
        }
        // The gravest bar is why; the others would fall with it or are easier to lift.
        add(&mut reasons, own.last().map_or(Why::Unfinished, |bar| reason(*bar)));
        if own.iter().all(|bar| !matches!(bar, Bar::Banned(_) | Bar::PinnedTo(_))) {
            let of = &ground.problem.pairs[pair];
            let relieved_by = relief(ground, ledger, turn, pair, &own);
            let load = ledger.loads[of.expert as usize];
            cover.push((pair, Cover { expert: of.expert, lift: own, relieved_by, distance: of.distance, load }));
        }
    }
    bars.sort_unstable();
    reasons.sort_unstable_by_key(|(why, count)| (std::cmp::Reverse(*count), *why));
    cover.sort_by_key(|(pair, cover)| {
        let weighed = i128::from(ground.cost[*pair]) + i128::from(ground.marginal(cover.expert, cover.load));
        (cover.relieved_by.is_none(), cover.lift.len(), cover.lift.last().copied().map(without_turn), weighed)
    });
    let cover = cover.into_iter().map(|(_, cover)| cover).take(MOST_COVERS).collect();
    Uncovered { turn, why: reasons.first().map_or(Why::Nobody, |(why, _)| *why), bars, cover }
}

/// Who could take the one turn that bars somebody.
fn relief(ground: &Ground, ledger: &Ledger, turn: u32, pair: usize, bars: &[Bar]) -> Option<(u32, u32)> {
    let [Bar::Gap(other) | Bar::SameTime(other)] = bars else { return None };
    let own = ground.problem.pairs[pair].expert;
    if ground.pinned[*other as usize].is_some() {
        return None;
    }
    let may = |pair: &usize| {
        let expert = ground.problem.pairs[*pair].expert;
        expert != own && ground.barred[*pair].is_none() && ledger.fits(ground, *pair)
    };
    debug_assert!(*other != turn);
    let best = ground.pairs(*other).filter(may).min_by_key(|pair| {
        let expert = ground.problem.pairs[*pair].expert;
        i128::from(ground.cost[*pair]) + i128::from(ground.marginal(expert, ledger.loads[expert as usize]))
    });
    best.map(|pair| (*other, ground.problem.pairs[pair].expert))
}

fn add<T: PartialEq>(counts: &mut Vec<(T, u32)>, one: T) {
    match counts.iter_mut().find(|(known, _)| *known == one) {
        Some((_, count)) => *count += 1,
        None => counts.push((one, 1)),
    }
}

const fn without_turn(bar: Bar) -> Bar {
    match bar {
        Bar::Gap(_) => Bar::Gap(0),
        Bar::SameTime(_) => Bar::SameTime(0),
        Bar::PinnedTo(_) => Bar::PinnedTo(0),
        other => other,
    }
}

const fn reason(bar: Bar) -> Why {
    match bar {
        Bar::Gap(_) | Bar::SameTime(_) => Why::Busy,
        Bar::WeekFull | Bar::MonthFull | Bar::PeriodFull | Bar::DayFull => Why::CapReached,
        Bar::Unskilled => Why::Unskilled,
        Bar::Leave => Why::OnLeave,
        Bar::PinnedTo(_) | Bar::Banned(_) => Why::AllBanned,
    }
}

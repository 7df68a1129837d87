//! A plan that stands, brought back into the rules with the fewest changes.
//!
//! What the rules no longer allow is lost and must change; everything else may stay. Each day with an open turn is settled
//! exactly, a change weighing more than any gain in fairness or cost and a covered turn more than any number of changes.
//! What is open even then is tried across days: somebody gives up the turns that stand in his way to others who can take
//! them; and in the end by chains of such steps.

#![expect(clippy::indexing_slicing, reason = "places are checked when the plan that stands is read")]

mod chain;

use super::ground::Ground;
use super::improve::settle;
use super::ledger::Ledger;
use super::part::{ANY, Part, Prices, Reading};
use super::plan::{Plan, cheap_bound};
use super::search::{Found, unpinned};
use super::{Bar, Effort, NoPlan};
use crate::flow::network::NoFlow;

/// What stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Before {
    /// Who takes each turn.
    pub taken: Vec<Option<u32>>,
    /// Turns that do not move to make room for others (somebody said yes, letters are out); empty: none.
    pub firm: Vec<bool>,
}

/// Why a turn changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// Whoever had it may not have it any more; what bars him. None: he is not named for it any more.
    Lost(Option<Bar>),
    /// Somebody decided who takes it.
    Pinned,
    /// Nobody had it.
    Filled,
    /// Whoever had it was needed elsewhere.
    Moved,
}

/// A turn that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub turn: u32,
    /// Who had it.
    pub from: Option<u32>,
    /// Who has it now.
    pub to: Option<u32>,
    /// Why.
    pub because: Because,
}

/// A plan brought back into the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The plan as it is now; its bound is by counting alone.
    pub plan: Plan,
    /// What changed, turn by turn.
    pub changes: Vec<Change>,
    /// So many of the changes no repair could do without: turns that were lost, pinned or filled.
    pub unavoidable: usize,
}

impl Repaired {
    /// Whether nothing moved but what had to.
    #[must_use]
    pub fn is_least(&self) -> bool {
        self.changes.len() == self.unavoidable
    }
}

/// Looks at a pair a repair may spend on chains: a thousandth of a second or two.
const LOOKS_OF_A_REPAIR: u64 = 40_000;

pub(super) fn repair(ground: &Ground, before: &Before, effort: Effort) -> Result<Repaired, NoPlan> {
    let turns = ground.by_day.len();
    let experts = ground.problem.experts.len();
    let is_firm = |turn: u32| before.firm.get(turn as usize).copied().unwrap_or(false);
    let in_shape = before.taken.len() == turns && (before.firm.is_empty() || before.firm.len() == turns);
    if !in_shape || before.taken.iter().flatten().any(|expert| *expert as usize >= experts) {
        return Err(NoPlan::Before);
    }
    let mut ledger = Ledger::pinned(ground).map_err(|(pair, bar)| NoPlan::Pinned(pair, bar))?;
    let mut lost: Vec<Option<Option<Bar>>> = vec![None; turns];
    for firm_now in [true, false] {
        for turn in ground.by_day.iter().filter(|turn| is_firm(**turn) == firm_now) {
            let Some(expert) = before.taken[*turn as usize] else { continue };
            if ground.pinned[*turn as usize].is_some() {
                continue;
            }
            match ground.pair(*turn, expert) {
                Some(pair) if ground.barred[pair].is_none() && ledger.fits(ground, pair) => ledger.put(ground, pair),
                Some(pair) => lost[*turn as usize] = Some(ledger.bars(ground, pair).last().copied()),
                None => lost[*turn as usize] = Some(None),
            }
        }
    }
    let mut mending = Mending { ground, firm: vec![false; turns], kept: vec![None; turns], ledger };
    for turn in 0..turns as u32 {
        let stays = ground.pinned[turn as usize].is_some() || is_firm(turn) && lost[turn as usize].is_none();
        mending.firm[turn as usize] = stays;
    }
    mending.by_days()?;
    mending.across_days();
    if effort.bound && !ground.needs_search() && !mending.ledger.open_turns().is_empty() {
        mending.as_a_whole()?;
    }
    mending.by_chains(LOOKS_OF_A_REPAIR);
    let ledger = mending.ledger;
    let mut changes = Vec::new();
    let mut unavoidable = 0;
    for turn in 0..turns as u32 {
        let (from, to) = (before.taken[turn as usize], ledger.taker(ground, turn));
        if from == to {
            continue;
        }
        let because = match (lost[turn as usize], from) {
            _ if ground.pinned[turn as usize].is_some() => Because::Pinned,
            (Some(bar), _) => Because::Lost(bar),
            (None, None) => Because::Filled,
            (None, Some(_)) => Because::Moved,
        };
        unavoidable += usize::from(because != Because::Moved);
        changes.push(Change { turn, from, to, because });
    }
    let plan = Plan::of(ground, Found { ledger, bound: cheap_bound(ground), work: 0 });
    Ok(Repaired { plan, changes, unavoidable })
}

/// Tries what is open across days; firm turns do not move.
pub(super) fn cover(ground: &Ground, ledger: Ledger, firm: Vec<bool>) -> Ledger {
    let mut mending = Mending { ground, firm, kept: Vec::new(), ledger };
    mending.across_days();
    mending.ledger
}

/// Tries what is open by chains, for so many looks at a pair; firm turns do not move. Answers how many looks it took.
pub(super) fn chains(ground: &Ground, ledger: Ledger, firm: Vec<bool>, looks: u64) -> (Ledger, u64) {
    let mut mending = Mending { ground, firm, kept: Vec::new(), ledger };
    let looked = mending.by_chains(looks);
    (mending.ledger, looked)
}

struct Mending<'a, 'b> {
    ground: &'a Ground<'b>,
    /// Turns that do not move.
    firm: Vec<bool>,
    /// Who has each turn that is being settled; empty where nothing is.
    kept: Vec<Option<usize>>,
    ledger: Ledger,
}

impl Mending<'_, '_> {
    fn is_open(&self, turn: u32) -> bool {
        self.ledger.taken[turn as usize].is_none()
    }

    /// Settles each day that has an open turn.
    fn by_days(&mut self) -> Result<(), NoPlan> {
        let ground = self.ground;
        for day in 0..ground.days {
            let turns = ground.turns_on(day);
            let open: Vec<u32> = turns.iter().filter(|turn| self.is_open(**turn)).copied().collect();
            if open.is_empty() || self.alone(&open) {
                continue;
            }
            let free: Vec<u32> = turns.iter().filter(|turn| !self.firm[**turn as usize]).copied().collect();
            if !self.settle_with_changes(&free)? {
                // Numbers too large to weigh changes against each other: only what is open is looked at.
                settle(ground, &mut self.ledger, &open, &vec![None; open.len()])?;
            }
        }
        Ok(())
    }

    /// Where one turn of a day is open and somebody can take it freely, the best who can is the answer: anything else on that
    /// day would be a change, and a change outweighs every gain. Whether it was so.
    fn alone(&mut self, open: &[u32]) -> bool {
        let ([turn], ground) = (open, self.ground) else { return false };
        let may = |pair: &usize| ground.barred[*pair].is_none() && self.ledger.fits(ground, *pair);
        let Some(best) = ground.pairs(*turn).filter(may).min_by_key(|pair| self.weighed(*pair)) else { return false };
        self.ledger.put(ground, best);
        true
    }

    /// Settles turns so that what is held moves only to let another be covered. False: the numbers would be too large, and
    /// nothing was done.
    fn settle_with_changes(&mut self, free: &[u32]) -> Result<bool, NoPlan> {
        let ground = self.ground;
        let held: Vec<Option<usize>> = free.iter().map(|turn| self.ledger.free(ground, *turn)).collect();
        let mut kept = std::mem::take(&mut self.kept);
        for (turn, pair) in free.iter().zip(&held) {
            kept[*turn as usize] = *pair;
        }
        // One change outweighs every gain by the plan's own lights, and a covered turn all changes there could be.
        let change = ground.nobody;
        let nobody = i64::try_from(free.len() as i128 + 2).ok().and_then(|count| change.checked_mul(count));
        let flow = nobody.map(|nobody| {
            let more = |pair: usize| match kept[ground.problem.pairs[pair].turn as usize] {
                Some(own) if own != pair => change,
                _ => 0,
            };
            let prices =
                Prices { more: &more, marginal: &|expert, load| ground.marginal(expert, load), nobody, beyond: ANY };
            let part = Part::of(ground, &self.ledger, free, &held, Reading::Lawfully, &prices);
            part.solve(&held).map(|flow| part.made(&flow))
        });
        for turn in free {
            kept[*turn as usize] = None;
        }
        self.kept = kept;
        let (made, done) = match flow {
            None | Some(Err(NoFlow::TooLarge)) => (held, false),
            Some(Err(why)) => return Err(NoPlan::Flow(why)),
            Some(Ok(made)) => (made, true),
        };
        for pair in made.into_iter().flatten() {
            self.ledger.put(ground, pair);
        }
        Ok(done)
    }

    /// All turns at once, where the rules nest: covers whatever can be covered at all.
    fn as_a_whole(&mut self) -> Result<bool, NoPlan> {
        let free: Vec<u32> = unpinned(self.ground).into_iter().filter(|turn| !self.firm[*turn as usize]).collect();
        self.settle_with_changes(&free)
    }

    /// For each turn still open: somebody takes it and gives up what stands in his way, to others who can take that.
    fn across_days(&mut self) {
        for turn in self.ledger.open_turns() {
            let ground = self.ground;
            let mut best: Option<(usize, i128, Vec<usize>)> = None;
            for pair in ground.pairs(turn) {
                if ground.barred[pair].is_some() {
                    continue;
                }
                for way in self.ways(turn, pair) {
                    let worse = best.as_ref().is_some_and(|(moves, ..)| way.len() > *moves);
                    if worse {
                        continue;
                    }
                    if let Some((cost, made)) = self.tried(pair, &way) {
                        let better = best.as_ref().is_none_or(|(moves, known, _)| (way.len(), cost) < (*moves, *known));
                        if better {
                            best = Some((way.len(), cost, made));
                        }
                    }
                }
            }
            if let Some((_, _, made)) = best {
                for pair in &made {
                    self.ledger.free(ground, ground.problem.pairs[*pair].turn);
                }
                for pair in made {
                    self.ledger.put(ground, pair);
                }
            }
        }
    }

    /// Sets of an expert's turns whose loss would let him take another: those that bar him, and where a cap does, those
    /// and any one that counts in it.
    fn ways(&self, turn: u32, pair: usize) -> Vec<Vec<u32>> {
        let ground = self.ground;
        let expert = ground.problem.pairs[pair].expert;
        let bars = self.ledger.bars(ground, pair);
        let mut must = Vec::new();
        let mut by_cap: Option<Bar> = None;
        for bar in bars {
            match bar {
                Bar::Gap(other) | Bar::SameTime(other) => must.push(other),
                Bar::WeekFull | Bar::MonthFull | Bar::PeriodFull | Bar::DayFull => {
                    // The narrowest cap: a turn that counts in it counts in the wider ones.
                    let width = |bar: Bar| match bar {
                        Bar::DayFull => 0,
                        Bar::WeekFull => 1,
                        Bar::MonthFull => 2,
                        _ => 3,
                    };
                    by_cap = Some(by_cap.map_or(bar, |known| if width(bar) < width(known) { bar } else { known }));
                }
                _ => return Vec::new(),
            }
        }
        if must.iter().any(|other| self.firm[*other as usize]) {
            return Vec::new();
        }
        let Some(cap) = by_cap else { return vec![must] };
        let at = turn as usize;
        let counts = |other: u32| match cap {
            Bar::DayFull => ground.day[other as usize] == ground.day[at],
            Bar::WeekFull => ground.week[other as usize] == ground.week[at],
            Bar::MonthFull => ground.month[other as usize] == ground.month[at],
            _ => true,
        };
        let mut ways = Vec::new();
        if must.iter().any(|other| counts(*other)) {
            ways.push(must.clone());
        }
        for other in self.ledger.held_on(ground, expert, 0..ground.days) {
            if counts(other) && !must.contains(&other) && !self.firm[other as usize] {
                let mut way = must.clone();
                way.push(other);
                ways.push(way);
            }
        }
        ways
    }

    /// Whether a way works: the cost of the pairs to be made, and the pairs. The ledger is as before afterwards.
    fn tried(&mut self, pair: usize, way: &[u32]) -> Option<(i128, Vec<usize>)> {
        let ground = self.ground;
        let freed: Vec<usize> = way.iter().filter_map(|turn| self.ledger.free(ground, *turn)).collect();
        let own = ground.problem.pairs[pair].expert;
        let mut made = Vec::new();
        let mut cost = 0;
        if self.ledger.fits(ground, pair) {
            cost += self.weighed(pair);
            self.ledger.put(ground, pair);
            made.push(pair);
            for turn in way {
                let may = |other: &usize| {
                    let expert = ground.problem.pairs[*other].expert;
                    expert != own && ground.barred[*other].is_none() && self.ledger.fits(ground, *other)
                };
                let Some(other) = ground.pairs(*turn).filter(may).min_by_key(|other| self.weighed(*other)) else {
                    break;
                };
                cost += self.weighed(other);
                self.ledger.put(ground, other);
                made.push(other);
            }
        }
        for pair in &made {
            self.ledger.free(ground, ground.problem.pairs[*pair].turn);
        }
        for pair in freed {
            self.ledger.put(ground, pair);
        }
        (made.len() == way.len() + 1).then_some((cost, made))
    }

    fn weighed(&self, pair: usize) -> i128 {
        let expert = self.ground.problem.pairs[pair].expert;
        let load = self.ledger.loads[expert as usize];
        i128::from(self.ground.cost[pair]) + i128::from(self.ground.marginal(expert, load))
    }
}

//! Finding the plan: day by day for a start; then all at once where the rules nest, or set of days by set of days where
//! they do not, and the bound.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::ground::Ground;
use super::ledger::Ledger;
use super::part::{ANY, Part, Prices, Reading};
use super::plan::{Score, cheap_bound};
use super::start::start;
use super::{Effort, NoPlan, repair};
use crate::flow::network::{Flow, Network};

/// Turns freed at once: enough to move many, few enough to be solved in a few thousandths of a second. Measured on a year
/// of 50 places and 300 experts against half and twice as many.
const TURNS_AT_ONCE: usize = 1_200;

/// Turns from which on a plan is made better by parts before it is solved as a whole.
const LARGE: usize = 12_000;

/// How many turns more than he has anybody is thought to take at most when a plan is made better.
const FEW_MORE: u32 = 6;

/// How often what stays open is tried across days on the way.
const PARTS: u64 = 4;

/// A plan and what is known of the best there is.
pub(super) struct Found {
    pub ledger: Ledger,
    /// No lawful plan is better than this.
    pub bound: Score,
    pub work: u64,
}

/// Chance: SplitMix64.
pub(super) struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `most`, which is above zero.
    pub(super) fn below(&mut self, most: usize) -> usize {
        (self.next() % most as u64) as usize
    }
}

/// The plan from nothing but the pins.
pub(super) fn solve(ground: &Ground, effort: Effort) -> Result<Found, NoPlan> {
    let mut ledger = Ledger::pinned(ground).map_err(|(pair, bar)| NoPlan::Pinned(pair, bar))?;
    start(ground, &mut ledger)?;
    if !ground.needs_search() {
        // What is large is better brought near the best by parts before it is solved as a whole.
        if ground.by_day.len() > LARGE {
            improve(ground, &mut ledger, Effort { work: 10 * ground.by_day.len() as u64, ..effort })?;
        }
        let ledger = whole(ground, &ledger, Reading::Lawfully)?;
        let bound = Score::of(ground, &ledger);
        return Ok(Found { ledger, bound, work: 0 });
    }
    let cheap = cheap_bound(ground);
    let mut work = 0;
    for part in 1..=PARTS {
        work += improve(
            ground,
            &mut ledger,
            Effort { seed: effort.seed.wrapping_add(part), work: effort.work / PARTS, ..effort },
        )?;
        let pins = (0..ground.by_day.len()).map(|turn| ground.pinned[turn].is_some()).collect();
        ledger = repair::cover(ground, ledger, pins);
    }
    let bound = if effort.bound { Score::of(ground, &whole(ground, &ledger, Reading::Loosely)?) } else { cheap };
    Ok(Found { ledger, bound, work })
}

/// Solves some free turns exactly beside the rest and puts them into the ledger; answers the work done.
pub(super) fn settle(
    ground: &Ground,
    ledger: &mut Ledger,
    free: &[u32],
    held: &[Option<usize>],
) -> Result<u64, NoPlan> {
    let beyond = if held.iter().any(Option::is_some) { FEW_MORE } else { ANY };
    let part = plainly(ground, ledger, (free, held), Reading::Lawfully, beyond);
    let flow = part.solve(held).map_err(NoPlan::Flow)?;
    for pair in part.made(&flow).into_iter().flatten() {
        ledger.put(ground, pair);
    }
    Ok(work_of(&part, &flow))
}

/// All turns but the pinned at once, certified. Read loosely the answer need not be lawful.
pub(super) fn whole(ground: &Ground, start: &Ledger, reading: Reading) -> Result<Ledger, NoPlan> {
    let mut ledger = start.clone();
    let free = unpinned(ground);
    let held: Vec<Option<usize>> = free.iter().map(|turn| ledger.free(ground, *turn)).collect();
    let mut part = plainly(ground, &ledger, (&free, &held), reading, FEW_MORE);
    let mut flow = part.solve(&held).map_err(NoPlan::Flow)?;
    if part.is_at_an_end(&flow) {
        part = plainly(ground, &ledger, (&free, &held), reading, ANY);
        flow = part.solve(&held).map_err(NoPlan::Flow)?;
    }
    flow.certify(&part.network).map_err(NoPlan::Unproven)?;
    for pair in part.made(&flow).into_iter().flatten() {
        ledger.put(ground, pair);
    }
    Ok(ledger)
}

/// The network of these turns at the ground's own prices.
fn plainly(
    ground: &Ground,
    ledger: &Ledger,
    (free, held): (&[u32], &[Option<usize>]),
    reading: Reading,
    beyond: u32,
) -> Part {
    let marginal = |expert, load| ground.marginal(expert, load);
    let prices = Prices { more: &|_| 0, marginal: &marginal, nobody: ground.nobody, beyond };
    Part::of(ground, ledger, free, held, reading, &prices)
}

/// The network of all turns but the pinned.
pub(super) fn network(ground: &Ground) -> Result<Network, NoPlan> {
    let ledger = Ledger::pinned(ground).map_err(|(pair, bar)| NoPlan::Pinned(pair, bar))?;
    let free = unpinned(ground);
    let held = vec![None; free.len()];
    Ok(plainly(ground, &ledger, (&free, &held), Reading::Loosely, ANY).network)
}

/// The turns that may move, by day.
pub(super) fn unpinned(ground: &Ground) -> Vec<u32> {
    ground.by_day.iter().filter(|turn| ground.pinned[**turn as usize].is_none()).copied().collect()
}

/// Frees sets of days far enough apart and settles each anew, as long as there is work left.
fn improve(ground: &Ground, ledger: &mut Ledger, effort: Effort) -> Result<u64, NoPlan> {
    let mut chance = Chance(effort.seed);
    let mut days: Vec<usize> = (0..ground.days).collect();
    let mut work = 0;
    while work < effort.work && !days.is_empty() {
        let free = spaced(ground, &mut days, &mut chance);
        let held: Vec<Option<usize>> = free.iter().map(|turn| ledger.free(ground, *turn)).collect();
        work += settle(ground, ledger, &free, &held)?.max(1);
    }
    Ok(work)
}

/// Turns of days no two of which lie within the longest gap, in the order of their days.
fn spaced(ground: &Ground, days: &mut [usize], chance: &mut Chance) -> Vec<u32> {
    let gap = ground.gap as usize;
    let mut near = vec![false; ground.days];
    let mut chosen = Vec::new();
    let mut turns = 0;
    for at in 0..days.len() {
        let other = at + chance.below(days.len() - at);
        days.swap(at, other);
        let day = days[at];
        if near[day] {
            continue;
        }
        near[day.saturating_sub(gap - 1)..(day + gap).min(ground.days)].fill(true);
        chosen.push(day);
        turns += ground.turns_on(day).len();
        if turns >= TURNS_AT_ONCE {
            break;
        }
    }
    chosen.sort_unstable();
    let may_move = |turn: &&u32| ground.pinned[**turn as usize].is_none();
    chosen.iter().flat_map(|day| ground.turns_on(*day).iter().filter(may_move).copied()).collect()
}

/// Thousands of looks at arcs, about.
fn work_of(part: &Part, flow: &Flow) -> u64 {
    let arcs = part.network.arcs().len() as u64;
    (10 * arcs + flow.pivots * (6 * arcs.isqrt() + 100)) / 1_000
}

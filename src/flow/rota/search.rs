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

/// A search that found nothing better so often in a row has found what it can.
const IN_VAIN: u32 = 150;

/// Turns up to which a bound is had at once.
const SMALL: usize = 1_000;

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
            let work = 10 * ground.by_day.len() as u64;
            improve(ground, &mut ledger, Chance(effort.seed), Until { work, price: None })?;
        }
        let ledger = whole(ground, &ledger, Reading::Lawfully)?;
        let bound = Score::of(ground, &ledger);
        return Ok(Found { ledger, bound, work: 0 });
    }
    // A bound that is had at once may end the search at once; another had better start from what the search finds.
    let mut bound = None;
    if effort.bound && ground.by_day.len() <= SMALL {
        bound = Some(whole(ground, &ledger, Reading::Loosely)?);
    }
    let until = Until { work: effort.work / PARTS, price: bound.as_ref().map(|bound| price(ground, bound)) };
    let mut work = 0;
    for part in 1..=PARTS {
        work += improve(ground, &mut ledger, Chance(effort.seed.wrapping_add(part)), until)?;
        let pins = (0..ground.by_day.len()).map(|turn| ground.pinned[turn].is_some()).collect();
        ledger = repair::cover(ground, ledger, pins);
    }
    if effort.bound && bound.is_none() {
        bound = Some(whole(ground, &ledger, Reading::Loosely)?);
    }
    let bound = bound.map_or_else(|| cheap_bound(ground), |bound| Score::of(ground, &bound));
    Ok(Found { ledger, bound, work })
}

/// When a search ends.
#[derive(Clone, Copy)]
struct Until {
    /// So much work was done.
    work: u64,
    /// The plan costs no more than this.
    price: Option<i128>,
}

/// What the network would charge for what is held.
fn price(ground: &Ground, ledger: &Ledger) -> i128 {
    let mut price = 0_i128;
    for pair in &ledger.taken {
        price += pair.map_or(i128::from(ground.nobody), |pair| i128::from(ground.cost[pair]));
    }
    for (expert, load) in ledger.loads.iter().enumerate() {
        let load = i128::from(*load);
        price += load * i128::from(ground.first[expert]) + i128::from(ground.slope) * (load * (load - 1) / 2);
    }
    price
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

/// Frees sets of days far enough apart and settles each anew, until there is no work left or nothing more to gain.
fn improve(ground: &Ground, ledger: &mut Ledger, mut chance: Chance, until: Until) -> Result<u64, NoPlan> {
    let mut days: Vec<usize> = (0..ground.days).collect();
    let (mut work, mut in_vain) = (0, 0);
    let mut known = price(ground, ledger);
    while work < until.work && in_vain < IN_VAIN && until.price.is_none_or(|price| price < known) {
        let free = spaced(ground, &mut days, &mut chance);
        let held: Vec<Option<usize>> = free.iter().map(|turn| ledger.free(ground, *turn)).collect();
        work += settle(ground, ledger, &free, &held)?;
        let now = price(ground, ledger);
        in_vain = if now < known { 0 } else { in_vain + 1 };
        known = now;
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
    // Looking for a set and putting it back is work too.
    10 + (10 * arcs + flow.pivots * (6 * arcs.isqrt() + 100)) / 1_000
}

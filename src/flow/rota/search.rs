//! Finding the plan: day by day for a start; then all at once where the rules nest, or set of days by set of days where
//! they do not, and the bound.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::ground::Ground;
use super::improve::{Chance, FEW_MORE, Until, improve, price};
use super::ledger::Ledger;
use super::part::{ANY, Part, Prices, Reading};
use super::plan::{Score, cheap_bound};
use super::start::start;
use super::{Effort, NoPlan, repair};
use crate::flow::network::Network;

/// Turns up to which a bound is had at once.
const SMALL: usize = 5_000;

/// Turns from which on a plan is made better by parts before it is solved as a whole.
const LARGE: usize = 12_000;

/// How often what stays open is tried across days on the way.
const PARTS: u64 = 4;

/// Looks at a pair that take as long as a unit of work; chains may take an eighth of the work allowed, and so many at least.
const LOOKS_A_WORK: u64 = 100;
const FEWEST_LOOKS: u64 = 20_000;

/// A plan and what is known of the best there is.
pub(super) struct Found {
    pub ledger: Ledger,
    /// No lawful plan is better than this.
    pub bound: Score,
    pub work: u64,
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
    let pins: Vec<bool> = ground.pinned.iter().map(Option::is_some).collect();
    for part in 1..=PARTS {
        work += improve(ground, &mut ledger, Chance(effort.seed.wrapping_add(part)), until)?;
        ledger = repair::cover(ground, ledger, pins.clone());
    }
    if ledger.taken.contains(&None) {
        let looks = (effort.work.saturating_mul(LOOKS_A_WORK) / 8).max(FEWEST_LOOKS);
        let (mended, looked) = repair::chains(ground, ledger, pins, looks);
        ledger = mended;
        work += looked / LOOKS_A_WORK;
    }
    if effort.bound && bound.is_none() {
        bound = Some(whole(ground, &ledger, Reading::Loosely)?);
    }
    let bound = bound.map_or_else(|| cheap_bound(ground), |bound| Score::of(ground, &bound));
    Ok(Found { ledger, bound, work })
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

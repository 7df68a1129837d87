//! Making a plan better by parts: sets of days far enough apart to leave each other alone are freed and settled anew.
//!
//! Each set is settled exactly, so a plan never gets worse; but a plan that no single set betters need not be the best.
//! Where nothing was gained for a while, every other set is settled with its costs a little wrong, and a plan a little
//! dearer is gone on from. The best there was is what remains.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::NoPlan;
use super::ground::Ground;
use super::ledger::Ledger;
use super::part::{ANY, Part, Prices, Reading};
use super::reschedule::{can_be, reschedule};
use crate::flow::network::Flow;

/// Turns freed at once: enough to move many, few enough to be solved in a few thousandths of a second. Measured on a year
/// of 50 places and 300 experts against half and twice as many.
const TURNS_AT_ONCE: usize = 1_200;

/// A search that gained nothing so often in a row has found what it can.
const IN_VAIN: u32 = 400;

/// From when on costs are got a little wrong, and by what part of what they usually differ by at most. Measured on a
/// quarter and a year of 50 places with two days' rest: more loses more than it finds.
const TIRED: u32 = 10;
const WRONG: i64 = 150;

/// How many turns more than he has anybody is thought to take at most when a plan is made better.
pub(super) const FEW_MORE: u32 = 6;

/// How many people's days are chosen anew for each set of days that is settled.
const RESCHEDULED: usize = 20;

/// How much fairness, in turns beside the even load, may be given up on the way for turns to find other people.
const DRIFT: i128 = 4;

/// When to end.
#[derive(Clone, Copy)]
pub(super) struct Until {
    /// So much work was done.
    pub work: u64,
    /// The plan costs no more than this.
    pub price: Option<i128>,
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

/// What the network would charge for what is held.
pub(super) fn price(ground: &Ground, ledger: &Ledger) -> i128 {
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

/// Betters the plan until there is no work left or nothing more to gain; answers the work done.
pub(super) fn improve(ground: &Ground, ledger: &mut Ledger, mut chance: Chance, until: Until) -> Result<u64, NoPlan> {
    let mut days: Vec<usize> = (0..ground.days).collect();
    let (mut work, mut in_vain) = (0, 0);
    let mut best = price(ground, ledger);
    // The best there was, where a dearer one is gone on from.
    let mut aside: Option<Ledger> = None;
    let by_expert = pairs_by_expert(ground);
    while work < until.work && in_vain < IN_VAIN && until.price.is_none_or(|price| price < best) {
        // Where turns stay open, some people's days are chosen anew first.
        let movable = if ledger.taken.contains(&None) { RESCHEDULED } else { 0 };
        for _ in 0..movable {
            let expert = chance.below(by_expert.len().max(1)) as u32;
            let Some(pairs) = by_expert.get(expert as usize).filter(|_| can_be(ground, expert)) else { continue };
            let before = ledger.clone();
            reschedule(ground, ledger, expert, pairs, &mut chance);
            work += 1 + pairs.len() as u64 / 100;
            let now = price(ground, ledger);
            if now < best {
                (best, in_vain, aside) = (now, 0, None);
            } else if now > best + i128::from(ground.cost_scale()) + DRIFT * i128::from(ground.slope) {
                *ledger = before;
            } else if aside.is_none() {
                aside = Some(before);
            }
        }
        let free = spaced(ground, &mut days, &mut chance);
        if in_vain > TIRED && in_vain % 2 == 1 {
            let before = ledger.clone();
            work += shake(ground, ledger, &free, chance.next())?;
            if price(ground, ledger) > best + i128::from(ground.cost_scale()) {
                *ledger = before;
            } else if aside.is_none() {
                aside = Some(before);
            }
            in_vain += 1;
            continue;
        }
        let held: Vec<Option<usize>> = free.iter().map(|turn| ledger.free(ground, *turn)).collect();
        work += settle(ground, ledger, &free, &held)?;
        let now = price(ground, ledger);
        if now < best {
            (best, in_vain, aside) = (now, 0, None);
        } else {
            in_vain += 1;
        }
    }
    if let Some(aside) = aside.filter(|_| price(ground, ledger) > best) {
        *ledger = aside;
    }
    Ok(work)
}

/// Each expert's pairs, in the order of their turns.
fn pairs_by_expert(ground: &Ground) -> Vec<Vec<usize>> {
    let mut by_expert = vec![Vec::new(); ground.problem.experts.len()];
    for (place, pair) in ground.problem.pairs.iter().enumerate() {
        by_expert[pair.expert as usize].push(place);
    }
    by_expert
}

/// Settles turns that are held with costs a little wrong.
fn shake(ground: &Ground, ledger: &mut Ledger, free: &[u32], seed: u64) -> Result<u64, NoPlan> {
    let held: Vec<Option<usize>> = free.iter().map(|turn| ledger.free(ground, *turn)).collect();
    let most = (ground.cost_scale() / WRONG).max(1) as usize;
    let more = |pair: usize| Chance(seed ^ ((pair as u64) << 20)).below(most + 1) as i64;
    let marginal = |expert, load| ground.marginal(expert, load);
    let prices = Prices { more: &more, marginal: &marginal, nobody: ground.nobody, beyond: FEW_MORE };
    let part = Part::of(ground, ledger, free, &held, Reading::Lawfully, &prices);
    let flow = part.solve(&held).map_err(NoPlan::Flow)?;
    for pair in part.made(&flow).into_iter().flatten() {
        ledger.put(ground, pair);
    }
    Ok(work_of(&part, &flow))
}

/// Solves some free turns exactly beside the rest and puts them into the ledger; answers the work done.
pub(super) fn settle(
    ground: &Ground,
    ledger: &mut Ledger,
    free: &[u32],
    held: &[Option<usize>],
) -> Result<u64, NoPlan> {
    let beyond = if held.iter().any(Option::is_some) { FEW_MORE } else { ANY };
    let marginal = |expert, load| ground.marginal(expert, load);
    let prices = Prices { more: &|_| 0, marginal: &marginal, nobody: ground.nobody, beyond };
    let part = Part::of(ground, ledger, free, held, Reading::Lawfully, &prices);
    let flow = part.solve(held).map_err(NoPlan::Flow)?;
    for pair in part.made(&flow).into_iter().flatten() {
        ledger.put(ground, pair);
    }
    Ok(work_of(&part, &flow))
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

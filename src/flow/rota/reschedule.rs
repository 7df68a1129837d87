//! One expert's days chosen anew while everybody else's stand: which of the open turns and of his own he takes, with his
//! gap between them, found exactly from day to day.
//!
//! Sets of days settled by themselves never move anybody from one day to the next; where turns stay open, this does.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::NO_CAP;
use super::ground::Ground;
use super::improve::Chance;
use super::ledger::Ledger;

/// What taking a turn is worth, and by which pair.
#[derive(Clone, Copy)]
pub(super) struct Gain {
    pub worth: i128,
    pub pair: usize,
}

/// Whether somebody's days can be chosen this way: caps per week or month do not fit into a walk from day to day.
pub(super) fn can_be(ground: &Ground, expert: u32) -> bool {
    let is = &ground.problem.experts[expert as usize];
    is.gap > 1 && is.caps.week == NO_CAP && is.caps.month == NO_CAP
}

/// Chooses his days anew. What is equal is decided by chance; what he gives up goes to whoever can take it, or stays open.
/// The plan may be the worse for it.
pub(super) fn reschedule(ground: &Ground, ledger: &mut Ledger, expert: u32, pairs: &[usize], chance: &mut Chance) {
    let mut own: Vec<usize> = Vec::new();
    for turn in ledger.held_on(ground, expert, 0..ground.days) {
        if ground.pinned[turn as usize].is_none() {
            own.extend(ledger.free(ground, turn));
        }
    }
    let noise = (ground.cost_scale() / 4).max(1) as usize;
    let mut gains: Vec<Option<Gain>> = vec![None; ground.days];
    for pair in pairs {
        let turn = ground.problem.pairs[*pair].turn;
        if ledger.taken[turn as usize].is_some() || ground.barred[*pair].is_some() || !ledger.fits(ground, *pair) {
            continue;
        }
        let other = own.contains(pair).then(|| instead(ground, ledger, turn, expert)).flatten();
        let left = other.map_or(i128::from(ground.nobody), |(cost, _)| cost.min(i128::from(ground.nobody)));
        let worth = left - i128::from(ground.cost[*pair]) + chance.below(noise) as i128;
        let known = &mut gains[ground.day[turn as usize] as usize];
        if known.is_none_or(|known| known.worth < worth) {
            *known = Some(Gain { worth, pair: *pair });
        }
    }
    for pair in best(ground, ledger, expert, &gains) {
        ledger.put(ground, pair);
    }
    for pair in own {
        let turn = ground.problem.pairs[pair].turn;
        if ledger.taken[turn as usize].is_none()
            && let Some((_, other)) = instead(ground, ledger, turn, expert)
        {
            ledger.put(ground, other);
        }
    }
}

/// Whoever else could take a turn at the least cost, and that.
fn instead(ground: &Ground, ledger: &Ledger, turn: u32, but: u32) -> Option<(i128, usize)> {
    let may = |pair: &usize| {
        ground.problem.pairs[*pair].expert != but && ground.barred[*pair].is_none() && ledger.fits(ground, *pair)
    };
    let weighed = |pair: usize| {
        let expert = ground.problem.pairs[pair].expert;
        i128::from(ground.cost[pair]) + i128::from(ground.marginal(expert, ledger.loads[expert as usize]))
    };
    ground.pairs(turn).filter(may).map(|pair| (weighed(pair), pair)).min()
}

/// The days that are worth most together, his gap between any two, less what his load then weighs.
pub(super) fn best(ground: &Ground, ledger: &Ledger, expert: u32, gains: &[Option<Gain>]) -> Vec<usize> {
    let gap = ground.problem.experts[expert as usize].gap as usize;
    let most = (ground.days / gap + 1).min(ledger.left_in_all(ground, expert) as usize);
    // By day and number of turns up to and with it: the most they are worth.
    let width = most + 1;
    let mut worth: Vec<Option<i128>> = vec![None; (ground.days + 1) * width];
    for row in worth.chunks_mut(width) {
        row[0] = Some(0);
    }
    for day in 0..ground.days {
        for count in 1..width {
            let without = worth[day * width + count];
            let before = (day + 1).saturating_sub(gap);
            let with = gains[day].and_then(|gain| Some(worth[before * width + count - 1]? + gain.worth));
            worth[(day + 1) * width + count] = without.max(with);
        }
    }
    let mut load = 0_i128;
    let mut chosen = (0_i128, 0);
    for count in 0..width {
        if let Some(worth) = worth[ground.days * width + count]
            && worth - load > chosen.0
        {
            chosen = (worth - load, count);
        }
        load += i128::from(ground.marginal(expert, ledger.loads[expert as usize] + count as u32));
    }
    let (mut day, mut count) = (ground.days, chosen.1);
    let mut pairs = Vec::new();
    while count > 0 && day > 0 {
        if worth[day * width + count] == worth[(day - 1) * width + count] {
            day -= 1;
            continue;
        }
        let Some(gain) = gains[day - 1] else { break };
        pairs.push(gain.pair);
        day = day.saturating_sub(gap);
        count -= 1;
    }
    pairs
}

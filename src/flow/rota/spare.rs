//! Who could step in: alternates behind every turn, and how many turns have some.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::ground::Ground;
use super::ledger::Ledger;
use super::plan::Resilience;

/// Alternates, and how many turns have so many.
pub(super) struct Spare {
    pub alternates: Vec<Vec<u32>>,
    pub resilience: Resilience,
}

/// The alternates of every covered turn: whoever fits beside everything that stands, least cost and load first, dearer the
/// more turns he stands behind already. First every turn gets its first, then its second.
pub(super) fn behind(ground: &Ground, ledger: &Ledger) -> Spare {
    let turns = ground.by_day.len();
    let room = ledger.room(ground);
    let mut resilience = Resilience::default();
    let mut could: Vec<(usize, usize)> = Vec::with_capacity(turns);
    // What each costs beside his load, and who it is.
    let mut pairs: Vec<(i64, u32)> = Vec::new();
    for turn in 0..turns as u32 {
        let from = pairs.len();
        if let Some(own) = ledger.taken[turn as usize] {
            let day = ground.day[turn as usize] as usize;
            let may = |pair: &usize| {
                room[ground.problem.pairs[*pair].expert as usize * ground.days + day]
                    && *pair != own
                    && ground.barred[*pair].is_none()
                    && ledger.has_parts(ground, *pair)
            };
            let told = |pair: usize| (ground.cost[pair], ground.problem.pairs[pair].expert);
            pairs.extend(ground.pairs(turn).filter(may).map(told));
            match pairs.len() - from {
                0 => resilience.none += 1,
                1 => resilience.one += 1,
                _ => resilience.two_or_more += 1,
            }
        }
        could.push((from, pairs.len()));
    }
    let mut alternates: Vec<Vec<u32>> = vec![Vec::new(); turns];
    let mut stands_behind = vec![0_u32; ground.problem.experts.len()];
    for _ in 0..ground.problem.alternates {
        for turn in &ground.by_day {
            let (from, to) = could[*turn as usize];
            let own = &mut alternates[*turn as usize];
            let mut best: Option<(i64, u32)> = None;
            for (cost, expert) in pairs[from..to].iter().copied() {
                let carries = ledger.loads[expert as usize] + stands_behind[expert as usize];
                let cost = cost.saturating_add(ground.marginal(expert, carries));
                if !own.contains(&expert) && best.is_none_or(|(known, _)| cost < known) {
                    best = Some((cost, expert));
                }
            }
            if let Some((_, expert)) = best {
                own.push(expert);
                stands_behind[expert as usize] += 1;
            }
        }
    }
    Spare { alternates, resilience }
}

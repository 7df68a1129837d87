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
    // What each costs beside his load, and who it is. Room for all is asked for at once: what is not used is not touched.
    let mut pairs: Vec<(i64, u32)> = Vec::with_capacity(ground.problem.pairs.len());
    for turn in 0..turns as u32 {
        let from = pairs.len();
        if let Some(own) = ledger.taken[turn as usize] {
            let day = ground.day[turn as usize] as usize;
            let places = ground.pairs(turn);
            let named = ground.problem.pairs[places.clone()].iter().zip(&ground.barred[places.clone()]);
            for (place, (pair, bar)) in places.zip(named) {
                let has_room = room[pair.expert as usize * ground.days + day];
                if has_room && place != own && bar.is_none() && ledger.has_parts(ground, place) {
                    pairs.push((ground.cost[place], pair.expert));
                }
            }
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

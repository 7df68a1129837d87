//! Who stands behind each seat: the next best with room left, dearer the more seats he stands behind already.

#![expect(clippy::indexing_slicing, reason = "places were checked when the model was made")]

use super::{Problem, Stand};

/// The reserves of every seat, in order. First every seat gets its first, then its second: nobody is served twice before
/// the others once.
pub(super) fn behind(problem: &Problem, taken: &[Option<u32>], loads: &[u32]) -> Vec<Vec<u32>> {
    let mut reserves: Vec<Vec<u32>> = vec![Vec::new(); problem.seats.len()];
    let mut stands_behind = vec![0_u32; problem.takers.len()];
    let mut groups: Vec<(u32, u32)> =
        taken.iter().zip(&problem.seats).filter_map(|(taker, seat)| Some((seat.group, (*taker)?))).collect();
    groups.sort_unstable();
    for _ in 0..problem.reserves {
        let mut place = 0;
        for (seat, own) in reserves.iter_mut().enumerate() {
            let group = problem.seats[seat].group;
            let mut best: Option<(i128, u32)> = None;
            while let Some(pair) = problem.pairs.get(place).filter(|pair| pair.seat as usize == seat) {
                place += 1;
                let taker = problem.takers[pair.taker as usize];
                let carries = loads[pair.taker as usize];
                let has_room = carries - taker.load < taker.room;
                let sits = groups.binary_search(&(group, pair.taker)).is_ok();
                let may = pair.stand != Stand::Forced && !matches!(pair.stand, Stand::Barred(_));
                if taken[seat].is_none() || !may || !has_room || sits || own.contains(&pair.taker) {
                    continue;
                }
                let carries = i128::from(carries) + i128::from(stands_behind[pair.taker as usize]);
                let cost = i128::from(pair.cost) + i128::from(problem.fairness) * (2 * carries + 1);
                if best.is_none_or(|(known, _)| cost < known) {
                    best = Some((cost, pair.taker));
                }
            }
            if let Some((_, taker)) = best {
                own.push(taker);
                stands_behind[taker as usize] += 1;
            }
        }
    }
    reserves
}

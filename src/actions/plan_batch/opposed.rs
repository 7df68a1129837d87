//! Needs of one batch that stand against each other: nobody, and no firm, is proposed for both sides.
//!
//! While both are being planned neither is an offer yet, so no tie speaks of it. The plan is solved; where one house sits
//! on both sides, the worse of the two fits is barred for the whole house, and the plan is solved again, until no such seat
//! is left. What a person pinned stays. Deliberately absent: offers already out, which the ranking itself knows of.

use super::BatchNeed;
use crate::domain::firm::{FirmMatch, FirmName};
use crate::flow::assignment::{Plan, Problem, Stand};

/// The number by which the flow knows the rule.
pub(super) const OPPOSED: u16 = 1;

/// The sides of a need.
struct Sides {
    asks: FirmName,
    against: Vec<FirmName>,
}

impl Sides {
    fn of(need: &BatchNeed) -> Self {
        let against = need.row.opposing_party.as_deref().map(FirmName::parse_list).unwrap_or_default();
        Self { asks: FirmName::parse(&need.enterprise), against }
    }

    /// Whether who asks here stands on the other side there, surely or possibly.
    fn is_faced_by(&self, other: &Self) -> bool {
        other.against.iter().any(|party| party.compare(&self.asks) != FirmMatch::Different)
    }
}

/// The pairs of needs, by place, of which one's enterprise is the other's opposing party.
pub(super) fn pairs(needs: &[BatchNeed]) -> Vec<(usize, usize)> {
    let sides: Vec<Sides> = needs.iter().map(Sides::of).collect();
    let mut found = Vec::new();
    for (at, one) in sides.iter().enumerate() {
        for (place, other) in sides.iter().enumerate().skip(at + 1) {
            if one.is_faced_by(other) || other.is_faced_by(one) {
                found.push((at, place));
            }
        }
    }
    found
}

/// Who belongs together: an expert, and whoever is surely of the same firm.
pub(super) struct Houses<'a>(pub(super) &'a [FirmName]);

impl Houses<'_> {
    fn same(&self, one: u32, other: u32) -> bool {
        let firms = self.0.get(one as usize).zip(self.0.get(other as usize));
        one == other || firms.is_some_and(|(mine, theirs)| mine.compare(theirs) == FirmMatch::Sure)
    }
}

/// The planned seats of a need with who takes them.
fn taken<'a>(plan: &'a Plan, problem: &'a Problem, need: usize) -> impl Iterator<Item = (u32, u32)> + Clone + 'a {
    (0_u32..).zip(plan.taken.iter().zip(&problem.seats)).filter_map(move |(seat, (taker, of))| {
        let here = usize::try_from(of.group).is_ok_and(|group| group == need);
        taker.filter(|_| here).map(|taker| (seat, taker))
    })
}

/// Bars the first house found on both sides from one of them. Answers whether there was one.
pub(super) fn bar(problem: &mut Problem, plan: &Plan, opposed: &[(usize, usize)], houses: &Houses<'_>) -> bool {
    let Some((need, house)) = opposed.iter().find_map(|facing| loser(problem, plan, *facing, houses)) else {
        return false;
    };
    let group = u32::try_from(need).unwrap_or(u32::MAX);
    for pair in &mut problem.pairs {
        let here = problem.seats.get(pair.seat as usize).is_some_and(|of| of.group == group);
        if here && pair.stand == Stand::Open && houses.same(pair.taker, house) {
            pair.stand = Stand::Barred(OPPOSED);
        }
    }
    true
}

/// Of two needs that face each other and have one house between them, the one that gives it up, and a taker of the house.
fn loser(problem: &Problem, plan: &Plan, (one, other): (usize, usize), houses: &Houses<'_>) -> Option<(usize, u32)> {
    let pair_of = |seat: u32, taker: u32| problem.pairs.iter().find(|pair| pair.seat == seat && pair.taker == taker);
    for (seat, taker) in taken(plan, problem, one) {
        for (facing, rival) in taken(plan, problem, other).filter(|(_, rival)| houses.same(taker, *rival)) {
            let (Some(here), Some(there)) = (pair_of(seat, taker), pair_of(facing, rival)) else { continue };
            match (here.stand == Stand::Forced, there.stand == Stand::Forced) {
                // What a person decided stays; the offer itself asks again.
                (true, true) => {}
                (true, false) => return Some((other, rival)),
                (false, true) => return Some((one, taker)),
                (false, false) if here.cost > there.cost => return Some((one, taker)),
                (false, false) => return Some((other, rival)),
            }
        }
    }
    None
}

/// Takes out of the reserves whoever would stand on both sides.
pub(super) fn thin(plan: &mut Plan, problem: &Problem, opposed: &[(usize, usize)], houses: &Houses<'_>) {
    for (one, other) in opposed {
        for (need, facing) in [(*one, *other), (*other, *one)] {
            let mut rivals: Vec<u32> = taken(plan, problem, facing).map(|(_, rival)| rival).collect();
            if need == *other {
                // Of two chains the first keeps whom both would ask.
                rivals.extend(chains(plan, problem, facing));
            }
            for (behind, of) in plan.reserves.iter_mut().zip(&problem.seats) {
                if usize::try_from(of.group).is_ok_and(|group| group == need) {
                    behind.retain(|reserve| !rivals.iter().any(|rival| houses.same(*reserve, *rival)));
                }
            }
        }
    }
}

fn chains(plan: &Plan, problem: &Problem, need: usize) -> Vec<u32> {
    let of_need = plan.reserves.iter().zip(&problem.seats);
    let here = of_need.filter(|(_, of)| usize::try_from(of.group).is_ok_and(|group| group == need));
    here.flat_map(|(behind, _)| behind.iter().copied()).collect()
}

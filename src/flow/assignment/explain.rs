//! Why a seat went where it went, and why nobody takes another.

use super::model::Model;
use super::{Plan, Problem, Stand};
use crate::flow::network::Flow;

/// Why nobody takes a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nobody was named for it at all.
    Nobody,
    /// A rule bars everybody who was named.
    AllBarred,
    /// Everybody who could take it is full, even if others are moved; any one of these, with room for one more, would let
    /// it be covered.
    NoRoom(Vec<u32>),
    /// Whoever could take it sits in another seat of its group; more room for anybody would not help.
    SameGroup,
}

/// A seat nobody takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncovered {
    /// Which.
    pub seat: u32,
    /// Why.
    pub why: Why,
    /// How many each rule bars from it, by the rule's number.
    pub barred: Vec<(u16, u32)>,
}

/// How one taker stands to one seat in a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explained {
    /// Whether the pair may be made.
    pub stand: Stand,
    /// He takes it.
    pub takes: bool,
    /// His place among its reserves, from 1.
    pub reserve: Option<usize>,
    /// His cost less that of whoever takes it; None if nobody does.
    pub beside_taker: Option<i64>,
    /// By how much the whole would at least cost more if he took it.
    pub dearer: i64,
    /// What he carries in the plan.
    pub load: u32,
    /// How many more he could take beside the plan.
    pub room_left: u32,
}

impl Plan {
    /// How a taker stands to a seat; None where the pair was not named.
    #[must_use]
    pub fn explain(&self, problem: &Problem, seat: u32, taker: u32) -> Option<Explained> {
        let (place, pair) = problem.pairs_of(seat).find(|(_, pair)| pair.taker == taker)?;
        let chosen = *self.taken.get(seat as usize)?;
        let cost = problem.pairs_of(seat).find(|(_, pair)| Some(pair.taker) == chosen).map(|(_, pair)| pair.cost);
        let behind = self.reserves.get(seat as usize)?;
        let load = *self.loads.get(taker as usize)?;
        let of = problem.takers.get(taker as usize)?;
        Some(Explained {
            stand: pair.stand,
            takes: chosen == Some(taker),
            reserve: behind.iter().position(|one| *one == taker).map(|at| at + 1),
            beside_taker: cost.map(|cost| pair.cost.saturating_sub(cost)),
            dearer: *self.dearer.get(place)?,
            load,
            room_left: of.room.saturating_sub(load.saturating_sub(of.load)),
        })
    }
}

/// Every seat nobody takes, and why.
pub(super) fn uncovered(problem: &Problem, model: &Model, flow: &Flow, taken: &[Option<u32>]) -> Vec<Uncovered> {
    let mut all = Vec::new();
    if taken.iter().all(Option::is_some) {
        return all;
    }
    let leads = model.residual(flow);
    for (seat, _) in (0_u32..).zip(taken).filter(|(_, taker)| taker.is_none()) {
        let mut barred: Vec<(u16, u32)> = Vec::new();
        let (mut named, mut open) = (0_usize, 0_usize);
        for (_, pair) in problem.pairs_of(seat) {
            named += 1;
            match pair.stand {
                Stand::Barred(rule) => match barred.iter_mut().find(|(known, _)| *known == rule) {
                    Some((_, count)) => *count += 1,
                    None => barred.push((rule, 1)),
                },
                Stand::Open | Stand::Forced => open += 1,
            }
        }
        barred.sort_unstable();
        let why = if named == 0 {
            Why::Nobody
        } else if open == 0 {
            Why::AllBarred
        } else {
            let full = model.blocking(problem, &leads, seat as usize);
            if full.is_empty() { Why::SameGroup } else { Why::NoRoom(full) }
        };
        all.push(Uncovered { seat, why, barred });
    }
    all
}

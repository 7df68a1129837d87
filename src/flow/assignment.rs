//! Seats to takers, all at once (多件一起派): the batch face of [`super::network`].
//!
//! Contract: as many seats as possible are covered; among all ways to do that, the sum of the pairs' costs and of
//! `fairness × load²` over the takers is least, and proven so. Seats of one group go to different takers, nobody takes
//! more than he has room for, forced pairs are kept and barred ones never made. Every seat nobody can take says why, and
//! whose room would cover it. Reserves are the next best with room left, spread so that nobody stands behind everybody.
//! The same problem gives the same plan, fingerprint included.
//!
//! Deliberately absent: time (a rota with rest between turns is not a flow) and meaning: seats, takers and the codes of
//! bars are the caller's numbers.

mod explain;
mod model;
mod reserves;
#[cfg(test)]
mod tests;

pub use explain::{Explained, Uncovered, Why};

use super::network::{NoFlow, Start, Uncertified};
use model::Model;
use std::fmt;

/// A place to be taken by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat {
    /// Seats of one group go to different takers.
    pub group: u32,
}

/// Somebody who can take seats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taker {
    /// How many more he may take.
    pub room: u32,
    /// What he carries already; counts in fairness.
    pub load: u32,
}

/// Whether a pair may be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// It may.
    Open,
    /// It must: somebody decided so.
    Forced,
    /// It may not, by the rule of that number.
    Barred(u16),
}

/// A seat and somebody for it. Pairs that are not named cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The seat, by its place.
    pub seat: u32,
    /// The taker, by his place.
    pub taker: u32,
    /// What it costs; less is better.
    pub cost: i64,
    /// Whether it may be made.
    pub stand: Stand,
}

/// What is to be decided.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    /// The seats.
    pub seats: Vec<Seat>,
    /// The takers.
    pub takers: Vec<Taker>,
    /// The pairs, seat by seat in rising order.
    pub pairs: Vec<Pair>,
    /// Weight of load², zero or more.
    pub fairness: i64,
    /// Reserves wanted behind every seat.
    pub reserves: usize,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The taker of each seat.
    pub taken: Vec<Option<u32>>,
    /// Who stands behind each seat, in order.
    pub reserves: Vec<Vec<u32>>,
    /// The seats nobody takes, and why.
    pub uncovered: Vec<Uncovered>,
    /// What each taker carries then.
    pub loads: Vec<u32>,
    /// Costs of the pairs made, and fairness.
    pub cost: i128,
    /// Pair by pair, by how much making it would at least raise the cost.
    pub dearer: Vec<i64>,
    /// Recognises the plan: FNV-1a over seats, reserves and cost.
    pub fingerprint: u64,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPlan {
    /// A pair names no seat or no taker, or stands out of order; by its place.
    Malformed(usize),
    /// Costs that could overflow.
    TooLarge,
    /// Two forced pairs for one seat, or more forced on a taker than he has room for or than a group allows; the pair's
    /// place.
    Forced(usize),
    /// The flow failed its own certificate: a fault of this library.
    Unproven(Uncertified),
    /// The network was refused: a fault of this library.
    Flow(NoFlow),
}

impl fmt::Display for NoPlan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(pair) => write!(f, "pair {pair} names no seat or taker, or stands out of order"),
            Self::TooLarge => f.write_str("costs are so large that their sums might not fit into 64 bits"),
            Self::Forced(pair) => write!(f, "pair {pair} is forced, but there is no room for it"),
            Self::Unproven(why) => write!(f, "the plan could not be proven optimal: {why}"),
            Self::Flow(why) => why.fmt(f),
        }
    }
}
impl std::error::Error for NoPlan {}

impl Problem {
    /// The plan of least cost.
    ///
    /// # Errors
    /// [`NoPlan`]: the problem contradicts itself, or its numbers are too large.
    pub fn solve(&self) -> Result<Plan, NoPlan> {
        let model = Model::of(self)?;
        let start = model.greedy(self);
        let flow = model.network.solve(Start::Flow(&start)).map_err(NoPlan::Flow)?;
        flow.certify(&model.network).map_err(NoPlan::Unproven)?;
        let taken = model.taken(self, &flow);
        let mut loads: Vec<u32> = self.takers.iter().map(|taker| taker.load).collect();
        for taker in taken.iter().flatten() {
            if let Some(load) = loads.get_mut(*taker as usize) {
                *load += 1;
            }
        }
        let reserves = reserves::behind(self, &taken, &loads);
        let uncovered = explain::uncovered(self, &model, &flow, &taken);
        let cost = self.cost_of(&taken, &loads);
        let dearer = model.dearer(self, &flow);
        let fingerprint = fingerprint(&taken, &reserves, cost);
        Ok(Plan { taken, reserves, uncovered, loads, cost, dearer, fingerprint })
    }

    /// The network the plan is found in and the flow it starts from: for whoever wants to solve it otherwise.
    ///
    /// # Errors
    /// As [`Problem::solve`].
    pub fn as_network(&self) -> Result<(super::network::Network, Vec<i64>), NoPlan> {
        let model = Model::of(self)?;
        let start = model.greedy(self);
        Ok((model.network, start))
    }

    /// What such a plan costs.
    fn cost_of(&self, taken: &[Option<u32>], loads: &[u32]) -> i128 {
        let mut cost: i128 = 0;
        for pair in &self.pairs {
            if taken.get(pair.seat as usize) == Some(&Some(pair.taker)) {
                cost += i128::from(pair.cost);
            }
        }
        for (taker, load) in self.takers.iter().zip(loads) {
            let squares = i128::from(*load) * i128::from(*load) - i128::from(taker.load) * i128::from(taker.load);
            cost += i128::from(self.fairness) * squares;
        }
        cost
    }

    /// The pairs of a seat, in their order, with their places.
    fn pairs_of(&self, seat: u32) -> impl Iterator<Item = (usize, &Pair)> {
        let from = self.pairs.partition_point(|pair| pair.seat < seat);
        self.pairs.iter().enumerate().skip(from).take_while(move |(_, pair)| pair.seat == seat)
    }
}

fn fingerprint(taken: &[Option<u32>], reserves: &[Vec<u32>], cost: i128) -> u64 {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    };
    for (taker, behind) in taken.iter().zip(reserves) {
        eat(&taker.unwrap_or(u32::MAX).to_le_bytes());
        for reserve in behind {
            eat(&reserve.to_le_bytes());
        }
        eat(&[0xFF]);
    }
    eat(&cost.to_le_bytes());
    hash
}

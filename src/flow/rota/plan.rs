//! What was decided, and how good it is.

use super::explain::{self, Uncovered};
use super::ground::Ground;
use super::ledger::Ledger;
use super::search::Found;
use super::{Fairness, Weights, spare};

/// How good a plan is; less is better in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// Turns nobody takes.
    pub uncovered: u32,
    /// Sum over experts of (carried + turns − target)², in millionths of a squared turn.
    pub fairness: i128,
    /// Sum over the pairs made of distance, wishes and lacking specialties, as [`Weights`] weighs them.
    pub cost: i128,
}

/// What a plan falls short in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// In turns covered.
    Coverage,
    /// In fairness; all turns that can be are covered.
    Fairness,
    /// In distance, wishes and specialties; coverage and fairness are proven as good as can be.
    Cost,
    /// In fairness and cost weighed together ([`Fairness::Weight`]); coverage is proven.
    Total,
}

/// What is known of how good a plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// There is no better one.
    Optimal,
    /// It lies at most so far above the best there is.
    Within {
        /// In this; what comes before it is optimal.
        level: Level,
        /// Parts per million of the bound; of coverage, of all turns.
        ppm: u64,
    },
}

/// How well a plan would stand the loss of anybody: of the covered turns, how many have so many alternates who could step
/// in with everything else as it stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Resilience {
    /// Two or more.
    pub two_or_more: u32,
    /// One.
    pub one: u32,
    /// None.
    pub none: u32,
}

impl Resilience {
    /// The share of covered turns with two or more, in parts per million; of no turns, all.
    #[must_use]
    pub fn ppm(&self) -> u32 {
        let all = u64::from(self.two_or_more) + u64::from(self.one) + u64::from(self.none);
        (u64::from(self.two_or_more) * 1_000_000).checked_div(all).map_or(1_000_000, |share| share as u32)
    }
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Who takes each turn.
    pub taken: Vec<Option<u32>>,
    /// Who could step in for each covered turn with everything else as it stands, best first.
    pub alternates: Vec<Vec<u32>>,
    /// The turns nobody takes, and why.
    pub uncovered: Vec<Uncovered>,
    /// How many turns each expert has.
    pub loads: Vec<u32>,
    /// How good it is.
    pub score: Score,
    /// No lawful plan is better than this: not in coverage; where coverage is the same, not in fairness; where both are,
    /// not in cost.
    pub bound: Score,
    /// How far apart the two are.
    pub proof: Proof,
    /// How well it would stand the loss of anybody.
    pub resilience: Resilience,
    /// Targets were rounded to so many thousandths of a turn, for the numbers to fit; 1: not at all.
    pub rounded_to: i64,
    /// Work the search did, as [`super::Effort::work`] counts it.
    pub work: u64,
    /// Recognises the plan: FNV-1a over takers, alternates and score.
    pub fingerprint: u64,
}

impl Plan {
    pub(super) fn of(ground: &Ground, found: Found) -> Self {
        let Found { ledger, bound, work } = found;
        let score = Score::of(ground, &ledger);
        let spare = spare::behind(ground, &ledger);
        let uncovered = explain::uncovered(ground, &ledger);
        let taken = ledger.takers(ground);
        let proof = proof(&ground.problem.weights, &score, &bound, taken.len());
        let fingerprint = fingerprint(&taken, &spare.alternates, &score);
        Self {
            taken,
            alternates: spare.alternates,
            uncovered,
            loads: ledger.loads,
            score,
            bound,
            proof,
            resilience: spare.resilience,
            rounded_to: ground.rounded_to,
            work,
            fingerprint,
        }
    }
}

impl Score {
    pub(super) fn of(ground: &Ground, ledger: &Ledger) -> Self {
        let mut score = Self { uncovered: 0, fairness: 0, cost: 0 };
        for pair in &ledger.taken {
            match pair {
                Some(pair) => score.cost += ground.plain_cost(*pair),
                None => score.uncovered += 1,
            }
        }
        for (expert, load) in ground.problem.experts.iter().zip(&ledger.loads) {
            let off = ground.before_any(expert) + 1_000 * i128::from(*load);
            score.fairness += off * off;
        }
        score
    }

    /// Fairness and cost weighed together, in millionths of a unit of cost; None where fairness comes first.
    #[must_use]
    pub fn total(&self, weights: &Weights) -> Option<i128> {
        match weights.fairness {
            Fairness::First => None,
            Fairness::Weight(weight) => Some(1_000_000 * self.cost + i128::from(weight) * self.fairness),
        }
    }
}

fn proof(weights: &Weights, score: &Score, bound: &Score, turns: usize) -> Proof {
    let ppm = |above: i128, of: i128| u64::try_from(above.max(0) * 1_000_000 / of.max(1)).unwrap_or(u64::MAX);
    // A millionth begun counts as one: what is not optimal never says 0.
    let within = |level: Level, above: i128, of: i128| Proof::Within { level, ppm: ppm(above, of).max(1) };
    if score.uncovered > bound.uncovered {
        let above = i128::from(score.uncovered) - i128::from(bound.uncovered);
        return within(Level::Coverage, above, i128::try_from(turns).unwrap_or(1));
    }
    if let (Some(total), Some(least)) = (score.total(weights), bound.total(weights)) {
        return if total <= least { Proof::Optimal } else { within(Level::Total, total - least, least) };
    }
    if score.fairness > bound.fairness {
        // Where loads could all be on target, off by one turn is the measure.
        return within(Level::Fairness, score.fairness - bound.fairness, bound.fairness.max(1_000_000));
    }
    if score.cost > bound.cost {
        return within(Level::Cost, score.cost - bound.cost, bound.cost);
    }
    Proof::Optimal
}

/// A bound by counting alone: turns nobody may take stay open, loads as even as numbers allow, everything at its cheapest.
pub(super) fn cheap_bound(ground: &Ground) -> Score {
    let problem = ground.problem;
    let mut bound = Score { uncovered: 0, fairness: 0, cost: 0 };
    let mut covered = 0_i128;
    for cheapest in &ground.cheapest {
        match cheapest {
            Some(least) => {
                bound.cost += i128::from(*least);
                covered += 1;
            }
            None => bound.uncovered += 1,
        }
    }
    let off: Vec<i128> = problem.experts.iter().map(|expert| ground.before_any(expert)).collect();
    bound.fairness = evenest(off, covered);
    bound
}

/// The least sum of squares when so many turns are added: each goes to whoever is then farthest below his target.
fn evenest(mut off: Vec<i128>, turns: i128) -> i128 {
    // Whoever stands below a level takes turns until he does not.
    let below = |off: i128, level: i128| (level - off + 999).div_euclid(1_000).max(0);
    let needed = |level: i128| off.iter().map(|own| below(*own, level)).sum::<i128>();
    let lowest = off.iter().min().copied().unwrap_or(0);
    let (mut low, mut high) = (lowest, lowest + 1_000 * (turns + 1));
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if needed(middle) <= turns {
            low = middle;
        } else {
            high = middle;
        }
    }
    let mut left = turns - needed(low);
    for own in &mut off {
        *own += 1_000 * below(*own, low);
        // Those just at the level are the next, and one is as good as another.
        if *own == low && left > 0 {
            *own += 1_000;
            left -= 1;
        }
    }
    off.iter().map(|own| own * own).sum()
}

pub(super) fn fingerprint(taken: &[Option<u32>], alternates: &[Vec<u32>], score: &Score) -> u64 {
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    let mut eat = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3);
        }
    };
    for (expert, behind) in taken.iter().zip(alternates) {
        eat(&expert.unwrap_or(u32::MAX).to_le_bytes());
        for alternate in behind {
            eat(&alternate.to_le_bytes());
        }
        eat(&[0xFF]);
    }
    eat(&score.uncovered.to_le_bytes());
    eat(&score.fairness.to_le_bytes());
    eat(&score.cost.to_le_bytes());
    hash
}

#[cfg(test)]
mod tests {
    use super::evenest;

    #[test]
    fn the_evenest_is_what_giving_turn_by_turn_comes_to() {
        for seed in 1..200_i128 {
            let off: Vec<i128> = (0..1 + seed % 5).map(|place| (seed * 7_919 * (place + 3)) % 4_001 - 2_000).collect();
            for turns in 0..12 {
                let mut given = off.clone();
                for _ in 0..turns {
                    let least = given.iter_mut().min().expect("somebody");
                    *least += 1_000;
                }
                assert_eq!(evenest(off.clone(), turns), given.iter().map(|own| own * own).sum::<i128>());
            }
        }
        assert_eq!(evenest(Vec::new(), 3), 0);
    }
}

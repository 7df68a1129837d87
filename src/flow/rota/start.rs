//! A first plan that is nearly good: every expert gets a price from a sample of the days, solved exactly, and each day in
//! turn is settled at those prices.
//!
//! What couples the days of a rota is only how much each expert carries. Once it is known what one more turn of his is
//! worth, every day can be decided by itself; a few dozen days are enough to learn that nearly.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::NoPlan;
use super::ground::Ground;
use super::ledger::Ledger;
use super::part::{ANY, Part, Prices, Reading};

/// The most turns in the sample, the share of all days it takes at most, and how many turns make it worth while. Measured
/// on quarters and years of 50 and 100 places against half and twice as many.
const MOST_SAMPLED: usize = 2_500;
const ONE_DAY_OF: usize = 4;
const WORTH_WHILE: usize = 400;
/// On the way a turn more than expected weighs as a small part of what the choice of an expert usually makes: the prices
/// decide, and loads drift no farther than can be mended.
const OF_COST: i64 = 32;

/// What one more turn is worth, expert by expert, and what he will carry in the end, in thousandths of a turn.
struct Worth {
    price: Vec<i64>,
    expected: Vec<i64>,
    /// What a turn above what he should carry by then costs.
    slope: i64,
}

/// Settles every open turn, day by day.
pub(super) fn start(ground: &Ground, ledger: &mut Ledger) -> Result<(), NoPlan> {
    let worth = if ground.by_day.len() > WORTH_WHILE { worth(ground, ledger)? } else { None };
    for day in 0..ground.days {
        let open = |turn: &&u32| ledger.taken[**turn as usize].is_none();
        let free: Vec<u32> = ground.turns_on(day).iter().filter(open).copied().collect();
        let held = vec![None; free.len()];
        let by_worth = |worth: &Worth, expert: u32, load: u32| {
            let at = expert as usize;
            let so_far = worth.expected[at] * (day as i64 + 1) / ground.days as i64;
            worth.price[at] + (i128::from(worth.slope) * i128::from(1_000 * i64::from(load) - so_far) / 1_000) as i64
        };
        let marginal = |expert: u32, load: u32| match &worth {
            Some(worth) => by_worth(worth, expert, load),
            None => ground.marginal(expert, load),
        };
        let prices = Prices { more: &|_| 0, marginal: &marginal, nobody: ground.nobody, beyond: ANY };
        let part = Part::of(ground, ledger, &free, &held, Reading::Lawfully, &prices);
        let flow = part.solve(&held).map_err(NoPlan::Flow)?;
        for pair in part.made(&flow).into_iter().flatten() {
            ledger.put(ground, pair);
        }
    }
    Ok(())
}

/// Fairness as the sample sees it, where each turn stands for several: as it is where it is weighed, and where it comes
/// first just firm enough to matter, or prices would say nothing but who is how far from his target.
struct Softly {
    step: u32,
    slope: i64,
}

impl Softly {
    fn of(ground: &Ground, step: u32) -> Self {
        let firm = (ground.cost_scale() / i64::from(step)).max(1);
        Self { step, slope: ground.slope.min(firm) }
    }

    /// Of an expert's turns in the sample.
    fn marginal(&self, ground: &Ground, expert: u32, load: u32) -> i64 {
        let before =
            i128::from(ground.first[expert as usize]) * i128::from(self.slope) / i128::from(ground.slope.max(1));
        before as i64 + self.slope * i64::from(load * self.step + self.step / 2)
    }

    /// What everybody will carry in the end at these prices, in thousandths of a turn: all together every turn.
    fn expected(&self, ground: &Ground, price: &[Option<i64>], middle: i64) -> Vec<i64> {
        let mut expected = Vec::with_capacity(price.len());
        for (expert, price) in price.iter().enumerate() {
            let (first, slope) = (i128::from(ground.first[expert]), i128::from(ground.slope.max(1)));
            // Where fairness is firmer than here, everybody comes to the same level.
            let level = if self.slope < ground.slope { middle } else { price.unwrap_or(middle) };
            let own = 1_000 * i128::from(level) / i128::from(self.slope.max(1)) - 1_000 * first / slope;
            expected.push(own.clamp(0, 1_000 * ground.days as i128) as i64);
        }
        for _ in 0..4 {
            let short = 1_000 * ground.by_day.len() as i64 - expected.iter().sum::<i64>();
            let each = short / (expected.len() as i64).max(1);
            for expected in &mut expected {
                *expected = (*expected + each).max(0);
            }
        }
        expected
    }
}

/// Prices from every few days, far enough apart to leave each other alone.
fn worth(ground: &Ground, ledger: &Ledger) -> Result<Option<Worth>, NoPlan> {
    let stride = ground.by_day.len().div_ceil(MOST_SAMPLED).max(ONE_DAY_OF).max(ground.gap as usize);
    let mut ledger = ledger.clone();
    let mut free = Vec::new();
    let mut held = Vec::new();
    let softly = Softly::of(ground, stride as u32);
    let open_days: Vec<usize> = (0..ground.days).filter(|day| !ground.turns_on(*day).is_empty()).collect();
    for day in open_days.into_iter().skip(stride / 2).step_by(stride) {
        let open = |turn: &&u32| ledger.taken[**turn as usize].is_none();
        let own: Vec<u32> = ground.turns_on(day).iter().filter(open).copied().collect();
        let none = vec![None; own.len()];
        let prices = Prices {
            more: &|_| 0,
            marginal: &|expert, load| softly.marginal(ground, expert, load),
            nobody: ground.nobody,
            beyond: ANY,
        };
        let part = Part::of(ground, &ledger, &own, &none, Reading::Lawfully, &prices);
        let flow = part.solve(&none).map_err(NoPlan::Flow)?;
        for pair in part.made(&flow).into_iter().flatten() {
            ledger.put(ground, pair);
        }
        free.extend(own);
    }
    for turn in &free {
        held.push(ledger.free(ground, *turn));
    }
    let prices = Prices {
        more: &|_| 0,
        marginal: &|expert, load| softly.marginal(ground, expert, load),
        nobody: ground.nobody,
        beyond: ANY,
    };
    let part = Part::of(ground, &ledger, &free, &held, Reading::Lawfully, &prices);
    let flow = part.solve(&held).map_err(NoPlan::Flow)?;
    let experts = 0..ground.problem.experts.len() as u32;
    let price: Vec<Option<i64>> = experts.map(|expert| part.price_of(&flow, expert)).collect();
    let mut known: Vec<i64> = price.iter().flatten().copied().collect();
    known.sort_unstable();
    let Some(middle) = known.get(known.len() / 2).copied() else { return Ok(None) };
    let scale = ground.cost_scale();
    let expected = softly.expected(ground, &price, middle);
    let near = |price: Option<i64>| price.map_or(0, |price| (price - middle).clamp(-4 * scale, 4 * scale));
    let price = price.into_iter().map(near).collect();
    Ok(Some(Worth { price, expected, slope: ground.slope.min(scale / OF_COST) }))
}

//! The problem, looked through once: places by day, costs as one number each, and what can be ruled out beforehand.

#![expect(clippy::indexing_slicing, reason = "places are checked here before anything is looked up by them")]

use super::{Bar, Expert, FARTHEST, Fairness, MOST_DAYS, NO_CAP, NoPlan, Pair, Problem, Stand, Wish};

/// The most a weight may be: any cost then fits many times over.
const HEAVIEST: i64 = 1_000_000_000;

/// Nobody, nowhere.
pub(super) const NONE: u32 = u32::MAX;

/// What everything else is reckoned from.
#[derive(Debug)]
pub(super) struct Ground<'a> {
    pub problem: &'a Problem,
    /// The turns by day, then by place.
    pub by_day: Vec<u32>,
    /// Where each day's turns begin in [`Self::by_day`]; one more than there are days.
    pub day_starts: Vec<usize>,
    /// Each turn's day, counted from the first.
    pub day: Vec<u32>,
    pub days: usize,
    /// Each turn's week and month, numbered without holes.
    pub week: Vec<u32>,
    pub weeks: usize,
    pub month: Vec<u32>,
    pub months: usize,
    /// Where each turn's pairs begin; one more than there are turns.
    pub pairs_from: Vec<usize>,
    /// What each pair costs in the network: scaled, and never below zero.
    pub cost: Vec<i64>,
    /// What stands against each pair whatever else is decided.
    pub barred: Vec<Option<Bar>>,
    /// The pinned pair of each turn.
    pub pinned: Vec<Option<usize>>,
    /// What the cheapest pair of each turn that nothing bars costs as people count it.
    pub cheapest: Vec<Option<i64>>,
    /// What an expert's first turn adds to unfairness in the network, and by how much more each further one does.
    pub first: Vec<i64>,
    pub slope: i64,
    /// The price of a turn nobody takes.
    pub nobody: i64,
    /// Targets are rounded to so many thousandths of a turn.
    pub rounded_to: i64,
    /// What a unit of cost weighs in the network, and what the cheapest pair costs as people count it.
    cheap: i64,
    lowest: i64,
    /// By how much all costs together can differ at most.
    pub spread: i64,
    /// The longest gap anybody has; at least 1.
    pub gap: u32,
}

impl<'a> Ground<'a> {
    pub(super) fn of(problem: &'a Problem) -> Result<Self, NoPlan> {
        check(problem)?;
        let first_day = problem.turns.iter().map(|turn| turn.day).min().unwrap_or(0);
        let day: Vec<u32> = problem.turns.iter().map(|turn| turn.day - first_day).collect();
        if let Some(far) = day.iter().position(|day| *day >= MOST_DAYS) {
            return Err(NoPlan::Turn(far));
        }
        let days = day.iter().max().map_or(0, |day| *day as usize + 1);
        let mut by_day: Vec<u32> = (0..problem.turns.len() as u32).collect();
        by_day.sort_by_key(|turn| day[*turn as usize]);
        let mut day_starts = vec![0; days + 1];
        for day in &day {
            day_starts[*day as usize + 1] += 1;
        }
        for at in 1..day_starts.len() {
            day_starts[at] += day_starts[at - 1];
        }
        let (week, weeks) = without_holes(problem.turns.iter().map(|turn| turn.week));
        let (month, months) = without_holes(problem.turns.iter().map(|turn| turn.month));
        // Weeks and months come one after the other, and a day lies in one of each.
        for two in by_day.windows(2) {
            let (one, other) = (two[0] as usize, two[1] as usize);
            let (before, after) = ((week[one], month[one]), (week[other], month[other]));
            let same_day = day[one] == day[other];
            if before.0 > after.0 || before.1 > after.1 || same_day && before != after {
                return Err(NoPlan::Turn(other));
            }
        }
        let Looked { pairs_from, barred, pinned, cheapest, costs, lowest, spread, dearest } = look(problem)?;
        let gap = problem.experts.iter().map(|expert| expert.gap).max().unwrap_or(0).max(1);
        let mut ground = Self {
            problem,
            by_day,
            day_starts,
            day,
            days,
            week,
            weeks,
            month,
            months,
            pairs_from,
            cost: Vec::new(),
            barred,
            pinned,
            cheapest,
            first: Vec::new(),
            slope: 0,
            nobody: 0,
            cheap: 1,
            lowest: 0,
            spread: 0,
            rounded_to: 1,
            gap,
        };
        ground.price(costs, lowest, (spread, dearest))?;
        Ok(ground)
    }

    /// The pairs of a turn, by place.
    pub(super) fn pairs(&self, turn: u32) -> std::ops::Range<usize> {
        self.pairs_from[turn as usize]..self.pairs_from[turn as usize + 1]
    }

    /// The pair of a turn and an expert.
    pub(super) fn pair(&self, turn: u32, expert: u32) -> Option<usize> {
        self.pairs(turn).find(|pair| self.problem.pairs[*pair].expert == expert)
    }

    /// The turns of a day.
    pub(super) fn turns_on(&self, day: usize) -> &[u32] {
        &self.by_day[self.day_starts[day]..self.day_starts[day + 1]]
    }

    /// What one more turn adds to unfairness for somebody who has so many in this plan.
    pub(super) fn marginal(&self, expert: u32, load: u32) -> i64 {
        self.first[expert as usize] + self.slope * i64::from(load)
    }

    /// Everything that stands against a pair whatever else is decided.
    pub(super) fn against(&self, pair: usize) -> Vec<Bar> {
        let of = &self.problem.pairs[pair];
        let pinned = self.pinned[of.turn as usize].filter(|pin| *pin != pair);
        let to = pinned.map(|pin| Bar::PinnedTo(self.problem.pairs[pin].expert));
        against(self.problem, of).into_iter().chain([to]).flatten().collect()
    }

    /// By how much a turn's pairs differ in cost, about.
    pub(super) fn cost_scale(&self) -> i64 {
        self.spread / (self.by_day.len() as i64).max(1)
    }

    /// What a pair costs as people count it.
    pub(super) fn plain_cost(&self, pair: usize) -> i128 {
        i128::from(self.cost[pair] / self.cheap.max(1) + self.lowest)
    }

    /// Makes one number of distance, wishes and specialties, and of fairness, and of coverage.
    fn price(&mut self, mut costs: Vec<i64>, lowest: i64, (spread, dearest): (i128, i128)) -> Result<(), NoPlan> {
        // Targets are taken to the thousandth, unless the numbers would not fit then.
        for rounded_to in [1, 10, 100, 500, 1_000] {
            if let Some(cheap) = self.weigh(spread, dearest, rounded_to) {
                // A pair costs no more than a turn nobody takes, and that fits.
                for cost in &mut costs {
                    *cost = (*cost - lowest) * cheap;
                }
                self.cost = costs;
                (self.cheap, self.lowest) = (cheap, lowest);
                return Ok(());
            }
        }
        Err(NoPlan::TooLarge)
    }

    /// Sets what fairness and coverage weigh, targets rounded to so many thousandths of a turn, and answers what a unit of
    /// cost weighs; None if the numbers would not fit.
    fn weigh(&mut self, spread_of_all: i128, dearest: i128, rounded_to: i64) -> Option<i64> {
        let problem = self.problem;
        self.rounded_to = rounded_to;
        // Of the turns of one expert the k-th adds 1000·(2k + 1) + 2·(carried − target) to a thousandth of the square of
        // his distance from the target; what is common to all divides out.
        let lean: Vec<i128> = problem.experts.iter().map(|expert| 2 * self.before_any(expert)).collect();
        let least = lean.iter().min().copied().unwrap_or(0);
        let unit = lean.iter().fold(2_000, |unit, own| divisor(unit, own - least));
        // What a unit of fairness and a unit of cost weigh in the network.
        let (fair, cheap) = match problem.weights.fairness {
            Fairness::First => (spread_of_all + 1, 1),
            Fairness::Weight(weight) => {
                // In thousandths: weight × unit for each step, 1000 for each unit of cost.
                let common = divisor(1_000, i128::from(weight) * unit).max(1);
                (i128::from(weight) * unit / common, 1_000 / common)
            }
        };
        let (turns, days) = (self.by_day.len() as i128, self.days as i128);
        let slope = fair.checked_mul(2_000 / unit)?;
        let mut steepest = 0_i128;
        self.first.clear();
        for (expert, own) in problem.experts.iter().zip(&lean) {
            let first = fair.checked_mul((own - least) / unit)?;
            // He can hold no more than he may on each day, nor on more days than his gap leaves.
            let gap = i128::from(expert.gap.max(1));
            let a_day = if expert.gap > 0 { 1 } else { i128::from(expert.caps.day) };
            let room = turns.min(i128::from(expert.caps.period)).min(a_day * ((days + gap - 1) / gap));
            steepest = steepest.max(first.checked_add(slope.checked_mul(room)?)?);
            self.first.push(i64::try_from(first).ok()?);
        }
        self.slope = i64::try_from(slope).ok()?;
        self.spread = i64::try_from(spread_of_all * cheap).ok()?;
        let nobody = (spread_of_all + dearest) * cheap + steepest + 1;
        self.nobody = i64::try_from(nobody).ok()?;
        // What the network allows: no more nodes than turns, experts and what could lie between them.
        let experts = problem.experts.len() as i128;
        let nodes = turns + experts + (problem.pairs.len() as i128).min(experts * (3 * days + 1)) + 2;
        let most = nobody.checked_mul(nodes + 1)?.checked_mul(8)?;
        (most < i128::from(i64::MAX)).then(|| i64::try_from(cheap).ok()).flatten()
    }

    /// How far above his target somebody is before he has any turn of the plan, in thousandths of a turn.
    pub(super) fn before_any(&self, expert: &Expert) -> i128 {
        let off = i128::from(expert.carried) - i128::from(expert.target);
        let step = i128::from(self.rounded_to);
        (off + step / 2).div_euclid(step) * step
    }

    /// Whether somebody's rules do not nest, so that no flow can hold them all.
    pub(super) fn needs_search(&self) -> bool {
        let straddles = self.has_straddling_weeks();
        let mixed = self.has_mixed_parts();
        self.problem.experts.iter().any(|expert| {
            let caps = expert.caps;
            expert.gap > 1 || (straddles && caps.week != NO_CAP && caps.month != NO_CAP) || (mixed && caps.day > 1)
        })
    }

    fn has_straddling_weeks(&self) -> bool {
        let mut month_of = vec![NONE; self.weeks];
        self.week.iter().zip(&self.month).any(|(week, month)| {
            let known = &mut month_of[*week as usize];
            let straddles = *known != NONE && *known != *month;
            *known = *month;
            straddles
        })
    }

    fn has_mixed_parts(&self) -> bool {
        (0..self.days).any(|day| {
            let mut masks = [false; 256];
            for turn in self.turns_on(day) {
                masks[self.problem.turns[*turn as usize].parts as usize] = true;
            }
            let seen: Vec<usize> = (0..256).filter(|mask| masks[*mask]).collect();
            seen.iter().enumerate().any(|(at, one)| seen[at + 1..].iter().any(|other| one & other != 0))
        })
    }
}

/// What a pair costs as people count it.
fn plain_cost(problem: &Problem, pair: &Pair) -> i64 {
    let weights = &problem.weights;
    let wanted = problem.turns[pair.turn as usize].wants;
    let lacking = if wanted == 0 { 0 } else { (wanted & !problem.experts[pair.expert as usize].skills).count_ones() };
    let wish = match pair.wish {
        Wish::None => 0,
        Wish::Likes => -weights.likes,
        Wish::RatherNot => weights.rather_not,
    };
    weights.distance * i64::from(pair.distance.min(FARTHEST)) + wish + weights.specialty * i64::from(lacking)
}

/// What can be refused without a look at the pairs.
fn check(problem: &Problem) -> Result<(), NoPlan> {
    if [problem.turns.len(), problem.pairs.len(), problem.experts.len()].iter().any(|count| *count > 1 << 30) {
        return Err(NoPlan::TooLarge);
    }
    if let Some(bad) = problem.turns.iter().position(|turn| turn.parts == 0) {
        return Err(NoPlan::Turn(bad));
    }
    let weights = &problem.weights;
    let plain = [weights.distance, weights.rather_not, weights.likes, weights.specialty];
    let strange = plain.iter().any(|weight| !(0..=HEAVIEST).contains(weight));
    if strange || matches!(weights.fairness, Fairness::Weight(weight) if weight < 0) {
        return Err(NoPlan::TooLarge);
    }
    Ok(())
}

/// Who is on leave on which day: looked up once for every pair.
struct Away {
    first: u32,
    days: usize,
    away: Vec<bool>,
}

impl Away {
    fn of(problem: &Problem) -> Self {
        let first = problem.turns.iter().map(|turn| turn.day).min().unwrap_or(0);
        let last = problem.turns.iter().map(|turn| turn.day).max().unwrap_or(0);
        let days = (last - first) as usize + 1;
        let mut away = vec![false; problem.experts.len() * days];
        for (own, expert) in away.chunks_mut(days).zip(&problem.experts) {
            for leave in expert.leave.iter().filter(|leave| leave.from <= last && leave.to >= first) {
                let (from, to) = (leave.from.max(first) - first, leave.to.min(last) - first);
                if from <= to {
                    own[from as usize..=to as usize].fill(true);
                }
            }
        }
        Self { first, days, away }
    }

    fn is_away(&self, expert: u32, day: u32) -> bool {
        self.away[expert as usize * self.days + (day - self.first) as usize]
    }
}

/// What stands against a pair for good, other people's pins aside; gravest first.
fn against(problem: &Problem, pair: &Pair) -> [Option<Bar>; 3] {
    let (turn, expert) = (&problem.turns[pair.turn as usize], &problem.experts[pair.expert as usize]);
    let banned = if let Stand::Banned(rule) = pair.stand { Some(Bar::Banned(rule)) } else { None };
    let away = expert.leave.iter().any(|leave| (leave.from..=leave.to).contains(&turn.day));
    let unskilled = turn.needs != 0 && turn.needs & expert.skills == 0;
    [banned, away.then_some(Bar::Leave), unskilled.then_some(Bar::Unskilled)]
}

/// What one look at every pair tells: there may be a million, so there is one look.
struct Looked {
    pairs_from: Vec<usize>,
    /// What stands against each pair for good.
    barred: Vec<Option<Bar>>,
    /// The pinned pair of each turn.
    pinned: Vec<Option<usize>>,
    /// What each pair costs as people count it, and the least of them.
    costs: Vec<i64>,
    lowest: i64,
    cheapest: Vec<Option<i64>>,
    /// By how much all costs together, and those of one turn, can lie above the lowest at most.
    spread: i128,
    dearest: i128,
}

fn look(problem: &Problem) -> Result<Looked, NoPlan> {
    let away = Away::of(problem);
    let turns = problem.turns.len();
    let mut pairs_from = vec![0; turns + 1];
    let mut barred: Vec<Option<Bar>> = Vec::with_capacity(problem.pairs.len());
    let mut costs: Vec<i64> = Vec::with_capacity(problem.pairs.len());
    let mut cheapest: Vec<Option<i64>> = vec![None; turns];
    let mut pins = Vec::new();
    let mut seen = vec![NONE; problem.experts.len()];
    // The turn whose pairs are being looked at; and of those before it: their dearest pairs together, how many, the dearest.
    let (mut last, mut highest_here): (u32, Option<i64>) = (0, None);
    let (mut sum, mut count, mut highest, mut lowest) = (0_i128, 0_i128, i64::MIN, i64::MAX);
    for (place, pair) in problem.pairs.iter().enumerate() {
        let (at, expert) = (pair.turn as usize, pair.expert as usize);
        let known = at < turns && expert < problem.experts.len();
        if !known || pair.turn < last || seen[expert] == pair.turn {
            return Err(NoPlan::Pair(place));
        }
        seen[expert] = pair.turn;
        if pair.turn > last {
            if let Some(high) = highest_here.take() {
                (sum, count, highest) = (sum + i128::from(high), count + 1, highest.max(high));
            }
            last = pair.turn;
        }
        pairs_from[at + 1] = place + 1;
        let turn = &problem.turns[at];
        let plain = turn.needs == 0 && !matches!(pair.stand, Stand::Banned(_));
        let nothing = plain && !away.is_away(pair.expert, turn.day);
        let bar = if nothing { None } else { against(problem, pair).into_iter().flatten().next() };
        let cost = plain_cost(problem, pair);
        if bar.is_none() {
            let known = &mut cheapest[at];
            *known = Some(known.map_or(cost, |known| known.min(cost)));
        }
        if pair.stand == Stand::Pinned {
            if let Some(bar) = bar {
                return Err(NoPlan::Pinned(place, bar));
            }
            pins.push(place);
        }
        lowest = lowest.min(cost);
        highest_here = Some(highest_here.map_or(cost, |high| high.max(cost)));
        barred.push(bar);
        costs.push(cost);
    }
    if let Some(high) = highest_here {
        (sum, count, highest) = (sum + i128::from(high), count + 1, highest.max(high));
    }
    for at in 1..pairs_from.len() {
        pairs_from[at] = pairs_from[at].max(pairs_from[at - 1]);
    }
    let mut pinned = vec![None; turns];
    for place in pins {
        let own: &mut Option<usize> = &mut pinned[problem.pairs[place].turn as usize];
        if let Some(other) = own.replace(place) {
            return Err(NoPlan::Pinned(place, Bar::PinnedTo(problem.pairs[other].expert)));
        }
    }
    for (turn, pin) in pinned.iter().enumerate() {
        let Some(pin) = pin else { continue };
        let to = problem.pairs[*pin].expert;
        for place in (pairs_from[turn]..pairs_from[turn + 1]).filter(|place| place != pin) {
            barred[place] = barred[place].or(Some(Bar::PinnedTo(to)));
        }
        cheapest[turn] = Some(costs[*pin]);
    }
    let (lowest, highest) = if count == 0 { (0, 0) } else { (lowest, highest) };
    let spread = sum - count * i128::from(lowest);
    let dearest = i128::from(highest) - i128::from(lowest);
    Ok(Looked { pairs_from, barred, pinned, costs, lowest, cheapest, spread, dearest })
}

/// The same numbers, counted from 0 without holes, in rising order.
fn without_holes(numbers: impl Iterator<Item = u32>) -> (Vec<u32>, usize) {
    let numbers: Vec<u32> = numbers.collect();
    let mut known = numbers.clone();
    known.sort_unstable();
    known.dedup();
    let places = numbers.iter().map(|number| known.partition_point(|one| one < number) as u32).collect();
    (places, known.len())
}

/// The greatest common divisor.
fn divisor(one: i128, other: i128) -> i128 {
    if other == 0 { one } else { divisor(other, one % other) }
}

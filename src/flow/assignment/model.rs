//! The problem as a network: every seat gives one unit; it runs over a pair to a taker and from him over one of his unit
//! arcs, each dearer than the one before, to the sink; or, at a price above everything else, past all takers.

#![expect(clippy::indexing_slicing, reason = "places were checked when the model was made")]

use super::{NoPlan, Problem, Stand};
use crate::flow::network::{Arc, Flow, Network};

/// How often the start looks for better places before the search proper takes over.
const ROUNDS: usize = 10;

/// The network, and where in it the problem's parts lie.
pub(super) struct Model {
    pub(super) network: Network,
    /// The arc of each pair that may be made.
    arcs: Vec<Option<u32>>,
    /// The first unit arc of each taker, and how many he has.
    units: Vec<(usize, u32)>,
    /// The arc past all takers, seat by seat.
    past: Vec<usize>,
    /// The arc from a group's node for a taker to the taker, pair by pair, where there is one.
    shared: Vec<Option<u32>>,
    takers_from: usize,
}

impl Model {
    pub(super) fn of(problem: &Problem) -> Result<Self, NoPlan> {
        check(problem)?;
        let open = open(problem)?;
        let (seats, takers) = (problem.seats.len(), problem.takers.len());
        let groups = group_nodes(problem, &open);
        let nodes = seats + takers + groups.count + 1;
        let sink = number(nodes - 1)?;
        let mut network = Network::new(nodes);
        let mut model = Self {
            network: Network::new(0),
            arcs: vec![None; problem.pairs.len()],
            units: Vec::with_capacity(takers),
            past: Vec::with_capacity(seats),
            shared: vec![None; problem.pairs.len()],
            takers_from: seats,
        };
        for seat in 0..seats {
            network.set_supply(number(seat)?, 1);
        }
        network.set_supply(sink, -i64::try_from(seats).map_err(|_| NoPlan::TooLarge)?);
        let mut wanted = vec![0_u32; takers];
        let mut group_arcs: Vec<Option<u32>> = vec![None; groups.count];
        for (place, pair) in problem.pairs.iter().enumerate().filter(|(place, _)| open[*place]) {
            wanted[pair.taker as usize] += 1;
            let taker = number(seats)? + pair.taker;
            let to = match groups.of[place] {
                Some(node) => {
                    let at = number(seats + takers)? + node;
                    let arc = &mut group_arcs[node as usize];
                    if arc.is_none() {
                        *arc = Some(number(network.add(at, taker, 1, 0))?);
                    }
                    model.shared[place] = *arc;
                    at
                }
                None => taker,
            };
            let lower = i64::from(pair.stand == Stand::Forced);
            let arc = Arc { from: pair.seat, to, lower, capacity: 1, cost: pair.cost };
            model.arcs[place] = Some(number(network.add_arc(arc))?);
        }
        let past = price_of_nobody(problem)?;
        for seat in 0..seats {
            model.past.push(network.add(number(seat)?, sink, 1, past));
        }
        for (place, (taker, wanted)) in problem.takers.iter().zip(wanted).enumerate() {
            let count = taker.room.min(wanted);
            model.units.push((network.arcs().len(), count));
            for step in 0..count {
                let marginal = problem.fairness * (2 * (i64::from(taker.load) + i64::from(step)) + 1);
                network.add(number(seats + place)?, sink, 1, marginal);
            }
        }
        model.network = network;
        Ok(model)
    }

    /// A first plan as a flow: each seat in turn takes what is cheapest then, and looks again while others move.
    pub(super) fn greedy(&self, problem: &Problem) -> Vec<i64> {
        let mut loads = vec![0_u32; problem.takers.len()];
        let mut own: Vec<Option<usize>> = vec![None; problem.seats.len()];
        let mut shared = vec![false; self.network.arcs().len()];
        for (place, pair) in problem.pairs.iter().enumerate() {
            if pair.stand == Stand::Forced {
                own[pair.seat as usize] = Some(place);
                self.put(problem, place, true, &mut loads, &mut shared);
            }
        }
        for _ in 0..ROUNDS {
            let mut moved = false;
            for (seat, pairs) in chunks(problem) {
                let before = own[seat];
                if let Some(pair) = before {
                    if problem.pairs[pair].stand == Stand::Forced {
                        continue;
                    }
                    self.put(problem, pair, false, &mut loads, &mut shared);
                }
                // What he has stays his among equals, or two would change places for ever.
                let mut best = before.map(|place| (self.cost_now(problem, place, &loads), place));
                for place in pairs {
                    let taker = problem.pairs[place].taker as usize;
                    let free = self.shared[place].is_none_or(|arc| !shared[arc as usize]);
                    if self.arcs[place].is_some() && free && loads[taker] < self.units[taker].1 {
                        let cost = self.cost_now(problem, place, &loads);
                        if best.is_none_or(|(known, _)| cost < known) {
                            best = Some((cost, place));
                        }
                    }
                }
                own[seat] = best.map(|(_, pair)| pair);
                moved |= own[seat] != before;
                if let Some(pair) = own[seat] {
                    self.put(problem, pair, true, &mut loads, &mut shared);
                }
            }
            if !moved {
                break;
            }
        }
        let mut units = vec![0; self.network.arcs().len()];
        for (seat, pair) in own.iter().enumerate() {
            match pair.and_then(|pair| Some((pair, self.arcs[pair]?))) {
                Some((pair, arc)) => {
                    units[arc as usize] = 1;
                    if let Some(arc) = self.shared[pair] {
                        units[arc as usize] = 1;
                    }
                }
                None => units[self.past[seat]] = 1,
            }
        }
        for ((first, _), load) in self.units.iter().zip(loads) {
            units[*first..*first + load as usize].fill(1);
        }
        units
    }

    /// What making the pair would cost beside the loads as they are.
    fn cost_now(&self, problem: &Problem, place: usize, loads: &[u32]) -> i64 {
        let pair = problem.pairs[place];
        let taker = pair.taker as usize;
        pair.cost + self.network.arcs()[self.units[taker].0 + loads[taker] as usize].cost
    }

    fn put(&self, problem: &Problem, pair: usize, in_place: bool, loads: &mut [u32], shared: &mut [bool]) {
        let load = &mut loads[problem.pairs[pair].taker as usize];
        if in_place {
            *load += 1
        } else {
            *load -= 1
        }
        if let Some(arc) = self.shared[pair] {
            shared[arc as usize] = in_place;
        }
    }

    /// Who takes each seat.
    pub(super) fn taken(&self, problem: &Problem, flow: &Flow) -> Vec<Option<u32>> {
        let mut taken = vec![None; problem.seats.len()];
        for (pair, arc) in problem.pairs.iter().zip(&self.arcs) {
            if arc.is_some_and(|arc| flow.units[arc as usize] == 1) {
                taken[pair.seat as usize] = Some(pair.taker);
            }
        }
        taken
    }

    /// By how much making each pair would at least raise the cost.
    pub(super) fn dearer(&self, problem: &Problem, flow: &Flow) -> Vec<i64> {
        let reduced = |arc: usize| {
            let arc = self.network.arcs()[arc];
            arc.cost + flow.potentials[arc.from as usize] - flow.potentials[arc.to as usize]
        };
        let mut dearer = Vec::with_capacity(problem.pairs.len());
        for (arc, shared) in self.arcs.iter().zip(&self.shared) {
            let at_pair = arc.map_or(0, |arc| reduced(arc as usize));
            let at_group = shared.map_or(0, |arc| reduced(arc as usize));
            dearer.push((at_pair + at_group).max(0));
        }
        dearer
    }

    /// Where units could still be moved to from each node, forwards or back.
    pub(super) fn residual(&self, flow: &Flow) -> Vec<Vec<u32>> {
        let mut leads: Vec<Vec<u32>> = vec![Vec::new(); self.network.supplies().len()];
        for (arc, units) in self.network.arcs().iter().zip(&flow.units) {
            if *units < arc.capacity {
                leads[arc.from as usize].push(arc.to);
            }
            if *units > 0 {
                leads[arc.to as usize].push(arc.from);
            }
        }
        leads
    }

    /// The takers whose room, were it one more, would let the seat be covered after all: those that can be reached from it
    /// by moving others ([`Self::residual`]), in rising order.
    pub(super) fn blocking(&self, problem: &Problem, leads: &[Vec<u32>], seat: usize) -> Vec<u32> {
        let nodes = leads.len();
        let mut seen = vec![false; nodes];
        // Through the sink everything is reached; who is full beyond it does not stand in this seat's way.
        seen[nodes - 1] = true;
        seen[seat] = true;
        let mut queue = vec![seat];
        while let Some(at) = queue.pop() {
            for next in &leads[at] {
                if !seen[*next as usize] {
                    seen[*next as usize] = true;
                    queue.push(*next as usize);
                }
            }
        }
        let from = self.takers_from;
        (0_u32..).take(problem.takers.len()).filter(|taker| seen[from + *taker as usize]).collect()
    }
}

/// The places of each seat's pairs, seat by seat.
fn chunks(problem: &Problem) -> impl Iterator<Item = (usize, std::ops::Range<usize>)> {
    let mut from = 0;
    problem.pairs.chunk_by(|one, other| one.seat == other.seat).filter_map(move |pairs| {
        let range = from..from + pairs.len();
        from = range.end;
        pairs.first().map(|pair| (pair.seat as usize, range))
    })
}

fn number(place: usize) -> Result<u32, NoPlan> {
    u32::try_from(place).map_err(|_| NoPlan::TooLarge)
}

fn check(problem: &Problem) -> Result<(), NoPlan> {
    if problem.fairness < 0 {
        return Err(NoPlan::TooLarge);
    }
    let mut last = 0;
    for (place, pair) in problem.pairs.iter().enumerate() {
        let known = (pair.seat as usize) < problem.seats.len() && (pair.taker as usize) < problem.takers.len();
        if !known || pair.seat < last {
            return Err(NoPlan::Malformed(place));
        }
        last = pair.seat;
    }
    Ok(())
}

/// Which pairs may be made: where one is forced, the seat's others may not, nor another of its group with that taker.
fn open(problem: &Problem) -> Result<Vec<bool>, NoPlan> {
    let mut open: Vec<bool> = problem.pairs.iter().map(|pair| !matches!(pair.stand, Stand::Barred(_))).collect();
    let mut forced_on = vec![0_u32; problem.takers.len()];
    let mut forced: Vec<Option<usize>> = vec![None; problem.seats.len()];
    for (place, pair) in problem.pairs.iter().enumerate().filter(|(_, pair)| pair.stand == Stand::Forced) {
        let on = &mut forced_on[pair.taker as usize];
        *on += 1;
        let own = &mut forced[pair.seat as usize];
        if own.is_some() || *on > problem.takers[pair.taker as usize].room {
            return Err(NoPlan::Forced(place));
        }
        *own = Some(place);
    }
    let mut kept: Vec<(u32, u32, usize)> = Vec::new();
    for place in forced.iter().flatten() {
        let pair = problem.pairs[*place];
        kept.push((problem.seats[pair.seat as usize].group, pair.taker, *place));
    }
    kept.sort_unstable();
    if let Some(two) = kept.windows(2).find(|two| (two[0].0, two[0].1) == (two[1].0, two[1].1)) {
        return Err(NoPlan::Forced(two[1].2));
    }
    for (place, pair) in problem.pairs.iter().enumerate() {
        let group = problem.seats[pair.seat as usize].group;
        let at = kept.partition_point(|(known, taker, _)| (*known, *taker) < (group, pair.taker));
        let by_group =
            kept.get(at).is_some_and(|(known, taker, own)| (*known, *taker) == (group, pair.taker) && *own != place);
        let by_seat = forced[pair.seat as usize].is_some_and(|own| own != place);
        open[place] &= !by_group && !by_seat;
    }
    Ok(open)
}

/// The node that a group's open pairs with one taker share, pair by pair, where there are several.
struct GroupNodes {
    of: Vec<Option<u32>>,
    count: usize,
}

fn group_nodes(problem: &Problem, open: &[bool]) -> GroupNodes {
    // Most groups have one seat, and need no node between.
    let mut order: Vec<(u32, usize)> = problem.seats.iter().enumerate().map(|(at, seat)| (seat.group, at)).collect();
    order.sort_unstable();
    let mut has_brothers = vec![false; problem.seats.len()];
    for group in order.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1) {
        for (_, seat) in group {
            has_brothers[*seat] = true;
        }
    }
    let mut by_group: Vec<(u32, u32, usize)> = Vec::new();
    for (place, pair) in problem.pairs.iter().enumerate() {
        if open[place] && has_brothers[pair.seat as usize] {
            by_group.push((problem.seats[pair.seat as usize].group, pair.taker, place));
        }
    }
    by_group.sort_unstable();
    let mut nodes = GroupNodes { of: vec![None; problem.pairs.len()], count: 0 };
    for same in by_group.chunk_by(|one, other| (one.0, one.1) == (other.0, other.1)) {
        if same.len() > 1 {
            for (_, _, place) in same {
                nodes.of[*place] = u32::try_from(nodes.count).ok();
            }
            nodes.count += 1;
        }
    }
    nodes
}

/// More than moving every seat about could ever save.
fn price_of_nobody(problem: &Problem) -> Result<i64, NoPlan> {
    let dearest = problem.pairs.iter().map(|pair| i128::from(pair.cost).abs()).max().unwrap_or(0);
    let heaviest =
        problem.takers.iter().map(|taker| i128::from(taker.load) + i128::from(taker.room)).max().unwrap_or(0);
    let step = 2 * dearest + i128::from(problem.fairness) * (2 * heaviest + 1) + 1;
    let price = step * (i128::try_from(problem.seats.len()).map_err(|_| NoPlan::TooLarge)? + 1);
    i64::try_from(price).map_err(|_| NoPlan::TooLarge)
}

//! The simplex against an oracle that tries everything and one that walks shortest paths, and its own certificate.

use super::{Arc, Flow, Network, NoFlow, Start, Uncertified};
use std::collections::VecDeque;

/// A small generator of our own, so that a failing case can be named by its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 % u64::try_from(most).expect("positive")).expect("small")
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        from + self.below(to - from + 1)
    }
}

fn random(dice: &mut Dice, nodes: i64, arcs: i64, most: i64, lower_bounds: bool) -> Network {
    let mut network = Network::new(usize::try_from(nodes).expect("small"));
    let node = |dice: &mut Dice| u32::try_from(dice.below(nodes)).expect("small");
    for _ in 0..arcs {
        let capacity = dice.below(most + 1);
        let lower = if lower_bounds && dice.below(3) == 0 { dice.below(capacity + 1) } else { 0 };
        let (from, to) = (node(dice), node(dice));
        network.add_arc(Arc { from, to, lower, capacity, cost: dice.between(-6, 12) });
    }
    for _ in 0..dice.between(0, 3) {
        let (from, to, units) = (node(dice), node(dice), dice.between(0, most));
        let supplies = network.supplies().to_vec();
        network.set_supply(from, supplies[from as usize] + units);
        let supplies = network.supplies().to_vec();
        network.set_supply(to, supplies[to as usize] - units);
    }
    network
}

/// The cheapest of all flows there are; None if there is none.
fn by_trying(network: &Network) -> Option<i128> {
    fn next(network: &Network, place: usize, left: &mut [i64], cost: i128, best: &mut Option<i128>) {
        let Some(arc) = network.arcs().get(place) else {
            if left.iter().all(|units| *units == 0) && best.is_none_or(|known| cost < known) {
                *best = Some(cost);
            }
            return;
        };
        for units in arc.lower..=arc.capacity {
            left[arc.from as usize] -= units;
            left[arc.to as usize] += units;
            next(network, place + 1, left, cost + i128::from(arc.cost * units), best);
            left[arc.from as usize] += units;
            left[arc.to as usize] -= units;
        }
    }
    let mut best = None;
    next(network, 0, &mut network.supplies().to_vec(), 0, &mut best);
    best
}

/// Successive shortest paths with Bellman and Ford's queue, after filling every arc that pays: another road to the same
/// cost. None if supplies cannot be met.
fn by_paths(network: &Network) -> Option<i128> {
    let nodes = network.supplies().len();
    let (source, sink) = (nodes, nodes + 1);
    let mut edges: Vec<(usize, usize, i64, i64)> = Vec::new();
    let mut of: Vec<Vec<usize>> = vec![Vec::new(); nodes + 2];
    let mut both = |from: usize, to: usize, forward: i64, back: i64, cost: i64| {
        of[from].push(edges.len());
        edges.push((from, to, forward, cost));
        of[to].push(edges.len());
        edges.push((to, from, back, -cost));
    };
    let mut left = network.supplies().to_vec();
    let mut cost = 0_i128;
    for arc in network.arcs() {
        let units = if arc.cost < 0 { arc.capacity } else { arc.lower };
        cost += i128::from(arc.cost) * i128::from(units);
        left[arc.from as usize] -= units;
        left[arc.to as usize] += units;
        both(arc.from as usize, arc.to as usize, arc.capacity - units, units - arc.lower, arc.cost);
    }
    let mut wanted = 0;
    for (node, units) in left.iter().enumerate() {
        if *units > 0 {
            both(source, node, *units, 0, 0);
            wanted += units;
        } else {
            both(node, sink, -*units, 0, 0);
        }
    }
    while wanted > 0 {
        let mut distance = vec![i64::MAX; nodes + 2];
        let mut by = vec![usize::MAX; nodes + 2];
        let mut queue = VecDeque::from([source]);
        distance[source] = 0;
        while let Some(node) = queue.pop_front() {
            for edge in &of[node] {
                let (_, to, room, cost) = edges[*edge];
                if room > 0 && distance[node] + cost < distance[to] {
                    distance[to] = distance[node] + cost;
                    by[to] = *edge;
                    queue.push_back(to);
                }
            }
        }
        if distance[sink] == i64::MAX {
            return None;
        }
        let mut path = Vec::new();
        let mut at = sink;
        while at != source {
            path.push(by[at]);
            at = edges[by[at]].0;
        }
        let units = path.iter().map(|edge| edges[*edge].2).min().expect("a path");
        for edge in path {
            edges[edge].2 -= units;
            edges[edge ^ 1].2 += units;
        }
        cost += i128::from(units) * i128::from(distance[sink]);
        wanted -= units;
    }
    Some(cost)
}

fn certified(network: &Network, start: Start<'_>, seed: u64) -> Option<Flow> {
    match network.solve(start) {
        Ok(flow) => {
            assert_eq!(flow.certify(network), Ok(()), "seed {seed}");
            Some(flow)
        }
        Err(NoFlow::Infeasible(left)) => {
            assert!(!left.is_empty() && left.iter().all(|(_, units)| *units != 0), "seed {seed}");
            assert_eq!(left.iter().map(|(_, units)| *units).sum::<i64>(), 0, "seed {seed}: what is left over balances");
            None
        }
        Err(other) => panic!("seed {seed}: {other}"),
    }
}

#[test]
fn thousands_of_small_networks_cost_what_trying_everything_says() {
    let mut feasible = 0;
    for seed in 1..=4_000 {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(seed));
        let (nodes, arcs) = (dice.between(2, 5), dice.between(1, 7));
        let network = random(&mut dice, nodes, arcs, 2, true);
        let found = certified(&network, Start::Nothing, seed);
        assert_eq!(found.as_ref().map(|flow| flow.cost), by_trying(&network), "seed {seed}: {network:?}");
        feasible += u32::from(found.is_some());
    }
    assert!(feasible > 1_000, "{feasible} of 4000 had a flow at all");
}

#[test]
fn larger_networks_cost_what_shortest_paths_say_from_any_start() {
    let mut feasible = 0;
    for seed in 1..=400 {
        let mut dice = Dice(0xD134_2543_DE82_EF95_u64.wrapping_mul(seed));
        let (nodes, arcs) = (dice.between(5, 30), dice.between(20, 150));
        let mut network = random(&mut dice, nodes, arcs, 12, false);
        // Dear ways everywhere, so that most of them can be met.
        for node in 1..u32::try_from(nodes).expect("small") {
            if dice.below(8) != 0 {
                network.add(0, node, 40, 500);
                network.add(node, 0, 40, 500);
            }
        }
        // Circles of negative cost are filled by both; the queue of the oracle needs them filled first.
        let expected = by_paths(&network);
        let found = certified(&network, Start::Nothing, seed);
        assert_eq!(found.as_ref().map(|flow| flow.cost), expected, "seed {seed}");
        let Some(found) = found else { continue };
        feasible += 1;
        let again = certified(&network, Start::Flow(&found.units), seed).expect("feasible");
        assert_eq!(again.cost, found.cost, "seed {seed}");
        // A start with nothing but full and empty arcs, and one that is plainly wrong.
        let full: Vec<i64> =
            network.arcs().iter().map(|arc| if dice.below(2) == 0 { arc.capacity } else { 0 }).collect();
        assert_eq!(certified(&network, Start::Flow(&full), seed).expect("feasible").cost, found.cost);
        let wrong: Vec<i64> = network.arcs().iter().map(|arc| arc.capacity + 1).collect();
        assert_eq!(certified(&network, Start::Flow(&wrong), seed).expect("feasible").cost, found.cost);
        let halves: Vec<i64> = network.arcs().iter().map(|arc| dice.below(arc.capacity + 1)).collect();
        assert_eq!(certified(&network, Start::Flow(&halves), seed).expect("feasible").cost, found.cost);
    }
    assert!(feasible > 200, "{feasible} of 400");
}

#[test]
fn the_same_network_gives_the_same_flow() {
    let mut dice = Dice(77);
    let mut network = random(&mut dice, 40, 300, 9, false);
    for node in 1..40 {
        network.add(0, node, 500, 90);
        network.add(node, 0, 500, 90);
    }
    let first = network.solve(Start::Nothing).expect("feasible");
    assert_eq!(network.solve(Start::Nothing), Ok(first));
}

#[test]
fn what_cannot_be_met_is_named_and_as_little_as_possible_is_left() {
    let mut network = Network::new(4);
    network.set_supply(0, 5);
    network.set_supply(1, 2);
    network.set_supply(3, -7);
    network.add(0, 2, 9, 1);
    network.add(2, 3, 3, 1);
    network.add(1, 3, 2, 1);
    let refused = network.solve(Start::Nothing).expect_err("three of node 0 fit");
    assert_eq!(refused, NoFlow::Infeasible(vec![(0, 2), (3, -2)]));
    assert!(refused.to_string().contains("node 0: 2"));
}

#[test]
fn numbers_that_could_overflow_are_refused_beforehand() {
    let two = |capacity, cost| {
        let mut network = Network::new(2);
        network.set_supply(0, 1);
        network.set_supply(1, -1);
        network.add(0, 1, capacity, cost);
        network.solve(Start::Nothing).map(|flow| flow.cost)
    };
    assert_eq!(two(1, 7), Ok(7));
    assert_eq!(two(1, i64::MAX / 64), Ok(i128::from(i64::MAX / 64)));
    assert_eq!(two(1, i64::MAX / 8), Err(NoFlow::TooLarge));
    assert_eq!(two(1, i64::MIN), Err(NoFlow::TooLarge));
    assert_eq!(two(i64::MAX, 1), Err(NoFlow::TooLarge));
    assert_eq!(two(-1, 1), Err(NoFlow::Malformed(0)));
    let mut network = Network::new(2);
    network.set_supply(0, 3);
    assert_eq!(network.solve(Start::Nothing), Err(NoFlow::Unbalanced(3)));
    network.set_supply(0, 0);
    network.add(0, 2, 1, 1);
    assert_eq!(network.solve(Start::Nothing), Err(NoFlow::Malformed(0)));
    assert_eq!(Network::new(0).solve(Start::Nothing).map(|flow| flow.cost), Ok(0));
}

#[test]
fn totals_beyond_64_bits_are_still_exact() {
    let mut network = Network::new(2);
    let (units, cost) = (1_i64 << 50, 1_i64 << 40);
    network.set_supply(0, units);
    network.set_supply(1, -units);
    network.add(0, 1, units, cost);
    assert_eq!(network.solve(Start::Nothing).map(|flow| flow.cost), Ok(i128::from(units) * i128::from(cost)));
}

#[test]
fn a_certificate_is_refused_to_whatever_is_not_optimal() {
    let mut network = Network::new(3);
    network.set_supply(0, 2);
    network.set_supply(2, -2);
    network.add(0, 2, 2, 9);
    network.add(0, 1, 1, 1);
    network.add(1, 2, 1, 1);
    let best = network.solve(Start::Nothing).expect("feasible");
    assert_eq!((best.cost, best.units.as_slice()), (11, &[1, 1, 1][..]));
    let with = |change: fn(&mut Flow)| {
        let mut other = best.clone();
        change(&mut other);
        other.certify(&network)
    };
    assert_eq!(with(|_| ()), Ok(()));
    assert_eq!(with(|flow| (flow.units, flow.cost) = (vec![2, 0, 0], 18)), Err(Uncertified::Slackness(2)));
    assert_eq!(with(|flow| flow.units[0] = 3), Err(Uncertified::Bounds(0)));
    assert_eq!(with(|flow| flow.cost -= 1), Err(Uncertified::Total));
    assert_eq!(with(|flow| flow.potentials[1] += 9), Err(Uncertified::Slackness(2)));
    assert_eq!(with(|flow| flow.units.truncate(2)), Err(Uncertified::Shape));
    let mut unfilled = best.clone();
    (unfilled.units, unfilled.potentials) = (vec![2, 1, 1], vec![0, 8, 9]);
    assert_eq!(unfilled.certify(&network), Err(Uncertified::Balance(0)));
}

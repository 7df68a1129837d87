//! The first tree: from nothing, or from a flow that is believed to be good.
//!
//! A tree is strongly feasible if from every node a unit could still be sent to the root: a bond that carries nothing
//! leads up, one that is full leads down. From a given flow, arcs strictly between their bounds must be bonds; the tree
//! grows from there over arcs at their bounds that lead the right way, cheapest first, and artificial arcs where none does.

#![expect(clippy::indexing_slicing, reason = "arcs and nodes were checked before")]

use super::simplex::{AT_CAPACITY, AT_LOWER, Basis, IN_TREE, Ready};
use super::tree::{Bond, Tree};
use super::{Arc, MOST_UNITS, Network, Start};

/// The first basis.
pub(super) fn basis(network: &Network, ready: &Ready, rooms: &[i64], from: Start<'_>) -> Basis {
    let Start::Flow(units) = from else { return artificial(network, ready) };
    warm(network, ready, rooms, units).unwrap_or_else(|| artificial(network, ready))
}

/// Every node hangs on the root by an artificial arc.
fn artificial(network: &Network, ready: &Ready) -> Basis {
    let mut tree = Tree::new(ready.supplies.len());
    for (node, supply) in (0_u32..).zip(&ready.supplies) {
        hang_on_root(&mut tree, node, *supply, network, ready);
    }
    Basis { tree, states: vec![AT_LOWER; network.arcs.len()] }
}

#[expect(clippy::cast_possible_truncation, reason = "there are fewer arcs and nodes than u32 holds: checked before")]
fn hang_on_root(tree: &mut Tree, node: u32, supply: i64, network: &Network, ready: &Ready) {
    let root = ready.supplies.len() as u32;
    let arc = network.arcs.len() as u32 + node;
    let bond = Bond { arc, up: supply >= 0, flow: supply.abs(), capacity: MOST_UNITS, cost: ready.artificial };
    tree.hang(node, root, bond);
}

/// The basis of a flow; None if it is not one that a tree can bear.
fn warm(network: &Network, ready: &Ready, rooms: &[i64], units: &[i64]) -> Option<Basis> {
    if units.len() != network.arcs.len() {
        return None;
    }
    let mut left = ready.supplies.clone();
    let mut states = Vec::with_capacity(units.len());
    for ((arc, units), room) in network.arcs.iter().zip(units).zip(rooms) {
        let above = units.checked_sub(arc.lower).filter(|above| (0..=arc.capacity - arc.lower).contains(above))?;
        states.push(match above {
            0 => AT_LOWER,
            _ if above == *room => AT_CAPACITY,
            _ => IN_TREE,
        });
        left[arc.from as usize] = left[arc.from as usize].checked_sub(above)?;
        left[arc.to as usize] = left[arc.to as usize].checked_add(above)?;
    }
    if left.iter().map(|units| i128::from(*units).abs()).sum::<i128>() > i128::from(MOST_UNITS) {
        return None;
    }
    if !is_forest(network, &states, &left) {
        return None;
    }
    let mut growth = Growth {
        network,
        rooms,
        units,
        states,
        touching: Touching::of(network),
        tree: Tree::new(left.len()),
        has_place: vec![false; left.len()],
        queue: Vec::with_capacity(left.len()),
        grown: 0,
    };
    // Whoever is out of balance hangs on the root first, then whoever gives or takes most.
    let mut order: Vec<u32> = (0_u32..).take(left.len()).collect();
    order.sort_by_key(|node| {
        let at = *node as usize;
        (left[at] == 0, std::cmp::Reverse(ready.supplies[at].unsigned_abs()))
    });
    let out_of_balance = left.iter().filter(|units| **units != 0).count();
    for (place, node) in order.into_iter().enumerate() {
        if !growth.has_place[node as usize] {
            hang_on_root(&mut growth.tree, node, left[node as usize], network, ready);
            growth.settle(node);
        }
        if place + 1 >= out_of_balance {
            growth.grow();
        }
    }
    Some(Basis { tree: growth.tree, states: growth.states })
}

/// Whether the arcs strictly between their bounds, and artificial ones for what is out of balance, close no circle.
fn is_forest(network: &Network, states: &[i8], left: &[i64]) -> bool {
    let root = left.len();
    let mut heads: Vec<usize> = (0..=root).collect();
    let head = |heads: &mut Vec<usize>, mut at: usize| {
        while heads[at] != at {
            heads[at] = heads[heads[at]];
            at = heads[at];
        }
        at
    };
    for (node, units) in left.iter().enumerate() {
        if *units != 0 {
            heads[node] = root;
        }
    }
    for (arc, state) in network.arcs.iter().zip(states) {
        if *state == IN_TREE {
            let (one, other) = (head(&mut heads, arc.from as usize), head(&mut heads, arc.to as usize));
            if one == other {
                return false;
            }
            heads[one.min(other)] = one.max(other);
        }
    }
    true
}

/// A tree that grows from the root.
struct Growth<'a> {
    network: &'a Network,
    rooms: &'a [i64],
    units: &'a [i64],
    states: Vec<i8>,
    touching: Touching,
    tree: Tree,
    has_place: Vec<bool>,
    queue: Vec<u32>,
    grown: usize,
}

impl Growth<'_> {
    /// Takes in a node that has just been hung, and at once whatever must hang together with it.
    fn settle(&mut self, node: u32) {
        self.has_place[node as usize] = true;
        let mut at = self.queue.len();
        self.queue.push(node);
        while let Some(parent) = self.queue.get(at).copied() {
            at += 1;
            for turn in self.touching.range(parent) {
                let arc = self.touching.arcs[turn];
                if self.states[arc as usize] == IN_TREE {
                    let ends = self.network.arcs[arc as usize];
                    let child = if ends.from == parent { ends.to } else { ends.from };
                    if !self.has_place[child as usize] {
                        self.hang(child, parent, arc);
                        self.has_place[child as usize] = true;
                        self.queue.push(child);
                    }
                }
            }
        }
    }

    /// Hangs whoever can be reached over arcs at their bounds that lead the right way.
    fn grow(&mut self) {
        while let Some(parent) = self.queue.get(self.grown).copied() {
            self.grown += 1;
            for turn in self.touching.range(parent) {
                let arc = self.touching.arcs[turn];
                let ends = self.network.arcs[arc as usize];
                let child = match self.states[arc as usize] {
                    AT_LOWER if ends.to == parent && self.rooms[arc as usize] > 0 => ends.from,
                    AT_CAPACITY if ends.from == parent => ends.to,
                    _ => continue,
                };
                if !self.has_place[child as usize] {
                    self.states[arc as usize] = IN_TREE;
                    self.hang(child, parent, arc);
                    self.settle(child);
                }
            }
        }
    }

    fn hang(&mut self, child: u32, parent: u32, arc: u32) {
        let at = arc as usize;
        let Arc { from, lower, cost, .. } = self.network.arcs[at];
        let bond = Bond { arc, up: from == child, flow: self.units[at] - lower, capacity: self.rooms[at], cost };
        self.tree.hang(child, parent, bond);
    }
}

/// Arcs by the nodes they touch, in the order of their numbers; arcs from a node to itself are left out.
struct Touching {
    starts: Vec<u32>,
    arcs: Vec<u32>,
}

impl Touching {
    fn of(network: &Network) -> Self {
        let between = || (0_u32..).zip(&network.arcs).filter(|(_, arc)| arc.from != arc.to);
        let mut starts = vec![0_u32; network.supplies.len() + 1];
        for (_, arc) in between() {
            starts[arc.from as usize + 1] += 1;
            starts[arc.to as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut arcs = vec![0; sum as usize];
        let mut next = starts.clone();
        for (place, arc) in between() {
            for node in [arc.from, arc.to] {
                arcs[next[node as usize] as usize] = place;
                next[node as usize] += 1;
            }
        }
        Self { starts, arcs }
    }

    fn range(&self, node: u32) -> std::ops::Range<usize> {
        self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize
    }
}

//! The primal network simplex: price a block of arcs, take the one that lowers the cost fastest, send what fits round the
//! circle it closes, and let the tightest bond leave the tree.

#![expect(
    clippy::indexing_slicing,
    reason = "arcs and nodes were checked before; the inner loop runs over millions of them"
)]

use super::tree::{Bond, Side, Tree};
use super::{Arc, Flow, Network, NoFlow, Start, start};

/// At its lower bound: more would have to pay.
pub(super) const AT_LOWER: i8 = 1;
/// At its capacity: less would have to pay.
pub(super) const AT_CAPACITY: i8 = -1;
/// In the tree.
pub(super) const IN_TREE: i8 = 0;

/// What [`Network::checked`] found: supplies once lower bounds are taken out, and the cost of an artificial arc.
#[derive(Debug)]
pub(super) struct Ready {
    pub(super) supplies: Vec<i64>,
    pub(super) artificial: i64,
}

/// An arc as pricing sees it.
#[derive(Debug, Clone, Copy)]
struct Priced {
    cost: i64,
    from: u32,
    to: u32,
}

/// Where the search stands.
pub(super) struct Basis {
    pub(super) tree: Tree,
    /// [`AT_LOWER`], [`AT_CAPACITY`] or [`IN_TREE`], arc by arc.
    pub(super) states: Vec<i8>,
}

/// Solves a network whose numbers were checked.
pub(super) fn solve(network: &Network, ready: Ready, from: Start<'_>) -> Result<Flow, NoFlow> {
    let rooms = rooms(network, &ready.supplies);
    let mut basis = start::basis(network, &ready, &rooms, from);
    let priced: Vec<Priced> =
        network.arcs.iter().map(|arc| Priced { cost: arc.cost, from: arc.from, to: arc.to }).collect();
    let pivots = pivot_until_optimal(&mut basis, &priced, &rooms);
    answer(network, &basis, &rooms, pivots)
}

/// How much each arc can carry above its lower bound. What no unit could ever fill is opened wide: an arc out of a node
/// that nothing enters carries at most that node's supply, and an arc that cannot be full makes one tie less.
fn rooms(network: &Network, supplies: &[i64]) -> Vec<i64> {
    let mut entered = vec![false; supplies.len()];
    for arc in &network.arcs {
        entered[arc.to as usize] |= arc.capacity > 0;
    }
    let room = |arc: &Arc| {
        let room = arc.capacity - arc.lower;
        let supply = supplies[arc.from as usize];
        if !entered[arc.from as usize] && supply >= 0 && room >= supply && room > 0 {
            room.max(supply + 1)
        } else {
            room
        }
    };
    network.arcs.iter().map(room).collect()
}

/// Arcs priced at a time: four times the root of all. Measured on 10,000 seats and 3,000 takers against a quarter of that
/// to twice as much; smaller blocks look less and pivot so much more that they lose.
fn block_size(arcs: usize) -> usize {
    (4 * arcs.isqrt()).max(32)
}

fn pivot_until_optimal(basis: &mut Basis, arcs: &[Priced], rooms: &[i64]) -> u64 {
    let block = block_size(arcs.len());
    let mut pivots = 0;
    let mut at = 0;
    while let Some(entering) = next_entering(basis, arcs, block, &mut at) {
        pivot(basis, arcs, rooms, entering);
        pivots += 1;
    }
    pivots
}

/// The arc of the next block that lowers the cost most by the unit; None when a whole round finds none.
fn next_entering(basis: &Basis, arcs: &[Priced], block: usize, at: &mut usize) -> Option<usize> {
    let potentials = basis.tree.potentials.as_slice();
    let mut left = arcs.len();
    while left > 0 {
        if *at == arcs.len() {
            *at = 0;
        }
        let length = block.min(arcs.len() - *at).min(left);
        let mut best: i64 = 0;
        let mut found = 0;
        for (place, (arc, state)) in arcs[*at..*at + length].iter().zip(&basis.states[*at..*at + length]).enumerate() {
            let reduced = arc.cost + potentials[arc.from as usize] - potentials[arc.to as usize];
            let gain = i64::from(*state) * reduced;
            if gain < best {
                best = gain;
                found = *at + place;
            }
        }
        *at += length;
        left -= length;
        if best < 0 {
            return Some(found);
        }
    }
    None
}

fn pivot(basis: &mut Basis, arcs: &[Priced], rooms: &[i64], entering: usize) {
    let (arc, room) = (arcs[entering], rooms[entering]);
    let forward = basis.states[entering] == AT_LOWER;
    let (start, end) = if forward { (arc.from, arc.to) } else { (arc.to, arc.from) };
    let circle = basis.tree.circle(start, end, room);
    if circle.units > 0 {
        basis.tree.send(start, end, circle.join, circle.units);
    }
    let Some((top, side)) = circle.leaving else {
        basis.states[entering] = -basis.states[entering];
        return;
    };
    let (bottom, parent) = if side == Side::Start { (start, end) } else { (end, start) };
    let flow = if forward { circle.units } else { room - circle.units };
    #[expect(clippy::cast_possible_truncation, reason = "there are fewer arcs than u32 holds: checked before")]
    let bond = Bond { arc: entering as u32, up: bottom == arc.from, flow, capacity: room, cost: arc.cost };
    let cut = basis.tree.turn(top, bottom, parent, bond);
    basis.states[entering] = IN_TREE;
    // Artificial arcs come after the real ones and never return.
    if let Some(state) = basis.states.get_mut(cut.arc as usize) {
        *state = if cut.flow == 0 { AT_LOWER } else { AT_CAPACITY };
    }
}

fn answer(network: &Network, basis: &Basis, rooms: &[i64], pivots: u64) -> Result<Flow, NoFlow> {
    let nodes = network.supplies.len();
    let mut units: Vec<i64> = Vec::with_capacity(network.arcs.len());
    for ((arc, state), room) in network.arcs.iter().zip(&basis.states).zip(rooms) {
        units.push(if *state == AT_CAPACITY { arc.lower + room } else { arc.lower });
    }
    let mut left: Vec<(usize, i64)> = Vec::new();
    for node in 0..nodes {
        #[expect(clippy::cast_possible_truncation, reason = "there are fewer nodes than u32 holds: checked before")]
        let bond = basis.tree.bond(node as u32);
        match units.get_mut(bond.arc as usize) {
            Some(own) => *own += bond.flow,
            None if bond.flow != 0 => left.push((node, if bond.up { bond.flow } else { -bond.flow })),
            None => {}
        }
    }
    if !left.is_empty() {
        return Err(NoFlow::Infeasible(left));
    }
    let cost = network.arcs.iter().zip(&units).map(|(arc, units)| i128::from(arc.cost) * i128::from(*units)).sum();
    let potentials = basis.tree.potentials[..nodes].to_vec();
    Ok(Flow { units, potentials, cost, pivots })
}

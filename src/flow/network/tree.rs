//! The spanning tree: who hangs on whom by which arc, what those arcs carry, and the potentials they imply.
//!
//! Every node but the root knows its parent, the arc that leads there and what it carries, its depth and its children
//! as a linked ring of brothers. Potentials lie apart, for pricing reads nothing else.

#![expect(
    clippy::indexing_slicing,
    reason = "every index is a node of the tree by construction; checks would cost a third"
)]

/// No node, no arc.
pub const NONE: u32 = u32::MAX;

/// What hangs a node on its parent.
#[derive(Debug, Clone, Copy)]
pub struct Bond {
    /// The arc's number; artificial arcs come after the real ones.
    pub arc: u32,
    /// Whether units flow from the node to its parent.
    pub up: bool,
    /// Units it carries.
    pub flow: i64,
    /// Units it can carry.
    pub capacity: i64,
    /// Cost of a unit.
    pub cost: i64,
}

impl Bond {
    /// Units that can still be sent from the node towards its parent.
    #[inline]
    pub const fn room_up(&self) -> i64 {
        if self.up { self.capacity - self.flow } else { self.flow }
    }

    /// Units that can still be sent from the parent towards the node.
    #[inline]
    pub const fn room_down(&self) -> i64 {
        if self.up { self.flow } else { self.capacity - self.flow }
    }

    /// Sends units from the node towards its parent; below zero, the other way.
    #[inline]
    const fn send_up(&mut self, units: i64) {
        if self.up { self.flow += units } else { self.flow -= units }
    }
}

#[derive(Debug, Clone, Copy)]
struct Node {
    parent: u32,
    depth: u32,
    first_child: u32,
    next: u32,
    previous: u32,
}

const UNBOUND: Bond = Bond { arc: NONE, up: true, flow: 0, capacity: 0, cost: 0 };
const LOOSE: Node = Node { parent: NONE, depth: 0, first_child: NONE, next: NONE, previous: NONE };

/// A tree over nodes, rooted at the last.
#[derive(Debug)]
pub struct Tree {
    nodes: Vec<Node>,
    /// What hangs each node on its parent; apart, for most of what is done to a tree does not look at it.
    bonds: Vec<Bond>,
    /// One potential per node: along every bond, cost plus potential at its tail is the potential at its head.
    pub potentials: Vec<i64>,
}

/// The side of the circle on which its tightest bond lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Between the entering arc's start and the join.
    Start,
    /// Between the entering arc's end and the join.
    End,
}

/// How much can go round the circle that an arc closes, and what stops more.
#[derive(Debug, Clone, Copy)]
pub struct Circle {
    /// The join: the node of the circle next to the root.
    pub join: u32,
    /// Units that can go round.
    pub units: i64,
    /// The node below the bond that leaves, and its side; None: the entering arc itself is tightest.
    pub leaving: Option<(u32, Side)>,
}

impl Tree {
    /// A root (the last node) and so many loose nodes.
    pub fn new(nodes: usize) -> Self {
        Self { nodes: vec![LOOSE; nodes + 1], bonds: vec![UNBOUND; nodes + 1], potentials: vec![0; nodes + 1] }
    }

    /// What hangs the node on its parent.
    pub fn bond(&self, node: u32) -> &Bond {
        &self.bonds[node as usize]
    }

    /// Hangs a loose node without children on a parent that has its place already.
    pub fn hang(&mut self, node: u32, parent: u32, bond: Bond) {
        self.bonds[node as usize] = bond;
        self.link(node, parent);
        self.nodes[node as usize].depth = self.nodes[parent as usize].depth + 1;
        let above = self.potentials[parent as usize];
        self.potentials[node as usize] = if bond.up { above - bond.cost } else { above + bond.cost };
    }

    fn link(&mut self, node: u32, parent: u32) {
        let next = self.nodes[parent as usize].first_child;
        if next != NONE {
            self.nodes[next as usize].previous = node;
        }
        let own = &mut self.nodes[node as usize];
        own.parent = parent;
        own.previous = NONE;
        own.next = next;
        self.nodes[parent as usize].first_child = node;
    }

    fn unlink(&mut self, node: u32) {
        let Node { parent, previous, next, .. } = self.nodes[node as usize];
        if previous == NONE {
            self.nodes[parent as usize].first_child = next;
        } else {
            self.nodes[previous as usize].next = next;
        }
        if next != NONE {
            self.nodes[next as usize].previous = previous;
        }
    }

    /// Looks round the circle that sending units from `start` to `end` over a new arc would close.
    ///
    /// Of several equally tight bonds the last one, seen from the join in the direction of the flow, leaves: this keeps
    /// the tree strongly feasible.
    pub fn circle(&self, start: u32, end: u32, room: i64) -> Circle {
        let (mut one, mut other) = (start, end);
        let (mut at_start, mut at_end) = ((NONE, room), (NONE, i64::MAX));
        while one != other {
            let (left, right) = (&self.nodes[one as usize], &self.nodes[other as usize]);
            // Both climb at once where they are level: one look at two nodes instead of two looks.
            if left.depth >= right.depth {
                let units = self.bonds[one as usize].room_down();
                if units < at_start.1 {
                    at_start = (one, units);
                }
                one = left.parent;
            }
            if right.depth >= left.depth {
                let units = self.bonds[other as usize].room_up();
                if units <= at_end.1 {
                    at_end = (other, units);
                }
                other = right.parent;
            }
        }
        if at_end.0 != NONE && at_end.1 <= at_start.1 {
            Circle { join: one, units: at_end.1, leaving: Some((at_end.0, Side::End)) }
        } else {
            let leaving = (at_start.0 != NONE).then_some((at_start.0, Side::Start));
            Circle { join: one, units: at_start.1, leaving }
        }
    }

    /// Sends units round the circle, beside the entering arc.
    pub fn send(&mut self, start: u32, end: u32, join: u32, units: i64) {
        for (from, units) in [(start, -units), (end, units)] {
            let mut at = from;
            while at != join {
                self.bonds[at as usize].send_up(units);
                at = self.nodes[at as usize].parent;
            }
        }
    }

    /// Cuts the bond above `top`, turns the part below over so that `bottom` comes out on top, and hangs it on `parent`.
    /// Answers the bond that was cut.
    pub fn turn(&mut self, top: u32, bottom: u32, parent: u32, bond: Bond) -> Bond {
        let cut = self.bonds[top as usize];
        let (mut at, mut new_parent, mut carried) = (bottom, parent, bond);
        loop {
            let old_parent = self.nodes[at as usize].parent;
            self.unlink(at);
            self.link(at, new_parent);
            let mut above = std::mem::replace(&mut self.bonds[at as usize], carried);
            if at == top {
                break;
            }
            above.up = !above.up;
            (carried, new_parent, at) = (above, at, old_parent);
        }
        let above = self.potentials[parent as usize];
        let wanted = if bond.up { above - bond.cost } else { above + bond.cost };
        let raise = wanted - self.potentials[bottom as usize];
        self.settle(bottom, raise);
        cut
    }

    /// Gives a part of the tree its depths anew and raises its potentials.
    fn settle(&mut self, top: u32, raise: i64) {
        let mut at = top;
        let mut depth = self.nodes[self.nodes[top as usize].parent as usize].depth + 1;
        loop {
            let node = &mut self.nodes[at as usize];
            node.depth = depth;
            self.potentials[at as usize] += raise;
            if node.first_child != NONE {
                at = node.first_child;
                depth += 1;
                continue;
            }
            loop {
                if at == top {
                    return;
                }
                let node = &self.nodes[at as usize];
                if node.next != NONE {
                    at = node.next;
                    break;
                }
                at = node.parent;
                depth -= 1;
            }
        }
    }
}

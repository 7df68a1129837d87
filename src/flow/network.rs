//! Min-cost flow by the primal network simplex: exact, in integers, with its own certificate.
//!
//! Contract: [`Network::solve`] answers a flow of least total cost within all bounds, and one potential per node such that
//! [`Flow::certify`] finds every arc in order (complementary slackness), which proves the optimum to anybody. Costs and
//! bounds are `i64`, totals `i128`; a network whose numbers could overflow on the way is refused beforehand. The rule of
//! the leaving arc keeps the tree strongly feasible, so the search cannot cycle; arcs are priced in blocks in the order
//! they were added, so the answer depends on nothing but the network and its start.
//!
//! Source: strongly feasible bases after W. H. Cunningham, "A network simplex method" (1976); the bound on artificial costs
//! is the usual one, more than any path of real arcs can cost.

mod certify;
mod simplex;
mod start;
#[cfg(test)]
mod tests;
mod tree;

pub use certify::Uncertified;

use std::fmt;

/// The most a bound or a supply may be: sums of four of them still fit into `i64`.
pub const MOST_UNITS: i64 = i64::MAX / 4;

/// One arc; units flow from `from` to `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arc {
    /// Where units come from.
    pub from: u32,
    /// Where units go to.
    pub to: u32,
    /// At least so many.
    pub lower: i64,
    /// At most so many; finite, so that a circle of negative cost cannot run for ever.
    pub capacity: i64,
    /// Cost of each unit; may be negative.
    pub cost: i64,
}

/// Nodes with supplies and demands, and the arcs between them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    supplies: Vec<i64>,
    arcs: Vec<Arc>,
}

/// Where the search starts. Either way the answer costs the same.
#[derive(Debug, Clone, Copy, Default)]
pub enum Start<'a> {
    /// From nothing: every supply hangs on an artificial arc.
    #[default]
    Nothing,
    /// From a flow believed to be good, one figure per arc. It need not meet the supplies; one that is out of bounds or
    /// whose arcs strictly between their bounds close a circle is passed over, and the search starts from nothing.
    Flow(&'a [i64]),
}

/// An optimal flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Units on each arc, in the order the arcs were added.
    pub units: Vec<i64>,
    /// One potential per node: `cost + potential[from] − potential[to]` is an arc's reduced cost.
    pub potentials: Vec<i64>,
    /// What it costs in all.
    pub cost: i128,
    /// Pivots it took.
    pub pivots: u64,
}

/// Why there is no flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoFlow {
    /// An arc names a node that is not there, or its bounds contradict each other; by its number.
    Malformed(usize),
    /// Numbers so large that sums on the way might not fit.
    TooLarge,
    /// Supplies and demands do not sum to zero; by how much.
    Unbalanced(i128),
    /// Supplies (above zero) that cannot leave their node and demands (below zero) that cannot be met, by node; as few
    /// units as possible are left over.
    Infeasible(Vec<(usize, i64)>),
}

impl fmt::Display for NoFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(arc) => {
                write!(f, "arc {arc} names no node of the network, or its bounds contradict each other")
            }
            Self::TooLarge => f.write_str("costs or bounds are so large that their sums might not fit into 64 bits"),
            Self::Unbalanced(by) => write!(f, "supplies and demands differ by {by}"),
            Self::Infeasible(left) => {
                f.write_str("supplies that cannot be met:")?;
                left.iter().take(20).try_for_each(|(node, units)| write!(f, " node {node}: {units}"))?;
                if left.len() > 20 { write!(f, " and {} more", left.len() - 20) } else { Ok(()) }
            }
        }
    }
}
impl std::error::Error for NoFlow {}

impl Network {
    /// A network of so many nodes, without arcs, supplies or demands.
    #[must_use]
    pub fn new(nodes: usize) -> Self {
        Self { supplies: vec![0; nodes], arcs: Vec::new() }
    }

    /// Adds a node without supply and answers its number.
    pub fn add_node(&mut self) -> u32 {
        self.supplies.push(0);
        (self.supplies.len() - 1) as u32
    }

    /// Sets what a node gives (above zero) or takes (below zero); nodes that are not there are passed over.
    pub fn set_supply(&mut self, node: u32, units: i64) {
        if let Some(supply) = self.supplies.get_mut(node as usize) {
            *supply = units;
        }
    }

    /// Adds an arc without a lower bound and answers its number.
    pub fn add(&mut self, from: u32, to: u32, capacity: i64, cost: i64) -> usize {
        self.add_arc(Arc { from, to, lower: 0, capacity, cost })
    }

    /// Adds an arc and answers its number.
    pub fn add_arc(&mut self, arc: Arc) -> usize {
        self.arcs.push(arc);
        self.arcs.len() - 1
    }

    /// The arcs in the order they were added.
    #[must_use]
    pub fn arcs(&self) -> &[Arc] {
        &self.arcs
    }

    /// What each node gives or takes.
    #[must_use]
    pub fn supplies(&self) -> &[i64] {
        &self.supplies
    }

    /// The cheapest flow.
    ///
    /// # Errors
    /// [`NoFlow`]: the network is malformed or too large to be reckoned with, or its supplies cannot be met.
    pub fn solve(&self, start: Start<'_>) -> Result<Flow, NoFlow> {
        let ready = self.checked()?;
        simplex::solve(self, ready, start)
    }

    /// Checks what the search relies on, and takes lower bounds out: what every arc carries at least is moved into the
    /// supplies.
    fn checked(&self) -> Result<simplex::Ready, NoFlow> {
        let nodes = self.supplies.len();
        if u32::try_from(nodes + self.arcs.len()).is_err() {
            return Err(NoFlow::TooLarge);
        }
        let sum: i128 = self.supplies.iter().map(|units| i128::from(*units)).sum();
        if sum != 0 {
            return Err(NoFlow::Unbalanced(sum));
        }
        let mut wanted: Vec<i128> = self.supplies.iter().map(|units| i128::from(*units)).collect();
        let mut dearest: u64 = 0;
        for (place, arc) in self.arcs.iter().enumerate() {
            let in_order = arc.lower >= 0 && arc.lower <= arc.capacity;
            if !in_order {
                return Err(NoFlow::Malformed(place));
            }
            if arc.capacity > MOST_UNITS {
                return Err(NoFlow::TooLarge);
            }
            dearest = dearest.max(arc.cost.unsigned_abs());
            let ends = (wanted.get(arc.from as usize).is_some(), wanted.get_mut(arc.to as usize));
            let (true, Some(to)) = ends else { return Err(NoFlow::Malformed(place)) };
            *to += i128::from(arc.lower);
            if let Some(from) = wanted.get_mut(arc.from as usize) {
                *from -= i128::from(arc.lower);
            }
        }
        let mut supplies = Vec::with_capacity(nodes);
        for units in wanted {
            let fits = i64::try_from(units).ok().filter(|units| units.unsigned_abs() <= MOST_UNITS.unsigned_abs());
            supplies.push(fits.ok_or(NoFlow::TooLarge)?);
        }
        let all: i128 = supplies.iter().map(|units| i128::from(*units).abs()).sum();
        // A potential is at most one artificial arc and a path of real ones; a reduced cost is two of them and a cost.
        let artificial = i128::from(dearest + 1) * (i128::try_from(nodes).unwrap_or(i128::MAX / 2) + 1);
        if all > i128::from(MOST_UNITS) || artificial.saturating_mul(8) > i128::from(i64::MAX) {
            return Err(NoFlow::TooLarge);
        }
        Ok(simplex::Ready { supplies, artificial: i64::try_from(artificial).map_err(|_| NoFlow::TooLarge)? })
    }
}

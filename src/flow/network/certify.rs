//! The certificate: a flow within bounds that meets every supply and whose arcs all stand right by their reduced costs is
//! optimal, whoever found it.

use super::{Flow, Network};
use std::fmt;

/// What does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uncertified {
    /// There are not as many figures as arcs, or not as many potentials as nodes.
    Shape,
    /// An arc carries less than its lower bound or more than its capacity; by its number.
    Bounds(usize),
    /// A node gives or takes another number of units than it should; by its number.
    Balance(usize),
    /// An arc that would lower the cost could carry more, or one that raises it could carry less; by its number.
    Slackness(usize),
    /// The total is not the sum of the arcs' costs.
    Total,
}

impl fmt::Display for Uncertified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape => f.write_str("the flow is not one of this network"),
            Self::Bounds(arc) => write!(f, "arc {arc} is out of its bounds"),
            Self::Balance(node) => write!(f, "node {node} is out of balance"),
            Self::Slackness(arc) => write!(f, "arc {arc} could still lower the cost"),
            Self::Total => f.write_str("the total is not the sum of its parts"),
        }
    }
}
impl std::error::Error for Uncertified {}

impl Flow {
    /// Proves that this is a cheapest flow of the network.
    ///
    /// # Errors
    /// [`Uncertified`] with the first thing that does not hold.
    pub fn certify(&self, network: &Network) -> Result<(), Uncertified> {
        if self.units.len() != network.arcs.len() || self.potentials.len() != network.supplies.len() {
            return Err(Uncertified::Shape);
        }
        let mut left: Vec<i128> = network.supplies.iter().map(|units| i128::from(*units)).collect();
        let mut total: i128 = 0;
        for (place, (arc, units)) in network.arcs.iter().zip(&self.units).enumerate() {
            if *units < arc.lower || *units > arc.capacity {
                return Err(Uncertified::Bounds(place));
            }
            total += i128::from(arc.cost) * i128::from(*units);
            let potential = |node: u32| self.potentials.get(node as usize).copied().map(i128::from);
            let (Some(from), Some(to)) = (potential(arc.from), potential(arc.to)) else {
                return Err(Uncertified::Shape);
            };
            let reduced = i128::from(arc.cost) + from - to;
            if reduced < 0 && *units < arc.capacity || reduced > 0 && *units > arc.lower {
                return Err(Uncertified::Slackness(place));
            }
            for (node, sign) in [(arc.from, -1), (arc.to, 1)] {
                if let Some(balance) = left.get_mut(node as usize) {
                    *balance += sign * i128::from(*units);
                }
            }
        }
        match left.iter().position(|balance| *balance != 0) {
            Some(node) => Err(Uncertified::Balance(node)),
            None if total != self.cost => Err(Uncertified::Total),
            None => Ok(()),
        }
    }
}

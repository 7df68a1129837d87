//! Flow: who takes what at the least cost, provably (最小费用流).
//!
//! A small pure library over std: [`network`] solves min-cost flow exactly by the primal network simplex in `i64`,
//! [`assignment`] puts seats and takers with caps, a fairness weight and barred pairs into such a network and says of every
//! seat why it went where it went, or why nobody can take it; [`rota`] plans duty over days, with caps and rest between
//! turns. Nothing reads a clock or rounds a float, and chance comes from a seed: the same problem gives the same bytes on
//! every machine.
//!
//! Deliberately absent: experts, needs and words (callers number their own things), and anything heuristic without a bound:
//! [`network::Flow::certify`] checks every answer by its reduced costs, and a rota the search found says how far it lies
//! above a certified bound.

pub mod assignment;
pub mod network;
pub mod rota;

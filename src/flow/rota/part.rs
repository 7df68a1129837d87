//! Some turns as a network, while the rest stands: each gives one unit, which runs over a pair to an expert, through the
//! caps of his part of the day, day, week and month where they could bind, and from him over one of his unit arcs, each
//! dearer than the one before, to the sink; or, at the price of a turn nobody takes, past everybody.
//!
//! Caps must nest to be a network. Read [`Reading::Lawfully`], what does not nest is narrowed, never so far that what is
//! held now is lost; read [`Reading::Loosely`], it is widened, and the answer is a bound.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::NO_CAP;
use super::ground::Ground;
use super::ledger::Ledger;
use crate::flow::network::{Flow, Network, NoFlow, Start};

/// How rules that do not nest are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// Narrower: every answer is lawful, provided the days with free turns lie far enough apart.
    Lawfully,
    /// Wider: no lawful plan is cheaper than the answer.
    Loosely,
}

/// What things cost in this part.
pub(super) struct Prices<'a> {
    /// What a pair costs beyond what the ground says.
    pub more: &'a dyn Fn(usize) -> i64,
    /// What one more turn costs for somebody who has so many.
    pub marginal: &'a dyn Fn(u32, u32) -> i64,
    /// What a turn nobody takes costs.
    pub nobody: i64,
    /// How many more of these turns than he held anybody is thought to take at most: of his unit arcs no more are made.
    pub beyond: u32,
}

/// No matter how many more.
pub(super) const ANY: u32 = u32::MAX;

/// A pair that may be made in this part.
struct Entry {
    pair: usize,
    expert: u32,
    /// The turn's place among the free ones.
    seat: u32,
    /// The lowest of the expert's nodes it runs into.
    node: u32,
    arc: u32,
}

/// The network of a part.
pub(super) struct Part {
    pub network: Network,
    entries: Vec<Entry>,
    /// The arc past everybody, seat by seat.
    past: Vec<u32>,
    /// Where each node but the seats leads: over which arc to which node.
    up: Vec<(u32, u32)>,
    /// The first unit arc of each expert's node; 0 where there is none.
    units: Vec<u32>,
    sink: u32,
    /// Each expert's node.
    tops: Vec<(u32, u32)>,
    /// Those of whose unit arcs only some were made.
    ends: Vec<u32>,
}

const NO_ARC: u32 = u32::MAX;

/// Builds the network of an expert's caps from the top down.
struct Caps<'a, 'b> {
    ground: &'a Ground<'b>,
    ledger: &'a Ledger,
    reading: Reading,
    network: Network,
    up: Vec<(u32, u32)>,
}

impl Part {
    /// The network of these turns (free in the ledger, in the order of their days). `held` is who had them, turn by turn of
    /// `free`.
    pub(super) fn of(
        ground: &Ground,
        ledger: &Ledger,
        free: &[u32],
        held: &[Option<usize>],
        reading: Reading,
        prices: &Prices<'_>,
    ) -> Self {
        let mut entries = Vec::with_capacity(free.len() * 16);
        for (seat, turn) in (0_u32..).zip(free) {
            for pair in ground.pairs(*turn) {
                if ground.barred[pair].is_none() && ledger.fits(ground, pair) {
                    let expert = ground.problem.pairs[pair].expert;
                    entries.push(Entry { pair, expert, seat, node: 0, arc: NO_ARC });
                }
            }
        }
        let mut of_expert: Vec<Vec<usize>> = vec![Vec::new(); ground.problem.experts.len()];
        for (place, entry) in entries.iter().enumerate() {
            of_expert[entry.expert as usize].push(place);
        }
        let sink = free.len() as u32;
        let mut caps = Caps {
            ground,
            ledger,
            reading,
            network: Network::new(free.len() + 1),
            up: vec![(NO_ARC, sink); free.len() + 1],
        };
        caps.network.set_supply(sink, -i64::from(sink));
        for seat in 0..sink {
            caps.network.set_supply(seat, 1);
        }
        let mut had = vec![0_u32; ground.problem.experts.len()];
        for pair in held.iter().flatten() {
            had[ground.problem.pairs[*pair].expert as usize] += 1;
        }
        let mut tops = Vec::new();
        let mut ends = Vec::new();
        for (expert, own) in (0_u32..).zip(&of_expert).filter(|(_, own)| !own.is_empty()) {
            let top = caps.node();
            let room = caps.expert(expert, top, own, &mut entries, held).min(ledger.left_in_all(ground, expert));
            let room = if reading == Reading::Loosely { room.min(caps.spaced(expert, own, &entries)) } else { room };
            let made = room.min(had[expert as usize].saturating_add(prices.beyond));
            tops.push((expert, top, made));
            if made < room {
                ends.push(top);
            }
        }
        let Caps { mut network, up, .. } = caps;
        for entry in &mut entries {
            let cost = ground.cost[entry.pair] + (prices.more)(entry.pair);
            entry.arc = network.add(entry.seat, entry.node, 1, cost) as u32;
        }
        let past = (0..sink).map(|seat| network.add(seat, sink, 1, prices.nobody) as u32).collect();
        let mut units = vec![0; up.len()];
        for &(expert, top, room) in &tops {
            for step in 0..room {
                let cost = (prices.marginal)(expert, ledger.loads[expert as usize] + step);
                let arc = network.add(top, sink, 1, cost) as u32;
                if step == 0 {
                    units[top as usize] = arc;
                }
            }
        }
        let tops = tops.into_iter().map(|(expert, top, _)| (expert, top)).collect();
        Self { network, entries, past, up, units, sink, tops, ends }
    }

    /// Solves it from a plan for its turns, seat by seat.
    pub(super) fn solve(&self, held: &[Option<usize>]) -> Result<Flow, NoFlow> {
        match self.as_units(held) {
            Some(units) => self.network.solve(Start::Flow(&units)),
            None => self.network.solve(Start::Nothing),
        }
    }

    /// A plan as a flow; None if it is not one.
    pub(super) fn as_units(&self, held: &[Option<usize>]) -> Option<Vec<i64>> {
        let mut units = vec![0_i64; self.network.arcs().len()];
        let mut loads = vec![0_u32; self.up.len()];
        let mut at = 0;
        for (seat, pair) in held.iter().enumerate() {
            let Some(pair) = pair else {
                units[self.past[seat] as usize] = 1;
                continue;
            };
            while self
                .entries
                .get(at)
                .is_some_and(|entry| (entry.seat as usize) < seat || entry.pair < *pair && entry.seat as usize == seat)
            {
                at += 1;
            }
            let entry = self.entries.get(at).filter(|entry| entry.pair == *pair)?;
            units[entry.arc as usize] = 1;
            let mut node = entry.node;
            while node != self.sink {
                let (arc, to) = self.up[node as usize];
                if to == self.sink {
                    // The top: one of his unit arcs.
                    let arc = self.units[node as usize] + loads[node as usize];
                    loads[node as usize] += 1;
                    let own = self.network.arcs().get(arc as usize)?;
                    if own.from != node {
                        return None;
                    }
                    units[arc as usize] = 1;
                } else {
                    units[arc as usize] += 1;
                    if units[arc as usize] > self.network.arcs()[arc as usize].capacity {
                        return None;
                    }
                }
                node = to;
            }
        }
        Some(units)
    }

    /// Whether somebody took all of his unit arcs that were made while there could be more: the answer may then not be the
    /// best. If nobody did, it is: every further arc of his is at least as dear as the one he left.
    pub(super) fn is_at_an_end(&self, flow: &Flow) -> bool {
        self.ends.iter().any(|top| {
            let arcs = self.network.arcs().iter().zip(&flow.units).skip(self.units[*top as usize] as usize);
            arcs.take_while(|(arc, _)| arc.from == *top).all(|(_, units)| *units > 0)
        })
    }

    /// What one more turn for an expert would cost beyond the pair itself, by this flow; None if nothing leads to him.
    pub(super) fn price_of(&self, flow: &Flow, expert: u32) -> Option<i64> {
        let (_, top) = self.tops.iter().find(|(known, _)| *known == expert)?;
        Some(flow.potentials[self.sink as usize] - flow.potentials[*top as usize])
    }

    /// The pairs made, seat by seat.
    pub(super) fn made(&self, flow: &Flow) -> Vec<Option<usize>> {
        let mut made = vec![None; self.past.len()];
        for entry in &self.entries {
            if flow.units[entry.arc as usize] == 1 {
                made[entry.seat as usize] = Some(entry.pair);
            }
        }
        made
    }
}

impl Caps<'_, '_> {
    fn node(&mut self) -> u32 {
        let sink = self.up[0].1;
        self.up.push((NO_ARC, sink));
        self.network.add_node()
    }

    /// Below `parent`, a node of its own for entries of which only so many can be made at once, unless all can.
    fn below(&mut self, parent: u32, most: u32, room: u32) -> u32 {
        if most >= room {
            return parent;
        }
        let node = self.node();
        let arc = self.network.add(node, parent, i64::from(most), 0);
        self.up[node as usize] = (arc as u32, parent);
        node
    }

    fn turn(&self, entries: &[Entry], place: usize) -> usize {
        self.ground.problem.pairs[entries[place].pair].turn as usize
    }

    /// Gives each entry of an expert its node and answers how many of them can be made at once at most. Entries stand in
    /// the order of their days, so weeks and months lie together.
    fn expert(&mut self, expert: u32, top: u32, own: &[usize], entries: &mut [Entry], held: &[Option<usize>]) -> u32 {
        let caps = self.ground.problem.experts[expert as usize].caps;
        if caps.month == NO_CAP {
            return self.weeks(expert, top, own, own, entries, held);
        }
        let mut all = 0;
        let by_month = |one: &usize, other: &usize| {
            let month = |place| self.ground.month[self.turn(entries, place)];
            month(*one) == month(*other)
        };
        let months: Vec<&[usize]> = own.chunk_by(by_month).collect();
        for month in months {
            let number = self.ground.month[self.turn(entries, month[0])];
            let left = self.ledger.left_in_month(self.ground, expert, number);
            let node = self.below(top, left, month.len() as u32);
            all += self.weeks(expert, node, month, own, entries, held).min(left);
        }
        all
    }

    fn weeks(
        &mut self,
        expert: u32,
        above: u32,
        own: &[usize],
        all: &[usize],
        entries: &mut [Entry],
        held: &[Option<usize>],
    ) -> u32 {
        let caps = self.ground.problem.experts[expert as usize].caps;
        if caps.week == NO_CAP {
            return self.blocks(expert, above, own, entries, held);
        }
        let mut sum = 0;
        let by_week = |one: &usize, other: &usize| {
            let week = |place| self.ground.week[self.turn(entries, place)];
            week(*one) == week(*other)
        };
        let weeks: Vec<&[usize]> = own.chunk_by(by_week).collect();
        for week in weeks {
            let number = self.ground.week[self.turn(entries, week[0])];
            let mut left = self.ledger.left_in_week(self.ground, expert, number);
            if self.reading == Reading::Lawfully && caps.month != NO_CAP {
                left = self.share_of_week(number, left, week, all, entries, held);
            }
            let node = self.below(above, left, week.len() as u32);
            sum += self.blocks(expert, node, week, entries, held).min(left);
        }
        sum
    }

    /// What is left of a week for the piece of it in one month, when another piece has free turns too: what he held there,
    /// and to the first piece what nobody held.
    fn share_of_week(
        &self,
        week: u32,
        left: u32,
        piece: &[usize],
        all: &[usize],
        entries: &[Entry],
        held: &[Option<usize>],
    ) -> u32 {
        let in_week = |place: &&usize| self.ground.week[self.turn(entries, **place)] == week;
        let was_made = |place: &usize| held[entries[*place].seat as usize] == Some(entries[*place].pair);
        let others: Vec<usize> = all.iter().filter(in_week).filter(|place| !piece.contains(place)).copied().collect();
        let first = others.iter().all(|other| piece[0] < *other);
        if first {
            left.saturating_sub(others.iter().filter(|place| was_made(place)).count() as u32)
        } else {
            left.min(piece.iter().filter(|place| was_made(place)).count() as u32)
        }
    }

    /// Read loosely, of the days of each block as long as his gap he can be on duty on one.
    fn blocks(&mut self, expert: u32, above: u32, own: &[usize], entries: &mut [Entry], held: &[Option<usize>]) -> u32 {
        let expert_is = &self.ground.problem.experts[expert as usize];
        let gap = expert_is.gap;
        if self.reading == Reading::Lawfully || gap < 2 {
            return self.days(expert, above, own, entries, held);
        }
        let mut sum = 0;
        let by_block = |one: &usize, other: &usize| {
            let block = |place| self.ground.day[self.turn(entries, place)] / gap;
            block(*one) == block(*other)
        };
        let blocks: Vec<&[usize]> = own.chunk_by(by_block).collect();
        for block in blocks {
            let node = self.below(above, 1, block.len() as u32);
            for place in block {
                entries[*place].node = node;
            }
            sum += 1;
        }
        sum
    }

    /// On how many of the days of his entries he could be on duty with his gap between them, times his turns a day.
    fn spaced(&self, expert: u32, own: &[usize], entries: &[Entry]) -> u32 {
        let is = &self.ground.problem.experts[expert as usize];
        let (mut count, mut next) = (0_u32, 0);
        for place in own {
            let day = self.ground.day[self.turn(entries, *place)];
            if day >= next {
                count += 1;
                next = day + is.gap.max(1);
            }
        }
        count.saturating_mul(if is.gap > 0 { 1 } else { is.caps.day })
    }

    fn days(&mut self, expert: u32, above: u32, own: &[usize], entries: &mut [Entry], held: &[Option<usize>]) -> u32 {
        let mut sum = 0;
        let by_day = |one: &usize, other: &usize| {
            let day = |place| self.ground.day[self.turn(entries, place)];
            day(*one) == day(*other)
        };
        let days: Vec<&[usize]> = own.chunk_by(by_day).collect();
        for day in days {
            let number = self.ground.day[self.turn(entries, day[0])];
            let mut left = self.ledger.left_on(self.ground, expert, number);
            if self.ground.problem.experts[expert as usize].gap > 0 {
                left = left.min(1);
            }
            if left > 1 && day.len() > 1 {
                sum += self.parts(above, left, day, entries, held);
                continue;
            }
            let node = self.below(above, left, day.len() as u32);
            for place in day {
                entries[*place].node = node;
            }
            sum += left.min(day.len() as u32);
        }
        sum
    }

    /// A day on which he may hold several turns: one of each part.
    fn parts(&mut self, above: u32, left: u32, day: &[usize], entries: &mut [Entry], held: &[Option<usize>]) -> u32 {
        let mask =
            |caps: &Self, entries: &[Entry], place: usize| caps.ground.problem.turns[caps.turn(entries, place)].parts;
        let mut masks: Vec<u8> = day.iter().map(|place| mask(self, entries, *place)).collect();
        masks.sort_unstable();
        masks.dedup();
        let crosses = |mask: u8| masks.iter().any(|other| *other != mask && other & mask != 0);
        let mixed = masks.iter().any(|mask| crosses(*mask));
        let mut left = left;
        let mut kept: Vec<usize> = day.to_vec();
        if mixed && self.reading == Reading::Lawfully {
            let was_made = |place: &usize| held[entries[*place].seat as usize] == Some(entries[*place].pair);
            let own: Vec<u8> =
                day.iter().filter(|place| was_made(place)).map(|place| mask(self, entries, *place)).collect();
            if own.len() > 1 {
                // He keeps to the parts he holds; what overlaps them in part is left out.
                let apart = |mask: u8| own.iter().all(|other| *other == mask || other & mask == 0);
                let among =
                    |place: &usize| apart(mask(self, entries, *place)) && own.contains(&mask(self, entries, *place));
                kept.retain(among);
            } else {
                left = 1;
            }
        }
        // What is left out leads to a node nothing leaves.
        let dead = if kept.len() < day.len() { Some(self.below(above, 0, 1)) } else { None };
        for place in day.iter().filter(|place| !kept.contains(place)) {
            if let Some(dead) = dead {
                entries[*place].node = dead;
            }
        }
        let mut own_masks: Vec<u8> = kept.iter().map(|place| mask(self, entries, *place)).collect();
        own_masks.sort_unstable();
        own_masks.dedup();
        let at_once = own_masks.len() as u32;
        let node = self.below(above, left, at_once);
        for own in own_masks {
            let same: Vec<usize> = kept.iter().copied().filter(|place| mask(self, entries, *place) == own).collect();
            let to = self.below(node, 1, same.len() as u32);
            for place in same {
                entries[place].node = to;
            }
        }
        left.min(at_once)
    }
}

//! A turn that stays open, covered by a chain: somebody takes it and gives up what stands in his way, whoever takes that
//! gives up what stands in hers, and so on until the last is taken freely.
//!
//! Contract: every step keeps the rules, firm turns do not move, and a chain that comes to nothing leaves everything as it
//! was; so a plan only ever gains covered turns here. Afterwards nobody is left who could take an open turn with everything
//! else as it stands. As with an augmenting path no turn is freed twice in one search; but one step may free two turns (the
//! one before and the one after, within somebody's gap), so it is a tree that is found, not a path. Deliberately absent: the
//! promise that a chain is found wherever there is one: where rules nest the network promises that, and elsewhere the bound
//! says how many turns can be missing.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::Mending;

/// How long chains may become: short ones first, for each link is a change that somebody is told of.
const LONGEST: [u32; 2] = [2, 8];

/// What finding out who stands in somebody's way costs, in looks at a pair; and what each way of making room does.
const LOOKS_TO_ASK: u64 = 20;
const LOOKS_A_WAY: u64 = 5;

/// What was done to the ledger, so that it can be undone.
enum Step {
    /// This pair was taken apart.
    Freed(usize),
    /// This turn was given to somebody.
    Given(u32),
}

/// One search.
struct Search {
    /// By turn: the number of the search that wanted it covered last. Such a turn is not freed again in it.
    wanted: Vec<u32>,
    number: u32,
    steps: Vec<Step>,
    /// Looks at a pair that are left, in all searches together.
    left: u64,
}

impl Mending<'_, '_> {
    /// Covers by chains what can be, for as long as there are looks left; answers how many were needed.
    pub(super) fn by_chains(&mut self, looks: u64) -> u64 {
        let mut search = Search { wanted: vec![0; self.ledger.taken.len()], number: 0, steps: Vec::new(), left: looks };
        for turn in self.ledger.open_turns() {
            for longest in LONGEST {
                search.number += 1;
                search.steps.clear();
                if self.covers(turn, longest, &mut search) {
                    break;
                }
            }
        }
        // A chain may have made room for a turn that was tried before it.
        for turn in self.ledger.open_turns() {
            self.covers(turn, 0, &mut search);
        }
        looks - search.left
    }

    /// Whether a turn that is open came to be covered with at most so many links; if not, nothing has changed.
    fn covers(&mut self, turn: u32, longest: u32, search: &mut Search) -> bool {
        let ground = self.ground;
        search.wanted[turn as usize] = search.number;
        let mut named: Vec<usize> = ground.pairs(turn).filter(|pair| ground.barred[*pair].is_none()).collect();
        search.left = search.left.saturating_sub(named.len() as u64);
        let fits = |pair: &usize| self.ledger.fits(ground, *pair);
        let freely = named.iter().copied().filter(fits).min_by_key(|pair| self.weighed(*pair));
        if let Some(pair) = freely {
            self.ledger.put(ground, pair);
            search.steps.push(Step::Given(turn));
            return true;
        }
        if longest == 0 {
            return false;
        }
        named.sort_by_key(|pair| (self.weighed(*pair), *pair));
        for pair in named {
            if search.left == 0 {
                return false;
            }
            let ways = self.ways(turn, pair);
            search.left = search.left.saturating_sub(LOOKS_TO_ASK + LOOKS_A_WAY * ways.len() as u64);
            for way in ways {
                if way.iter().any(|other| search.wanted[*other as usize] == search.number) {
                    continue;
                }
                let from = search.steps.len();
                for other in &way {
                    search.steps.extend(self.ledger.free(ground, *other).map(Step::Freed));
                }
                if self.ledger.fits(ground, pair) {
                    self.ledger.put(ground, pair);
                    search.steps.push(Step::Given(turn));
                    if way.iter().all(|other| self.covers(*other, longest - 1, search)) {
                        return true;
                    }
                }
                self.undo(from, search);
            }
        }
        false
    }

    /// Undoes everything from a step on.
    fn undo(&mut self, from: usize, search: &mut Search) {
        for step in search.steps.drain(from..).rev() {
            match step {
                Step::Given(turn) => {
                    self.ledger.free(self.ground, turn);
                }
                Step::Freed(pair) => self.ledger.put(self.ground, pair),
            }
        }
    }
}

//! Repair against an oracle that tries everything.

use super::{Dice, QUICK, Shape, each_lawful, lawful, nested, plan, random, sound};
use crate::flow::rota::{Bar, Because, Before, Leave, NoPlan, Problem, Stand};

/// The most turns that can be covered and, for that, the fewest changes.
fn repair_by_trying(problem: &Problem, before: &Before) -> Option<(u32, usize)> {
    let mut best = None;
    let stays = |turn: usize| before.firm.get(turn).copied().unwrap_or(false);
    // Of what stands, whatever is lawful by itself and firm may not move.
    each_lawful(problem, &mut Vec::new(), &mut |taken| {
        let uncovered = taken.iter().filter(|taker| taker.is_none()).count() as u32;
        let changed = |turn: &usize| taken[*turn] != before.taken[*turn];
        let changes = (0..taken.len()).filter(changed).count();
        if (0..taken.len()).any(|turn| stays(turn) && taken[turn] != before.taken[turn]) {
            return;
        }
        if best.is_none_or(|known| (uncovered, changes) < known) {
            best = Some((uncovered, changes));
        }
    });
    best
}

#[test]
fn repair_changes_no_more_than_it_must() {
    let (mut same, mut all) = (0, 0);
    for seed in 1..=300 {
        let mut dice = Dice(seed * 0x0BAD_CAFE);
        let wild = seed % 2 == 0;
        let shape = Shape { days: 1 + dice.below(3), places: 1 + dice.below(2), experts: 2 + dice.below(3), wild };
        let mut problem = random(&mut dice, shape);
        let Some(found) = plan(&problem) else { continue };
        for pair in &mut problem.pairs {
            if pair.stand == Stand::Pinned {
                pair.stand = Stand::Open;
            }
        }
        let gone = dice.below(shape.experts);
        let leave = Leave { from: 100, to: 100 + dice.below(shape.days) };
        problem.experts[gone as usize].leave.push(leave);
        let before = Before { taken: found.taken.clone(), firm: Vec::new() };
        let repaired = problem.repair(&before, QUICK).expect("repaired");
        assert!(lawful(&problem, &repaired.plan.taken), "seed {seed}");
        for (turn, taker) in repaired.plan.taken.iter().enumerate() {
            let change = repaired.changes.iter().find(|change| change.turn as usize == turn);
            assert_eq!(change.map_or(found.taken[turn], |change| change.to), *taker, "seed {seed}");
        }
        let lost = repaired.changes.iter().filter(|change| matches!(change.because, Because::Lost(_))).count();
        let away = |turn: usize| (leave.from..=leave.to).contains(&problem.turns[turn].day);
        let his = (0..found.taken.len()).filter(|turn| found.taken[*turn] == Some(gone) && away(*turn)).count();
        assert_eq!(lost, his, "seed {seed}: whatever else was lawful is not lost");
        let best = repair_by_trying(&problem, &before).expect("leaving all open is lawful");
        let ours = (repaired.plan.score.uncovered, repaired.changes.len());
        assert!(ours >= best, "seed {seed}");
        if nested(&problem) {
            assert_eq!(ours.0, best.0, "seed {seed}: coverage is exact where rules nest");
        }
        if repaired.is_least() && ours.0 == best.0 {
            assert_eq!(ours, best, "seed {seed}: what is called least is");
        }
        all += 1;
        same += usize::from(ours == best);
        // Nothing to do is nothing done.
        let again = Before { taken: repaired.plan.taken.clone(), firm: Vec::new() };
        let still = problem.repair(&again, QUICK).expect("repaired");
        assert!(still.plan.score.uncovered <= repaired.plan.score.uncovered);
        if repaired.plan.score.uncovered == 0 {
            assert!(still.changes.is_empty(), "seed {seed}");
        }
    }
    assert!(same * 100 >= all * 97, "{same} of {all}");
}

#[test]
fn firm_turns_stay() {
    for seed in 1..=100 {
        let mut dice = Dice(seed * 0x00DD_BA11);
        let shape = Shape { days: 6, places: 3, experts: 6, wild: seed % 2 == 0 };
        let mut problem = sound(&mut dice, shape);
        let found = plan(&problem).expect("sound");
        let gone = dice.below(shape.experts) as usize;
        for pair in &mut problem.pairs {
            if pair.expert as usize == gone {
                pair.stand = Stand::Banned(9);
            }
        }
        let firm: Vec<bool> = found.taken.iter().map(|_| dice.below(2) == 0).collect();
        let before = Before { taken: found.taken.clone(), firm: firm.clone() };
        let repaired = match problem.repair(&before, QUICK) {
            Err(NoPlan::Pinned(..)) => continue,
            other => other.expect("repaired"),
        };
        assert!(lawful(&problem, &repaired.plan.taken), "seed {seed}");
        for change in &repaired.changes {
            let kept = firm[change.turn as usize] && change.from.is_some();
            assert!(!kept || matches!(change.because, Because::Lost(Some(Bar::Banned(9)))), "seed {seed}: {change:?}");
        }
    }
}

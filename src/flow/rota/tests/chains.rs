//! Chains of exchanges: found where one exchange is not enough, nothing left that could be taken freely, and against an
//! oracle that tries everything.

use super::{Dice, QUICK, Shape, each_lawful, lawful, plan, random, sound};
use crate::flow::rota::ground::Ground;
use crate::flow::rota::judge::read;
use crate::flow::rota::repair::chains;
use crate::flow::rota::{Before, Caps, Expert, Pair, Problem, Stand, Turn, Why, Wish};

const LOOKS: u64 = 20_000;

/// A problem of whole days and the experts who may take each, all alike but for how many turns they may hold in all.
fn of(days: &[(u32, &[u32])], most: &[u32], gap: u32) -> Problem {
    let expert = |most: &u32| Expert { gap, caps: Caps { period: *most, ..Caps::default() }, ..Expert::default() };
    let mut problem = Problem { experts: most.iter().map(expert).collect(), ..Problem::default() };
    for (turn, (day, may)) in (0_u32..).zip(days) {
        problem.turns.push(Turn { day: *day, parts: 3, week: 0, month: 0, needs: 0, wants: 0 });
        for expert in *may {
            problem.pairs.push(Pair { turn, expert: *expert, distance: 1, wish: Wish::None, stand: Stand::Open });
        }
    }
    problem
}

/// What chains make of a rota.
fn mended(problem: &Problem, taken: &[Option<u32>], firm: &[bool]) -> Vec<Option<u32>> {
    let ground = Ground::of(problem).expect("sound");
    let found = read(&ground, taken).expect("lawful");
    assert!(found.breaches.is_empty());
    let (ledger, _) = chains(&ground, found.ledger, firm.to_vec(), LOOKS);
    ledger.takers(&ground)
}

#[test]
fn everybody_moves_up_one() {
    // Only the first may take the open day; each of the others may take the day of the one before and holds another.
    let mut problem = of(&[(0, &[0]), (1, &[0, 1]), (2, &[1, 2]), (3, &[2, 3])], &[1, 1, 1, 1], 0);
    let taken = [None, Some(0), Some(1), Some(2)];
    assert_eq!(mended(&problem, &taken, &[false; 4]), [Some(0), Some(1), Some(2), Some(3)]);
    // A firm turn in the middle ends it, and nothing has changed.
    assert_eq!(mended(&problem, &taken, &[false, false, true, false]), taken);
    // So does the end of the chain, where the last may hold nothing.
    problem.experts[3].caps.period = 0;
    assert_eq!(mended(&problem, &taken, &[false; 4]), taken);
}

#[test]
fn one_step_may_free_a_turn_on_either_side() {
    // Only the first may take day 1, and holds days 0 and 2, too near. Day 0 goes to the second freely; day 2 to the
    // third, who gives day 5 to the fourth for it.
    let days: [(u32, &[u32]); 4] = [(0, &[0, 1]), (1, &[0]), (2, &[0, 2]), (5, &[2, 3])];
    let mut problem = of(&days, &[9, 9, 1, 9], 2);
    let taken = [Some(0), None, Some(0), Some(2)];
    let found = mended(&problem, &taken, &[false; 4]);
    assert_eq!(found, [Some(1), Some(0), Some(2), Some(3)]);
    assert!(lawful(&problem, &found));
    problem.experts[1].caps.period = 0;
    assert_eq!(mended(&problem, &taken, &[false; 4]), taken, "half a step is none");
}

#[test]
fn nobody_is_left_who_could_take_an_open_turn_freely() {
    let mut open = 0;
    for seed in 1..=60 {
        let mut dice = Dice(seed * 0x0C4A_1215);
        let shape = Shape { days: 12, places: 4, experts: 7, wild: seed % 3 > 0 };
        let problem = sound(&mut dice, shape);
        let found = plan(&problem).expect("sound");
        // And after somebody left.
        let gone = dice.below(shape.experts);
        let mut hurt = problem.clone();
        for pair in hurt.pairs.iter_mut().filter(|pair| pair.expert == gone) {
            pair.stand = Stand::Banned(4);
        }
        let before = Before { taken: found.taken.clone(), firm: Vec::new() };
        let repaired = hurt.repair(&before, QUICK).expect("repaired").plan;
        for (problem, plan) in [(&problem, &found), (&hurt, &repaired)] {
            assert!(lawful(problem, &plan.taken), "seed {seed}");
            for turn in &plan.uncovered {
                assert!(turn.why != Why::Unfinished, "seed {seed}: {turn:?}");
                for (_, pair) in problem.pairs_of(turn.turn) {
                    let mut other = plan.taken.clone();
                    other[turn.turn as usize] = Some(pair.expert);
                    assert!(!lawful(problem, &other), "seed {seed}: {pair:?} {turn:?}");
                }
                open += 1;
            }
        }
    }
    assert!(open > 60, "{open}");
}

#[test]
fn hardly_a_turn_stays_open_that_could_be_covered() {
    let (mut met, mut all) = (0, 0);
    for seed in 1..=150 {
        let mut dice = Dice(seed * 0x00FA_DED5);
        let shape =
            Shape { days: 2 + dice.below(3), places: 1 + dice.below(2), experts: 2 + dice.below(3), wild: true };
        let problem = random(&mut dice, shape);
        let Some(found) = plan(&problem) else { continue };
        let mut fewest = u32::MAX;
        each_lawful(&problem, &mut Vec::new(), &mut |taken| {
            fewest = fewest.min(taken.iter().filter(|taker| taker.is_none()).count() as u32);
        });
        assert!(found.score.uncovered >= fewest, "seed {seed}");
        all += 1;
        met += usize::from(found.score.uncovered == fewest);
    }
    assert!(met * 100 >= all * 97, "{met} of {all}");
}

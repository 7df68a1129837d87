//! One expert's days chosen anew, against trying every set of days.

use super::{Dice, Shape, lawful, scored, sound};
use crate::flow::rota::ground::Ground;
use crate::flow::rota::improve::{Chance, price};
use crate::flow::rota::judge::read;
use crate::flow::rota::reschedule::{Gain, best, can_be, reschedule};
use crate::flow::rota::{Caps, Expert, NO_CAP, Pair, Problem, Stand, Turn, Wish};

#[test]
fn the_days_chosen_are_worth_most() {
    for seed in 1..=200 {
        let mut dice = Dice(seed * 0x0DA7_5EED);
        let days = 1 + dice.below(9);
        let period = if dice.below(2) == 0 { NO_CAP } else { dice.below(4) };
        let caps = Caps { period, ..Caps::default() };
        let expert = Expert { gap: 2 + dice.below(3), caps, ..Expert::default() };
        let gap = expert.gap;
        let mut problem = Problem { experts: vec![expert], ..Problem::default() };
        for day in 0..days {
            problem.turns.push(Turn { day, parts: 1, week: 0, month: 0, needs: 0, wants: 0 });
            let distance = dice.below(50);
            problem.pairs.push(Pair { turn: day, expert: 0, distance, wish: Wish::None, stand: Stand::Open });
        }
        let ground = Ground::of(&problem).expect("sound");
        let ledger = read(&ground, &vec![None; problem.turns.len()]).expect("nothing").ledger;
        let mut gain = |pair: usize| {
            let worth = i128::from(dice.below(9)) * i128::from(ground.slope) / 2;
            (dice.below(5) > 0).then_some(Gain { worth, pair })
        };
        let gains: Vec<Option<Gain>> = (0..days as usize).map(&mut gain).collect();
        let worth = |chosen: &[usize]| {
            let sum: i128 = chosen.iter().map(|day| gains[*day].expect("there").worth).sum();
            sum - (0..chosen.len() as u32).map(|load| i128::from(ground.marginal(0, load))).sum::<i128>()
        };
        let mut most = 0;
        for set in 0_u32..1 << days {
            let chosen: Vec<usize> = (0..days as usize).filter(|day| set & 1 << day != 0).collect();
            let apart = chosen.windows(2).all(|two| two[1] - two[0] >= gap as usize);
            if apart && chosen.len() as u32 <= period && chosen.iter().all(|day| gains[*day].is_some()) {
                most = most.max(worth(&chosen));
            }
        }
        let mut found = best(&ground, &ledger, 0, &gains);
        found.sort_unstable();
        assert!(found.windows(2).all(|two| two[1] - two[0] >= gap as usize), "seed {seed}");
        assert_eq!(worth(&found), most, "seed {seed}");
    }
}

#[test]
fn whoever_is_rescheduled_breaks_no_rule() {
    let mut done = 0;
    for seed in 1..=60 {
        let mut dice = Dice(seed * 0x00C0_FFEE);
        let problem = sound(&mut dice, Shape { days: 12, places: 3, experts: 8, wild: true });
        let ground = Ground::of(&problem).expect("sound");
        let mut ledger = read(&ground, &vec![None; problem.turns.len()]).expect("nothing").ledger;
        for expert in (0..8).filter(|expert| can_be(&ground, *expert)) {
            let pairs: Vec<usize> = (0..problem.pairs.len()).filter(|at| problem.pairs[*at].expert == expert).collect();
            let before = ledger.open_turns().len();
            reschedule(&ground, &mut ledger, expert, &pairs, &mut Chance(seed));
            let taken = ledger.takers(&ground);
            assert!(lawful(&problem, &taken), "seed {seed}");
            assert_eq!(scored(&problem, &taken).uncovered as usize, ledger.open_turns().len());
            assert!(ledger.open_turns().len() <= before, "seed {seed}: nothing was lost");
            assert!(price(&ground, &ledger) >= 0);
            done += 1;
        }
    }
    assert!(done > 60, "{done}");
}

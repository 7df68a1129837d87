//! Plans against an oracle that tries everything, and the rules no plan may break.

use super::{NoPlan, Pair, Plan, Problem, Seat, Stand, Taker, Why};

struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        u32::try_from(self.0 % u64::from(most)).expect("small")
    }
}

fn random(dice: &mut Dice, seats: u32, takers: u32, most_pairs: u32) -> Problem {
    let mut problem =
        Problem { fairness: i64::from(dice.below(8)), reserves: dice.below(3) as usize, ..Problem::default() };
    let mut group = 0;
    for _ in 0..seats {
        group += dice.below(2);
        problem.seats.push(Seat { group });
    }
    for _ in 0..takers {
        problem.takers.push(Taker { room: dice.below(4), load: dice.below(3) });
    }
    for seat in 0..seats {
        for taker in 0..takers {
            if dice.below(takers) < most_pairs {
                let stand = match dice.below(24) {
                    0 => Stand::Forced,
                    1..5 => Stand::Barred(u16::try_from(dice.below(3)).expect("small")),
                    _ => Stand::Open,
                };
                let cost = i64::from(dice.below(40)) - 8;
                problem.pairs.push(Pair { seat, taker, cost, stand });
            }
        }
    }
    problem
}

/// Breaks no rule, whatever it costs.
fn lawful(problem: &Problem, taken: &[Option<u32>]) -> bool {
    let mut carried = vec![0; problem.takers.len()];
    for (seat, taker) in taken.iter().enumerate() {
        let own = |pair: &&Pair| pair.seat as usize == seat && Some(pair.taker) == *taker;
        if let Some(taker) = taker {
            carried[*taker as usize] += 1;
            if !problem.pairs.iter().any(|pair| own(&pair) && !matches!(pair.stand, Stand::Barred(_))) {
                return false;
            }
            for (other, second) in taken.iter().enumerate().skip(seat + 1) {
                if *second == Some(*taker) && problem.seats[seat].group == problem.seats[other].group {
                    return false;
                }
            }
        }
        let mut forced = problem.pairs.iter().filter(|pair| pair.seat as usize == seat && pair.stand == Stand::Forced);
        if forced.any(|pair| Some(pair.taker) != *taker) {
            return false;
        }
    }
    problem.takers.iter().zip(carried).all(|(taker, carried)| carried <= taker.room)
}

fn worth(problem: &Problem, taken: &[Option<u32>]) -> (usize, i128) {
    let mut loads: Vec<u32> = problem.takers.iter().map(|taker| taker.load).collect();
    for taker in taken.iter().flatten() {
        loads[*taker as usize] += 1;
    }
    (taken.iter().filter(|taker| taker.is_none()).count(), problem.cost_of(taken, &loads))
}

/// The fewest seats left over and the least cost for that; None if nothing is lawful.
fn by_trying(problem: &Problem) -> Option<(usize, i128)> {
    fn next(problem: &Problem, taken: &mut Vec<Option<u32>>, best: &mut Option<(usize, i128)>) {
        if taken.len() == problem.seats.len() {
            if lawful(problem, taken) {
                let worth = worth(problem, taken);
                *best = Some(best.map_or(worth, |known| known.min(worth)));
            }
            return;
        }
        let seat = u32::try_from(taken.len()).expect("small");
        taken.push(None);
        next(problem, taken, best);
        taken.pop();
        for pair in problem.pairs.iter().filter(|pair| pair.seat == seat) {
            taken.push(Some(pair.taker));
            next(problem, taken, best);
            taken.pop();
        }
    }
    let mut best = None;
    next(problem, &mut Vec::new(), &mut best);
    best
}

fn reserves_hold(problem: &Problem, plan: &Plan) {
    for (seat, behind) in plan.reserves.iter().enumerate() {
        assert!(behind.len() <= problem.reserves);
        for (at, reserve) in behind.iter().enumerate() {
            assert!(!behind[..at].contains(reserve), "nobody stands behind a seat twice");
            let place = u32::try_from(seat).expect("small");
            let told = plan.explain(problem, place, *reserve).expect("named");
            assert_eq!((told.stand, told.takes, told.reserve), (Stand::Open, false, Some(at + 1)));
            assert!(told.room_left > 0);
            let group = problem.seats[seat].group;
            let sits = plan.taken.iter().zip(&problem.seats).any(|(by, of)| *by == Some(*reserve) && of.group == group);
            assert!(!sits, "a reserve does not sit in the same group");
        }
    }
}

#[test]
fn thousands_of_small_problems_are_planned_as_trying_everything_says() {
    let (mut planned, mut left_over, mut refused) = (0, 0, 0);
    for seed in 1..=3_000_u64 {
        let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (seats, takers) = (1 + dice.below(6), 1 + dice.below(4));
        let problem = random(&mut dice, seats, takers, 3);
        let plan = match problem.solve() {
            Ok(plan) => plan,
            Err(NoPlan::Forced(pair)) => {
                assert_eq!(problem.pairs[pair].stand, Stand::Forced, "seed {seed}");
                assert_eq!(by_trying(&problem), None, "seed {seed}: refused although there is a way");
                refused += 1;
                continue;
            }
            Err(other) => panic!("seed {seed}: {other}"),
        };
        assert!(lawful(&problem, &plan.taken), "seed {seed}");
        assert_eq!(Some(worth(&problem, &plan.taken)), by_trying(&problem), "seed {seed}: {problem:?}");
        assert_eq!(plan.cost, worth(&problem, &plan.taken).1);
        assert_eq!(plan.uncovered.len(), plan.taken.iter().filter(|taker| taker.is_none()).count());
        reserves_hold(&problem, &plan);
        assert_eq!(problem.solve().as_ref(), Ok(&plan), "seed {seed}: the same again");
        for gap in &plan.uncovered {
            one_more_place_covers(&problem, &plan, gap.seat, &gap.why, seed);
        }
        planned += 1;
        left_over += u32::from(!plan.uncovered.is_empty());
    }
    assert!(planned > 2_000 && left_over > 500 && refused > 50, "{planned} {left_over} {refused}");
}

/// What the plan says would cover a seat does: one place more for any of those it names covers one seat more.
fn one_more_place_covers(problem: &Problem, plan: &Plan, seat: u32, why: &Why, seed: u64) {
    let open = |pair: &&Pair| pair.seat == seat && !matches!(pair.stand, Stand::Barred(_));
    match why {
        Why::Nobody => assert!(!problem.pairs.iter().any(|pair| pair.seat == seat), "seed {seed}"),
        Why::AllBarred => assert!(!problem.pairs.iter().any(|pair| open(&pair)), "seed {seed}"),
        Why::NoRoom(full) => {
            for taker in full {
                let mut roomier = problem.clone();
                roomier.takers[*taker as usize].room += 1;
                let better = roomier.solve().expect("still lawful");
                assert_eq!(better.uncovered.len() + 1, plan.uncovered.len(), "seed {seed}: taker {taker}");
            }
        }
        Why::SameGroup => {
            for taker in 0..problem.takers.len() {
                let mut roomier = problem.clone();
                roomier.takers[taker].room += 1;
                let covers = roomier.solve().expect("still lawful").taken[seat as usize].is_some();
                let better = roomier.solve().expect("still lawful").uncovered.len() < plan.uncovered.len();
                assert!(!(covers && better) || plan.uncovered.len() > 1, "seed {seed}: taker {taker}'s room helps");
            }
            let mut alone = problem.clone();
            alone.seats[seat as usize].group = u32::MAX;
            for taker in &mut alone.takers {
                taker.room += 1;
            }
            let better = alone.solve().expect("still lawful");
            assert!(better.uncovered.len() < plan.uncovered.len(), "seed {seed}");
        }
    }
}

#[test]
fn load_is_spread_before_a_small_preference_counts() {
    let seats = vec![Seat { group: 0 }, Seat { group: 1 }, Seat { group: 2 }];
    let takers = vec![Taker { room: 3, load: 0 }, Taker { room: 3, load: 0 }];
    let mut pairs = Vec::new();
    for seat in 0..3 {
        pairs.push(Pair { seat, taker: 0, cost: 0, stand: Stand::Open });
        pairs.push(Pair { seat, taker: 1, cost: 9, stand: Stand::Open });
    }
    let mut problem = Problem { seats, takers, pairs, fairness: 0, reserves: 1 };
    let greedy = problem.solve().expect("a plan");
    assert_eq!((greedy.loads.as_slice(), greedy.cost), (&[3, 0][..], 0));
    problem.fairness = 10;
    let fair = problem.solve().expect("a plan");
    assert_eq!((fair.loads.as_slice(), fair.cost), (&[2, 1][..], 9 + 10 * 5));
    assert_ne!(fair.fingerprint, greedy.fingerprint);
    let told = fair.explain(&problem, 0, u32::from(fair.taken[0] == Some(0))).expect("named");
    assert!(!told.takes && told.reserve == Some(1) && told.room_left > 0);
    assert_eq!(fair.explain(&problem, 0, 7), None);
}

#[test]
fn a_problem_that_contradicts_itself_is_refused() {
    let problem = Problem {
        seats: vec![Seat { group: 0 }, Seat { group: 0 }],
        takers: vec![Taker { room: 2, load: 0 }],
        pairs: vec![
            Pair { seat: 0, taker: 0, cost: 1, stand: Stand::Forced },
            Pair { seat: 1, taker: 0, cost: 1, stand: Stand::Forced },
        ],
        fairness: 1,
        reserves: 0,
    };
    assert_eq!(problem.solve(), Err(NoPlan::Forced(1)), "one expert in two seats of a need");
    let mut other = problem.clone();
    other.pairs.reverse();
    assert_eq!(other.solve(), Err(NoPlan::Malformed(1)));
    other = problem.clone();
    other.pairs[1].taker = 1;
    assert_eq!(other.solve(), Err(NoPlan::Malformed(1)));
    other = problem.clone();
    (other.pairs[1].stand, other.pairs[0].cost) = (Stand::Open, i64::MAX / 4);
    assert_eq!(other.solve(), Err(NoPlan::TooLarge));
    other = problem;
    other.fairness = -1;
    assert_eq!(other.solve(), Err(NoPlan::TooLarge));
    assert_eq!(Problem::default().solve().map(|plan| plan.cost), Ok(0));
}

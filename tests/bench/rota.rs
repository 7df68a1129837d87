//! Duty rotas by our own solver and by OR-Tools, on the same instances in the same run, turn by turn.
//!
//! Without rest between turns both solve the same network; goals: the quarter of 91 days × 50 places × 300 experts in
//! 0.35 times OR-Tools' time, the year of 365 × 50 × 300 in 0.6 times, of 365 × 100 × 300 in 1.0 times, and the same
//! objectives everywhere, on a thousand small instances too. With two days' rest: the quarter within 0.01 % of the linear
//! relaxation in 2 s, the year's fairness proven in 1 s and its distance within 0.05 % in 4 s; a fortnight's leave repaired
//! in 25 ms at the 99th percentile.
//!
//! A place has 20 experts named for it, each of whom lives nearest to it of six places drawn for him; everybody is on leave
//! for 2 to 11 days a tenth of the time. Time is on a processor, of the whole plan: model, start,
//! flow, certificate, alternates, reasons.

use super::flow::{python_with_ortools, write_dimacs};
use super::quantile;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use zhipai::flow::network::Start;
use zhipai::flow::rota::{
    Before, Effort, Expert, Fairness, Leave, Level, Pair, Problem, Proof, Stand, Turn, Weights, Wish,
};

const PEER: &str = include_str!("rota_peer.py");
const SMALL: u64 = 1_000;

/// Seconds this thread has been on a processor: on a machine others use too, the wall clock measures them.
fn on_cpu() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("what the kernel counted");
    let nanoseconds: f64 = told.split(' ').next().and_then(|first| first.parse().ok()).expect("nanoseconds");
    nanoseconds / 1e9
}

pub fn run() {
    let mut peer = python_with_ortools().map(|python| Peer::start(&python));
    if let Some(peer) = &mut peer {
        small(peer);
        for (name, shape, rounds, goal) in [
            ("quarter", (91, 50, 300), 5, "0.35"),
            ("half-year", (182, 50, 300), 3, "none set"),
            ("year", (365, 50, 300), 3, "0.6"),
            ("large year", (365, 100, 300), 3, "1.0"),
            ("half-year of 600", (182, 100, 600), 3, "none set"),
        ] {
            for (weighed, fairness) in [("fairness first", Fairness::First), ("20 × load²", Fairness::Weight(20))] {
                flow(peer, &format!("{name} {shape:?}, {weighed}"), &instance(shape, 1, fairness), rounds, goal);
            }
        }
    } else {
        println!("rota: no python3 with OR-Tools and none could be made; nothing is compared");
    }
    quarter_with_rest(peer.as_mut());
    year_with_rest();
    leaves((91, 50, 300));
    leaves((365, 50, 300));
    leaves((365, 100, 300));
}

struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

fn instance((days, places, experts): (u32, u32, u32), gap: u32, fairness: Fairness) -> Problem {
    let mut dice = Dice(42);
    let mut spots =
        |count: u32| -> Vec<(u64, u64)> { (0..count).map(|_| (dice.below(60_000), dice.below(60_000))).collect() };
    let (at_places, at_experts) = (spots(places), spots(experts));
    let weights = Weights { fairness, ..Weights::default() };
    let mut problem = Problem { weights, alternates: 3, ..Problem::default() };
    for _ in 0..experts {
        let mut leave = Vec::new();
        let mut day = dice.below(60) as u32;
        while day < days {
            let long = 2 + dice.below(10) as u32;
            leave.push(Leave { from: day, to: day + long - 1 });
            day += long + 30 + dice.below(60) as u32;
        }
        problem.experts.push(Expert { gap, leave, ..Expert::default() });
    }
    let metres = |place: u32, expert: u32| {
        let (one, other) = (at_places[place as usize], at_experts[expert as usize]);
        (one.0.abs_diff(other.0).pow(2) + one.1.abs_diff(other.1).pow(2)).isqrt()
    };
    let mut named: Vec<Vec<u32>> = vec![Vec::new(); places as usize];
    // Everybody in turn is named for a place, until each has its twenty.
    let mut next = 0;
    while named.iter().any(|own| own.len() < 20) {
        let expert = next % experts;
        next += 1;
        let mut drawn: Vec<u32> = (0..6).map(|_| dice.below(u64::from(places)) as u32).collect();
        drawn.retain(|place| named[*place as usize].len() < 20 && !named[*place as usize].contains(&expert));
        if let Some(place) = drawn.into_iter().min_by_key(|place| metres(*place, expert)) {
            named[place as usize].push(expert);
        }
    }
    for day in 0..days {
        for (place, own) in (0_u32..).zip(&mut named) {
            own.sort_unstable();
            let turn = problem.turns.len() as u32;
            problem.turns.push(Turn { day, parts: 3, week: day / 7, month: day / 30, needs: 0, wants: 0 });
            for expert in own {
                let distance = (metres(place, *expert) / 100) as u32;
                problem.pairs.push(Pair { turn, expert: *expert, distance, wish: Wish::None, stand: Stand::Open });
            }
        }
    }
    problem
}

/// A thousand small instances with caps, targets, wishes and half-days: the same objective each time.
fn small(peer: &mut Peer) {
    let mut turns = 0;
    for seed in 1..=SMALL {
        let mut dice = Dice(seed);
        let (days, places) = (3 + dice.below(18) as u32, 1 + dice.below(4) as u32);
        let mut problem = instance((days, places.max(1), 20 + dice.below(11) as u32), 1, Fairness::First);
        if dice.below(2) == 0 {
            problem.weights.fairness = Fairness::Weight(dice.below(60) as i64);
        }
        for expert in &mut problem.experts {
            let mut cap = |most: u64| if dice.below(3) == 0 { 1 + dice.below(most) as u32 } else { u32::MAX };
            (expert.caps.week, expert.caps.period) = (cap(3), cap(5));
            (expert.target, expert.gap) = (dice.below(4) as i64 * 500, dice.below(2) as u32);
            expert.caps.day = 1 + dice.below(2) as u32;
        }
        for turn in &mut problem.turns {
            turn.parts = 1 << dice.below(2);
        }
        for pair in &mut problem.pairs {
            pair.wish = [Wish::None, Wish::Likes, Wish::RatherNot][dice.below(3) as usize];
        }
        let network = problem.as_network().expect("a network");
        let file = Scratch::new("small.min");
        write_dimacs(&network, &file.0);
        let ours = network.solve(Start::Nothing).expect("a flow");
        ours.certify(&network).expect("optimal");
        assert_eq!(peer.flow(&file.0).0, ours.cost, "small instance {seed}: the same objective");
        let plan = problem.solve(Effort::default()).expect("a plan");
        assert_eq!(plan.proof, Proof::Optimal);
        turns += problem.turns.len();
    }
    println!("rota: {SMALL} small instances ({turns} turns): the same objective in every one");
}

fn flow(peer: &mut Peer, name: &str, problem: &Problem, rounds: usize, goal: &str) {
    let network = problem.as_network().expect("a network");
    let file = Scratch::new("large.min");
    write_dimacs(&network, &file.0);
    let (mut whole, mut theirs, mut their_whole) = (Vec::new(), Vec::new(), Vec::new());
    let mut said = String::new();
    for round in 0..rounds {
        let began = on_cpu();
        let plan = problem.solve(Effort::default()).expect("a plan");
        whole.push(on_cpu() - began);
        assert_eq!(plan.proof, Proof::Optimal, "{name}");
        let (cost, build, solve) = peer.flow(&file.0);
        theirs.push(solve);
        their_whole.push(build + solve);
        if round == 0 {
            let ours = network.solve(Start::Nothing).expect("a flow");
            assert_eq!(cost, ours.cost, "{name}: the same objective");
            let (least, most) = (plan.loads.iter().min(), plan.loads.iter().max());
            said = format!("loads {least:?} to {most:?}, objective {cost} alike");
        }
    }
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        (quantile(times, 0.5), times[0])
    };
    let (ours, theirs, built) = (middle(&mut whole), middle(&mut theirs), middle(&mut their_whole));
    println!(
        "rota {name}: {} arcs, {said}; whole plan: median {:.3} s, least {:.3} s; OR-Tools solve alone: median {:.3} s, least {:.3} s, with its model {:.3} s: {:.2} times by medians, {:.2} by least (goal {goal})",
        network.arcs().len(),
        ours.0,
        ours.1,
        theirs.0,
        theirs.1,
        built.0,
        ours.0 / theirs.0,
        ours.1 / theirs.1
    );
}

/// Solves with more and more work and says what each took.
fn with_rest(problem: &Problem, works: &[u64]) -> Vec<(f64, zhipai::flow::rota::Plan)> {
    let mut found = Vec::new();
    for work in works {
        let began = on_cpu();
        let plan = problem.solve(Effort { seed: 1, work: *work, bound: false }).expect("a plan");
        found.push(((on_cpu() - began), plan));
    }
    found
}

fn quarter_with_rest(peer: Option<&mut Peer>) {
    let problem = instance((91, 50, 300), 3, Fairness::Weight(20));
    let relaxed = peer.map(|peer| {
        let file = Scratch::new("quarter.mps");
        write_mps(&problem, &file.0);
        peer.lp(&file.0)
    });
    let bounded = problem.solve(Effort { work: 1, ..Effort::default() }).expect("a plan").bound;
    let certified = bounded.total(&problem.weights).expect("weighed") as f64 / 1e6;
    for (took, plan) in with_rest(&problem, &[400_000, 800_000, 1_600_000]) {
        assert_eq!(plan.score.uncovered, 0);
        let total = plan.score.total(&problem.weights).expect("weighed") as f64 / 1e6;
        let above = |bound: f64| (total / bound - 1.0) * 100.0;
        let beside = relaxed.as_ref().map_or_else(
            || "no linear relaxation".to_owned(),
            |(bound, by)| format!("{:.4} % above the linear relaxation {bound:.0} ({by})", above(*bound)),
        );
        println!(
            "rota quarter with gap 3, 20 × load²: {took:.2} s: {total:.0}, {beside}, {:.4} % above our own bound (goal 0.01 % of the relaxation in 2 s)",
            above(certified)
        );
    }
}

fn year_with_rest() {
    let problem = instance((365, 50, 300), 3, Fairness::First);
    let began = on_cpu();
    let bound = problem.solve(Effort { work: 1, ..Effort::default() }).expect("a plan").bound;
    let bound_took = on_cpu() - began;
    for (took, plan) in with_rest(&problem, &[150_000, 500_000, 1_000_000, 2_000_000, 3_500_000]) {
        let fair = match plan.proof {
            Proof::Optimal | Proof::Within { level: Level::Cost, .. } => "proven by counting",
            Proof::Within { .. } if plan.score.fairness == bound.fairness => "equal to the flow bound",
            Proof::Within { .. } => "not proven",
        };
        let above = (plan.score.cost as f64 / bound.cost as f64 - 1.0) * 100.0;
        println!(
            "rota year with gap 3: {took:.2} s: {} uncovered, fairness {fair}, distance {above:.4} % above the certified bound, itself found in {bound_took:.2} s (goals: fairness in 1 s, 0.05 % in 4 s)",
            plan.score.uncovered
        );
    }
}

/// Two hundred leaves of a fortnight, one at a time.
fn leaves(shape: (u32, u32, u32)) {
    let gap = if shape.1 == 100 { 2 } else { 3 };
    let problem = instance(shape, gap, Fairness::First);
    let plan = problem.solve(Effort { seed: 1, work: 400_000, bound: false }).expect("a plan");
    let before = Before { taken: plan.taken.clone(), firm: Vec::new() };
    let mut dice = Dice(7);
    let (mut times, mut lost, mut changed, mut opened) = (Vec::new(), 0, 0, 0);
    for _ in 0..200 {
        let mut hurt = problem.clone();
        let from = dice.below(u64::from(shape.0)) as u32;
        let expert = &mut hurt.experts[dice.below(u64::from(shape.2)) as usize];
        expert.leave.push(Leave { from, to: from + 13 });
        let began = on_cpu();
        let repaired = hurt.repair(&before, Effort::default()).expect("repaired");
        times.push((on_cpu() - began) * 1_000.0);
        lost += repaired.unavoidable;
        changed += repaired.changes.len();
        opened += i64::from(repaired.plan.score.uncovered) - i64::from(plan.score.uncovered);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "rota {shape:?} with gap {gap}, 200 leaves of a fortnight: median {:.1} ms, p99 {:.1} ms, most {:.1} ms (goal p99 25 ms); {changed} changed where {lost} had to, {opened} newly uncovered",
        quantile(&times, 0.5),
        quantile(&times, 0.99),
        times[times.len() - 1]
    );
}

/// The rota with rest as a linear program: a pair is a share between 0 and 1, and of any days within his gap an expert is
/// on duty on one.
fn write_mps(problem: &Problem, file: &Path) {
    let Fairness::Weight(weight) = problem.weights.fairness else { panic!("weighed") };
    let mut rows: Vec<(char, String, u32)> = Vec::new();
    let mut columns: Vec<(i64, Vec<usize>)> = Vec::new();
    let mut of_turn = Vec::new();
    for turn in 0..problem.turns.len() {
        of_turn.push(rows.len());
        rows.push(('E', format!("t{turn}"), 1));
    }
    let days = problem.turns.iter().map(|turn| turn.day).max().unwrap_or(0) + 1;
    for (number, expert) in problem.experts.iter().enumerate() {
        let load = rows.len();
        rows.push(('E', format!("l{number}"), 0));
        for window in 0..days {
            rows.push(('L', format!("w{number}d{window}"), 1));
        }
        let mut most = 0;
        for pair in problem.pairs.iter().filter(|pair| pair.expert as usize == number) {
            let day = problem.turns[pair.turn as usize].day;
            if expert.leave.iter().any(|leave| leave.from <= day && day <= leave.to) {
                continue;
            }
            let mut own = vec![of_turn[pair.turn as usize], load];
            own.extend((day.saturating_sub(expert.gap - 1)..=day).map(|from| load + 1 + from as usize));
            columns.push((i64::from(pair.distance), own));
            most += 1;
        }
        for step in 0..most.min(i64::from(days.div_ceil(expert.gap))) {
            // A unit of load, taken off again in its row.
            columns.push((weight * (2 * step + 1), vec![usize::MAX, load]));
        }
    }
    let mut out = BufWriter::new(std::fs::File::create(file).expect("a file"));
    let mut line = |text: String| writeln!(out, "{text}").expect("written");
    line("NAME rota\nROWS\n N cost".to_owned());
    for (kind, name, _) in &rows {
        line(format!(" {kind} {name}"));
    }
    line("COLUMNS".to_owned());
    for (number, (cost, own)) in columns.iter().enumerate() {
        line(format!(" x{number} cost {cost}"));
        let sign = if own[0] == usize::MAX { -1 } else { 1 };
        for row in own.iter().filter(|row| **row != usize::MAX) {
            line(format!(" x{number} {} {sign}", rows[*row].1));
        }
    }
    line("RHS".to_owned());
    for (_, name, right) in rows.iter().filter(|(_, _, right)| *right != 0) {
        line(format!(" rhs {name} {right}"));
    }
    line("BOUNDS".to_owned());
    for number in 0..columns.len() {
        line(format!(" UP bnd x{number} 1"));
    }
    line("ENDATA".to_owned());
    out.flush().expect("written");
}

/// A file of this run, of a name nobody had before it, gone with its owner.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        Self(std::env::temp_dir().join(format!("zhipai-rota-{}-{number}-{name}", std::process::id())))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// OR-Tools in a process of its own.
struct Peer {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Peer {
    fn start(python: &Path) -> Self {
        let mut child = Command::new(python)
            .args(["-c", PEER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 starts");
        let (to, from) = (child.stdin.take(), BufReader::new(child.stdout.take().expect("its output")));
        let mut peer = Self { child, to, from };
        assert_eq!(peer.line(), "ready");
        peer
    }

    fn line(&mut self) -> String {
        loop {
            let mut text = String::new();
            assert!(self.from.read_line(&mut text).expect("a line") > 0, "OR-Tools ended");
            if let Some(answer) = text.strip_prefix("> ") {
                return answer.trim().to_owned();
            }
        }
    }

    fn ask(&mut self, what: &str, file: &Path) -> Vec<String> {
        let to = self.to.as_mut().expect("its input");
        writeln!(to, "{what} {}", file.display()).and_then(|()| to.flush()).expect("told");
        self.line().split_whitespace().map(str::to_owned).collect()
    }

    /// Objective, seconds to build the model, seconds to solve it.
    fn flow(&mut self, file: &Path) -> (i128, f64, f64) {
        let said = self.ask("flow", file);
        let seconds = |at: usize| said[at].parse().expect("seconds");
        (said[0].parse().expect("an objective"), seconds(1), seconds(2))
    }

    /// The bound, and by what it was found in what time.
    fn lp(&mut self, file: &Path) -> (f64, String) {
        let said = self.ask("lp", file);
        (said[0].parse().expect("an objective"), format!("{} in {} s", said[1], said[2]))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.child.wait();
    }
}

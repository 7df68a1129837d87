//! A batch of seats and takers by our own flow and by OR-Tools' flow solver, on the same instance in the same run, turn by
//! turn. Goal: 10,000 × 3,000 within 1.0 times its time, with the same objective.
//!
//! b10: 10,000 seats and 3,000 takers in a city of 60 × 60 km, 20 candidates each of whom 5 % are barred, room for five,
//! cost 1000 × (1 − skill) + 6 × km, fairness 50 × load². b1: a tenth of that. The instance file is DIMACS' own form.
//! OR-Tools is installed from PyPI into a folder of its own under the temporary directory if python3 does not have it.

use super::quantile;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Instant;
use zhipai::flow::assignment::{Pair, Problem, Seat, Stand, Taker};
use zhipai::flow::network::{Network, Start};

const PEER: &str = include_str!("flow_peer.py");
const ROUNDS: usize = 7;

pub fn run() {
    let Some(python) = python_with_ortools() else {
        println!("flow: no python3 with OR-Tools and none could be made; nothing is compared");
        return;
    };
    for (name, seats, takers) in [("b1", 1_000, 300), ("b10", 10_000, 3_000)] {
        compare(&python, name, &instance(seats, takers));
    }
}

fn instance(seats: u32, takers: u32) -> Problem {
    let mut turn: u64 = 42;
    let mut next = |below: u64| {
        turn = turn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (turn >> 33) % below
    };
    let mut places =
        |count: u32| -> Vec<(i64, i64)> { (0..count).map(|_| (next(60_000) as i64, next(60_000) as i64)).collect() };
    let (at_seats, at_takers) = (places(seats), places(takers));
    let mut problem = Problem { fairness: 50, reserves: 3, ..Problem::default() };
    problem.takers = vec![Taker { room: 5, load: 0 }; takers as usize];
    for seat in 0..seats {
        problem.seats.push(Seat { group: seat });
        let mut candidates: Vec<u32> = Vec::new();
        while candidates.len() < 20 {
            let taker = next(u64::from(takers)) as u32;
            if !candidates.contains(&taker) {
                candidates.push(taker);
            }
        }
        candidates.sort_unstable();
        for taker in candidates {
            let stand = if next(100) < 5 { Stand::Barred(1) } else { Stand::Open };
            let (one, other) = (at_seats[seat as usize], at_takers[taker as usize]);
            let squares = (one.0 - other.0).pow(2) + (one.1 - other.1).pow(2);
            let metres = u64::try_from(squares).expect("a sum of squares").isqrt() as i64;
            let cost = 1_000 - next(1_001) as i64 + (6 * metres + 500) / 1_000;
            problem.pairs.push(Pair { seat, taker, cost, stand });
        }
    }
    problem
}

fn compare(python: &Path, name: &str, problem: &Problem) {
    let (network, _) = problem.as_network().expect("a network");
    let file = std::env::temp_dir().join(format!("zhipai-flow-{}-{name}.min", std::process::id()));
    write_dimacs(&network, &file);
    let mut peer = Peer::start(python, &file);
    let (mut ours, mut whole, mut theirs, mut their_whole) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let (mut cost, mut pivots, mut uncovered) = (0, 0, 0);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        let (network, start) = problem.as_network().expect("a network");
        let built = began.elapsed().as_secs_f64();
        let began = Instant::now();
        let flow = network.solve(Start::Flow(&start)).expect("a flow");
        ours.push(began.elapsed().as_secs_f64());
        flow.certify(&network).expect("optimal");
        (cost, pivots) = (flow.cost, flow.pivots);
        let began = Instant::now();
        let plan = problem.solve().expect("a plan");
        whole.push(began.elapsed().as_secs_f64());
        uncovered = plan.uncovered.len();
        let (their_cost, build, solve) = peer.solve();
        assert_eq!(their_cost, cost, "{name}: the same objective");
        theirs.push(solve);
        their_whole.push(build + solve);
        // What the model and its first plan take is ours to count where theirs is handed over ready.
        if let Some(last) = ours.last_mut() {
            *last += built;
        }
    }
    drop(peer);
    std::fs::remove_file(&file).expect("removed");
    let middle = |times: &mut Vec<f64>| {
        times.sort_by(f64::total_cmp);
        (quantile(times, 0.5) * 1000.0, times[0] * 1000.0)
    };
    let (ours, whole) = (middle(&mut ours), middle(&mut whole));
    let (theirs, their_whole) = (middle(&mut theirs), middle(&mut their_whole));
    println!(
        "flow {name}: {} nodes, {} arcs, {uncovered} uncovered, objective {cost} alike, {pivots} pivots, {ROUNDS} rounds in turn",
        network.supplies().len(),
        network.arcs().len()
    );
    println!(
        "  model, first plan and simplex: median {:.1} ms, least {:.1} ms; OR-Tools solve alone: median {:.1} ms, least {:.1} ms: {:.2} times by medians, {:.2} by least (goal 1.0)",
        ours.0,
        ours.1,
        theirs.0,
        theirs.1,
        ours.0 / theirs.0,
        ours.1 / theirs.1
    );
    println!(
        "  the whole plan with certificate, reserves and reasons: median {:.1} ms; OR-Tools with building its model: median {:.1} ms: {:.2} times",
        whole.0,
        their_whole.0,
        whole.0 / their_whole.0
    );
}

/// DIMACS' form of a min-cost flow problem; nodes count from 1.
pub(super) fn write_dimacs(network: &Network, file: &Path) {
    let mut out = BufWriter::new(std::fs::File::create(file).expect("a file"));
    let mut line = |text: String| writeln!(out, "{text}").expect("written");
    line(format!("p min {} {}", network.supplies().len(), network.arcs().len()));
    for (node, units) in network.supplies().iter().enumerate().filter(|(_, units)| **units != 0) {
        line(format!("n {} {units}", node + 1));
    }
    for arc in network.arcs() {
        line(format!("a {} {} {} {} {}", arc.from + 1, arc.to + 1, arc.lower, arc.capacity, arc.cost));
    }
    out.flush().expect("written");
}

/// OR-Tools in a process of its own: it reads the instance once and solves it each time it is told.
struct Peer {
    child: Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
}

impl Peer {
    fn start(python: &Path, file: &Path) -> Self {
        let mut child = Command::new(python)
            .args(["-c", PEER])
            .arg(file)
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
        let mut text = String::new();
        self.from.read_line(&mut text).expect("a line");
        text.trim().to_owned()
    }

    /// Objective, seconds to build the model, seconds to solve it.
    fn solve(&mut self) -> (i128, f64, f64) {
        let to = self.to.as_mut().expect("its input");
        writeln!(to, "go").and_then(|()| to.flush()).expect("told");
        let text = self.line();
        let mut words = text.split_whitespace();
        let cost = words.next().and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("a figure in {text:?}"));
        let mut seconds = || words.next().and_then(|word| word.parse().ok()).expect("seconds");
        (cost, seconds(), seconds())
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.to = None;
        let _ = self.child.wait();
    }
}

fn has_ortools(python: &Path) -> bool {
    let asked = Command::new(python).args(["-c", "import ortools, numpy"]).stderr(Stdio::null()).status();
    asked.is_ok_and(|status| status.success())
}

pub(super) fn python_with_ortools() -> Option<PathBuf> {
    let known = PathBuf::from("python3");
    if has_ortools(&known) {
        return Some(known);
    }
    let folder = std::env::temp_dir().join("zhipai-bench-ortools");
    let python = folder.join("bin/python");
    if !has_ortools(&python) {
        println!("flow: installing OR-Tools into {}", folder.display());
        let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).status().ok()?;
        let installed = Command::new(&python).args(["-m", "pip", "--quiet", "install", "ortools"]).status().ok()?;
        if !made.success() || !installed.success() {
            return None;
        }
    }
    Some(python)
}

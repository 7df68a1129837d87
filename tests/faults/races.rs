//! F8: two nodes on one PostgreSQL, at the same moment: accept against lapse, accept against accept, send against send.
//! Never two takers of a seat, never two open offers, never a letter sent by both.

use crate::rounds;
use crate::served::{Place, office_on};
use crate::support::app::{at, sender};
use crate::support::backend::Backend;
use diesel::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Barrier};
use std::time::Instant;
use zhipai::actions::answer_assignment::{AnswerInput, answer_assignment};
use zhipai::actions::assign_expert::{AssignExpert, assign_expert};
use zhipai::actions::record_notice::enter_notice;
use zhipai::actions::register_expert::register_expert;
use zhipai::actions::submit_need::{EnterpriseInput, SubmitNeed, submit_need};
use zhipai::actions::tend_assignment::tend_assignment;
use zhipai::actions::{ActionError, Actor, Office};
use zhipai::clock::{Clock, VirtualClock};
use zhipai::db;
use zhipai::db::schema::{assignments, seats};
use zhipai::domain::assignment::{AnswerKind, AnsweredBy, AssignmentState, NotifiedBy};
use zhipai::domain::need::SeatState;
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::ids::{AssignmentId, ExpertId, NeedId, SeatId};
use zhipai::jobs::deliver_mail::deliver_due;
use zhipai::jobs::{Desk, TickReport};
use zhipai::mail::{MailboxFile, Mailer};

struct Two {
    nodes: [Arc<Office>; 2],
    clock: Arc<VirtualClock>,
    manager: Actor,
    liaison: Actor,
    experts: Vec<ExpertId>,
    place: Place,
}

impl Two {
    fn on(backend: Backend) -> Self {
        let place = Place::fresh(backend);
        let clock = Arc::new(VirtualClock::standing(at("2026-03-10T10:00:00+08:00")));
        let node = |seed| {
            let shared: Arc<dyn Clock> = clock.clone();
            Arc::new(office_on(&place.url, shared, seed))
        };
        let nodes = [node(11), node(12)];
        let staff = |account, role, station: Option<_>| {
            let scope = station.map_or(Scope::Everything, Scope::Station);
            Actor::Staff(Staff { account, role, scope, station })
        };
        let manager = staff(place.seeded.managers[0].0, Role::Manager, None);
        let liaison = staff(place.seeded.liaison.0, Role::Liaison, Some(place.seeded.station));
        let mut experts = Vec::new();
        for n in 0..2 {
            let mut body = crate::support::people::expert(&format!("专家{n}"));
            body["monthly_cap"] = 100.into();
            // Hundreds of years pass in the long run.
            body["qualifications"] = serde_json::json!([{"type": "专利代理师"}]);
            let input = serde_json::from_value(body).expect("an expert");
            experts.push(register_expert(&nodes[0], &manager, &input).expect("registered"));
        }
        Self { nodes, clock, manager, liaison, experts, place }
    }

    fn need(&self) -> NeedId {
        let input = SubmitNeed {
            enterprise: EnterpriseInput {
                name: "云岫传感科技有限公司".to_owned(),
                region: "海淀区".to_owned(),
                contact_name: "周小满".to_owned(),
                contact_phone: Some("13900139000".to_owned()),
                ..Default::default()
            },
            title: "商标被抢注".to_owned(),
            description: "在先使用，能否异议？".to_owned(),
            services: vec!["dispute".to_owned()],
            region: "海淀区".to_owned(),
            mode: "online".to_owned(),
            ..Default::default()
        };
        submit_need(&self.nodes[0], &self.liaison, &input).expect("submitted").id
    }

    fn offer(&self, need: NeedId, expert: usize, reserves: &[usize]) -> AssignmentId {
        let input = AssignExpert {
            expert_id: self.experts[expert],
            reserves: reserves.iter().map(|n| self.experts[*n]).collect(),
            seat: None,
            tomorrow: false,
        };
        assign_expert(&self.nodes[0], &self.liaison, need, &input).expect("offered")
    }

    fn told(&self, offer: AssignmentId) {
        enter_notice(&self.nodes[0], &self.liaison, offer, NotifiedBy::Phone, self.clock.now()).expect("told");
    }

    fn accepts(&self, node: usize, offer: AssignmentId) -> Result<(), ActionError> {
        let input = AnswerInput {
            answer: AnswerKind::Accept,
            reason: None,
            note: None,
            busy_until: None,
            by: AnsweredBy::Link,
            first_byte_at: self.clock.now(),
        };
        let mut reader = self.nodes[node].read()?;
        let expert = db::assignment::find(&mut reader, &offer)?.expect("an offer").expert;
        drop(reader);
        answer_assignment(&self.nodes[node], &Actor::Expert(expert), offer, &input).map(drop)
    }

    /// The seat of a need and what stands on it: one taker or one open offer at most, and the seat says the same.
    fn well(&self, need: NeedId) -> (SeatState, Vec<AssignmentState>) {
        let mut reader = self.nodes[0].read().expect("a reader");
        let (seat, state): (SeatId, SeatState) = seats::table
            .filter(seats::need.eq(need))
            .select((seats::id, seats::state))
            .first(&mut *reader)
            .expect("a seat");
        let rows: Vec<AssignmentState> = assignments::table
            .filter(assignments::seat.eq(seat))
            .select(assignments::state)
            .load(&mut *reader)
            .expect("offers");
        let count = |wanted: AssignmentState| rows.iter().filter(|state| **state == wanted).count();
        let (takers, open) = (count(AssignmentState::Accepted), count(AssignmentState::Offered));
        assert!(takers + open <= 1, "{rows:?}");
        match state {
            SeatState::Taken => assert_eq!(takers, 1, "{rows:?}"),
            SeatState::Offered => assert_eq!(open, 1, "{rows:?}"),
            _ => assert_eq!(takers + open, 0, "{state} {rows:?}"),
        }
        (state, rows)
    }

    /// Ends what is left of a need, so that caps and indexes stay small.
    fn closes(&self, need: NeedId) {
        zhipai::actions::retract_need::retract_need(&self.nodes[0], &self.liaison, need, "下一轮").expect("retracted");
    }
}

/// Runs both at the same moment.
fn together<A: Send, B: Send>(a: impl FnOnce() -> A + Send, b: impl FnOnce() -> B + Send) -> (A, B) {
    let barrier = Barrier::new(2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| {
            barrier.wait();
            a()
        });
        barrier.wait();
        let b = b();
        (first.join().expect("the first ends"), b)
    })
}

fn refused_or_done(done: &Result<(), ActionError>) -> bool {
    match done {
        Ok(()) => true,
        Err(ActionError::Refused(_)) => false,
        Err(ActionError::Fault(fault)) => panic!("a race is no fault of the machine: {fault}"),
    }
}

#[test]
fn races() {
    let rounds = rounds(100, 33_334);
    let two = Two::on(Backend::Postgres);
    let started = Instant::now();
    let (mut accepted, mut lapsed, mut late) = (0, 0, 0);
    for round in 0..rounds {
        // Accept against lapse, at the last moment.
        let need = two.need();
        let offer = two.offer(need, 0, &[1]);
        two.told(offer);
        let due = {
            let mut reader = two.nodes[0].read().expect("a reader");
            db::assignment::find(&mut reader, &offer).expect("reads").expect("an offer").answer_due_at.expect("due")
        };
        two.clock.move_to(due.and_utc());
        let (said, swept) = together(
            || two.accepts(round % 2, offer),
            || tend_assignment(&two.nodes[(round + 1) % 2], offer).map(drop),
        );
        let took = refused_or_done(&said);
        assert!(refused_or_done(&swept) || took, "the sweep is refused only when somebody answered first");
        let (state, rows) = two.well(need);
        assert!(took, "the seat was free: a late yes counts ({rows:?})");
        assert_eq!(state, SeatState::Taken);
        if rows.len() > 1 {
            lapsed += 1
        } else {
            accepted += 1
        }
        two.closes(need);

        // Accept against accept: the one who lapsed comes back while the next says yes.
        let need = two.need();
        let first = two.offer(need, 0, &[1]);
        two.told(first);
        let due = {
            let mut reader = two.nodes[0].read().expect("a reader");
            db::assignment::find(&mut reader, &first).expect("reads").expect("an offer").answer_due_at.expect("due")
        };
        two.clock.move_to(due.and_utc());
        tend_assignment(&two.nodes[0], first).expect("lapsed");
        let second: AssignmentId = {
            let mut reader = two.nodes[0].read().expect("a reader");
            db::assignment::of_need(&mut reader, need)
                .expect("reads")
                .into_iter()
                .find(|row| row.state == AssignmentState::Offered)
                .expect("the next was asked")
                .id
        };
        let (a, b) = together(|| two.accepts(0, first), || two.accepts(1, second));
        let (a, b) = (refused_or_done(&a), refused_or_done(&b));
        assert!(a != b, "one of them has the seat");
        late += usize::from(a);
        assert_eq!(two.well(need).0, SeatState::Taken);
        two.closes(need);
    }
    let sends = sends(&two, rounds);
    println!(
        "races: {} on two nodes in {:.0?}, 0 double seats: accept against lapse {rounds} ({accepted} before the sweep, {lapsed} after it), accept against accept {rounds} ({late} to the late one), send {sends} letters by two nodes, each once",
        rounds * 3,
        started.elapsed(),
    );
    assert!(matches!(two.manager, Actor::Staff(_)) && !two.place.url.is_empty());
}

/// Both nodes deliver what is due at the same moment, again and again; each letter leaves once.
fn sends(two: &Two, rounds: usize) -> usize {
    let boxes = [Arc::new(MailboxFile::in_memory()), Arc::new(MailboxFile::in_memory())];
    let desk = |n: usize| {
        let mailer: Arc<dyn Mailer> = boxes[n].clone();
        Desk::new(two.nodes[n].clone(), Some(mailer), sender())
    };
    let desks = [desk(0), desk(1)];
    let deliver = |n: usize| {
        let mut report = TickReport::default();
        deliver_due(&desks[n], &mut report).expect("delivered");
        report.letters_sent
    };
    two.clock.advance(chrono::TimeDelta::days(1));
    // What the other races left over goes first, by both as well.
    let sent = AtomicUsize::new(0);
    let both = || {
        let (a, b) = together(|| deliver(0), || deliver(1));
        sent.fetch_add(a + b, Ordering::SeqCst);
    };
    both();
    for _ in 0..rounds {
        two.clock.advance(chrono::TimeDelta::days(1));
        let need = two.need();
        two.offer(need, 0, &[]);
        both();
        two.closes(need);
    }
    both();
    let mut seen = std::collections::BTreeMap::<String, usize>::new();
    for letter in boxes.iter().flat_map(|mailbox| mailbox.entries(None, None)) {
        *seen.entry(letter.headers.get("Message-ID").cloned().unwrap_or_default()).or_default() += 1;
    }
    let twice: Vec<_> = seen.iter().filter(|(_, times)| **times > 1).collect();
    assert!(twice.is_empty(), "sent by both: {twice:?}");
    assert_eq!(seen.len(), sent.load(Ordering::SeqCst));
    seen.len()
}

//! Whatever is done to experts, in whatever order: the register follows its history, nobody gone holds anything, every
//! case goes its fair way, and nobody is asked who may not be. A few hundred random deeds a seed, on the real actions.

use crate::support::app::App;
use crate::support::backend::Backend;
use crate::support::people::{expert, need};
use chrono::TimeDelta;
use diesel::prelude::*;
use serde_json::json;
use std::collections::BTreeMap;
use zhipai::actions::decide_appeal::decide_appeal;
use zhipai::actions::decide_case::{DecideCase, decide_case};
use zhipai::actions::hear_expert::hear_expert;
use zhipai::actions::readmit_expert::readmit_expert;
use zhipai::actions::report_incident::{ReportIncident, find_incident, report_incident};
use zhipai::actions::review_expert::{Review, ReviewDecision, review_expert};
use zhipai::actions::withdraw_expert::{pause_expert, resume_expert, withdraw_expert};
use zhipai::actions::{ActionError, Actor, Done, conduct_case};
use zhipai::db;
use zhipai::db::schema::{conduct_cases, incidents};
use zhipai::domain::conduct::{AppealOutcome, CaseKind, Decision, Finding, IncidentKind, StatementKind};
use zhipai::domain::role::{Role, Scope, Staff};
use zhipai::domain::selection::Condition;
use zhipai::ids::{AccountId, CaseId, ExpertId, IncidentId};
use zhipai::invariants::{Findings, Invariant, Look, Reach, verify};

/// A small generator of its own, so that a seed tells a story again (Knuth's MMIX constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % u64::try_from(n).unwrap()).unwrap()
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(of[self.below(of.len())]) }
    }
}

/// What a reviewer says of every condition no paper shows.
fn stated() -> BTreeMap<Condition, bool> {
    Condition::ALL.iter().filter(|condition| condition.is_stated()).map(|condition| (*condition, true)).collect()
}

fn reasons() -> BTreeMap<Condition, String> {
    Condition::ALL.iter().map(|condition| (*condition, "面谈后认为合适。".to_owned())).collect()
}

fn staff(account: AccountId) -> Actor {
    Actor::Staff(Staff { account, role: Role::Manager, scope: Scope::Everything, station: None })
}

/// Does one deed. Answers its name, and whether the office agreed; a fault ends the test.
fn one_deed(app: &App, dice: &mut Dice, experts: &[ExpertId]) -> (&'static str, bool) {
    let office = &app.office;
    let managers = [staff(app.manager.account), staff(app.second_manager.account)];
    let who = &managers[dice.below(2)];
    let expert = experts[dice.below(experts.len())];
    let cases: Vec<CaseId> =
        conduct_cases::table.select(conduct_cases::id).load(&mut *office.read().unwrap()).expect("cases");
    let reports: Vec<IncidentId> = incidents::table
        .filter(incidents::finding.is_null())
        .select(incidents::id)
        .load(&mut *office.read().unwrap())
        .expect("reports");
    let (name, done): (&str, Done<()>) = match dice.below(19) {
        0 => ("withdraw", withdraw_expert(office, who, expert, Some("工作变动")).map(drop)),
        1 => ("pause", pause_expert(office, who, expert, None).map(drop)),
        2 => ("resume", resume_expert(office, who, expert)),
        3 => ("readmit", readmit_expert(office, who, expert, "回来")),
        4 | 15 | 16 => {
            let decision = [ReviewDecision::Admit, ReviewDecision::More, ReviewDecision::Refuse][dice.below(3)];
            let review = Review { decision, reason: "已审".to_owned(), stated: stated(), reasons: reasons() };
            ("review", review_expert(office, who, expert, &review))
        }
        5 => ("admonition", conduct_case::open_case(office, who, expert, CaseKind::Admonition, "三次", &[]).map(drop)),
        6 => ("removal", conduct_case::open_case(office, who, expert, CaseKind::Removal, "收礼", &[]).map(drop)),
        7 | 8 => {
            let Some(case) = dice.one(&cases) else { return ("decide", false) };
            let decision = Decision::ALL[dice.below(Decision::ALL.len())];
            let input = DecideCase { decision, reason: "事实清楚", early: dice.below(2) == 0 };
            ("decide", decide_case(office, who, case, &input))
        }
        9 => {
            let Some(case) = dice.one(&cases) else { return ("hear", false) };
            let row = db::conduct::find(&mut office.read().unwrap(), &case).unwrap().unwrap();
            let kind = if dice.below(2) == 0 { StatementKind::Statement } else { StatementKind::Appeal };
            ("hear", hear_expert(office, &Actor::Expert(row.expert), case, kind, "情况说明"))
        }
        10 | 17 | 18 => {
            let Some(case) = dice.one(&cases) else { return ("appeal", false) };
            let outcome = AppealOutcome::ALL[dice.below(2)];
            ("appeal", decide_appeal(office, who, case, outcome, "已复核"))
        }
        11 => {
            let input = ReportIncident { kind: IncidentKind::Gift, note: "来电反映", assignment: None };
            ("report", report_incident(office, who, expert, &input))
        }
        12 => {
            let Some(report) = dice.one(&reports) else { return ("find", false) };
            ("find", find_incident(office, who, report, Finding::ALL[dice.below(2)], "已核实").map(drop))
        }
        13 => {
            let id = app.liaison.submits(&need());
            let others: Vec<&ExpertId> = experts.iter().filter(|one| **one != expert).collect();
            let body = json!({"expert_id": expert, "reserves": others});
            let told = app.liaison.post(&format!("/api/v1/needs/{id}/assignments"), &body);
            assert!(told.status < 500, "{}", told.text);
            if let (201, Some(offer), 0) = (told.status, told.body["id"].as_str(), dice.below(2)) {
                let yes = json!({"answer": "accept", "channel": "phone"});
                app.liaison.post(&format!("/api/v1/assignments/{offer}/answer"), &yes);
            }
            return ("offer", told.status == 201);
        }
        _ => {
            app.advance(TimeDelta::hours(i64::try_from(dice.below(60)).unwrap()));
            return ("time", true);
        }
    };
    match done {
        Ok(()) => (name, true),
        Err(ActionError::Refused(_)) => (name, false),
        Err(ActionError::Fault(fault)) => panic!("{name}: {fault}"),
    }
}

#[test]
fn any_sequence_of_deeds_keeps_the_invariants() {
    let mut agreed: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in [1, 7, 20_260_310] {
        let app = App::start(Backend::Sqlite);
        let mut dice = Dice(seed);
        let experts: Vec<ExpertId> = ["沈知行", "许望舒", "陆以宁", "祝南乔"]
            .iter()
            .map(|name| app.manager.registers(&expert(name)).parse().expect("an id"))
            .collect();
        let mut story = Vec::new();
        for step in 0..260 {
            let (name, done) = one_deed(&app, &mut dice, &experts);
            story.push(format!("{name}{}", if done { "" } else { "✗" }));
            *agreed.entry(name).or_default() += usize::from(done);
            let mut findings = Findings::default();
            let calendar = app.office.calendar();
            let look = Look::at(app.office.now(), &calendar, None);
            let mut reader = app.office.read().expect("a reader");
            verify(&mut reader, &app.office.keys, &look, Reach::Everything, &[], &mut findings).expect("looks");
            let ours = [Invariant::StandingFollows, Invariant::GoneHoldNothing, Invariant::CasesAreFair];
            let broken: Vec<_> = findings.offenders.iter().filter(|one| ours.contains(&one.invariant)).collect();
            assert!(broken.is_empty(), "seed {seed}, step {step}: {broken:?}\n{}", story.join(" "));
        }
    }
    for name in [
        "withdraw",
        "pause",
        "resume",
        "readmit",
        "review",
        "admonition",
        "removal",
        "decide",
        "hear",
        "appeal",
        "report",
        "find",
        "offer",
    ] {
        assert!(agreed.get(name).is_some_and(|n| *n > 0), "{name} was never done: {agreed:?}");
    }
}

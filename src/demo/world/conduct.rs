//! 劝导 and 除名 of the past year: cases that were decided, one proposal that waits for a manager, and one removal case
//! that waits for a second one.

use super::Plan;
use super::arrivals::office_hours;
use super::dice::Dice;
use super::experts::Register;
use super::history::{Happening, Lapse, Lived};
use super::rows::Rows;
use super::trail::Trail;
use crate::db::JsonText;
use crate::db::SealedText;
use crate::db::case_file::StatementRow;
use crate::db::conduct::CaseRow;
use crate::db::standing_history::StepRow;
use crate::db::task::TaskRow;
use crate::domain::calendar::Calendar;
use crate::domain::conduct::{CaseKind, CaseStage, CaseState, Decision, IncidentKind, StatementKind, ends_after};
use crate::domain::event::Event;
use crate::domain::feedback::FiledBy;
use crate::domain::number::{Series, written};
use crate::domain::standing::{Standing, StandingDeed};
use crate::domain::task::TaskKind;
use crate::ids::{AccountId, AssignmentId, CaseId, ExpertId, StatementId, TaskId};
use crate::seal::fingerprint;
use chrono::{DateTime, Datelike, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use serde_json::{Value, json};

/// A proposal older than this was dealt with.
const DEALT_WITH: TimeDelta = TimeDelta::days(15);

/// What conduct work is done with.
pub(super) struct Managing<'a, 'corpus> {
    pub(super) plan: &'a Plan<'corpus>,
    pub(super) calendar: &'a Calendar,
    pub(super) managers: (AccountId, AccountId),
    pub(super) dice: Dice,
}

/// A case to be opened.
struct Opening<'a> {
    expert: usize,
    id: ExpertId,
    kind: CaseKind,
    at: DateTime<Utc>,
    grounds: &'a str,
    assignments: Vec<AssignmentId>,
    evidence: Value,
}

impl Managing<'_, '_> {
    /// Deals with what the year brought. Answers how many cases there are.
    pub(super) fn deal(&mut self, lived: &mut Lived, register: &mut Register, rows: &mut Rows) -> i64 {
        let mut cases = 0;
        for proposal in std::mem::take(&mut lived.proposals) {
            let Some(id) = register.volunteers.get(proposal.expert).map(|one| one.id) else { continue };
            let opened = office_hours(self.calendar, proposal.at + TimeDelta::hours(self.dice.between(20, 60)));
            let decided = office_hours(self.calendar, opened + TimeDelta::hours(self.dice.between(190, 250)));
            let over = proposal.at < self.plan.start - DEALT_WITH && decided < self.plan.start;
            let key = format!("admonition:{id}:{}", proposal.lapses / 3);
            let mut task = self.task(proposal.at, TaskKind::AdmonitionProposed, key, id);
            task.assignment = Some(proposal.assignment);
            task.detail = Some(proposal.lapses.to_string());
            task.region = register.volunteers.get(proposal.expert).map(|one| one.region.to_owned());
            if over {
                cases += 1;
                task.done_at = Some(opened.naive_utc());
                task.done_by = Some(self.managers.0);
                let lapses = lapses_before(lived, proposal.expert, proposal.at);
                let opening = Opening {
                    expert: proposal.expert,
                    id,
                    kind: CaseKind::Admonition,
                    at: opened,
                    grounds: "十二个月内三次逾期未答复派单，依据服务要求予以劝导。",
                    assignments: lapses.iter().map(|(_, id)| *id).collect(),
                    evidence: evidence(IncidentKind::Lapse, &lapses),
                };
                let decision = if self.dice.percent(80) { Decision::Admonish } else { Decision::Dismiss };
                self.open(cases, &opening, Some((decision, decided)), (lived, rows));
            }
            rows.tasks.push(task);
        }
        for report in std::mem::take(&mut lived.reports) {
            let Some(row) = register
                .shown_rows
                .iter_mut()
                .find(|row| register.volunteers.get(report.expert).is_some_and(|one| one.id == row.id))
            else {
                continue;
            };
            let opened = office_hours(self.calendar, report.at + TimeDelta::hours(22));
            if opened >= self.plan.start {
                continue;
            }
            cases += 1;
            let opening = Opening {
                expert: report.expert,
                id: row.id,
                kind: CaseKind::Removal,
                at: opened,
                grounds: "企业评价反映服务后收受购物卡，违反行为准则，提请除名并停派。",
                assignments: vec![report.assignment],
                evidence: evidence(IncidentKind::Gift, &[(report.at, report.assignment)]),
            };
            let case = self.open(cases, &opening, None, (lived, rows));
            row.standing = Standing::Suspended;
            row.updated_at = opened.naive_utc();
            row.version += 1;
            rows.restated_experts.push(row.clone());
            let region = row.region.clone();
            let actor = format!("account:{}", self.managers.0);
            let detail = json!({ "case": case.0 });
            rows.standing.push(StepRow {
                expert: opening.id,
                nth: 1,
                from_standing: Standing::Active,
                to_standing: Standing::Suspended,
                deed: StandingDeed::Suspend,
                at: opened.naive_utc(),
                actor: actor.clone(),
                conduct_case: Some(case.0),
                why: None,
            });
            lived.happenings.push(Happening {
                expert: report.expert,
                at: opened,
                actor,
                event: Event::ExpertSuspended,
                detail,
            });
            let mut task = self.task(opened, TaskKind::DecideCase, format!("decide:{}", case.0), opening.id);
            task.conduct_case = Some(case.0);
            task.detail = Some(case.1);
            task.region = Some(region);
            rows.tasks.push(task);
        }
        cases
    }

    fn task(&mut self, at: DateTime<Utc>, kind: TaskKind, dedup_key: String, expert: ExpertId) -> TaskRow {
        TaskRow {
            id: TaskId::from_minted(self.dice.id(at)),
            kind,
            need: None,
            assignment: None,
            expert: Some(expert),
            conduct_case: None,
            station: None,
            region: None,
            account: None,
            for_manager: true,
            detail: None,
            due_at: None,
            created_at: at.naive_utc(),
            done_at: None,
            done_by: None,
            dedup_key,
        }
    }

    fn open(
        &mut self,
        nth: i64,
        opening: &Opening<'_>,
        decided: Option<(Decision, DateTime<Utc>)>,
        (lived, rows): (&mut Lived, &mut Rows),
    ) -> (CaseId, String) {
        let id = CaseId::from_minted(self.dice.id(opening.at));
        let number = written(Series::Case, opening.at.with_timezone(&Shanghai).year(), nth);
        let opener = format!("account:{}", self.managers.0);
        let mut trail = Trail::of(id.as_str());
        let detail = json!({"number": number, "kind": opening.kind, "expert": opening.id});
        trail.append(&mut self.dice, opening.at, &opener, Event::CaseOpened, &detail);
        let detail = json!({"case": id, "kind": opening.kind});
        let expert = opening.expert;
        // The letter leaves within the hour; the expert had the days of the defaults to say something.
        let told = opening.at + TimeDelta::minutes(20);
        let heard_until = ends_after(told, 5, self.calendar);
        lived.happenings.push(Happening { expert, at: opening.at, actor: opener, event: Event::CaseOpened, detail });
        if let Some((decision, at)) = decided {
            let second = format!("account:{}", self.managers.1);
            trail.append(&mut self.dice, at, &second, Event::CaseDecided, &json!({ "decision": decision }));
            let detail = json!({"case": id, "decision": decision});
            lived.happenings.push(Happening { expert, at, actor: second, event: Event::CaseDecided, detail });
        }
        let reason = |decision| match decision {
            Decision::Dismiss => "其中一次派单期间邮箱故障，经核实不构成，不予劝导。",
            _ => "已当面谈话，本人认识到位并承诺按时答复，改正留任。",
        };
        if decided.is_none() {
            // The expert has spoken: what is left is the second manager's.
            let at = (told + TimeDelta::hours(3)).min(self.plan.start);
            rows.statements.push(StatementRow {
                id: StatementId::from_minted(self.dice.id(at)),
                conduct_case: id,
                kind: StatementKind::Statement,
                words: SealedText::in_clear("购物卡是企业离场后寄来的，次日已退回，有寄送凭证。今后会当场说明并拒收。"),
                channel: FiledBy::Link,
                entered_by: None,
                at: at.naive_utc(),
            });
        }
        rows.cases.push(CaseRow {
            id,
            number: number.clone(),
            kind: opening.kind,
            expert: opening.id,
            state: if decided.is_some() { CaseState::Decided } else { CaseState::Open },
            grounds: opening.grounds.to_owned(),
            assignments: JsonText::of(&opening.assignments),
            evidence: JsonText::of(&opening.evidence),
            standing_before: Standing::Active,
            opened_by: self.managers.0,
            opened_at: opening.at.naive_utc(),
            decision: decided.map(|(decision, _)| decision),
            decision_reason: decided.map(|(decision, _)| reason(decision).to_owned()),
            decided_by: decided.map(|_| self.managers.1),
            decided_at: decided.map(|(_, at)| at.naive_utc()),
            stage: if decided.is_some() { CaseStage::Final } else { CaseStage::Deciding },
            next_due_at: None,
            statement_days: 5,
            appeal_days: 10,
            told_at: Some(told.naive_utc()),
            statement_due_at: Some(heard_until.naive_utc()),
            evidence_sha256: fingerprint(opening.evidence.to_string().as_bytes()),
            early: false,
            decision_told_at: decided.map(|(_, at)| (at + TimeDelta::minutes(20)).naive_utc()),
            appeal_due_at: decided.map(|(_, at)| ends_after(at, 10, self.calendar).naive_utc()),
            appeal_outcome: None,
            appeal_reason: None,
            appeal_decided_by: None,
            appeal_decided_at: None,
        });
        rows.audit.append(&mut trail.rows);
        (id, number)
    }
}

/// The lapses of the year before `at`, that one included.
fn lapses_before(lived: &Lived, expert: usize, at: DateTime<Utc>) -> Vec<Lapse> {
    let known = lived.lapses.get(&expert).map_or(&[][..], Vec::as_slice);
    known.iter().filter(|(then, _)| *then <= at && *then > at - TimeDelta::days(365)).copied().collect()
}

/// What spoke for the case when it was opened, in the shape the living office freezes it.
fn evidence(kind: IncidentKind, incidents: &[Lapse]) -> Value {
    let incidents: Vec<Value> = incidents
        .iter()
        .map(|(at, assignment)| json!({"kind": kind, "at": at, "assignment": assignment, "withdrawn": null}))
        .collect();
    json!({"incidents": incidents, "offers": []})
}

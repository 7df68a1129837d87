//! Admonition (劝导) and removal (除名) as cases: opened by one manager, decided by a second.
//!
//! A removal case suspends at once and re-homes open offers and cases in the same act. Evidence is frozen from the
//! incidents and offers named, with what speaks against it. Source: Beijing standard, 退出; rules.md, "Standing,
//! selection, conduct".

use super::owners::managers_of;
use super::{Actor, Done, Letter, Office, Tx, Work, rehome};
use crate::db;
use crate::db::JsonText;
use crate::db::conduct::CaseRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::conduct::{CaseKind, CaseState, Decision};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::number::Series;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::standing::Standing;
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, CaseId, ExpertId};
use chrono::Days;
use serde_json::{Value, json};

/// Opens a case. A removal case suspends the expert in the same act.
///
/// # Errors
/// [`Refusal::CaseOpen`] when one of this kind is open; [`Refusal::Invalid`] without grounds; [`Refusal::WrongState`]
/// when the expert has left.
pub fn open_case(
    office: &Office,
    actor: &Actor,
    expert: ExpertId,
    kind: CaseKind,
    grounds: &str,
    assignments: &[AssignmentId],
) -> Done<CaseId> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let grounds = p.text("grounds", grounds, 4_000);
    p.settle()?;
    office.write(|tx| {
        let mut row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&row.region) {
            return Err(Refusal::NotYours.into());
        }
        if matches!(row.standing, Standing::Withdrawn | Standing::Removed) {
            return Err(Refusal::WrongState.into());
        }
        let known = db::conduct::of_expert(tx.conn, expert)?;
        if known.iter().any(|case| case.kind == kind && case.state == CaseState::Open) {
            return Err(Refusal::CaseOpen.into());
        }
        let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
        let id = CaseId::from_minted(tx.mint());
        tx.makes(id);
        let number = tx.number(Series::Case)?;
        let evidence = evidence(tx, expert, assignments)?;
        let case = CaseRow {
            id,
            number: number.clone(),
            kind,
            expert,
            state: CaseState::Open,
            grounds: grounds.clone(),
            assignments: JsonText::of(&assignments.to_vec()),
            evidence: JsonText::of(&evidence),
            standing_before: row.standing,
            opened_by: staff.account,
            opened_at: tx.now.naive_utc(),
            decision: None,
            decision_reason: None,
            decided_by: None,
            decided_at: None,
        };
        db::conduct::insert(tx.conn, &case)?;
        tx.event(id.as_str(), actor, Event::CaseOpened, &json!({"number": number, "kind": kind, "expert": expert}))?;
        tx.event(expert.as_str(), actor, Event::CaseOpened, &json!({"case": id, "kind": kind}))?;
        if kind == CaseKind::Removal {
            row.standing = Standing::Suspended;
            row.updated_at = tx.now.naive_utc();
            row.version += 1;
            db::expert::save(tx.conn, &row)?;
            tx.event(expert.as_str(), actor, Event::ExpertSuspended, &json!({"case": id}))?;
            tx.changed("expert", expert.as_str())?;
            rehome::within(tx, actor, expert, true, "suspended")?;
        }
        let mut letter = Letter::new(NoticeKind::CaseOpened, format!("case-opened:{id}"));
        letter.expert = Some(expert);
        letter.case = Some(id);
        tx.owe(actor, letter)?;
        tx.leave_task(Work {
            kind: TaskKind::DecideCase,
            dedup: format!("decide:{id}"),
            need: None,
            assignment: None,
            expert: Some(expert),
            case: Some(id),
            account: None,
            for_manager: true,
            detail: Some(number),
            due_at: None,
        })?;
        for account in managers_of(tx, &row.region)?.into_iter().filter(|account| *account != staff.account) {
            let mut letter =
                Letter::new(NoticeKind::StaffCase, format!("staff-case:{id}:{account}")).to_account(account);
            letter.case = Some(id);
            letter.expert = Some(expert);
            tx.owe(&Actor::Desk, letter)?;
        }
        Ok(id)
    })
}

/// What speaks for and against, as the rows say at this moment: each incident of a year, each offer named, and whether
/// it would stand (withdrawn breaches, bounced letters, provisional calendars, leave on file).
fn evidence(tx: &mut Tx<'_>, expert: ExpertId, assignments: &[AssignmentId]) -> Done<Value> {
    let from = (tx.now - Days::new(365)).naive_utc();
    let leaves = db::expert::leaves_of(tx.conn, expert)?;
    let mut incidents = Vec::new();
    for incident in
        db::conduct::incidents_of(tx.conn, expert)?.into_iter().filter(|incident| incident.happened_at >= from)
    {
        incidents.push(
            json!({"kind": incident.kind, "at": incident.happened_at.and_utc(), "assignment": incident.assignment,
            "withdrawn": incident.withdrawn_why}),
        );
    }
    let mut offers = Vec::new();
    for id in assignments {
        let Some(row) = db::assignment::find(tx.conn, id)?.filter(|row| row.expert == expert) else { continue };
        let day = row.answer_due_at.map(|at| crate::domain::calendar::beijing_date(at.and_utc()));
        let on_leave = day.is_some_and(|day| leaves.iter().any(|leave| leave.from_on <= day && day <= leave.to_on));
        let doubt = match row.state {
            AssignmentState::Undelivered => Some("undelivered"),
            _ if row.provisional => Some("provisional-calendar"),
            _ if on_leave => Some("on-leave"),
            _ => None,
        };
        offers.push(json!({"assignment": row.id, "number": row.number, "state": row.state, "notified_at": row.notified_at.map(|at| at.and_utc()),
            "due_at": row.answer_due_at.map(|at| at.and_utc()), "rule": row.rule, "stands": doubt.is_none(), "doubt": doubt}));
    }
    Ok(json!({"incidents": incidents, "offers": offers}))
}

/// A second manager decides.
///
/// # Errors
/// [`Refusal::AnotherManager`] for whoever opened the case; [`Refusal::DecisionDoesNotFit`]; [`Refusal::WrongState`]
/// when it is decided already; [`Refusal::Invalid`] without a reason.
pub fn decide_case(office: &Office, actor: &Actor, id: CaseId, decision: Decision, reason: &str) -> Done<()> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let reason = p.text("reason", reason, 4_000);
    p.settle()?;
    office.write(|tx| {
        let mut case = db::conduct::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let mut expert = db::expert::find(tx.conn, &case.expert)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&expert.region) {
            return Err(Refusal::NotYours.into());
        }
        if case.state != CaseState::Open {
            return Err(Refusal::WrongState.into());
        }
        let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
        if staff.account == case.opened_by {
            return Err(Refusal::AnotherManager.into());
        }
        if !decision.fits(case.kind) {
            return Err(Refusal::DecisionDoesNotFit.into());
        }
        case.state = CaseState::Decided;
        case.decision = Some(decision);
        case.decision_reason = Some(reason.clone());
        case.decided_by = Some(staff.account);
        case.decided_at = Some(tx.now.naive_utc());
        db::conduct::save(tx.conn, &case)?;
        let after = decision.standing_after(case.standing_before);
        if expert.standing != after && !matches!(expert.standing, Standing::Withdrawn | Standing::Removed) {
            expert.standing = after;
            expert.standing_why = Some(reason.clone());
            expert.updated_at = tx.now.naive_utc();
            expert.version += 1;
            db::expert::save(tx.conn, &expert)?;
        }
        tx.event(id.as_str(), actor, Event::CaseDecided, &json!({"decision": decision}))?;
        tx.event(case.expert.as_str(), actor, Event::CaseDecided, &json!({"case": id, "decision": decision}))?;
        tx.changed("expert", case.expert.as_str())?;
        if matches!(after, Standing::Withdrawn | Standing::Removed) {
            rehome::within(tx, actor, case.expert, true, "removed")?;
        }
        db::task::finish_case(tx.conn, id, Some(staff.account), tx.now.naive_utc())?;
        let mut letter = Letter::new(NoticeKind::CaseDecided, format!("case-decided:{id}"));
        letter.expert = Some(case.expert);
        letter.case = Some(id);
        tx.owe(actor, letter)
    })
}

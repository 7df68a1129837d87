//! A second manager decides a case (第二人决定); where the expert's district has managers of its own, the city signs second.
//!
//! The decision changes the standing by the state machine, in the same transaction as its letter; one against the expert
//! is then printed, sealed, scanned and filed back. Source: rules.md, "Standing, selection, conduct".

use super::change_standing::{self, Change};
use super::conduct_case::{WAITS_FOR_LETTER, leave_case_task, locked, owe_to_expert, step};
use super::{Actor, Done, Office, Tx, propose_case};
use crate::db;
use crate::db::conduct::CaseRow;
use crate::domain::conduct::{CaseStage, CaseState, CaseStep, Decision};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::{Right, Role, Scope, Staff};
use crate::domain::task::TaskKind;
use crate::ids::CaseId;
use serde_json::json;

/// What a manager decides.
#[derive(Debug, Clone)]
pub struct DecideCase<'a> {
    /// How the case ends.
    pub decision: Decision,
    /// In words; the expert reads it.
    pub reason: &'a str,
    /// Whether the manager knowingly decides against an expert who was not heard and whose time to be heard still runs.
    /// It is written down as such.
    pub early: bool,
}

/// Decides the case.
///
/// # Errors
/// [`Refusal::AnotherManager`] for whoever opened it; [`Refusal::CitySigns`] for a district's manager where the city
/// signs second; [`Refusal::HearingRuns`] for a decision against somebody who may still be heard, unless it is knowingly
/// early; [`Refusal::DecisionDoesNotFit`]; [`Refusal::WrongState`] when it is decided; [`Refusal::Invalid`] without a
/// reason.
pub fn decide_case(office: &Office, actor: &Actor, id: CaseId, input: &DecideCase<'_>) -> Done<()> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let reason = p.text("reason", input.reason, 4_000);
    p.settle()?;
    let decision = input.decision;
    office.write(|tx| {
        let (mut case, expert) = locked(tx, actor, id)?;
        if !case.stage.is_open() {
            return Err(Refusal::WrongState.into());
        }
        let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
        second_person(tx, staff, &case, &expert.region)?;
        if !decision.fits(case.kind) {
            return Err(Refusal::DecisionDoesNotFit.into());
        }
        let hearing_runs = matches!(case.stage, CaseStage::Notice | CaseStage::Hearing);
        if hearing_runs && decision.is_against() {
            if !input.early {
                return Err(Refusal::HearingRuns.into());
            }
            case.early = true;
        }
        step(&mut case, if decision.is_against() { CaseStep::Decide } else { CaseStep::Clear })?;
        case.state = CaseState::Decided;
        case.decision = Some(decision);
        case.decision_reason = Some(reason.clone());
        case.decided_by = Some(staff.account);
        case.decided_at = Some(tx.now.naive_utc());
        case.next_due_at = decision.is_against().then(|| (tx.now + WAITS_FOR_LETTER).naive_utc());
        db::conduct::save(tx.conn, &case)?;
        let detail = json!({"decision": decision, "early": case.early});
        tx.event(id.as_str(), actor, Event::CaseDecided, &detail)?;
        tx.event(case.expert.as_str(), actor, Event::CaseDecided, &json!({"case": id, "decision": decision}))?;
        if let Some(deed) = decision.deed(case.kind, expert.standing, case.standing_before) {
            let change = Change { deed, why: Some(&reason), case: Some(id) };
            change_standing::within(tx, actor, case.expert, change)?;
        }
        tx.changed("expert", case.expert.as_str())?;
        db::task::finish_case(tx.conn, id, Some(staff.account), tx.now.naive_utc())?;
        owe_to_expert(tx, actor, &case, NoticeKind::CaseDecided, &format!("case-decided:{id}"))?;
        if decision.is_against() {
            leave_case_task(tx, &case, &expert, TaskKind::SealDecision, &format!("seal:{id}"))?;
            if tx.office.settings.mail_off {
                leave_case_task(tx, &case, &expert, TaskKind::TellCase, &format!("tell-case:{id}:decision"))?;
            }
        }
        if decision == Decision::Admonish {
            propose_case::after_admonition(tx, case.expert)?;
        }
        Ok(())
    })
}

/// The second person is another one than the first, and the city's where the district has managers of its own.
fn second_person(tx: &mut Tx<'_>, staff: &Staff, case: &CaseRow, region: &str) -> Done<()> {
    if staff.account == case.opened_by {
        return Err(Refusal::AnotherManager.into());
    }
    if staff.scope != Scope::Everything && district_has_managers(tx, region)? {
        return Err(Refusal::CitySigns.into());
    }
    Ok(())
}

/// Whether a district centre is delegated for the region: a manager of its own who can still sign in.
pub(super) fn district_has_managers(tx: &mut Tx<'_>, region: &str) -> Done<bool> {
    Ok(db::account::managers(tx.conn)?.iter().any(|account| {
        account.role == Role::Manager && account.disabled_at.is_none() && account.region.as_deref() == Some(region)
    }))
}

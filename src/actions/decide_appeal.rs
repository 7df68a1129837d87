//! An appeal is decided by a manager who did not make the decision, nor opened the case where somebody else is there to do
//! it. An appeal that was right gives back the standing and takes the case out of the count.

use super::change_standing::{self, Change};
use super::conduct_case::{locked, owe_to_expert, step};
use super::decide_case::district_has_managers;
use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::conduct::CaseRow;
use crate::domain::conduct::{AppealOutcome, CaseKind, CaseStep};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::{Right, Role, Scope, Staff};
use crate::domain::standing::StandingDeed;
use crate::ids::CaseId;
use serde_json::json;

/// Decides the appeal.
///
/// # Errors
/// [`Refusal::AnotherManager`] for whoever had a part in the decision; [`Refusal::CitySigns`]; [`Refusal::WrongState`]
/// without an appeal; [`Refusal::Invalid`] without a reason.
pub fn decide_appeal(office: &Office, actor: &Actor, id: CaseId, outcome: AppealOutcome, reason: &str) -> Done<()> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let reason = p.text("reason", reason, 4_000);
    p.settle()?;
    office.write(|tx| {
        let (mut case, expert) = locked(tx, actor, id)?;
        let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
        step(&mut case, CaseStep::Review)?;
        third_person(tx, staff, &case, &expert.region)?;
        case.appeal_outcome = Some(outcome);
        case.appeal_reason = Some(reason.clone());
        case.appeal_decided_by = Some(staff.account);
        case.appeal_decided_at = Some(tx.now.naive_utc());
        case.next_due_at = None;
        db::conduct::save(tx.conn, &case)?;
        tx.event(id.as_str(), actor, Event::AppealDecided, &json!({"outcome": outcome}))?;
        tx.event(case.expert.as_str(), actor, Event::AppealDecided, &json!({"case": id, "outcome": outcome}))?;
        let undone = case.decision.and_then(|decision| decision.undone(expert.standing, case.standing_before));
        if let (AppealOutcome::Overturned, Some(deed)) = (outcome, undone) {
            change_standing::within(tx, actor, case.expert, Change { deed, why: Some(&reason), case: Some(id) })?;
            // Back on the register, and suspended again where a removal case runs beside this one.
            let running = db::conduct::of_expert(tx.conn, case.expert)?
                .into_iter()
                .find(|other| other.kind == CaseKind::Removal && other.stage.is_open());
            if let Some(running) = running {
                let again = Change { deed: StandingDeed::Suspend, why: None, case: Some(running.id) };
                change_standing::within(tx, actor, case.expert, again)?;
            }
        }
        db::task::finish_case(tx.conn, id, Some(staff.account), tx.now.naive_utc())?;
        owe_to_expert(tx, actor, &case, NoticeKind::AppealDecided, &format!("appeal-decided:{id}"))
    })
}

/// Neither the one who decided, nor the one who opened it if anybody else is there.
fn third_person(tx: &mut Tx<'_>, staff: &Staff, case: &CaseRow, region: &str) -> Done<()> {
    if Some(staff.account) == case.decided_by {
        return Err(Refusal::AnotherManager.into());
    }
    if staff.scope != Scope::Everything && district_has_managers(tx, region)? {
        return Err(Refusal::CitySigns.into());
    }
    if staff.account == case.opened_by {
        let others = db::account::managers(tx.conn)?.into_iter().any(|account| {
            account.role == Role::Manager
                && account.disabled_at.is_none()
                && account.region.as_deref().is_none_or(|code| code == crate::domain::region::CITY)
                && account.id != case.opened_by
                && Some(account.id) != case.decided_by
        });
        if others {
            return Err(Refusal::AnotherManager.into());
        }
    }
    Ok(())
}

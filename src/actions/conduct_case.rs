//! Admonition (劝导) and removal (除名) begin as cases: opened by one manager on grounds and frozen evidence, told to the
//! expert, decided by a second ([`super::decide_case`]).
//!
//! A removal case suspends at once and re-homes everything in hand in the same act. Source: Beijing standard, 退出;
//! rules.md, "Standing, selection, conduct".

use super::change_standing::{self, Change};
use super::owners::managers_of;
use super::{Actor, Done, Letter, Office, Tx, Work, freeze_evidence};
use crate::db;
use crate::db::JsonText;
use crate::db::conduct::CaseRow;
use crate::db::expert::ExpertRow;
use crate::domain::conduct::{CaseKind, CaseStage, CaseState, CaseStep};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::number::Series;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::standing::{Standing, StandingDeed};
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, CaseId, ExpertId};
use crate::seal::fingerprint;
use chrono::TimeDelta;
use serde_json::json;

/// How long the desk waits for a letter of a case before a person looks: a working day and a weekend aside, nobody's
/// mail takes longer.
pub(super) const WAITS_FOR_LETTER: TimeDelta = TimeDelta::days(2);

/// Opens a case. A removal case suspends the expert in the same act.
///
/// # Errors
/// [`Refusal::CaseOpen`] when one of this kind is open; [`Refusal::Invalid`] without grounds; [`Refusal::WrongState`]
/// when the expert has left or never was on the register.
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
        db::dialect::lock_subject(tx.conn, expert.as_str())?;
        let row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&row.region) {
            return Err(Refusal::NotYours.into());
        }
        let on_register = match row.standing {
            Standing::Active | Standing::Paused | Standing::Suspended => true,
            Standing::Applied | Standing::Reviewing | Standing::Withdrawn | Standing::Removed => false,
        };
        if !on_register {
            return Err(Refusal::WrongState.into());
        }
        let known = db::conduct::of_expert(tx.conn, expert)?;
        if known.iter().any(|case| case.kind == kind && case.state == CaseState::Open) {
            return Err(Refusal::CaseOpen.into());
        }
        let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
        let rules = tx.policy()?.conduct;
        let id = CaseId::from_minted(tx.mint());
        tx.makes(id);
        let number = tx.number(Series::Case)?;
        let evidence = JsonText::of(&freeze_evidence::within(tx, expert, assignments)?);
        let evidence_sha256 = fingerprint(evidence.as_str().as_bytes());
        let case = CaseRow {
            id,
            number: number.clone(),
            kind,
            expert,
            state: CaseState::Open,
            grounds: grounds.clone(),
            assignments: JsonText::of(&assignments.to_vec()),
            evidence: evidence.as_str().parse().map_err(super::Fault::new).map_err(super::ActionError::Fault)?,
            standing_before: row.standing,
            opened_by: staff.account,
            opened_at: tx.now.naive_utc(),
            decision: None,
            decision_reason: None,
            decided_by: None,
            decided_at: None,
            stage: CaseStage::Notice,
            next_due_at: Some((tx.now + WAITS_FOR_LETTER).naive_utc()),
            statement_days: i32::try_from(rules.statement_days).unwrap_or(i32::MAX),
            appeal_days: i32::try_from(rules.appeal_days).unwrap_or(i32::MAX),
            told_at: None,
            statement_due_at: None,
            evidence_sha256: evidence_sha256.clone(),
            early: false,
            decision_told_at: None,
            appeal_due_at: None,
            appeal_outcome: None,
            appeal_reason: None,
            appeal_decided_by: None,
            appeal_decided_at: None,
        };
        db::conduct::insert(tx.conn, &case)?;
        let detail = json!({"number": number, "kind": kind, "expert": expert, "evidence_sha256": evidence_sha256});
        tx.event(id.as_str(), actor, Event::CaseOpened, &detail)?;
        tx.event(expert.as_str(), actor, Event::CaseOpened, &json!({"case": id, "kind": kind}))?;
        if kind == CaseKind::Removal && row.standing != Standing::Suspended {
            let change = Change { deed: StandingDeed::Suspend, why: None, case: Some(id) };
            change_standing::within(tx, actor, expert, change)?;
            tx.event(expert.as_str(), actor, Event::ExpertSuspended, &json!({"case": id}))?;
        }
        // What policy proposed is dealt with: a person has decided to open the case.
        for proposed in [TaskKind::AdmonitionProposed, TaskKind::RemovalProposed] {
            db::task::finish_of_expert(tx.conn, expert, proposed, tx.now.naive_utc())?;
        }
        owe_to_expert(tx, actor, &case, NoticeKind::CaseOpened, &format!("case-opened:{id}"))?;
        if tx.office.settings.mail_off {
            leave_case_task(tx, &case, &row, TaskKind::TellCase, &format!("tell-case:{id}:notice"))?;
        }
        Ok(id)
    })
}

/// Takes a step of a case, if it means anything at its stage.
///
/// # Errors
/// [`Refusal::WrongState`].
pub(super) fn step(case: &mut CaseRow, step: CaseStep) -> Result<(), Refusal> {
    case.stage = case.stage.after(step).map_err(|_| Refusal::WrongState)?;
    Ok(())
}

/// The case of that id with its expert, locked, if the actor may see it.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::NotYours`] for a manager of another region.
pub(super) fn locked(tx: &mut Tx<'_>, actor: &Actor, id: CaseId) -> Done<(CaseRow, ExpertRow)> {
    db::dialect::lock_subject(tx.conn, id.as_str())?;
    let case = db::conduct::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
    let expert = db::expert::find(tx.conn, &case.expert)?.ok_or(Refusal::NotFound)?;
    let yours = match actor {
        Actor::Expert(own) => *own == case.expert,
        Actor::Enterprise(_) => false,
        Actor::Staff(_) | Actor::Desk | Actor::Operator => actor.scope().covers_region(&expert.region),
    };
    if yours { Ok((case, expert)) } else { Err(Refusal::NotYours.into()) }
}

/// Owes the expert a letter of the case.
pub(super) fn owe_to_expert(tx: &mut Tx<'_>, actor: &Actor, case: &CaseRow, kind: NoticeKind, key: &str) -> Done<()> {
    let mut letter = Letter::new(kind, key);
    letter.expert = Some(case.expert);
    letter.case = Some(case.id);
    tx.owe(actor, letter)
}

/// Leaves the managers a task of the case, once under its key.
pub(super) fn leave_case_task(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    expert: &ExpertRow,
    kind: TaskKind,
    key: &str,
) -> Done<()> {
    tx.leave_task(Work {
        kind,
        dedup: key.to_owned(),
        need: None,
        assignment: None,
        expert: Some(expert.id),
        case: Some(case.id),
        account: None,
        for_manager: true,
        detail: Some(case.number.clone()),
        due_at: None,
    })
}

/// The case waits for its second manager: a task for all, and a letter to everybody who may decide it.
pub(super) fn ask_for_decision(tx: &mut Tx<'_>, case: &CaseRow, expert: &ExpertRow) -> Done<()> {
    // A notice that came back and was told again asks again.
    let told = case.told_at.map_or(0, |at| at.and_utc().timestamp_micros());
    leave_case_task(tx, case, expert, TaskKind::DecideCase, &format!("decide:{}:{told}", case.id))?;
    tell_managers(tx, case, expert, (NoticeKind::StaffCase, &format!("staff-case:{}", case.id)), &[case.opened_by])
}

/// Tells the managers of the expert's region, and the city's where it signs second, all but those named.
pub(super) fn tell_managers(
    tx: &mut Tx<'_>,
    case: &CaseRow,
    expert: &ExpertRow,
    (kind, key): (NoticeKind, &str),
    but: &[crate::ids::AccountId],
) -> Done<()> {
    let mut told = managers_of(tx, &expert.region)?;
    told.extend(managers_of(tx, crate::domain::region::CITY)?);
    told.sort_unstable();
    told.dedup();
    for account in told.into_iter().filter(|account| !but.contains(account)) {
        let mut letter = Letter::new(kind, format!("{key}:{account}")).to_account(account);
        letter.case = Some(case.id);
        letter.expert = Some(expert.id);
        tx.owe(&Actor::Desk, letter)?;
    }
    Ok(())
}

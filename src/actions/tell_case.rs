//! The expert is told of a case, of its decision, of the sealed decision: when a mail server took the letter, or when staff
//! handed it over or said it by phone. What was promised runs from there; a letter that comes back takes it away again.
//!
//! Source: Civil Code art. 137 (arrival), 201 (counting); rules.md, "Standing, selection, conduct". A time to appeal that
//! was told only ever grows.

use super::conduct_case::{WAITS_FOR_LETTER, leave_case_task, locked, owe_to_expert, step, tell_managers};
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::conduct::CaseRow;
use crate::db::expert::ExpertRow;
use crate::domain::assignment::NotifiedBy;
use crate::domain::conduct::{CaseStage, CaseStep, ends_after, reminds_at};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{CaseId, TaskId};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// Whether a letter of that kind tells of a case, and so starts a clock of it.
#[must_use]
pub(super) const fn tells(kind: NoticeKind) -> bool {
    matches!(kind, NoticeKind::CaseOpened | NoticeKind::CaseDecided | NoticeKind::CaseSealed)
}

/// Staff told the expert themselves, by phone or by WeChat. Which of notice and decision is told follows from
/// where the case stands.
///
/// # Errors
/// [`Refusal::WrongState`] when there is nothing to tell; [`Refusal::Invalid`] for a time in the future or before the case;
/// [`Refusal::NotYours`].
pub fn enter_case_told(office: &Office, actor: &Actor, id: CaseId, by: NotifiedBy, at: DateTime<Utc>) -> Done<()> {
    actor.needs(Right::Decide)?;
    office.write(|tx| {
        let (case, _) = locked(tx, actor, id)?;
        let since = if case.stage == CaseStage::Decided { case.decided_at } else { Some(case.opened_at) };
        let earliest = since.map_or(at, |since| since.and_utc() - TimeDelta::minutes(1));
        if at > tx.now + TimeDelta::minutes(1) || at < earliest {
            return Err(Refusal::Invalid(vec![FieldProblem::new("at", "out-of-range")]).into());
        }
        match case.stage {
            CaseStage::Notice => notice(tx, actor, case, by, at),
            CaseStage::Decided => decision(tx, actor, case, by, at),
            CaseStage::Hearing
            | CaseStage::Deciding
            | CaseStage::Appealable
            | CaseStage::Appealed
            | CaseStage::Final => Err(Refusal::WrongState.into()),
        }
    })
}

/// A mail server took a letter of the case.
pub(super) fn accepted(tx: &mut Tx<'_>, id: CaseId, kind: NoticeKind) -> Done<()> {
    let (case, _) = locked(tx, &Actor::Desk, id)?;
    let now = tx.now;
    match kind {
        NoticeKind::CaseOpened if case.stage == CaseStage::Notice => {
            notice(tx, &Actor::Desk, case, NotifiedBy::Smtp, now)
        }
        NoticeKind::CaseDecided | NoticeKind::CaseSealed if case.stage.after(CaseStep::TellDecision).is_ok() => {
            decision(tx, &Actor::Desk, case, NotifiedBy::Smtp, now)
        }
        _ => Ok(()),
    }
}

/// A letter of the case came back, or was given up.
pub(super) fn returned(tx: &mut Tx<'_>, id: CaseId, kind: NoticeKind) -> Done<()> {
    let (mut case, expert) = locked(tx, &Actor::Desk, id)?;
    let heard = db::case_file::was_heard(tx.conn, id)?;
    let what = match kind {
        // Whoever was heard had word of it.
        NoticeKind::CaseOpened if case.stage.is_open() && !heard => {
            if case.stage != CaseStage::Notice {
                step(&mut case, CaseStep::NoticeReturns)?;
            }
            case.told_at = None;
            case.statement_due_at = None;
            // Nobody is asked to decide what nobody was told of.
            db::task::finish_case_kind(tx.conn, id, TaskKind::DecideCase, tx.now.naive_utc())?;
            "notice"
        }
        NoticeKind::CaseDecided | NoticeKind::CaseSealed
            if matches!(case.stage, CaseStage::Decided | CaseStage::Appealable) =>
        {
            if case.stage == CaseStage::Appealable {
                step(&mut case, CaseStep::DecisionReturns)?;
            }
            case.decision_told_at = None;
            case.appeal_due_at = None;
            "decision"
        }
        _ => return Ok(()),
    };
    case.next_due_at = None;
    db::conduct::save(tx.conn, &case)?;
    tx.event(id.as_str(), &Actor::Desk, Event::CaseReturned, &json!({"letter": kind}))?;
    let key = format!("tell-case:{id}:{what}:{}", TaskId::from_minted(tx.mint()));
    leave_case_task(tx, &case, &expert, TaskKind::TellCase, &key)
}

/// The time to be heard begins.
fn notice(tx: &mut Tx<'_>, actor: &Actor, mut case: CaseRow, by: NotifiedBy, at: DateTime<Utc>) -> Done<()> {
    step(&mut case, CaseStep::Tell)?;
    let days = u32::try_from(case.statement_days).unwrap_or(0);
    let due = ends_after(at, days, &tx.office.calendar());
    case.told_at = Some(at.naive_utc());
    case.statement_due_at = Some(due.naive_utc());
    case.next_due_at = Some(reminds_at(at, due, &tx.office.calendar()).unwrap_or(due).naive_utc());
    told(tx, actor, &case, Event::CaseTold, &json!({"by": by, "at": at, "due": due}))
}

/// The time to appeal begins, or grows.
fn decision(tx: &mut Tx<'_>, actor: &Actor, mut case: CaseRow, by: NotifiedBy, at: DateTime<Utc>) -> Done<()> {
    step(&mut case, CaseStep::TellDecision)?;
    let days = u32::try_from(case.appeal_days).unwrap_or(0);
    let counted = ends_after(at, days, &tx.office.calendar()).naive_utc();
    let due = case.appeal_due_at.map_or(counted, |promised| promised.max(counted));
    case.decision_told_at.get_or_insert(at.naive_utc());
    case.appeal_due_at = Some(due);
    if case.stage == CaseStage::Appealable {
        let reminder = reminds_at(at, due.and_utc(), &tx.office.calendar());
        case.next_due_at = Some(reminder.map_or(due, |at| at.naive_utc()));
    }
    told(tx, actor, &case, Event::DecisionTold, &json!({"by": by, "at": at, "due": due.and_utc()}))
}

fn told(tx: &mut Tx<'_>, actor: &Actor, case: &CaseRow, event: Event, detail: &serde_json::Value) -> Done<()> {
    db::conduct::save(tx.conn, case)?;
    tx.event(case.id.as_str(), actor, event, detail)?;
    db::task::finish_case_kind(tx.conn, case.id, TaskKind::TellCase, tx.now.naive_utc())?;
    Ok(())
}

/// What is due for a case at this moment: a letter that never left, the reminder of the end of the hearing or of the appeal,
/// that end. Answers whether anything was done; run twice, it does nothing the second time.
///
/// # Errors
/// A fault of the machine.
pub fn tend_case(office: &Office, id: CaseId) -> Done<bool> {
    office.write(|tx| {
        let (mut case, expert) = locked(tx, &Actor::Desk, id)?;
        if case.next_due_at.is_none_or(|due| due > tx.now.naive_utc()) {
            return Ok(false);
        }
        case.next_due_at = None;
        match case.stage {
            CaseStage::Notice | CaseStage::Decided => {
                if super::mail_alarm::standing(tx.conn)?.is_some() {
                    // Our own configuration is at fault, and everybody is told so.
                    case.next_due_at = Some((tx.now + WAITS_FOR_LETTER).naive_utc());
                } else {
                    let what = if case.stage == CaseStage::Notice { "notice" } else { "decision" };
                    let key = format!("tell-case:{id}:{what}");
                    leave_case_task(tx, &case, &expert, TaskKind::TellCase, &key)?;
                }
                db::conduct::save(tx.conn, &case)?;
            }
            CaseStage::Hearing if case.statement_due_at.is_some_and(|due| due > tx.now.naive_utc()) => {
                remind_of_hearing(tx, case, &expert)?;
            }
            CaseStage::Appealable if case.appeal_due_at.is_some_and(|due| due > tx.now.naive_utc()) => {
                remind_of_appeal(tx, case)?;
            }
            CaseStage::Hearing => {
                step(&mut case, CaseStep::HearingEnds)?;
                db::conduct::save(tx.conn, &case)?;
                tx.event(id.as_str(), &Actor::Desk, Event::HearingEnded, &json!({"heard": false}))?;
                super::conduct_case::ask_for_decision(tx, &case, &expert)?;
            }
            CaseStage::Appealable => {
                step(&mut case, CaseStep::AppealEnds)?;
                db::conduct::save(tx.conn, &case)?;
                tx.event(id.as_str(), &Actor::Desk, Event::CaseEnded, &json!({"appealed": false}))?;
            }
            CaseStage::Deciding | CaseStage::Appealed | CaseStage::Final => db::conduct::save(tx.conn, &case)?,
        }
        Ok(true)
    })
}

/// The time to be heard ends soon: the expert is reminded, and whoever may decide then. Once for each such time.
fn remind_of_hearing(tx: &mut Tx<'_>, mut case: CaseRow, expert: &ExpertRow) -> Done<()> {
    case.next_due_at = case.statement_due_at;
    db::conduct::save(tx.conn, &case)?;
    let told = case.told_at.map_or(0, |at| at.and_utc().timestamp_micros());
    let key = format!("statement-reminder:{}:{told}", case.id);
    owe_to_expert(tx, &Actor::Desk, &case, NoticeKind::StatementReminder, &key)?;
    tell_managers(tx, &case, expert, (NoticeKind::StaffStatementEnding, &format!("staff-{key}")), &[case.opened_by])?;
    tx.event(case.id.as_str(), &Actor::Desk, Event::ReminderSent, &json!({"of": "statement", "due": case.next_due_at}))
}

/// The time to appeal ends soon: the expert is reminded, and whoever decided. Once for each such time: the sealed letter may
/// have let it grow.
fn remind_of_appeal(tx: &mut Tx<'_>, mut case: CaseRow) -> Done<()> {
    case.next_due_at = case.appeal_due_at;
    db::conduct::save(tx.conn, &case)?;
    let due = case.appeal_due_at.map_or(0, |at| at.and_utc().timestamp_micros());
    let key = format!("appeal-reminder:{}:{due}", case.id);
    owe_to_expert(tx, &Actor::Desk, &case, NoticeKind::AppealReminder, &key)?;
    if let Some(decider) = case.decided_by {
        let mut letter = Letter::new(NoticeKind::StaffAppealEnding, format!("staff-{key}")).to_account(decider);
        letter.case = Some(case.id);
        letter.expert = Some(case.expert);
        tx.owe(&Actor::Desk, letter)?;
    }
    tx.event(case.id.as_str(), &Actor::Desk, Event::ReminderSent, &json!({"of": "appeal", "due": case.next_due_at}))
}

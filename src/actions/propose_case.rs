//! An incident is recorded, and policy may propose a case of it. A proposal is a task for the managers and nothing more:
//! people decide (rules.md, "Standing, selection, conduct").
//!
//! What a case has dealt with is not counted towards the next one; what was withdrawn, or reported and never proven, is not
//! counted at all.

use super::{Actor, Done, Tx, Work, own_words};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::conduct::{CaseRow, IncidentRow};
use crate::domain::conduct::{CaseKind, Decision, IncidentKind};
use crate::domain::event::Event;
use crate::domain::task::TaskKind;
use crate::ids::{AccountId, AssignmentId, ExpertId, IncidentId, TaskId};
use chrono::{DateTime, Months, NaiveDateTime, Utc};
use serde_json::json;

/// Something that happened.
#[derive(Debug, Clone, Default)]
pub(super) struct Incident {
    /// What somebody said of it.
    pub(super) note: Option<String>,
    /// The account that entered it.
    pub(super) entered_by: Option<AccountId>,
}

/// Records an incident once, and leaves the managers a task when policy proposes a case. Answers whether it is new.
pub(super) fn record(
    tx: &mut Tx<'_>,
    expert: ExpertId,
    kind: IncidentKind,
    of: Option<&AssignmentRow>,
    key: String,
    told: Incident,
) -> Done<bool> {
    let id = IncidentId::from_minted(tx.mint());
    let note = match &told.note {
        Some(note) => own_words::seal_if_known(tx, expert, &own_words::of_incident(id, "note"), note)?,
        None => None,
    };
    let row = IncidentRow {
        id,
        expert,
        kind,
        need: of.map(|row| row.need),
        assignment: of.map(|row| row.id),
        happened_at: tx.now.naive_utc(),
        withdrawn_at: None,
        withdrawn_why: None,
        dedup_key: key,
        note,
        entered_by: told.entered_by,
        finding: None,
        finding_note: None,
        found_by: None,
        found_at: None,
    };
    if !db::conduct::record_incident(tx.conn, &row)? {
        return Ok(false);
    }
    tx.event(
        expert.as_str(),
        &Actor::Desk,
        Event::IncidentRecorded,
        &json!({"incident": row.id, "kind": kind, "assignment": row.assignment}),
    )?;
    if row.weighs() {
        propose(tx, expert, kind, row.assignment)?;
    }
    Ok(true)
}

/// What policy makes of the incidents of one kind, now that there is one more that weighs.
pub(super) fn propose(
    tx: &mut Tx<'_>,
    expert: ExpertId,
    kind: IncidentKind,
    assignment: Option<AssignmentId>,
) -> Done<()> {
    let threshold = tx.policy()?.threshold(kind);
    let count = counted(tx, expert, kind, threshold.months)?;
    let Some(proposed) = threshold.proposes(count) else { return Ok(()) };
    leave(tx, expert, proposed, assignment, count)
}

/// How many incidents of a kind weigh: within the months, and since the last case that dealt with any.
pub(super) fn counted(tx: &mut Tx<'_>, expert: ExpertId, kind: IncidentKind, months: u32) -> Done<i64> {
    let cases = db::conduct::of_expert(tx.conn, expert)?;
    let since = dealt_with_until(&cases).max(Some(months_ago(tx.now, months)));
    let weighing = db::conduct::incidents_of(tx.conn, expert)?
        .into_iter()
        .filter(|row| row.kind == kind && row.weighs())
        .filter(|row| since.is_none_or(|since| row.happened_at >= since))
        .count();
    Ok(i64::try_from(weighing).unwrap_or(i64::MAX))
}

/// When the last case was opened: what happened before it was weighed there, however it ended.
fn dealt_with_until(cases: &[CaseRow]) -> Option<NaiveDateTime> {
    cases.iter().map(|case| case.opened_at).max()
}

fn months_ago(now: DateTime<Utc>, months: u32) -> NaiveDateTime {
    now.checked_sub_months(Months::new(months)).unwrap_or(DateTime::<Utc>::MIN_UTC).naive_utc()
}

/// After an admonition: so many within the months propose a removal. Those an appeal took back do not count.
pub(super) fn after_admonition(tx: &mut Tx<'_>, expert: ExpertId) -> Done<()> {
    let policy = tx.policy()?;
    let since = months_ago(tx.now, policy.conduct.admonition_months);
    let admonitions = db::conduct::of_expert(tx.conn, expert)?
        .into_iter()
        .filter(|case| case.decision == Some(Decision::Admonish) && case.stands_against())
        .filter(|case| case.decided_at.is_some_and(|at| at >= since))
        .count();
    let admonitions = i64::try_from(admonitions).unwrap_or(i64::MAX);
    if admonitions < policy.admonitions_to_remove {
        return Ok(());
    }
    leave(tx, expert, CaseKind::Removal, None, admonitions)
}

/// Leaves the proposal, unless one of its kind waits already or such a case is open.
fn leave(
    tx: &mut Tx<'_>,
    expert: ExpertId,
    proposed: CaseKind,
    assignment: Option<AssignmentId>,
    count: i64,
) -> Done<()> {
    let kind = match proposed {
        CaseKind::Admonition => TaskKind::AdmonitionProposed,
        CaseKind::Removal => TaskKind::RemovalProposed,
    };
    let open = db::conduct::of_expert(tx.conn, expert)?
        .iter()
        .any(|case| case.stage.is_open() && (case.kind == proposed || case.kind == CaseKind::Removal));
    if open || db::task::has_open_of_expert(tx.conn, expert, &[kind])? {
        return Ok(());
    }
    let key = format!("{proposed}:{expert}:{}", TaskId::from_minted(tx.mint()));
    tx.leave_task(Work {
        kind,
        dedup: key,
        need: None,
        assignment,
        expert: Some(expert),
        case: None,
        account: None,
        for_manager: true,
        detail: Some(count.to_string()),
        due_at: None,
    })
}

/// After an incident was withdrawn: a proposal that rested on it goes, if what is left would not propose it.
pub(super) fn reconsider(tx: &mut Tx<'_>, expert: ExpertId) -> Done<()> {
    let policy = tx.policy()?;
    let mut still: Vec<CaseKind> = Vec::new();
    for kind in IncidentKind::ALL {
        let threshold = policy.threshold(*kind);
        let count = counted(tx, expert, *kind, threshold.months)?;
        still.extend(threshold.proposes(count));
    }
    if !still.contains(&CaseKind::Admonition) {
        db::task::finish_of_expert(tx.conn, expert, TaskKind::AdmonitionProposed, tx.now.naive_utc())?;
    }
    Ok(())
}

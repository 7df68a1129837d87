//! What must hold of standing and conduct: the register says what its history says (I16), nobody who is gone has anything
//! in hand (I17), every case went its fair way (I18).

use super::Findings;
use super::Invariant;
use crate::db::Conn;
use crate::db::conduct::CaseRow;
use crate::db::conn::cols;
use crate::db::schema::assignments;
use crate::db::schema::conduct_cases;
use crate::db::schema::experts;
use crate::db::schema::standing_history;
use crate::db::schema::tasks;
use crate::db::standing_history::StepRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::conduct::CaseKind;
use crate::domain::conduct::CaseStage;
use crate::domain::conduct::CaseState;
use crate::domain::conduct::Decision;
use crate::domain::standing::Standing;
use crate::ids::{CaseId, ExpertId};
use crate::seal::fingerprint;
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// How many experts or cases are read at a time.
const PAGE: i64 = 500;

/// Looks at everything.
///
/// # Errors
/// What the database says.
pub fn look(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    histories(conn, findings)?;
    gone(conn, findings)?;
    removed(conn, findings)?;
    cases(conn, findings)
}

/// Every step of a history follows from the one before by the state machine, and the last one is the standing (I16).
fn histories(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    let mut after: Option<ExpertId> = None;
    loop {
        let mut page = standing_history::table
            .select(standing_history::expert)
            .filter(standing_history::nth.eq(1))
            .order(standing_history::expert)
            .limit(PAGE)
            .into_boxed::<crate::db::conn::Backend>();
        if let Some(after) = after {
            page = page.filter(standing_history::expert.gt(after));
        }
        let ids: Vec<ExpertId> = page.load(conn)?;
        let Some(last) = ids.last() else { return Ok(()) };
        after = Some(*last);
        let steps: Vec<StepRow> = standing_history::table
            .filter(standing_history::expert.eq_any(&ids))
            .order((standing_history::expert, standing_history::nth))
            .select(cols::<StepRow>())
            .load(conn)?;
        let standings: HashMap<ExpertId, Standing> = experts::table
            .filter(experts::id.eq_any(&ids))
            .select((experts::id, experts::standing))
            .load::<(ExpertId, Standing)>(conn)?
            .into_iter()
            .collect();
        for id in ids {
            let own: Vec<&StepRow> = steps.iter().filter(|step| step.expert == id).collect();
            if let Some(why) = history_is_wrong(&own, standings.get(&id).copied()) {
                findings.add(Invariant::StandingFollows, id.as_str(), why);
            }
        }
    }
}

/// What is wrong with a history; `None` when it holds.
fn history_is_wrong(steps: &[&StepRow], standing: Option<Standing>) -> Option<String> {
    let mut before: Option<&StepRow> = None;
    for (step, nth) in steps.iter().zip(1..) {
        if step.nth != nth {
            return Some(format!("step {nth} is missing"));
        }
        if step.from_standing.after(step.deed) != Ok(step.to_standing) {
            return Some(format!("{} does not lead from {} to {}", step.deed, step.from_standing, step.to_standing));
        }
        if before.is_some_and(|before| before.to_standing != step.from_standing || before.at > step.at) {
            return Some(format!("step {nth} does not follow the one before"));
        }
        before = Some(step);
    }
    let last = before?.to_standing;
    (standing != Some(last)).then(|| format!("the history ends at {last}, the register says {standing:?}"))
}

/// Nobody who is suspended, withdrawn or removed has an open offer or an accepted case; nobody paused an open offer (I17).
fn gone(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    let held: Vec<(String, AssignmentState, Standing)> = assignments::table
        .inner_join(experts::table.on(experts::id.eq(assignments::expert)))
        .filter(crate::db::assignment::in_hand())
        .filter(experts::standing.ne(Standing::Active))
        .select((assignments::number, assignments::state, experts::standing))
        .load(conn)?;
    for (number, state, standing) in held {
        if state == AssignmentState::Offered || standing.ends_accepted_cases() {
            findings.add(Invariant::GoneHoldNothing, &number, format!("{state} with somebody {standing}"));
        }
    }
    Ok(())
}

/// Nobody is removed but by a removal case that ended so and that no appeal overturned (I18).
fn removed(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    // Whoever was removed before there was a history is not judged by it.
    let removed: Vec<ExpertId> = experts::table
        .inner_join(standing_history::table.on(standing_history::expert.eq(experts::id)))
        .filter(experts::standing.eq(Standing::Removed))
        .filter(standing_history::to_standing.eq(Standing::Removed))
        .distinct()
        .select(experts::id)
        .load(conn)?;
    for part in removed.chunks(500) {
        let cases: Vec<CaseRow> = conduct_cases::table
            .filter(conduct_cases::expert.eq_any(part))
            .filter(conduct_cases::decision.eq(Decision::Remove))
            .select(cols::<CaseRow>())
            .load(conn)?;
        let just: HashSet<ExpertId> =
            cases.iter().filter(|case| case.stands_against()).map(|case| case.expert).collect();
        for id in part.iter().filter(|id| !just.contains(id)) {
            findings.add(Invariant::CasesAreFair, id.as_str(), "removed without a decision that stands");
        }
    }
    Ok(())
}

/// Every case was opened and decided by different people, on the evidence that was frozen, and waits for somebody or
/// something (I18).
fn cases(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    let mut after: Option<CaseId> = None;
    loop {
        let mut page = conduct_cases::table
            .inner_join(experts::table.on(experts::id.eq(conduct_cases::expert)))
            .order(conduct_cases::id)
            .limit(PAGE)
            .select((cols::<CaseRow>(), experts::standing))
            .into_boxed::<crate::db::conn::Backend>();
        if let Some(after) = after {
            page = page.filter(conduct_cases::id.gt(after));
        }
        let rows: Vec<(CaseRow, Standing)> = page.load(conn)?;
        let Some((last, _)) = rows.last() else { return Ok(()) };
        after = Some(last.id);
        let ids: Vec<CaseId> = rows.iter().map(|(case, _)| case.id).collect();
        let awaited: HashSet<CaseId> = tasks::table
            .filter(tasks::conduct_case.eq_any(&ids))
            .filter(tasks::done_at.is_null())
            .select(tasks::conduct_case)
            .load::<Option<CaseId>>(conn)?
            .into_iter()
            .flatten()
            .collect();
        for (case, standing) in &rows {
            for why in unfair(case, *standing, awaited.contains(&case.id)) {
                findings.add(Invariant::CasesAreFair, &case.number, why);
            }
        }
    }
}

/// What is wrong with a case.
fn unfair(case: &CaseRow, standing: Standing, awaited: bool) -> Vec<&'static str> {
    let mut wrong = Vec::new();
    let mut is = |bad: bool, why: &'static str| {
        if bad {
            wrong.push(why);
        }
    };
    is(case.decided_by == Some(case.opened_by), "opened and decided by the same person");
    is(
        case.appeal_decided_by.is_some() && case.appeal_decided_by == case.decided_by,
        "decision and appeal by the same person",
    );
    is(case.stage.is_open() != (case.state == CaseState::Open), "stage and state disagree");
    is(case.stage.is_open() == case.decision.is_some(), "stage and decision disagree");
    is(case.decision.is_some_and(|decision| !decision.fits(case.kind)), "the decision does not fit the case");
    is(
        case.kind == CaseKind::Removal && case.stage.is_open() && standing.may_be_asked(),
        "a removal case is open and its expert is asked",
    );
    is(
        !case.evidence_sha256.is_empty() && fingerprint(case.evidence.as_str().as_bytes()) != case.evidence_sha256,
        "the evidence is not what was frozen",
    );
    let by_the_clock = matches!(case.stage, CaseStage::Hearing | CaseStage::Appealable);
    is(by_the_clock && case.next_due_at.is_none(), "its time runs and nothing will end it");
    let by_somebody = matches!(case.stage, CaseStage::Deciding | CaseStage::Appealed);
    is(by_somebody && !awaited, "it waits for a person and nobody has the task");
    let by_either = matches!(case.stage, CaseStage::Notice | CaseStage::Decided);
    is(by_either && !awaited && case.next_due_at.is_none(), "it waits for ever");
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::standing::StandingDeed;
    use crate::ids::uuid_v7;

    fn step(nth: i32, from: Standing, deed: StandingDeed, to: Standing) -> StepRow {
        StepRow {
            expert: ExpertId::from_minted(uuid_v7(1, &[1; 10])),
            nth,
            from_standing: from,
            to_standing: to,
            deed,
            at: chrono::DateTime::from_timestamp(1_800_000_000 + i64::from(nth), 0).expect("a moment").naive_utc(),
            actor: "desk".to_owned(),
            conduct_case: None,
            why: None,
        }
    }

    #[test]
    fn a_history_holds_only_if_every_step_follows() {
        let paused = step(1, Standing::Active, StandingDeed::Pause, Standing::Paused);
        let back = step(2, Standing::Paused, StandingDeed::Resume, Standing::Active);
        assert_eq!(history_is_wrong(&[&paused, &back], Some(Standing::Active)), None);
        assert!(history_is_wrong(&[&paused, &back], Some(Standing::Removed)).is_some(), "the register says otherwise");
        assert!(history_is_wrong(&[&back], Some(Standing::Active)).is_some(), "the first step is missing");
        let jump = step(2, Standing::Paused, StandingDeed::Resume, Standing::Removed);
        assert!(history_is_wrong(&[&paused, &jump], Some(Standing::Removed)).is_some(), "no deed leads there");
        let apart = step(2, Standing::Active, StandingDeed::Suspend, Standing::Suspended);
        assert!(history_is_wrong(&[&paused, &apart], Some(Standing::Suspended)).is_some(), "it does not follow");
    }
}

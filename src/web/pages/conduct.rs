//! Conduct (劝导与除名): the cases by stage, one case with its evidence, its hearing and its deciders, the letters, the
//! ledger, and the policy that proposes.

mod case;
mod course;
mod deeds;
mod evidence;
mod ledger;
mod letter;
mod list;
mod rules;

pub use evidence::read as read_evidence;
pub use letter::decision_number;

use super::super::routes::{Access, BodyLimit, Route, get, post};
use super::expert::Tag;
use crate::db::conduct::CaseRow;
use crate::domain::conduct::{AppealOutcome, CaseStage};
use crate::domain::role::Right;
use crate::i18n::L;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        get("/conduct", SignedIn(Right::Audit), list::list),
        get("/conduct/ledger", SignedIn(Right::Audit), ledger::show),
        get("/conduct/ledger.csv", SignedIn(Right::Audit), ledger::csv),
        get("/conduct/{id}", SignedIn(Right::Audit), case::show),
        post("/conduct/{id}/told", SignedIn(Right::Decide), deeds::told),
        post("/conduct/{id}/statement", SignedIn(Right::Decide), deeds::statement),
        post("/conduct/{id}/decision", SignedIn(Right::Decide), deeds::decide),
        post("/conduct/{id}/appeal", SignedIn(Right::Decide), deeds::decide_appeal),
        post("/conduct/{id}/papers", SignedIn(Right::Decide), deeds::add_papers).takes(BodyLimit::FILE),
        get("/conduct/{id}/papers/{paper}", SignedIn(Right::Audit), deeds::paper),
        post("/conduct/{id}/transfer", SignedIn(Right::Decide), deeds::transfer),
        get("/conduct/{id}/letter", SignedIn(Right::Audit), letter::show),
        get("/policy/conduct", SignedIn(Right::Decide), rules::show),
        post("/policy/conduct", SignedIn(Right::Decide), rules::set),
    ]
}

/// The tag of a case: where it stands, or how it ended.
#[must_use]
pub fn state_tag(l: L, case: &CaseRow) -> Tag {
    let stage = |kind, symbol| Tag { kind, symbol, text: l.t(&format!("case-stage-{}", case.stage)) };
    match (case.stage, case.decision) {
        (CaseStage::Notice, _) => stage("soon", "mail"),
        (CaseStage::Hearing, _) => stage("wait", "wait"),
        (CaseStage::Deciding, _) => stage("soon", "case"),
        (CaseStage::Decided, _) => stage("soon", "mail"),
        (CaseStage::Appealable, _) => stage("wait", "wait"),
        (CaseStage::Appealed, _) => stage("late", "alert"),
        (CaseStage::Final, _) if case.appeal_outcome == Some(AppealOutcome::Overturned) => {
            Tag { kind: "ok", symbol: "check", text: l.t("appeal-outcome-overturned") }
        }
        (CaseStage::Final, None) => stage("", "check"),
        (CaseStage::Final, Some(decision)) => {
            let kind = if decision.is_against() { "late" } else { "ok" };
            Tag { kind, symbol: "check", text: l.t(&format!("decision-{decision}")) }
        }
    }
}

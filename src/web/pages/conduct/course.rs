//! The way a case goes, in words: its steps with their dates, what it waits for, who signed.

use super::super::expert::Tag;
use crate::db::conduct::CaseRow;
use crate::domain::answer_rule::last_day;
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::CaseStage;
use crate::domain::role::{Right, Staff};
use crate::i18n::L;

/// One step.
pub struct Step {
    /// Behind us.
    pub done: bool,
    /// Where the case stands.
    pub current: bool,
    /// What.
    pub text: String,
    /// When, or until when.
    pub note: String,
}

/// Whose decision it is, and what it was.
pub struct Signer {
    /// Which of them.
    pub tag: Tag,
    /// Name.
    pub name: String,
    /// When.
    pub when: String,
    /// What was said.
    pub said: String,
    /// Whether it is still to come.
    pub waits: bool,
}

/// The steps of a case: opened, told, heard, decided, told again, open to appeal, final.
#[must_use]
pub fn steps(l: L, case: &CaseRow, heard: bool) -> Vec<Step> {
    let day = |at: chrono::NaiveDateTime| l.short_date(beijing_date(at.and_utc()));
    let until = |at: chrono::NaiveDateTime| l.a("conduct-until", &[("day", &l.short_date(last_day(at.and_utc())))]);
    let decided = case.decision.is_some();
    let against = case.decision.is_some_and(crate::domain::conduct::Decision::is_against);
    let at = |stage: CaseStage| case.stage == stage;
    let mut steps = vec![
        Step { done: true, current: false, text: l.t("conduct-step-opened"), note: day(case.opened_at) },
        Step {
            done: case.told_at.is_some(),
            current: at(CaseStage::Notice),
            text: l.t("conduct-step-told"),
            note: case.told_at.map_or_else(|| l.t("conduct-letter-waits"), day),
        },
        Step {
            done: heard || decided || at(CaseStage::Deciding),
            current: at(CaseStage::Hearing),
            text: l.t("conduct-step-statement"),
            note: match (heard, case.statement_due_at) {
                (true, _) => l.t("conduct-heard"),
                (false, Some(due)) => until(due),
                (false, None) => l.t("conduct-not-begun"),
            },
        },
        Step {
            done: decided,
            current: at(CaseStage::Deciding),
            text: l.t("conduct-step-decision"),
            note: case.decided_at.map_or_else(|| l.t("conduct-waits"), day),
        },
    ];
    if against || !decided {
        steps.push(Step {
            done: case.decision_told_at.is_some(),
            current: at(CaseStage::Decided),
            text: l.t("conduct-step-delivered"),
            note: case.decision_told_at.map_or_else(|| l.t("conduct-not-begun"), day),
        });
        steps.push(Step {
            done: at(CaseStage::Final),
            current: at(CaseStage::Appealable) || at(CaseStage::Appealed),
            text: l.t("conduct-step-appeal"),
            note: match (case.appeal_decided_at, case.appeal_due_at) {
                (Some(decided), _) => day(decided),
                (None, Some(due)) => until(due),
                (None, None) => l.t("conduct-not-begun"),
            },
        });
    }
    steps
}

/// What a case waits for, in a sentence.
#[must_use]
pub fn waiting(l: L, case: &CaseRow) -> String {
    let due = |at: Option<chrono::NaiveDateTime>| at.map(|at| l.due(at.and_utc())).unwrap_or_default();
    let until = match case.stage {
        CaseStage::Hearing => due(case.statement_due_at),
        CaseStage::Appealable => due(case.appeal_due_at),
        CaseStage::Notice | CaseStage::Deciding | CaseStage::Decided | CaseStage::Appealed | CaseStage::Final => {
            String::new()
        }
    };
    l.a(&format!("case-stage-{}-waits", case.stage), &[("due", &until)])
}

/// Whether this account can move the case on: whoever opened it does not decide it, whoever decided it not the appeal.
#[must_use]
pub fn waits_for(case: &CaseRow, staff: &Staff) -> bool {
    staff.role.has(Right::Decide)
        && match case.stage {
            CaseStage::Deciding => case.opened_by != staff.account,
            CaseStage::Appealed => case.decided_by != Some(staff.account),
            CaseStage::Notice | CaseStage::Hearing | CaseStage::Decided | CaseStage::Appealable | CaseStage::Final => {
                false
            }
        }
}

/// Who signed, and who still has to.
#[must_use]
pub fn signers(l: L, case: &CaseRow, name_of: &dyn Fn(Option<crate::ids::AccountId>) -> String) -> Vec<Signer> {
    let ok = |text: String| Tag { kind: "ok", symbol: "check", text };
    let mut signers = vec![Signer {
        tag: ok(l.t("conduct-first")),
        name: name_of(Some(case.opened_by)),
        when: l.instant(case.opened_at.and_utc()),
        said: l.a("conduct-first-said", &[("kind", &l.t(&format!("case-kind-{}", case.kind)))]),
        waits: false,
    }];
    signers.push(match (case.decision, case.decided_at) {
        (Some(decision), Some(at)) => Signer {
            tag: ok(l.a("conduct-second-decided", &[("decision", &l.t(&format!("decision-{decision}")))])),
            name: name_of(case.decided_by),
            when: l.instant(at.and_utc()),
            said: case.decision_reason.clone().unwrap_or_default(),
            waits: false,
        },
        _ => Signer {
            tag: Tag { kind: "wait", symbol: "wait", text: l.t("conduct-second-waits") },
            name: String::new(),
            when: String::new(),
            said: l.t("conduct-second-text"),
            waits: true,
        },
    });
    match (case.stage, case.appeal_outcome, case.appeal_decided_at) {
        (_, Some(outcome), Some(at)) => signers.push(Signer {
            tag: ok(l.a("conduct-third-decided", &[("outcome", &l.t(&format!("appeal-outcome-{outcome}")))])),
            name: name_of(case.appeal_decided_by),
            when: l.instant(at.and_utc()),
            said: case.appeal_reason.clone().unwrap_or_default(),
            waits: false,
        }),
        (CaseStage::Appealed, _, _) => signers.push(Signer {
            tag: Tag { kind: "wait", symbol: "wait", text: l.t("conduct-third-waits") },
            name: String::new(),
            when: String::new(),
            said: l.t("conduct-third-text"),
            waits: true,
        }),
        _ => {}
    }
    signers
}

//! Words: every key used anywhere exists in both languages; every code that makes a key has its words.

use std::path::{Path, PathBuf};
use zhipai::domain::matching::{Exclusion, ReasonText, Signal};
use zhipai::domain::{
    answer_rule, assignment, conduct, document, duty, erasure, event, expert, feedback, licence, need, notice, role,
    selection, standing, task,
};
use zhipai::i18n::{L, Lang};

fn texts(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|ending| ["rs", "html", "txt"].iter().any(|known| ending == *known)) {
            let text = std::fs::read_to_string(&path).expect("a text");
            found.push((path, text));
        }
    }
}

/// Keys written out in calls such as `l.t("desk-title")`.
#[test]
fn every_key_that_is_used_exists() {
    let mut found = Vec::new();
    texts(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let mut missing = Vec::new();
    for (path, text) in &found {
        for call in [".t(\"", ".a(\"", "flash(\""] {
            for piece in text.split(call).skip(1) {
                let key: String = piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                let whole = piece.get(key.len()..).is_some_and(|rest| rest.starts_with('"'));
                let is_test = path.to_string_lossy().contains("test") || key.is_empty() || !key.contains('-');
                for lang in [Lang::Zh, Lang::En] {
                    if whole && !is_test && !L(lang).has(&key) && !L(lang).has(&format!("flash-{key}")) {
                        missing.push(format!("{key} ({}) in {}", lang.tag(), path.display()));
                    }
                }
            }
        }
    }
    missing.sort();
    missing.dedup();
    assert!(missing.is_empty(), "keys without words:\n{}", missing.join("\n"));
}

#[test]
fn every_word_of_the_domain_is_said_in_both_languages() {
    let mut keys: Vec<String> = Vec::new();
    let mut add =
        |prefix: &str, codes: Vec<&str>| keys.extend(codes.into_iter().map(|code| format!("{prefix}-{code}")));
    macro_rules! all {
        ($prefix:literal, $enum:ty) => {
            add($prefix, <$enum>::ALL.iter().map(|one| one.as_str()).collect())
        };
    }
    all!("need-state", need::NeedState);
    all!("mode", need::Mode);
    all!("form", need::Form);
    all!("urgency", need::Urgency);
    all!("close-reason", need::CloseReason);
    all!("assignment-state", assignment::AssignmentState);
    all!("answer", assignment::AnswerKind);
    all!("answered-by", assignment::AnsweredBy);
    all!("notified-by", assignment::NotifiedBy);
    all!("decline-reason", assignment::DeclineReason);
    all!("offer-outcome", assignment::OfferOutcome);
    all!("incident", conduct::IncidentKind);
    all!("case-kind", conduct::CaseKind);
    all!("decision", conduct::Decision);
    all!("erasure-ground", erasure::ErasureGround);
    all!("document", document::DocumentKind);
    all!("document-state", document::DocumentState);
    all!("force", selection::Force);
    all!("verdict", selection::Verdict);
    all!("remedy", selection::Condition);
    all!("me-standing", standing::Standing);
    all!("channel", zhipai::actions::register_expert::Channel);
    all!("case-stage", conduct::CaseStage);
    all!("finding", conduct::Finding);
    all!("appeal-outcome", conduct::AppealOutcome);
    all!("paper-kind", conduct::PaperKind);
    all!("statement-kind", conduct::StatementKind);
    all!("conduct-doubt", conduct::Doubt);
    all!("standing-deed", standing::StandingDeed);
    all!("event", event::Event);
    all!("firm-type", expert::FirmType);
    all!("outcome", feedback::Outcome);
    all!("conduct-report", feedback::ConductReport);
    all!("notice", notice::NoticeKind);
    all!("role", role::Role);
    all!("standing", standing::Standing);
    all!("task", task::TaskKind);
    all!("rule", answer_rule::CountingRule);
    all!("signal", Signal);
    all!("duty-bar", duty::DutyBar);
    all!("duty-would", duty::DutyBar);
    for prefix in ["duty-bar", "duty-would"] {
        add(prefix, vec!["duty-unskilled", "duty-busy", "duty-all-barred"]);
    }
    add("duty-bar", zhipai::actions::solve_duty::WHY_NOBODY.to_vec());
    all!("consent", duty::ConsentAnswer);
    all!("turn-state", duty::TurnState);
    all!("plan-state", duty::PlanState);
    all!("swap-state", duty::SwapState);
    all!("duty-part", duty::DutyPart);
    add("reason", ReasonText::CODES.to_vec());
    all!("licence", licence::Licence);
    add("excluded", Exclusion::CODES.to_vec());
    for key in keys {
        for lang in [Lang::Zh, Lang::En] {
            assert!(L(lang).has(&key) || L(lang).has(&key.replace('_', "-")), "{key} in {}", lang.tag());
        }
    }
}

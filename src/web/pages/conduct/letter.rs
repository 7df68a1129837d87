//! The letters of a case, to be printed and sealed: 立案告知书, 劝导通知书, 除名决定书, 申诉决定书 and the 退出书 that goes with
//! an advised withdrawal.
//!
//! Source: GB/T 9704-2012 (head, document number with the year in 〔〕, title, main addressee, body, signature and date with
//! room for the seal, copies). A document is Chinese whatever the page's language: it is the office's own.

use super::case::found;
use super::evidence;
use crate::db::conduct::CaseRow;
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{AppealOutcome, CaseKind, Decision};
use crate::domain::refusal::Refusal;
use crate::i18n::{L, Lang};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use chrono::{Datelike, NaiveDate};
use std::collections::BTreeMap;

/// Which letter of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Of {
    /// That it was opened.
    Notice,
    /// How it was decided.
    Decision,
    /// How the appeal was decided.
    Appeal,
    /// What the expert signs who withdraws on advice.
    Withdrawal,
}

impl Of {
    const ALL: [(Self, &'static str); 4] = [
        (Self::Notice, "notice"),
        (Self::Decision, "decision"),
        (Self::Appeal, "appeal"),
        (Self::Withdrawal, "withdrawal"),
    ];

    /// Whether the case has come to it.
    fn is_there(self, case: &CaseRow) -> bool {
        match self {
            Self::Notice => true,
            Self::Decision => case.decision.is_some(),
            Self::Appeal => case.appeal_outcome.is_some(),
            Self::Withdrawal => case.decision == Some(Decision::AdviseWithdrawal),
        }
    }
}

struct Tab {
    href: String,
    label: String,
    current: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/conduct_letter.html", config = "src/web/askama.toml")]
struct LetterPage {
    f: Frame,
    id: String,
    number: String,
    tabs: Vec<Tab>,
    organiser: String,
    document_number: String,
    title: String,
    to: String,
    paragraphs: Vec<String>,
    signed_on: String,
    /// The expert signs this one, not the office.
    by_expert: bool,
    copies: String,
}

/// `GET /conduct/{id}/letter?of=notice|decision|appeal|withdrawal`: the latest letter when none is named.
///
/// # Errors
/// `NotFound`, also for a letter the case has not come to; a fault.
pub fn show(call: &Call) -> Answered {
    let zh = L(Lang::Zh);
    let mut reader = call.office.read()?;
    let (case, expert) = found(call, &mut reader)?;
    let asked = call.query_value("of");
    let of = match asked.as_deref() {
        None if case.appeal_outcome.is_some() => Of::Appeal,
        None if case.decision.is_some() => Of::Decision,
        None => Of::Notice,
        Some(text) => Of::ALL.iter().find(|(of, name)| *name == text && of.is_there(&case)).ok_or(Refusal::NotFound)?.0,
    };
    let organiser = if call.site.info.organiser.is_empty() {
        call.site.info.name.clone()
    } else {
        call.site.info.organiser.clone()
    };
    let organiser = if organiser.is_empty() { zh.t("conduct-letter-office") } else { organiser };
    let signed = match of {
        Of::Notice => Some(case.opened_at),
        Of::Decision => case.decided_at,
        Of::Appeal => case.appeal_decided_at,
        Of::Withdrawal => None,
    };
    let page = LetterPage {
        f: call.frame("conduct"),
        id: case.id.to_string(),
        tabs: Of::ALL
            .iter()
            .filter(|(one, _)| one.is_there(&case))
            .map(|(one, name)| Tab {
                href: format!("/conduct/{}/letter?of={name}", case.id),
                label: call.l.t(&format!("conduct-letter-of-{name}")),
                current: *one == of,
            })
            .collect(),
        document_number: if of == Of::Withdrawal { String::new() } else { document_number(zh, &case, of) },
        title: zh.t(&format!("conduct-letter-title-{}", title_key(&case, of))),
        to: if of == Of::Withdrawal {
            format!("{organiser}：")
        } else {
            zh.a("conduct-letter-to", &[("name", &expert.name)])
        },
        paragraphs: paragraphs(zh, &case, of),
        signed_on: signed
            .map_or_else(|| "　　　　年　　月　　日".to_owned(), |at| written_date(beijing_date(at.and_utc()))),
        by_expert: of == Of::Withdrawal,
        copies: if goes_to_employer(&case, of) {
            zh.a("conduct-letter-copies", &[("firm", &expert.firm)])
        } else {
            String::new()
        },
        organiser,
        number: case.number,
    };
    Answer::page(&page)
}

/// Whether the employer, who recommended the expert, gets a copy (抄送): of what was decided against the expert, and of how
/// an appeal against that ended. A case that was only opened, or came to nothing, is nobody else's business.
fn goes_to_employer(case: &CaseRow, of: Of) -> bool {
    match of {
        Of::Notice | Of::Withdrawal => false,
        Of::Decision => case.decision.is_some_and(Decision::is_against),
        Of::Appeal => true,
    }
}

/// The document number of a case's decision, as the ledger lists it.
#[must_use]
pub fn decision_number(l: L, case: &CaseRow) -> String {
    document_number(l, case, Of::Decision)
}

/// 〔2026〕14 号 of the letter's own series: the running part without its leading zeros (GB/T 9704, 7.2.5).
fn document_number(l: L, case: &CaseRow, of: Of) -> String {
    let mut parts = case.number.split('-').skip(1);
    let year = parts.next().unwrap_or_default();
    let running = parts.next().unwrap_or_default().trim_start_matches('0');
    let series = match of {
        Of::Notice => l.t("conduct-letter-series-notice"),
        Of::Appeal => l.t("conduct-letter-series-appeal"),
        Of::Decision | Of::Withdrawal => l.t(&format!("conduct-letter-series-{}", case.kind)),
    };
    format!("{series}〔{year}〕{running}号")
}

fn title_key(case: &CaseRow, of: Of) -> String {
    match (of, case.decision, case.kind) {
        (Of::Withdrawal, _, _) => "withdrawal".to_owned(),
        (Of::Appeal, _, _) => {
            format!("appeal-{}", case.appeal_outcome.as_ref().map_or("upheld", AppealOutcome::as_str))
        }
        (Of::Decision, Some(decision), _) => decision.as_str().to_owned(),
        (_, _, CaseKind::Admonition) => "admonition".to_owned(),
        (_, _, CaseKind::Removal) => "removal".to_owned(),
    }
}

/// 2026年5月8日, as a document is dated: no weekday.
fn written_date(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// A sentence without its last full stop: another follows.
fn clause(text: &str) -> &str {
    text.trim().trim_end_matches(['。', '.'])
}

fn paragraphs(l: L, case: &CaseRow, of: Of) -> Vec<String> {
    let kind = l.t(&format!("case-kind-{}", case.kind));
    let args = [("kind", kind.as_str()), ("number", case.number.as_str())];
    match of {
        Of::Withdrawal => vec![l.t("conduct-letter-withdrawal-text"), l.t("conduct-letter-withdrawal-keeps")],
        Of::Appeal => {
            let outcome = case.appeal_outcome.unwrap_or(AppealOutcome::Upheld);
            let mut body = vec![
                l.a("conduct-letter-appealed", &[args[0], args[1], ("document", &decision_number(l, case))]),
                l.t(&format!("conduct-letter-outcome-{outcome}")),
            ];
            if let Some(reason) = &case.appeal_reason {
                body.push(l.a("conduct-letter-reason", &[("reason", clause(reason))]));
            }
            body.push(l.t("conduct-letter-last"));
            body
        }
        Of::Notice => {
            let mut body = facts(l, case);
            let days = case.statement_days.to_string();
            body.push(l.a("conduct-letter-undecided", &[args[0], args[1], ("n", &days)]));
            if case.kind == CaseKind::Removal {
                body.push(l.t("conduct-letter-suspended"));
            }
            body.push(l.t("conduct-letter-how-to-be-heard"));
            body
        }
        Of::Decision => {
            let mut body = facts(l, case);
            let heard = if case.early { "conduct-letter-decided-early" } else { "conduct-letter-decided" };
            body.push(l.a(heard, &args));
            if let Some(decision) = case.decision {
                body.push(l.t(&format!("conduct-letter-decision-{decision}")));
                if let Some(reason) = &case.decision_reason {
                    body.push(l.a("conduct-letter-reason", &[("reason", clause(reason))]));
                }
                if decision.is_against() {
                    body.push(l.a("conduct-letter-appeal", &[("n", &case.appeal_days.to_string())]));
                }
            }
            body
        }
    }
}

/// The grounds, and each offer that stands.
fn facts(l: L, case: &CaseRow) -> Vec<String> {
    let evidence = evidence::read(l, case.evidence.get(), &BTreeMap::new());
    let mut body = vec![l.a("conduct-letter-grounds", &[("grounds", clause(&case.grounds))])];
    for (place, offer) in evidence.offers.iter().filter(|offer| offer.stands).enumerate() {
        body.push(l.a(
            "conduct-letter-offer",
            &[
                ("n", &(place + 1).to_string()),
                ("number", &offer.number),
                ("notified", &offer.notified),
                ("due", &offer.due),
                ("outcome", &offer.outcome),
            ],
        ));
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::JsonText;
    use crate::domain::conduct::{CaseStage, CaseState};
    use crate::domain::standing::Standing;
    use crate::ids::{AccountId, CaseId, ExpertId, uuid_v7};
    use serde_json::json;

    fn case(kind: CaseKind, decision: Option<Decision>, appeal: Option<AppealOutcome>) -> CaseRow {
        let id = uuid_v7(1, &[1; 10]);
        let at = chrono::DateTime::from_timestamp(1_778_000_000, 0).expect("a moment").naive_utc();
        CaseRow {
            id: CaseId::from_minted(id),
            number: "CQ-2026-000014".to_owned(),
            kind,
            expert: ExpertId::from_minted(id),
            state: if decision.is_some() { CaseState::Decided } else { CaseState::Open },
            grounds: "一年内三次逾期未答复。".to_owned(),
            assignments: JsonText::of(&Vec::new()),
            evidence: JsonText::of(
                &json!({"offers": [{"assignment": "0190b4a2-1111-7abc-8def-0123456789ab", "number": "PD-2026-000001",
                "state": "lapsed", "notified_at": "2026-02-10T02:20:00Z", "due_at": "2026-02-12T16:00:00Z",
                "rule": "civil-code", "stands": true, "doubt": null}]}),
            ),
            standing_before: Standing::Active,
            opened_by: AccountId::from_minted(id),
            opened_at: at,
            decision,
            decision_reason: decision.map(|_| "本人承认疏忽。".to_owned()),
            decided_by: None,
            decided_at: decision.map(|_| at),
            stage: CaseStage::Final,
            next_due_at: None,
            statement_days: 5,
            appeal_days: 10,
            told_at: Some(at),
            statement_due_at: None,
            evidence_sha256: String::new(),
            early: false,
            decision_told_at: None,
            appeal_due_at: None,
            appeal_outcome: appeal,
            appeal_reason: appeal.map(|_| "没有新的事实。".to_owned()),
            appeal_decided_by: None,
            appeal_decided_at: appeal.map(|_| at),
        }
    }

    #[test]
    fn every_letter_of_every_end_is_in_words() {
        let mut read = 0;
        for kind in CaseKind::ALL {
            let ends: Vec<Option<Decision>> =
                Decision::ALL.iter().filter(|decision| decision.fits(*kind)).copied().map(Some).chain([None]).collect();
            for decision in ends {
                for appeal in [None, Some(AppealOutcome::Upheld), Some(AppealOutcome::Overturned)] {
                    let case = case(*kind, decision, appeal);
                    for (of, _) in Of::ALL.iter().filter(|(of, _)| of.is_there(&case)) {
                        for lang in [Lang::Zh, Lang::En] {
                            let l = L(lang);
                            let text = format!(
                                "{} {} {:?}",
                                document_number(l, &case, *of),
                                l.t(&format!("conduct-letter-title-{}", title_key(&case, *of))),
                                paragraphs(l, &case, *of)
                            );
                            assert!(!text.contains('⟦') && !text.contains("{ $"), "{text}");
                            assert!(text.contains("〔2026〕14号"), "{text}");
                            read += 1;
                        }
                    }
                }
            }
        }
        assert!(read > 60, "{read}");
        let admonished = case(CaseKind::Admonition, Some(Decision::Admonish), None);
        let body = paragraphs(L(Lang::Zh), &admonished, Of::Decision);
        assert!(body.iter().any(|line| line.contains("PD-2026-000001")));
        assert!(body.iter().any(|line| line.contains("10 个工作日")));
        let early = CaseRow { early: true, ..admonished };
        assert_ne!(paragraphs(L(Lang::Zh), &early, Of::Decision), body, "a letter does not say what did not happen");
    }

    #[test]
    fn the_employer_gets_a_copy_of_what_was_decided_and_of_nothing_before() {
        for kind in CaseKind::ALL {
            for decision in Decision::ALL.iter().filter(|decision| decision.fits(*kind)) {
                let decided = case(*kind, Some(*decision), None);
                assert!(!goes_to_employer(&decided, Of::Notice), "{decision}");
                assert_eq!(goes_to_employer(&decided, Of::Decision), decision.is_against(), "{decision}");
                assert!(!goes_to_employer(&decided, Of::Withdrawal), "the expert signs it");
            }
        }
        let appealed = case(CaseKind::Removal, Some(Decision::Remove), Some(AppealOutcome::Overturned));
        assert!(goes_to_employer(&appealed, Of::Appeal), "who was told of the decision is told that it fell");
    }
}

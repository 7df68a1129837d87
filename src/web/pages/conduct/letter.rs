//! The letter a case ends in, to be printed and sealed: 劝导通知书, 除名决定书 and their kin.
//!
//! Source: GB/T 9704-2012 (head, document number with the year in 〔〕, title, main addressee, body, signature and date with
//! room for the seal, copies). The document is Chinese whatever the page's language: it is the office's own.

use super::case::{APPEAL_WORKING_DAYS, found};
use super::evidence;
use crate::db::conduct::CaseRow;
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{CaseKind, Decision};
use crate::i18n::{L, Lang};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use chrono::{Datelike, NaiveDate};

#[derive(askama::Template)]
#[template(path = "pages/conduct_letter.html", config = "src/web/askama.toml")]
struct LetterPage {
    f: Frame,
    id: String,
    number: String,
    /// Not decided yet: a draft.
    draft: bool,
    organiser: String,
    document_number: String,
    title: String,
    to: String,
    paragraphs: Vec<String>,
    signed_on: String,
    copies: String,
}

/// `GET /conduct/{id}/letter`.
///
/// # Errors
/// `NotFound`; a fault.
pub fn show(call: &Call) -> Answered {
    let zh = L(Lang::Zh);
    let mut reader = call.office.read()?;
    let (case, expert) = found(call, &mut reader)?;
    let organiser = if call.site.info.organiser.is_empty() {
        call.site.info.name.clone()
    } else {
        call.site.info.organiser.clone()
    };
    let date = case.decided_at.unwrap_or(case.opened_at);
    let page = LetterPage {
        f: call.frame("conduct"),
        id: case.id.to_string(),
        draft: case.decision.is_none(),
        organiser: if organiser.is_empty() { zh.t("conduct-letter-office") } else { organiser },
        document_number: document_number(zh, &case),
        title: zh.t(&format!("conduct-letter-title-{}", title_key(&case))),
        to: zh.a("conduct-letter-to", &[("name", &expert.name)]),
        paragraphs: paragraphs(zh, &case),
        signed_on: written_date(beijing_date(date.and_utc())),
        copies: zh.a("conduct-letter-copies", &[("firm", &expert.firm)]),
        number: case.number,
    };
    Answer::page(&page)
}

/// 〔2026〕14 号 of the case's own series: the running part without its leading zeros (GB/T 9704, 7.2.5).
fn document_number(l: L, case: &CaseRow) -> String {
    let mut parts = case.number.split('-').skip(1);
    let year = parts.next().unwrap_or_default();
    let running = parts.next().unwrap_or_default().trim_start_matches('0');
    let series = l.t(&format!("conduct-letter-series-{}", case.kind));
    format!("{series}〔{year}〕{running}号")
}

fn title_key(case: &CaseRow) -> &'static str {
    match (case.decision, case.kind) {
        (None, CaseKind::Admonition) => "admonition",
        (None, CaseKind::Removal) => "removal",
        (Some(decision), _) => decision.as_str(),
    }
}

/// 2026年5月8日, as a document is dated: no weekday.
fn written_date(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

fn paragraphs(l: L, case: &CaseRow) -> Vec<String> {
    let evidence = evidence::read(l, case.evidence.get());
    let kind = l.t(&format!("case-kind-{}", case.kind));
    let mut body =
        vec![l.a("conduct-letter-grounds", &[("grounds", case.grounds.trim().trim_end_matches(['。', '.']))])];
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
    match (case.decision, &case.decision_reason) {
        (Some(decision), reason) => {
            body.push(l.a("conduct-letter-decided", &[("kind", &kind), ("number", &case.number)]));
            body.push(l.t(&format!("conduct-letter-decision-{decision}")));
            if let Some(reason) = reason {
                body.push(l.a("conduct-letter-reason", &[("reason", reason.trim().trim_end_matches(['。', '.']))]));
            }
            if !matches!(decision, Decision::Dismiss | Decision::Keep) {
                body.push(l.a("conduct-letter-appeal", &[("n", &APPEAL_WORKING_DAYS.to_string())]));
            }
        }
        (None, _) => body.push(l.a("conduct-letter-undecided", &[("kind", &kind), ("number", &case.number)])),
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::JsonText;
    use crate::domain::conduct::CaseState;
    use crate::domain::standing::Standing;
    use crate::ids::{AccountId, CaseId, ExpertId, uuid_v7};
    use serde_json::json;

    fn case(kind: CaseKind, decision: Option<Decision>) -> CaseRow {
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
                &json!({"offers": [{"assignment": "a", "number": "PD-2026-000001", "state": "lapsed",
                "notified_at": "2026-02-10T02:20:00Z", "due_at": "2026-02-12T16:00:00Z", "rule": "civil-code", "stands": true, "doubt": null}]}),
            ),
            standing_before: Standing::Active,
            opened_by: AccountId::from_minted(id),
            opened_at: at,
            decision,
            decision_reason: decision.map(|_| "本人承认疏忽。".to_owned()),
            decided_by: None,
            decided_at: decision.map(|_| at),
        }
    }

    #[test]
    fn every_end_of_a_case_has_its_letter_in_words() {
        for kind in CaseKind::ALL {
            for decision in
                Decision::ALL.iter().filter(|decision| decision.fits(*kind)).copied().map(Some).chain([None])
            {
                let case = case(*kind, decision);
                for lang in [Lang::Zh, Lang::En] {
                    let l = L(lang);
                    let text = format!(
                        "{} {} {:?}",
                        document_number(l, &case),
                        l.t(&format!("conduct-letter-title-{}", title_key(&case))),
                        paragraphs(l, &case)
                    );
                    assert!(!text.contains('⟦'), "{text}");
                    assert!(text.contains("〔2026〕14号"), "{text}");
                }
            }
        }
        assert!(
            paragraphs(L(Lang::Zh), &case(CaseKind::Admonition, Some(Decision::Admonish)))
                .iter()
                .any(|line| line.contains("PD-2026-000001"))
        );
    }
}

//! `/board/cases`: the offers behind a figure, through the same filter.

use super::filter::Filter;
use super::{hours_text, table};
use crate::db;
use crate::db::cases::{CaseFilter, CaseLine};
use crate::domain::assignment::{AssignmentState, DeclineReason, OfferOutcome};
use crate::domain::catalogue;
use crate::domain::figures::{By, Measure};
use crate::i18n::L;
use crate::ids::{AssignmentId, EnterpriseId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::need::words::{Tag, region_name};
use chrono::NaiveDate;

/// Cases on a page.
const PAGE: i64 = 50;

/// One case, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The need's address.
    pub href: String,
    /// Its title.
    pub title: String,
    /// Its number.
    pub number: String,
    /// The station.
    pub station: String,
    /// The expert.
    pub expert: String,
    /// The expert's firm.
    pub firm: String,
    /// When the expert was told.
    pub notified: String,
    /// Until when.
    pub due: String,
    /// How it counts.
    pub tag: Tag,
    /// What was answered, and why.
    pub answer: String,
    /// How long it took.
    pub hours: String,
}

#[derive(askama::Template)]
#[template(path = "pages/board_cases.html", config = "src/web/askama.toml")]
struct CasesPage {
    f: Frame,
    title: String,
    narrowed: Vec<String>,
    back: String,
    lines: Vec<Line>,
    paging: String,
    next: String,
}

/// What is asked for beside the board's own filter.
struct Narrowed {
    measure: Measure,
    key: Option<String>,
    enterprise: Option<EnterpriseId>,
    reason: Option<DeclineReason>,
    minutes: Option<(i64, Option<i64>)>,
    not_on_time: bool,
    after: Option<(NaiveDate, AssignmentId)>,
}

impl Narrowed {
    fn of(call: &Call) -> Self {
        let number = |name: &str| call.query_value(name).and_then(|text| text.parse::<i64>().ok());
        Self {
            measure: call.query_value("measure").and_then(|text| text.parse().ok()).unwrap_or(Measure::Offered),
            key: call.query_value("key"),
            enterprise: call.query_value("enterprise").and_then(|text| text.parse().ok()),
            reason: call.query_value("reason").and_then(|text| text.parse().ok()),
            minutes: number("minutes").map(|at_least| (at_least, number("below"))),
            not_on_time: call.query_value("not").as_deref() == Some(Measure::OnTime.as_str()),
            after: call.query_value("after").as_deref().and_then(keyset),
        }
    }
}

/// `after` in the address: day and id of the last case of the page before.
fn keyset(text: &str) -> Option<(NaiveDate, AssignmentId)> {
    let (day, id) = text.split_once('.')?;
    Some((day.parse().ok()?, id.parse().ok()?))
}

/// `GET /board/cases`.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let filter = Filter::of(call)?;
    let narrowed = Narrowed::of(call);
    // An item that is not in the catalogue has no cases; its text must not reach a pattern.
    let key = narrowed.key.clone().filter(|key| filter.by != By::Service || catalogue::by_slug(key).is_some());
    let asked = CaseFilter {
        from: filter.from,
        to: filter.to,
        measure: narrowed.measure,
        not_on_time: narrowed.not_on_time,
        row: key.clone().map(|key| (filter.by, key)),
        region: filter.region.clone(),
        enterprise: narrowed.enterprise,
        reason: narrowed.reason,
        minutes: narrowed.minutes,
        after: narrowed.after,
    };
    let mut reader = call.office.read()?;
    let page = db::cases::page(&mut reader, call.scope()?, &asked, PAGE)?;
    let enterprise = match narrowed.enterprise {
        Some(id) => db::enterprise::find(&mut reader, &id)?.map(|row| row.name),
        None => None,
    };
    let row = match &key {
        Some(key) => {
            Some(row_name(l, &filter, key, &db::answers::labels(&mut reader, filter.by, std::slice::from_ref(key))?))
        }
        None => None,
    };
    drop(reader);
    let next = page.next.map_or_else(String::new, |(day, id)| next_address(call, &format!("{day}.{id}")));
    Answer::page(&CasesPage {
        f: call.frame("board"),
        title: l.t(&format!("measure-{}", narrowed.measure)),
        narrowed: said(l, &filter, &narrowed, row, enterprise),
        back: filter.address("/board"),
        paging: l.a("board-cases-here", &[("n", &page.lines.len().to_string())]),
        lines: page.lines.iter().map(|case| line(l, case)).collect(),
        next,
    })
}

/// This page's address with another place to begin.
fn next_address(call: &Call, after: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in call.query_pairs().iter().filter(|(name, _)| name != "after") {
        query.append_pair(name, value);
    }
    query.append_pair("after", after);
    format!("/board/cases?{}", query.finish())
}

fn row_name(l: L, filter: &Filter, key: &str, labels: &std::collections::HashMap<String, (String, String)>) -> String {
    let name = match labels.get(key) {
        Some((zh, en)) => l.pick(zh, en).to_owned(),
        None if filter.by == By::Month => table::month_name(l, key),
        None => key.to_owned(),
    };
    l.a("board-narrowed", &[("what", &l.t(&format!("board-by-{}", filter.by))), ("name", &name)])
}

/// The filter, in words.
fn said(l: L, filter: &Filter, narrowed: &Narrowed, row: Option<String>, enterprise: Option<String>) -> Vec<String> {
    let mut said = vec![filter.span_words(l)];
    said.extend(row);
    said.extend(enterprise.map(|name| l.a("board-narrowed", &[("what", &l.t("board-enterprise")), ("name", &name)])));
    if let Some(code) = &filter.region {
        said.push(l.a("board-narrowed", &[("what", &l.t("board-by-region")), ("name", &region_name(l, code))]));
    }
    if let Some(reason) = narrowed.reason {
        said.push(l.t(&format!("decline-reason-{reason}")));
    }
    if narrowed.not_on_time {
        said.push(l.t("board-bin-late-name"));
    }
    match narrowed.minutes {
        Some((from, Some(to))) => {
            let (from, to) = (from / 60, to / 60);
            said.push(l.a("board-bin-name", &[("from", &from.to_string()), ("to", &to.to_string())]));
        }
        Some((from, None)) => said.push(l.a("board-bin-last-name", &[("from", &(from / 60).to_string())])),
        None => {}
    }
    said
}

fn line(l: L, case: &CaseLine) -> Line {
    let instant =
        |at: Option<chrono::NaiveDateTime>| at.map_or_else(|| l.t("board-none"), |at| l.short_instant(at.and_utc()));
    let mut answer = case.answer.map_or_else(String::new, |kind| l.t(&format!("answer-{kind}")));
    if let Some(reason) = case.decline_reason {
        answer = l.list(&[answer, l.t(&format!("decline-reason-{reason}"))]);
    }
    if case.by_staff {
        answer = l.list(&[answer, l.t("board-entered")]);
    }
    Line {
        href: format!("/needs/{}", case.need),
        title: case.title.clone(),
        number: case.need_number.clone(),
        station: case.station.clone(),
        expert: case.expert.clone(),
        firm: case.firm.clone(),
        notified: instant(case.notified_at),
        due: case.due_at.map_or_else(|| l.t("board-none"), |at| l.short_due(at.and_utc())),
        tag: tag(l, case.outcome),
        answer,
        hours: match case.minutes {
            #[expect(clippy::cast_precision_loss, reason = "minutes of an answer are few")]
            Some(minutes) => l.a("board-hours", &[("n", &hours_text(minutes as f64 / 60.0))]),
            None => String::new(),
        },
    }
}

fn tag(l: L, outcome: Option<OfferOutcome>) -> Tag {
    let Some(outcome) = outcome else {
        return Tag {
            kind: "wait",
            symbol: "wait",
            text: l.t(&format!("assignment-state-{}", AssignmentState::Offered)),
        };
    };
    let (kind, symbol) = match outcome {
        OfferOutcome::OnTime => ("ok", "check"),
        OfferOutcome::Late => ("soon", "clock"),
        OfferOutcome::Lapsed => ("late", "alert"),
        OfferOutcome::Undelivered => ("", "mailx"),
        OfferOutcome::Void => ("", "xc"),
    };
    Tag { kind, symbol, text: l.t(&format!("offer-outcome-{outcome}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn every_outcome_has_a_tag() {
        for lang in [Lang::Zh, Lang::En] {
            for outcome in OfferOutcome::ALL.iter().copied().map(Some).chain([None]) {
                assert!(!tag(L(lang), outcome).text.contains('⟦'), "{outcome:?}");
            }
        }
    }

    #[test]
    fn a_keyset_that_is_none_begins_at_the_top() {
        let id = "0190b4a2-1111-7abc-8def-0123456789ab";
        assert!(keyset(&format!("2026-05-08.{id}")).is_some());
        for text in ["", "2026-05-08", "x.y", &format!("2026-13-08.{id}")] {
            assert_eq!(keyset(text), None, "{text}");
        }
    }
}

//! The ledger of admonitions and removals (劝导与除名台账): every decision against an expert in a year, with its letters, its
//! appeal and what was passed on; to be printed.

use super::letter::decision_number;
use crate::db::case_file::PaperEntry;
use crate::db::{self, beside, conduct_list};
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::conduct::{CaseKind, PaperKind};
use crate::i18n::L;
use crate::ids::{AccountId, CaseId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::options::{Pick, picks, words};
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;

struct Line {
    href: String,
    letter: String,
    document: String,
    day: String,
    name: String,
    firm: String,
    kind: String,
    decision: String,
    signed_by: String,
    appeal: String,
    overturned: bool,
    scans: Vec<(String, String)>,
    transfers: Vec<String>,
}

#[derive(askama::Template)]
#[template(path = "pages/conduct_ledger.html", config = "src/web/askama.toml")]
struct LedgerPage {
    f: Frame,
    year: i32,
    years: Vec<Pick>,
    kinds: Vec<Pick>,
    lines: Vec<Line>,
    /// Admonitions, advised withdrawals, removals that stand.
    counts: Vec<(String, usize)>,
    made: String,
}

/// How many years back the ledger offers.
const YEARS: i32 = 10;

/// `GET /conduct/ledger?year=&kind=`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let this = beijing_date(call.now).year();
    let year = call
        .query_value("year")
        .and_then(|text| text.parse::<i32>().ok())
        .filter(|year| (this - YEARS..=this).contains(year))
        .unwrap_or(this);
    let kind: Option<CaseKind> = call.query_value("kind").and_then(|text| text.parse().ok());
    let start = |year: i32| start_of_day(NaiveDate::from_yo_opt(year, 1).unwrap_or_default()).naive_utc();
    let mut reader = call.office.read()?;
    let rows = conduct_list::ledger(&mut reader, call.scope()?, (start(year), start(year + 1)), kind)?;
    let ids: Vec<CaseId> = rows.iter().map(|(case, _)| case.id).collect();
    let mut scans: HashMap<CaseId, Vec<PaperEntry>> = HashMap::new();
    for paper in db::case_file::papers_of_all(&mut reader, &ids)? {
        scans.entry(paper.conduct_case).or_default().push(paper);
    }
    let mut passed: HashMap<CaseId, Vec<String>> = HashMap::new();
    for row in db::case_file::transfers_of(&mut reader, &ids)? {
        let text = l.a("conduct-transferred", &[("day", &l.date(row.on_day)), ("authority", &row.authority)]);
        passed.entry(row.conduct_case).or_default().push(text);
    }
    let mut accounts: Vec<AccountId> =
        rows.iter().flat_map(|(case, _)| [Some(case.opened_by), case.decided_by]).flatten().collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let name_of = |id: Option<AccountId>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let counts = counts(l, rows.iter().map(|(case, _)| case));
    let lines = rows
        .into_iter()
        .map(|(case, expert)| Line {
            href: format!("/conduct/{}", case.id),
            letter: format!("/conduct/{}/letter?of=decision", case.id),
            document: decision_number(L(crate::i18n::Lang::Zh), &case),
            day: case.decided_at.map_or_else(String::new, |at| l.date(beijing_date(at.and_utc()))),
            kind: l.t(&format!("case-kind-{}", case.kind)),
            decision: case.decision.map_or_else(String::new, |decision| l.t(&format!("decision-{decision}"))),
            signed_by: l.list(&[name_of(Some(case.opened_by)), name_of(case.decided_by)]),
            appeal: case.appeal_outcome.map_or_else(
                || l.t(&format!("case-stage-{}", case.stage)),
                |outcome| l.t(&format!("appeal-outcome-{outcome}")),
            ),
            overturned: !case.stands_against(),
            scans: scans
                .remove(&case.id)
                .unwrap_or_default()
                .into_iter()
                .filter(|paper| paper.kind != PaperKind::Evidence)
                .map(|paper| {
                    (format!("/conduct/{}/papers/{}", case.id, paper.id), l.t(&format!("paper-kind-{}", paper.kind)))
                })
                .collect(),
            transfers: passed.remove(&case.id).unwrap_or_default(),
            name: expert.name,
            firm: expert.firm,
        })
        .collect();
    Answer::page(&LedgerPage {
        f: call.frame("conduct"),
        year,
        years: picks(
            &year.to_string(),
            "",
            (this - YEARS..=this).rev().map(|year| (year.to_string(), year.to_string())),
        ),
        kinds: words(
            l,
            "case-kind",
            kind.as_ref().map_or("", CaseKind::as_str),
            &l.t("conduct-ledger-all"),
            CaseKind::ALL.iter().map(CaseKind::as_str),
        ),
        lines,
        counts,
        made: l.instant(call.now),
    })
}

/// How many of each decision stand.
fn counts<'a>(l: L, cases: impl Iterator<Item = &'a db::conduct::CaseRow>) -> Vec<(String, usize)> {
    use crate::domain::conduct::Decision;
    let standing: Vec<Decision> = cases.filter(|case| case.stands_against()).filter_map(|case| case.decision).collect();
    Decision::ALL
        .iter()
        .filter(|decision| decision.is_against())
        .map(|decision| (l.t(&format!("decision-{decision}")), standing.iter().filter(|one| *one == decision).count()))
        .collect()
}

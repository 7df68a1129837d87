//! The ledger of admonitions and removals (劝导与除名台账): every decision against an expert in a year, with its letters, its
//! appeal and what was passed on; to be printed.

use super::letter::decision_number;
use crate::actions::export_sheet::ledger_exported;
use crate::db::case_file::{PaperEntry, TransferRow};
use crate::db::conduct::CaseRow;
use crate::db::expert::ExpertRow;
use crate::db::{self, beside, conduct_list};
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::conduct::{CaseKind, PaperKind};
use crate::i18n::L;
use crate::ids::{AccountId, CaseId};
use crate::sheet::{Cell, write_csv};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
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
    /// The same as a file.
    csv: String,
    lines: Vec<Line>,
    /// Admonitions, advised withdrawals, removals that stand.
    counts: Vec<(String, usize)>,
    made: String,
}

/// How many years back the ledger offers.
const YEARS: i32 = 10;

/// What was asked for: a year, a kind.
struct Asked {
    this: i32,
    year: i32,
    kind: Option<CaseKind>,
}

impl Asked {
    fn of(call: &Call) -> Self {
        let this = beijing_date(call.now).year();
        let year = call
            .query_value("year")
            .and_then(|text| text.parse::<i32>().ok())
            .filter(|year| (this - YEARS..=this).contains(year))
            .unwrap_or(this);
        Self { this, year, kind: call.query_value("kind").and_then(|text| text.parse().ok()) }
    }

    fn kind_word(&self) -> &'static str {
        self.kind.as_ref().map_or("", CaseKind::as_str)
    }
}

/// What the ledger holds of that year, with all that stands beside it.
struct Ledger {
    rows: Vec<(CaseRow, ExpertRow)>,
    scans: HashMap<CaseId, Vec<PaperEntry>>,
    transfers: HashMap<CaseId, Vec<TransferRow>>,
    names: HashMap<AccountId, String>,
}

impl Ledger {
    fn read(call: &Call, asked: &Asked) -> Result<Self, WebError> {
        let start = |year: i32| start_of_day(NaiveDate::from_yo_opt(year, 1).unwrap_or_default()).naive_utc();
        let mut reader = call.office.read()?;
        let span = (start(asked.year), start(asked.year + 1));
        let rows = conduct_list::ledger(&mut reader, call.scope()?, span, asked.kind)?;
        let ids: Vec<CaseId> = rows.iter().map(|(case, _)| case.id).collect();
        let mut scans: HashMap<CaseId, Vec<PaperEntry>> = HashMap::new();
        for paper in db::case_file::papers_of_all(&mut reader, &ids)? {
            scans.entry(paper.conduct_case).or_default().push(paper);
        }
        let mut transfers: HashMap<CaseId, Vec<TransferRow>> = HashMap::new();
        for row in db::case_file::transfers_of(&mut reader, &ids)? {
            transfers.entry(row.conduct_case).or_default().push(row);
        }
        let mut accounts: Vec<AccountId> = rows
            .iter()
            .flat_map(|(case, _)| [Some(case.opened_by), case.decided_by, case.appeal_decided_by])
            .flatten()
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        let names = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
        Ok(Self { rows, scans, transfers, names })
    }

    fn name(&self, id: Option<AccountId>) -> String {
        id.and_then(|id| self.names.get(&id).cloned()).unwrap_or_default()
    }

    /// What was passed on of a case, each in a sentence.
    fn passed(&self, l: L, id: CaseId) -> Vec<String> {
        let told = |row: &TransferRow| {
            l.a("conduct-transferred", &[("day", &l.date(row.on_day)), ("authority", &row.authority)])
        };
        self.transfers.get(&id).into_iter().flatten().map(told).collect()
    }
}

/// How an appeal ended, or where the case stands.
fn appeal(l: L, case: &CaseRow) -> String {
    case.appeal_outcome
        .map_or_else(|| l.t(&format!("case-stage-{}", case.stage)), |outcome| l.t(&format!("appeal-outcome-{outcome}")))
}

/// `GET /conduct/ledger?year=&kind=`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let asked = Asked::of(call);
    let ledger = Ledger::read(call, &asked)?;
    let counts = counts(l, ledger.rows.iter().map(|(case, _)| case));
    let scans = |case: &CaseRow| {
        let papers = ledger.scans.get(&case.id).into_iter().flatten();
        let sealed = papers.filter(|paper| paper.kind != PaperKind::Evidence);
        let link = |paper: &PaperEntry| {
            (format!("/conduct/{}/papers/{}", case.id, paper.id), l.t(&format!("paper-kind-{}", paper.kind)))
        };
        sealed.map(link).collect()
    };
    let lines = ledger
        .rows
        .iter()
        .map(|(case, expert)| Line {
            href: format!("/conduct/{}", case.id),
            letter: format!("/conduct/{}/letter?of=decision", case.id),
            document: decision_number(L(crate::i18n::Lang::Zh), case),
            day: case.decided_at.map_or_else(String::new, |at| l.date(beijing_date(at.and_utc()))),
            kind: l.t(&format!("case-kind-{}", case.kind)),
            decision: case.decision.map_or_else(String::new, |decision| l.t(&format!("decision-{decision}"))),
            signed_by: l.list(&[ledger.name(Some(case.opened_by)), ledger.name(case.decided_by)]),
            appeal: appeal(l, case),
            overturned: !case.stands_against(),
            scans: scans(case),
            transfers: ledger.passed(l, case.id),
            name: expert.name.clone(),
            firm: expert.firm.clone(),
        })
        .collect();
    Answer::page(&LedgerPage {
        f: call.frame("conduct"),
        year: asked.year,
        years: picks(
            &asked.year.to_string(),
            "",
            (asked.this - YEARS..=asked.this).rev().map(|year| (year.to_string(), year.to_string())),
        ),
        kinds: words(
            l,
            "case-kind",
            asked.kind_word(),
            &l.t("conduct-ledger-all"),
            CaseKind::ALL.iter().map(CaseKind::as_str),
        ),
        csv: format!("/conduct/ledger.csv?year={}&kind={}", asked.year, asked.kind_word()),
        lines,
        counts,
        made: l.instant(call.now),
    })
}

/// `GET /conduct/ledger.csv?year=&kind=`: the same as a file, a row a decision, texts that are no formulas. Each is written
/// down, as every export is.
///
/// # Errors
/// A fault.
pub fn csv(call: &Call) -> Answered {
    let asked = Asked::of(call);
    let ledger = Ledger::read(call, &asked)?;
    ledger_exported(&call.office, &call.actor()?, ledger.rows.len())?;
    let headers = headers(call.l);
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let rows: Vec<Vec<Cell>> = ledger.rows.iter().map(|row| cells(call.l, &ledger, row)).collect();
    let name = format!("conduct-ledger-{}.csv", asked.year);
    Ok(Answer::download(&name, "text/csv; charset=utf-8", write_csv(&headers, &rows)))
}

/// The columns of the file; their words are shared with the page where it has the same.
const COLUMNS: [&str; 14] = [
    "conduct-ledger-document",
    "conduct-ledger-number",
    "expert-name",
    "expert-firm",
    "conduct-ledger-kind",
    "conduct-ledger-grounds",
    "conduct-decision",
    "conduct-ledger-reason",
    "conduct-ledger-day",
    "conduct-ledger-opener",
    "conduct-ledger-decider",
    "conduct-ledger-stage",
    "conduct-ledger-stands",
    "conduct-ledger-transfers",
];

fn headers(l: L) -> Vec<String> {
    COLUMNS.iter().map(|key| l.t(key)).collect()
}

fn cells(l: L, ledger: &Ledger, (case, expert): &(CaseRow, ExpertRow)) -> Vec<Cell> {
    let decision = case.decision.map_or_else(String::new, |decision| l.t(&format!("decision-{decision}")));
    vec![
        Cell::text(&decision_number(L(crate::i18n::Lang::Zh), case)),
        Cell::text(&case.number),
        Cell::text(&expert.name),
        Cell::text(&expert.firm),
        Cell::text(&l.t(&format!("case-kind-{}", case.kind))),
        Cell::text(&case.grounds),
        Cell::text(&decision),
        Cell::text(case.decision_reason.as_deref().unwrap_or_default()),
        case.decided_at.map_or(Cell::Empty, |at| Cell::Date(beijing_date(at.and_utc()))),
        Cell::text(&ledger.name(Some(case.opened_by))),
        Cell::text(&ledger.name(case.decided_by)),
        Cell::text(&appeal(l, case)),
        Cell::text(&l.t(if case.stands_against() { "conduct-ledger-does" } else { "conduct-ledger-does-not" })),
        Cell::text(&ledger.passed(l, case.id).join(l.pick("；", "; "))),
    ]
}

/// How many of each decision stand.
fn counts<'a>(l: L, cases: impl Iterator<Item = &'a CaseRow>) -> Vec<(String, usize)> {
    use crate::domain::conduct::Decision;
    let standing: Vec<Decision> = cases.filter(|case| case.stands_against()).filter_map(|case| case.decision).collect();
    Decision::ALL
        .iter()
        .filter(|decision| decision.is_against())
        .map(|decision| (l.t(&format!("decision-{decision}")), standing.iter().filter(|one| *one == decision).count()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn every_column_of_the_file_has_its_word() {
        for lang in [Lang::Zh, Lang::En] {
            for key in
                COLUMNS.into_iter().chain(["conduct-ledger-does", "conduct-ledger-does-not", "conduct-ledger-csv"])
            {
                assert!(L(lang).has(key), "{key}");
            }
        }
    }
}

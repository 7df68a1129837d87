//! `/board`: how offers were answered, in figures, charts and a table, each figure a link to the cases behind it.
//!
//! Figures are those of rules.md, "Figures" (统计口径), counted by `domain::figures` from `actions::answer_book`. The page
//! says each formula in words. Deliberately absent: targets, which no rule sets; the bands of colour are only bands.

mod bars;
mod cases;
mod charts;
mod download;
pub mod fairness;
mod filter;
mod table;

use crate::actions::answer_book::{BoardFigures, Scores};
use crate::db;
use crate::domain::figures::{By, Figures, Measure};
use crate::domain::region;
use crate::domain::role::{Right, Scope};
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::desk::Stat;
use crate::web::pages::need::words::Pick;
use crate::web::routes::{Access, Route, get};
use bars::Bar;
use charts::{Distribution, Months, Tile};
use filter::Filter;
use table::Row;

/// Rows of the table on the page; all of them are in the download.
const SHOWN_ROWS: usize = 50;

/// The rows of the route table for the board.
#[must_use]
pub fn rows() -> Vec<Route> {
    let read = Access::SignedIn(Right::Read);
    vec![
        get("/board", read, show),
        get("/board/cases", read, cases::show),
        get("/board/fairness", Access::SignedIn(Right::Audit), fairness::show),
        get("/board/answers.csv", read, download::csv),
        get("/board/answers.xlsx", read, download::xlsx),
    ]
}

/// A span that is often asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Address.
    pub href: String,
    /// Label.
    pub label: String,
    /// Whether it is the one shown.
    pub current: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/board.html", config = "src/web/askama.toml")]
struct BoardPage {
    f: Frame,
    span: String,
    from: String,
    to: String,
    by: Vec<Pick>,
    regions: Vec<Pick>,
    presets: Vec<Preset>,
    stats: Vec<Stat>,
    months: Months,
    distribution: Distribution,
    tiles: Vec<Tile>,
    reasons: Vec<Bar>,
    load: Vec<Bar>,
    load_say: String,
    busiest: Vec<Bar>,
    chain: Vec<Bar>,
    row_head: String,
    rows: Vec<Row>,
    total: Row,
    table_say: String,
    may_try: bool,
    fairness_href: String,
    csv_href: String,
    xlsx_href: String,
}

/// `GET /board`.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let scope = call.scope()?;
    let filter = Filter::of(call)?;
    let (figures, counts, on_register) = call.office.with_answers(|book, conn| {
        let figures = book.board(conn, scope, &filter.span(), SHOWN_ROWS)?;
        let counts = db::desk::counts(conn, scope, call.now)?;
        // Who was never asked is a question for the whole city: experts serve beyond their region.
        let everybody = *scope == Scope::Everything && filter.region.is_none();
        let on_register = if everybody { Some(db::answers::experts_on_register(conn, scope)?) } else { None };
        Ok((figures, counts, on_register))
    })?;
    let total = &figures.table.total;
    let several = !matches!(scope, Scope::Station(_));
    Answer::page(&BoardPage {
        f: call.frame("board"),
        span: filter.span_words(l),
        from: filter.from.to_string(),
        to: filter.to.to_string(),
        by: By::ALL
            .iter()
            .map(|by| Pick::new(by.as_str(), l.t(&format!("board-by-{by}")), filter.by.as_str()))
            .collect(),
        regions: if several { filter::regions(l, scope, filter.region.as_deref()) } else { Vec::new() },
        presets: filter.presets(l, call.now),
        stats: stats(l, &filter, total, &figures, counts.feedback_overdue),
        months: charts::months(l, &figures.months),
        distribution: charts::distribution(l, &filter, total, &figures.overview),
        tiles: if several && filter.region.is_none() { tiles(l, scope, &filter, &figures) } else { Vec::new() },
        reasons: bars::reasons(l, &filter, &figures.overview),
        load: bars::load(l, &figures.overview, on_register),
        load_say: bars::load_say(l, &figures.overview),
        busiest: bars::busiest(l, &filter, &figures.busiest),
        chain: bars::chain(l, &figures.overview),
        row_head: l.t(&format!("board-by-{}", filter.by)),
        rows: figures.table.rows.iter().map(|row| table::row(l, &filter, row)).collect(),
        total: table::total(l, &filter, total),
        table_say: table_say(l, figures.table.rows.len(), figures.all_rows),
        may_try: call.account()?.role.has(Right::Decide),
        fairness_href: if call.account()?.role.has(Right::Audit) {
            filter.address("/board/fairness")
        } else {
            String::new()
        },
        csv_href: filter.address("/board/answers.csv"),
        xlsx_href: filter.address("/board/answers.xlsx"),
    })
}

fn table_say(l: L, shown: usize, all: usize) -> String {
    if all > shown {
        l.a("board-table-first", &[("shown", &shown.to_string()), ("all", &all.to_string())])
    } else {
        l.a("board-table-all", &[("n", &all.to_string())])
    }
}

fn tiles(l: L, scope: &Scope, filter: &Filter, figures: &BoardFigures) -> Vec<Tile> {
    let seen: Vec<&region::Region> =
        region::SHIPPED.iter().filter(|one| one.parent.is_some() && scope.covers_region(one.code)).collect();
    // A map of one district says nothing that the stat above does not.
    if seen.len() < 2 { Vec::new() } else { charts::tiles(l, filter, &seen, &figures.regions) }
}

fn stats(l: L, filter: &Filter, total: &Figures, figures: &BoardFigures, feedback_overdue: i64) -> Vec<Stat> {
    let dash = || l.t("board-none");
    let stat = |href: String, kind, symbol, key: &str, number: String, unit: String, note: String| Stat {
        href,
        kind,
        symbol,
        label: l.t(&format!("board-stat-{key}")),
        number,
        unit,
        note,
    };
    let counted = |key: &str, measure: Measure, kind: &'static str, symbol| {
        let n = total.of(measure);
        let unit = l.a("board-unit", &[("n", &n.to_string())]);
        let note = l.t(&format!("board-stat-{key}-note"));
        stat(filter.cases(measure), if n > 0 { kind } else { "" }, symbol, key, n.to_string(), unit, note)
    };
    let of = l.a("board-stat-share-note", &[("n", &total.on_time.to_string()), ("of", &total.due().to_string())]);
    let p90 = total.p90_hours().map_or_else(dash, hours_text);
    let share = total.staff_entered_share().map_or_else(dash, percent_text);
    let entered = l.a("board-stat-entered-note", &[("n", &total.staff_entered.to_string())]);
    let (link, phone) = (figures.by_link, figures.by_phone);
    let rated = l.a("board-stat-rated-note", &[("n", &link.count.to_string()), ("phone", &scores_text(l, phone))]);
    vec![
        stat(
            filter.cases(Measure::Due),
            "",
            "check",
            "share",
            total.on_time_share().map_or_else(dash, percent_text),
            String::new(),
            of,
        ),
        stat(
            "#dist".to_owned(),
            "",
            "clock",
            "median",
            total.median_hours().map_or_else(dash, hours_text),
            l.t("board-unit-hours"),
            l.a("board-stat-median-note", &[("p90", &p90)]),
        ),
        counted("lapsed", Measure::Lapsed, "late", "alert"),
        counted("undelivered", Measure::Undelivered, "soon", "mailx"),
        counted("open", Measure::Open, "", "wait"),
        stat(filter.cases(Measure::StaffEntered), "", "phone", "entered", share, String::new(), entered),
        stat(
            "/needs?state=accepted".to_owned(),
            if feedback_overdue > 0 { "soon" } else { "" },
            "doc",
            "feedback",
            feedback_overdue.to_string(),
            l.a("board-unit", &[("n", &feedback_overdue.to_string())]),
            l.t("board-stat-feedback-note"),
        ),
        stat(
            "/needs?state=served".to_owned(),
            "",
            "star",
            "rated",
            average(link).unwrap_or_else(dash),
            String::new(),
            rated,
        ),
    ]
}

fn scores_text(l: L, scores: Scores) -> String {
    match average(scores) {
        Some(mean) => l.a("board-scores", &[("mean", &mean), ("n", &scores.count.to_string())]),
        None => l.t("board-none"),
    }
}

/// The mean of scores to one decimal; `None` of none.
fn average(scores: Scores) -> Option<String> {
    let tenths = (scores.sum * 10 + scores.count / 2).checked_div(scores.count)?;
    Some(format!("{}.{}", tenths / 10, tenths % 10))
}

/// `96.4%`; a share that is not whole is never shown as 100% or 0%.
#[must_use]
pub fn percent_text(share: f64) -> String {
    let percent = share * 100.0;
    let shown = if share < 1.0 && percent > 99.9 {
        99.9
    } else if share > 0.0 && percent < 0.1 {
        0.1
    } else {
        percent
    };
    if share == 1.0 { "100%".to_owned() } else { format!("{shown:.1}%") }
}

/// Hours to one decimal.
#[must_use]
pub fn hours_text(hours: f64) -> String {
    format!("{hours:.1}")
}

#[cfg(test)]
mod tests;

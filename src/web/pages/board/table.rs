//! The table of answers: a row's figures in words, each a link to its cases.

use super::filter::Filter;
use super::{hours_text, percent_text};
use crate::db::answers::AnswersRow;
use crate::domain::figures::{By, Figures, Measure};
use crate::i18n::L;

/// The figures that are counts, in the order of the columns.
pub const COUNTS: [Measure; 10] = [
    Measure::Offered,
    Measure::OnTime,
    Measure::Late,
    Measure::Lapsed,
    Measure::Accepted,
    Measure::Declined,
    Measure::Asked,
    Measure::Undelivered,
    Measure::Void,
    Measure::Open,
];

/// One count with its cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What the column is called, for phones.
    pub label: String,
    /// How many.
    pub number: u64,
    /// The cases; empty when there are none.
    pub href: String,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is of.
    pub name: String,
    /// Where that leads; may be empty.
    pub href: String,
    /// On-time share, or a dash.
    pub share: String,
    /// The counts, in the order of [`COUNTS`].
    pub counts: Vec<Count>,
    /// Share of answers entered by staff, or a dash.
    pub entered: String,
    /// Median hours, or a dash.
    pub median: String,
    /// 90th percentile of hours, or a dash.
    pub p90: String,
}

/// One row of the table.
#[must_use]
pub fn row(l: L, filter: &Filter, row: &AnswersRow) -> Row {
    let name =
        if filter.by == By::Month { month_name(l, &row.key) } else { l.pick(&row.label, &row.label_en).to_owned() };
    let href = match filter.by {
        By::Expert => format!("/experts/{}", row.key),
        By::Station => format!("/stations/{}", row.key),
        By::Region => Filter { by: By::Station, region: Some(row.key.clone()), ..filter.clone() }.address("/board"),
        By::Firm | By::Service | By::Month => String::new(),
    };
    worded(l, name, href, &filter.row_cases(&row.key), &row.figures)
}

/// The last row: every offer once.
#[must_use]
pub fn total(l: L, filter: &Filter, figures: &Figures) -> Row {
    let cases = format!("{}&measure=", filter.address("/board/cases"));
    worded(l, l.t("board-total"), String::new(), &cases, figures)
}

fn worded(l: L, name: String, href: String, cases: &str, figures: &Figures) -> Row {
    let dash = || l.t("board-none");
    Row {
        name,
        href,
        share: figures.on_time_share().map_or_else(dash, percent_text),
        counts: COUNTS
            .iter()
            .map(|measure| {
                let number = figures.of(*measure);
                let href = if number > 0 { format!("{cases}{measure}") } else { String::new() };
                Count { label: l.t(&format!("measure-{measure}")), number, href }
            })
            .collect(),
        entered: figures.staff_entered_share().map_or_else(dash, percent_text),
        median: figures.median_hours().map_or_else(dash, hours_text),
        p90: figures.p90_hours().map_or_else(dash, hours_text),
    }
}

/// 2026年5月, May 2026.
#[must_use]
pub fn month_name(l: L, key: &str) -> String {
    let (year, month) = key.split_once('-').unwrap_or((key, ""));
    let month = month.trim_start_matches('0');
    l.a("board-month", &[("year", year), ("month", &l.a("board-month-name", &[("n", month)]))])
}

//! The figures of the sides, side by side, as the page and the command line tell them.

use crate::actions::what_if::Sides;
use crate::domain::figures::fairness::permille;
use crate::domain::what_if::SideFigures;
use crate::i18n::L;
use crate::web::pages::board::fairness::{gini_text, permille_text};
use chrono::NaiveDate;

/// One figure of one side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// As said.
    pub text: String,
    /// How long its bar is, of 1000.
    pub bar: u64,
}

/// One figure of every side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is.
    pub name: String,
    /// How it is counted.
    pub formula: String,
    /// As it was, by the rules in force, by those tried.
    pub cells: Vec<Cell>,
}

/// Every figure, in a fixed order.
#[must_use]
pub fn rows(l: L, sides: &Sides) -> Vec<Row> {
    let all: Vec<&SideFigures> =
        [Some(&sides.really), Some(&sides.present), sides.tried.as_ref()].into_iter().flatten().collect();
    let row = |key: &str, cell: &dyn Fn(&SideFigures) -> (String, u64)| {
        let told: Vec<(String, u64)> = all.iter().map(|side| cell(side)).collect();
        let most = told.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
        Row {
            name: l.t(&format!("what-if-{key}")),
            formula: l.t(&format!("what-if-{key}-formula")),
            cells: told.into_iter().map(|(text, value)| Cell { text, bar: value * 1000 / most }).collect(),
        }
    };
    let share = |part: u64, whole: u64| {
        let share = permille(part, whole);
        let text = l.a("what-if-share", &[("share", &permille_text(l, share)), ("n", &part.to_string())]);
        (text, u64::from(share.unwrap_or(0)))
    };
    let kilometres = |metres: Option<u32>| match metres {
        Some(metres) => {
            let tenths = metres.saturating_add(50) / 100;
            let km = format!("{}.{}", tenths / 10, tenths % 10);
            (l.a("what-if-km", &[("n", &km)]), u64::from(metres))
        }
        None => (l.t("board-none"), 0),
    };
    vec![
        row("covered", &|side| share(side.covered, side.needs)),
        row("fitting", &|side| share(side.fitting, side.needs)),
        row("distance", &|side| kilometres(side.metres)),
        row("distance-p90", &|side| kilometres(side.metres_p90)),
        row("on-time", &|side| (permille_text(l, side.on_time), u64::from(side.on_time.unwrap_or(0)))),
        row("hours", &|side| match side.hours {
            Some(hours) => (l.a("what-if-n-hours", &[("n", &hours.to_string())]), u64::from(hours)),
            None => (l.t("board-none"), 0),
        }),
        row("asked", &|side| {
            let (asked, of) = (side.evenness.asked, side.evenness.experts);
            (l.a("what-if-people", &[("n", &asked.to_string()), ("of", &of.to_string())]), asked)
        }),
        row("gini", &|side| (gini_text(l, side.evenness.gini), u64::from(side.evenness.gini.unwrap_or(0)))),
        row("tenth", &|side| {
            (permille_text(l, side.evenness.top_tenth), u64::from(side.evenness.top_tenth.unwrap_or(0)))
        }),
        row("ten", &|side| (permille_text(l, side.evenness.top_ten), u64::from(side.evenness.top_ten.unwrap_or(0)))),
    ]
}

/// `WHO 2026-03-01..2026-03-20`, or with a colon between: who, from, to.
#[must_use]
pub fn leave_line(text: &str) -> Option<(&str, NaiveDate, NaiveDate)> {
    let (before, to) = text.trim().rsplit_once("..")?;
    let at = before.rfind([' ', ':', '：', '　'])?;
    let (who, from) = before.split_at(at);
    let from = from.trim_start_matches([' ', ':', '：', '　']);
    let who = who.trim_end_matches([' ', ':', '：', '　']).trim();
    if who.is_empty() { None } else { Some((who, from.parse().ok()?, to.trim().parse().ok()?)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn a_line_of_leave_is_read_in_both_ways_of_writing() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let (from, to) = (day("2026-03-01"), day("2026-03-20"));
        for text in
            ["沈知行 2026-03-01..2026-03-20", "沈知行：2026-03-01..2026-03-20", " 沈知行:2026-03-01.. 2026-03-20 "]
        {
            assert_eq!(leave_line(text), Some(("沈知行", from, to)), "{text}");
        }
        assert_eq!(leave_line("Ann Lee 2026-03-01..2026-03-20"), Some(("Ann Lee", from, to)));
        for text in ["", "沈知行", "2026-03-01..2026-03-20", "沈知行 2026-03-01", "沈知行 3月1日..3月2日"]
        {
            assert_eq!(leave_line(text), None, "{text}");
        }
    }

    #[test]
    fn every_figure_is_said_with_its_formula_in_both_languages() {
        let side = SideFigures { needs: 3, covered: 2, fitting: 1, metres: Some(3_140), ..SideFigures::default() };
        for lang in [Lang::Zh, Lang::En] {
            for tried in [None, Some(side)] {
                let rows = rows(L(lang), &Sides { really: side, present: side, tried });
                assert!(rows.iter().all(|row| row.cells.len() == 2 + usize::from(tried.is_some())));
                let said: String =
                    rows.iter().map(|row| format!("{}{}{}", row.name, row.formula, row.cells[0].text)).collect();
                assert!(!said.contains('⟦'), "{said}");
                assert!(rows.iter().flat_map(|row| &row.cells).all(|cell| cell.bar <= 1000));
            }
        }
    }
}

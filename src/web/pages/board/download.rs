//! The table of answers as a file: every row, the total last, texts that are no formulas.

use super::filter::Filter;
use super::table::{COUNTS, month_name};
use crate::db::answers::AnswersTable;
use crate::domain::figures::{By, Figures};
use crate::i18n::L;
use crate::sheet::{Cell, write_csv, write_xlsx};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};

/// `GET /board/answers.csv`.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn csv(call: &Call) -> Answered {
    let (filter, table) = read(call)?;
    let (headers, rows) = cells(call.l, &filter, &table);
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    Ok(Answer::download(&name(&filter, "csv"), "text/csv; charset=utf-8", write_csv(&headers, &rows)))
}

/// `GET /board/answers.xlsx`.
///
/// # Errors
/// A fault when the database cannot be read or Excel could not hold the rows.
pub fn xlsx(call: &Call) -> Answered {
    let (filter, table) = read(call)?;
    let (headers, rows) = cells(call.l, &filter, &table);
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    let bytes = write_xlsx(&headers, &rows).map_err(WebError::fault)?;
    let media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    Ok(Answer::download(&name(&filter, "xlsx"), media_type, bytes))
}

fn read(call: &Call) -> Result<(Filter, AnswersTable), WebError> {
    let filter = Filter::of(call)?;
    let scope = call.scope()?;
    let table = call.office.with_answers(|book, conn| Ok(book.table(conn, scope, &filter.span())?))?;
    Ok((filter, table))
}

fn name(filter: &Filter, kind: &str) -> String {
    format!("answers-{}-{}-{}.{kind}", filter.by, filter.from, filter.to)
}

fn cells(l: L, filter: &Filter, table: &AnswersTable) -> (Vec<String>, Vec<Vec<Cell>>) {
    let mut headers = vec![l.t(&format!("board-by-{}", filter.by)), l.t("board-key"), l.t("board-col-share")];
    headers.extend(COUNTS.iter().map(|measure| l.t(&format!("measure-{measure}"))));
    headers.extend(["board-col-entered", "board-col-median", "board-col-p90"].map(|key| l.t(key)));
    let mut rows: Vec<Vec<Cell>> = table
        .rows
        .iter()
        .map(|row| {
            let name = if filter.by == By::Month {
                month_name(l, &row.key)
            } else {
                l.pick(&row.label, &row.label_en).to_owned()
            };
            line(&name, &row.key, &row.figures)
        })
        .collect();
    rows.push(line(&l.t("board-total"), "", &table.total));
    (headers, rows)
}

fn line(name: &str, key: &str, figures: &Figures) -> Vec<Cell> {
    let rounded = |value: Option<f64>, places: f64| Cell::number(value.map(|value| (value * places).round() / places));
    let mut cells = vec![Cell::text(name), Cell::text(key), rounded(figures.on_time_share(), 10_000.0)];
    #[expect(clippy::cast_precision_loss, reason = "counts of offers stay far below 2^52")]
    cells.extend(COUNTS.iter().map(|measure| Cell::Number(figures.of(*measure) as f64)));
    cells.push(rounded(figures.staff_entered_share(), 10_000.0));
    cells.push(rounded(figures.median_hours(), 100.0));
    cells.push(rounded(figures.p90_hours(), 100.0));
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::answers::AnswersRow;
    use crate::i18n::Lang;

    #[test]
    fn every_row_has_a_cell_for_every_header_and_no_formula() {
        let day = "2026-05-08".parse().expect("a day");
        let filter = Filter { from: day, to: day, by: By::Firm, region: None };
        let figures = Figures { offered: 3, on_time: 2, lapsed: 1, median_minutes: Some(90), ..Figures::default() };
        let evil = "=HYPERLINK(\"x\")".to_owned();
        let row = AnswersRow { key: evil.clone(), label: evil.clone(), label_en: evil, figures: figures.clone() };
        let table = AnswersTable { rows: vec![row], total: figures };
        for lang in [Lang::Zh, Lang::En] {
            let (headers, rows) = cells(L(lang), &filter, &table);
            assert!(rows.iter().all(|row| row.len() == headers.len()));
            assert!(headers.iter().all(|header| !header.contains('⟦')), "{headers:?}");
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            let text = String::from_utf8(write_csv(&headers, &rows)).expect("UTF-8");
            let second = text.lines().nth(1).expect("a row");
            assert!(second.starts_with("\"'=HYPERLINK") && second.contains(",0.6667,3,2,0,1,"), "{second}");
            assert!(second.ends_with(",1.5,"), "{second}");
        }
    }
}

//! Sheets going out: `.xlsx` and `.csv`, the same bytes for the same rows on every machine and day.

use chrono::{Datelike, NaiveDate};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use std::fmt;

/// What starts a formula in a spreadsheet, or moves one into view (OWASP, "CSV Injection").
const FORMULA_STARTS: &[char] = &['=', '+', '-', '@', '\t', '\r'];

/// One cell to write.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text, never a formula.
    Text(String),
    /// A number.
    Number(f64),
    /// A day.
    Date(NaiveDate),
}

impl Cell {
    /// Text, or nothing if it is empty.
    #[must_use]
    pub fn text(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }

    /// A number, or nothing.
    #[must_use]
    pub fn number(number: Option<f64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }
}

/// More rows, columns or characters in a cell than Excel takes (1,048,576 rows, 16,384 columns, 32,767 characters).
#[derive(Debug)]
pub struct TooBigForExcel(XlsxError);

impl fmt::Display for TooBigForExcel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows do not fit an Excel sheet")
    }
}

impl std::error::Error for TooBigForExcel {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

impl From<XlsxError> for TooBigForExcel {
    fn from(error: XlsxError) -> Self {
        Self(error)
    }
}

/// A workbook of one sheet: a bold header that stays in view, columns as wide as their contents. It carries no author and,
/// as its time of making, the fixed day 2000-01-01: the record of an export is the audit's, not the file's.
///
/// # Errors
/// When Excel could not hold the rows.
pub fn write_xlsx(headers: &[&str], rows: &[Vec<Cell>]) -> Result<Vec<u8>, TooBigForExcel> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let bold = Format::new().set_bold();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    let mut widths: Vec<usize> = Vec::new();
    for (column, header) in (0_u16..).zip(headers) {
        sheet.write_string_with_format(0, column, *header, &bold)?;
        widths.push(width(header));
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            let shown_width = match cell {
                Cell::Empty => 0,
                Cell::Text(text) => {
                    sheet.write_string(row, column, text)?;
                    width(text)
                }
                Cell::Number(number) => {
                    sheet.write_number(row, column, *number)?;
                    width(&number.to_string())
                }
                Cell::Date(date) => {
                    let year = u16::try_from(date.year()).unwrap_or(u16::MAX);
                    let month = u8::try_from(date.month()).unwrap_or(u8::MAX);
                    let date = ExcelDateTime::from_ymd(year, month, u8::try_from(date.day()).unwrap_or(u8::MAX))?;
                    sheet.write_datetime_with_format(row, column, &date, &day)?;
                    "2000-01-01".len()
                }
            };
            if let Some(widest) = widths.get_mut(usize::from(column)) {
                *widest = shown_width.max(*widest);
            }
        }
    }
    for (column, widest) in (0_u16..).zip(widths) {
        // Room for the filter's arrow, and no column wider than half a screen.
        sheet.set_column_width(column, u32::try_from(widest + 2).unwrap_or(60).clamp(8, 60))?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// How many columns of a terminal or half-widths of a cell the text's widest line takes: a Chinese character takes two.
fn width(text: &str) -> usize {
    text.lines().map(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()).max().unwrap_or(0)
}

/// Comma-separated text with a byte order mark, so that Excel reads it as UTF-8, and lines ended by CR LF (RFC 4180). Text
/// that a spreadsheet would take for a formula gets a `'` before it; the readers of this module take it off again.
#[must_use]
pub fn write_csv(headers: &[&str], rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut text = "\u{feff}".to_owned();
    push_line(&mut text, headers.iter().map(|header| guarded(header)));
    for cells in rows {
        push_line(
            &mut text,
            cells.iter().map(|cell| match cell {
                Cell::Empty => String::new(),
                Cell::Text(text) => guarded(text),
                Cell::Number(number) => number.to_string(),
                Cell::Date(date) => date.to_string(),
            }),
        );
    }
    text.into_bytes()
}

fn push_line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            text.push(',');
        }
        if cell.contains([',', '"', '\n', '\r', ';', '\t']) {
            text.push('"');
            text.push_str(&cell.replace('"', "\"\""));
            text.push('"');
        } else {
            text.push_str(&cell);
        }
    }
    text.push_str("\r\n");
}

/// The text with one `'` before it if, after any `'` of its own, it starts like a formula.
fn guarded(text: &str) -> String {
    let guard = if text.trim_start_matches('\'').starts_with(FORMULA_STARTS) { "'" } else { "" };
    format!("{guard}{text}")
}

/// The text without the `'` that [`guarded`] put before it.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(FORMULA_STARTS) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Value, open};
    use super::*;

    #[test]
    fn text_that_looks_like_a_formula_is_disarmed_and_comes_back() {
        for (text, in_csv) in [
            ("=1+1", "'=1+1"),
            ("+86 138", "'+86 138"),
            ("-5", "'-5"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("'=1", "''=1"),
            ("'甲'", "'甲'"),
            ("甲=乙", "甲=乙"),
            ("", ""),
        ] {
            assert_eq!(guarded(text), in_csv);
            assert_eq!(unguarded(in_csv), text);
        }
        let csv =
            String::from_utf8(write_csv(&["甲", "乙"], &[vec![Cell::text("=cmd|' /C calc'!A0"), Cell::Number(-5.0)]]))
                .expect("UTF-8");
        assert_eq!(csv, "\u{feff}甲,乙\r\n'=cmd|' /C calc'!A0,-5\r\n");
    }

    #[test]
    fn every_kind_of_cell_comes_back_from_both_formats() {
        let date = NaiveDate::from_ymd_opt(2028, 2, 29).expect("a day");
        let headers = ["文字", "数", "日", "空", "引"];
        let rows = [vec![
            Cell::text("=多\n行,\"引号\""),
            Cell::Number(116.322_987),
            Cell::Date(date),
            Cell::Empty,
            Cell::text("'"),
        ]];
        let text = |text: &str| Value::Text(text.to_owned());

        let workbook = open(&write_xlsx(&headers, &rows).expect("a workbook")).expect("a table");
        let (number, cells) = workbook[0].rows[1].clone();
        assert_eq!(number, 2);
        assert_eq!(
            cells,
            [text("=多\n行,\"引号\""), Value::Number(116.322_987), Value::Date(date), Value::Empty, text("'")]
        );

        let csv = open(&write_csv(&headers, &rows)).expect("a table");
        assert_eq!(
            csv[0].rows[1].1,
            [text("=多\n行,\"引号\""), text("116.322987"), text("2028-02-29"), Value::Empty, text("'")]
        );
    }

    #[test]
    fn the_same_rows_give_the_same_bytes_and_too_much_is_refused() {
        let write = |text: &str| write_xlsx(&["甲"], &[vec![Cell::text(text)]]);
        assert_eq!(write("乙").expect("a workbook"), write("乙").expect("a workbook"));
        assert!(write(&"长".repeat(32_768)).is_err());
    }
}

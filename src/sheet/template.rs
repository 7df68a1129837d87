//! An empty sheet to fill in: its header with a note on each column, drop-downs where the words are known, and day and
//! number cells that take nothing else.
//!
//! Contract: what is filled in is read by the readers of this module; the words to choose from stand on a hidden sheet,
//! which the readers pass over. A column that takes several words offers them one at a time and does not object to a
//! list. Deliberately absent: the wording of notes, which is the caller's.

use super::write::TooBigForExcel;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DataValidationRule, DocProperties, ExcelDateTime, Format, Formula, Note,
    Workbook,
};

/// Rows of a template that have drop-downs.
const ROWS: u32 = 20_000;
/// The hidden sheet's name.
const WORDS: &str = "选项";

/// What a column of a template takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Takes {
    /// Any text.
    Text,
    /// One of these words.
    One(Vec<String>),
    /// Several of these words.
    Many(Vec<String>),
    /// A number from the first to the second.
    Number(f64, f64),
    /// A day.
    Day,
}

/// A column of a template.
#[derive(Debug, Clone, PartialEq)]
pub struct TemplateColumn {
    /// Its header.
    pub header: String,
    /// What to know about it; shown when the pointer rests on the header.
    pub note: String,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it takes.
    pub takes: Takes,
}

/// Writes the empty sheet.
///
/// # Errors
/// When Excel could not hold it.
pub fn write_template(columns: &[TemplateColumn]) -> Result<Vec<u8>, TooBigForExcel> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2000, 1, 1)?));
    let must = Format::new().set_bold();
    let may = Format::new();
    let text = Format::new().set_num_format("@");
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet();
    sheet.set_freeze_panes(1, 0)?;
    let mut lists: Vec<(u16, &[String])> = Vec::new();
    for (place, column) in (0_u16..).zip(columns) {
        let header = if column.required { format!("{}*", column.header) } else { column.header.clone() };
        sheet.write_string_with_format(0, place, &header, if column.required { &must } else { &may })?;
        sheet.set_column_width(place, 18)?;
        if !column.note.is_empty() {
            // Without an author's name before it, and the same size on every machine.
            let note = Note::new(&column.note).add_author_prefix(false).set_width(280).set_height(120);
            sheet.insert_note(0, place, &note)?;
        }
        let rule = match &column.takes {
            Takes::Text => {
                // As text, so that a telephone number or code keeps all its digits.
                sheet.set_column_format(place, &text)?;
                continue;
            }
            Takes::One(words) | Takes::Many(words) => {
                sheet.set_column_format(place, &text)?;
                let at = u16::try_from(lists.len()).unwrap_or(0);
                lists.push((at, words));
                let letter = letters(at);
                let list = Formula::new(format!("='{WORDS}'!${letter}$1:${letter}${}", words.len().max(1)));
                let rule = DataValidation::new().allow_list_formula(list);
                if matches!(column.takes, Takes::Many(_)) { rule.show_error_message(false) } else { rule }
            }
            Takes::Number(least, most) => {
                DataValidation::new().allow_decimal_number(DataValidationRule::Between(*least, *most))
            }
            Takes::Day => {
                sheet.set_column_format(place, &day)?;
                // Several dates in one cell are text, so that is not refused, only asked about.
                DataValidation::new()
                    .allow_date(DataValidationRule::GreaterThan(ExcelDateTime::from_ymd(1990, 1, 1)?))
                    .set_error_style(DataValidationErrorStyle::Information)
            }
        };
        sheet.add_data_validation(1, place, ROWS, place, &rule)?;
    }
    if !lists.is_empty() {
        let hidden = workbook.add_worksheet();
        hidden.set_name(WORDS)?;
        hidden.set_hidden(true);
        for (column, words) in lists {
            for (row, word) in (0_u32..).zip(words) {
                hidden.write_string(row, column, word)?;
            }
        }
    }
    Ok(workbook.save_to_buffer()?)
}

/// The letters of a column: A, B, … Z, AA.
fn letters(column: u16) -> String {
    let letter = |place: u16| char::from(b'A' + u8::try_from(place % 26).unwrap_or(0));
    match column.checked_div(26) {
        Some(0) | None => letter(column).to_string(),
        Some(first) => format!("{}{}", letter(first - 1), letter(column)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::{Value, open};
    use super::*;

    #[test]
    fn a_template_has_its_header_and_nothing_else_to_read() {
        let column = |header: &str, required, takes| TemplateColumn {
            header: header.to_owned(),
            note: "说明".to_owned(),
            required,
            takes,
        };
        let words = vec!["代理机构".to_owned(), "律师事务所".to_owned()];
        let columns = [
            column("姓名", true, Takes::Text),
            column("单位类型", true, Takes::One(words.clone())),
            column("服务方式", false, Takes::Many(words)),
            column("从业年限", false, Takes::Number(0.0, 80.0)),
            column("有效期至", false, Takes::Day),
        ];
        let bytes = write_template(&columns).expect("a workbook");
        assert_eq!(bytes, write_template(&columns).expect("a workbook"), "the same bytes on every day");
        let tables = open(&bytes).expect("tables");
        assert_eq!(tables.len(), 1, "the words are hidden");
        let headers = ["姓名*", "单位类型*", "服务方式", "从业年限", "有效期至"];
        assert_eq!(tables[0].rows, [(1, headers.map(|text| Value::Text(text.to_owned())).to_vec())]);
        let file = String::from_utf8_lossy(&bytes).into_owned();
        assert!(file.contains("xl/comments1.xml"), "notes are there");
    }

    #[test]
    fn columns_are_lettered_as_excel_does() {
        assert_eq!([0, 25, 26, 51, 52].map(letters), ["A", "Z", "AA", "AZ", "BA"]);
    }
}

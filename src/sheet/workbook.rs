//! `.xlsx` (ECMA-376): cells as a stream, so that one stray cell in row 1,048,576 costs nothing.

use super::table::{Table, Value};
use super::{MOST_COLUMNS, MOST_ROWS, ProblemCode};
use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::io::Cursor;

/// The visible worksheets of a workbook. On some damaged files the parsing library itself panics (an absurd cell
/// reference overflows, for one): that is the file's fault, and told as such.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<Table>, ProblemCode> {
    std::panic::catch_unwind(|| worksheets(bytes)).unwrap_or(Err(ProblemCode::NotASheet))
}

fn worksheets(bytes: &[u8]) -> Result<Vec<Table>, ProblemCode> {
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => ProblemCode::OldOrLocked,
        _ => ProblemCode::NotASheet,
    })?;
    let visible = workbook.sheets_metadata().iter();
    let visible = visible.filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible);
    let names: Vec<String> = visible.map(|sheet| sheet.name.clone()).collect();
    let mut tables = Vec::new();
    for name in names {
        tables.push(worksheet(&mut workbook, &name)?);
    }
    Ok(tables)
}

fn worksheet(workbook: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Table, ProblemCode> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(|_| ProblemCode::NotASheet)?;
    let mut rows: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
    while let Some(cell) = cells.next_cell().map_err(|_| ProblemCode::NotASheet)? {
        let (row, column) = cell.get_position();
        let value = value_of(cell.get_value());
        if value == Value::Empty || column >= MOST_COLUMNS {
            continue;
        }
        if row >= MOST_ROWS {
            return Err(ProblemCode::TooLarge);
        }
        let row = rows.entry(row).or_default();
        let column = column as usize;
        while row.len() <= column {
            row.push(Value::Empty);
        }
        if let Some(place) = row.get_mut(column) {
            *place = value;
        }
    }
    Ok(Table { rows: rows.into_iter().map(|(row, cells)| (row + 1, cells)).collect() })
}

fn value_of(data: &DataRef<'_>) -> Value {
    match data {
        DataRef::Empty => Value::Empty,
        DataRef::String(text) => Value::of_text(text),
        DataRef::SharedString(text) => Value::of_text(text),
        DataRef::Int(number) => Value::Number(*number as f64),
        DataRef::Float(number) => Value::Number(*number),
        DataRef::Bool(truth) => Value::of_text(if *truth { "TRUE" } else { "FALSE" }),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            match NaiveDate::from_ymd_opt(year.into(), month.into(), day.into()) {
                Some(date) if moment.is_datetime() => Value::Date(date),
                _ => Value::Number(moment.as_f64()),
            }
        }
        // A date's first ten characters are its day (ISO 8601); anything else stays as it is typed.
        DataRef::DateTimeIso(text) => match text.get(..10).unwrap_or(text).parse() {
            Ok(date) => Value::Date(date),
            Err(_) => Value::of_text(text),
        },
        DataRef::DurationIso(text) => Value::of_text(text),
        DataRef::Error(error) => Value::Error(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_xlsxwriter::{Formula, Workbook};

    type Shown = Vec<(u32, Vec<String>)>;

    fn shown(fill: impl FnOnce(&mut Workbook)) -> Result<Vec<Shown>, ProblemCode> {
        let mut workbook = Workbook::new();
        fill(&mut workbook);
        let tables = read(&workbook.save_to_buffer().expect("a workbook"))?;
        let rows = |table: Table| {
            table.rows.into_iter().map(|(row, cells)| (row, cells.iter().map(Value::shown).collect())).collect()
        };
        Ok(tables.into_iter().map(rows).collect())
    }

    #[test]
    fn visible_sheets_are_read_with_their_row_numbers_and_without_blank_cells() {
        let tables = shown(|workbook| {
            let sheet = workbook.add_worksheet();
            sheet.write(2, 1, " 乙\u{3000}").expect("a cell");
            sheet.write(2, 3, "\u{200b}  ").expect("a cell");
            sheet.write(4, 0, true).expect("a cell");
            sheet.write(4, 2, Formula::new("=A9").set_result("#REF!")).expect("a cell");
            sheet.write(4, 16_383, "太远").expect("a cell");
            workbook.add_worksheet().set_hidden(true).write(0, 0, "看不见").expect("a cell");
        });
        let expected =
            vec![(3, vec![String::new(), "乙".into()]), (5, vec!["TRUE".into(), String::new(), "#REF!".into()])];
        assert_eq!(tables, Ok(vec![expected]));
    }

    #[test]
    fn a_cell_at_the_end_of_the_world_costs_nothing() {
        let tables = shown(|workbook| {
            let sheet = workbook.add_worksheet();
            sheet.write(0, 0, "甲").expect("a cell");
            sheet.write(1_048_575, 16_383, "远").expect("a cell");
        });
        assert_eq!(tables, Ok(vec![vec![(1, vec!["甲".to_owned()])]]));
        let too_long = shown(|workbook| {
            workbook.add_worksheet().write(MOST_ROWS, 0, "远").expect("a cell");
        });
        assert_eq!(too_long, Err(ProblemCode::TooLarge));
    }

    #[test]
    fn an_error_of_excel_is_told_from_text() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write(0, 0, Formula::new("=A9").set_result("#REF!")).expect("a cell");
        sheet.write(0, 1, "#REF!").expect("a cell");
        let tables = read(&workbook.save_to_buffer().expect("a workbook")).expect("tables");
        assert_eq!(tables[0].rows, [(1, vec![Value::Error("#REF!".into()), Value::Text("#REF!".into())])]);
    }

    #[test]
    fn a_damaged_workbook_never_brings_the_reader_down() {
        let mut workbook = Workbook::new();
        workbook.add_worksheet().write(0, 0, "甲").expect("a cell");
        let whole = workbook.save_to_buffer().expect("a workbook");
        let mut refused = 0;
        let mut state = 12_345_usize;
        for _ in 0..1_000 {
            let mut damaged = whole.clone();
            for _ in 0..3 {
                // Numerical Recipes' linear congruential generator: any fixed spread of places and bytes will do.
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223) % (1 << 32);
                let place = (state >> 8) % damaged.len();
                damaged[place] ^= u8::try_from(1 + (state >> 24) % 255).expect("a byte");
            }
            refused += usize::from(read(&damaged).is_err());
        }
        assert!(refused > 100, "the damage was real: {refused}");
    }
}

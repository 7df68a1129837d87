//! Sheets (表格): what staff keep in Excel, read into drafts of experts, stations and enterprises, and written back.
//!
//! `.xlsx` and `.csv` (UTF-8, UTF-16 with its mark, or GB18030 as Chinese Excel saves it) go in; headers may be Chinese or
//! English, in any order, below a title line. **A bad row never hides a good one**: [`SheetRead::rows`] holds every row
//! without a flaw, [`SheetRead::problems`] every flaw with its row as Excel numbers it, its column as typed and its value.
//! [`write_xlsx`] and [`write_csv`] write what the readers read again.
//!
//! Deliberately absent: the database (regions and service items are looked up through [`Lookup`]), the wording of problems
//! (translation keys, see [`ProblemCode`]), `.xls`, and any change to the office's records: a draft is a proposal that the
//! importing deed checks again and a person reviews.

mod csv_text;
pub mod duty;
pub mod enterprise;
pub mod expert;
mod layout;
mod problems;
mod row;
pub mod station;
mod table;
mod template;
mod words;
mod workbook;
mod write;

pub use layout::Column;
pub use problems::{Problem, ProblemCode};
pub use template::{Takes, TemplateColumn, write_template};
pub use write::{Cell, TooBigForExcel, write_csv, write_xlsx};

/// The largest file read, in bytes.
pub const LARGEST_FILE: usize = 10 * 1024 * 1024;
/// The most rows read from one sheet, header and title included.
pub const MOST_ROWS: u32 = 100_000;
/// The most columns looked at; what stands further right is not read.
pub const MOST_COLUMNS: u32 = 256;

/// How the words of a sheet become the codes of this office.
pub struct Lookup<'a> {
    /// A region's name or code → its code.
    pub region: &'a dyn Fn(&str) -> Option<String>,
    /// A service item's name (Chinese or English) or slug → its slug.
    pub service: &'a dyn Fn(&str) -> Option<String>,
}

/// What a sheet held.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRead<T> {
    /// The rows without a flaw, each with the number Excel shows beside it (the first line of the file is 1).
    pub rows: Vec<(u32, T)>,
    /// Every flaw: those of the whole sheet first, then by row, and within a row in the order the columns are read.
    pub problems: Vec<Problem>,
}

/// Reads every row of the sheet in `bytes` that fits these columns best, through `read_row`. A row that adds a problem is
/// left out; so is a row whose `key` an earlier good row has (compared without regard to case; an empty key is no key).
fn read_rows<T>(
    bytes: &[u8],
    columns: &'static [&'static Column],
    read_row: impl Fn(&mut row::RowReader<'_>) -> T,
    key: impl Fn(&T) -> (&'static Column, String),
) -> SheetRead<T> {
    let mut read = SheetRead { rows: Vec::new(), problems: Vec::new() };
    let tables = match table::open(bytes) {
        Ok(tables) => tables,
        Err(code) => {
            read.problems.push(Problem::of_sheet(code));
            return read;
        }
    };
    let Some(layout) = layout::Layout::find(&tables, columns) else {
        read.problems.push(Problem::of_sheet(ProblemCode::Empty));
        return read;
    };
    read.problems.extend(layout.problems());
    if layout.lacks_a_required_column() {
        return read;
    }
    let mut seen = std::collections::HashMap::new();
    let mut any = false;
    for (number, cells) in layout.rows_below(&tables) {
        any = true;
        let problems_before = read.problems.len();
        let mut reader = row::RowReader::new(*number, cells, &layout, &mut read.problems);
        reader.refuse_resident_ids(columns);
        let draft = read_row(&mut reader);
        if read.problems.len() > problems_before {
            continue;
        }
        let (column, key) = key(&draft);
        match seen.get(&key.to_lowercase()) {
            Some(first) if !key.is_empty() => read.problems.push(Problem {
                row: Some(*number),
                column: layout.typed(column),
                value: key,
                code: ProblemCode::Repeated,
                hint: u32::to_string(first),
            }),
            _ => {
                seen.insert(key.to_lowercase(), *number);
                read.rows.push((*number, draft));
            }
        }
    }
    if !any {
        read.problems.push(Problem::of_sheet(ProblemCode::Empty));
    }
    read
}

//! A file's bytes as plain tables: what every format is turned into before anything is understood.

use super::{LARGEST_FILE, ProblemCode, csv_text, workbook};
use chrono::NaiveDate;

/// What stands in one cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    /// Nothing, or only blanks.
    Empty,
    /// Text, trimmed, not empty.
    Text(String),
    /// A number as Excel keeps it; text files have none.
    Number(f64),
    /// A cell formatted as a date.
    Date(NaiveDate),
    /// An error such as `#REF!`.
    Error(String),
}

impl Value {
    /// Text without blanks around it, byte order marks and zero-width spaces.
    pub(super) fn of_text(text: &str) -> Self {
        let invisible = |c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}');
        let trimmed = text.trim_matches(invisible);
        if trimmed.is_empty() { Self::Empty } else { Self::Text(trimmed.to_owned()) }
    }

    /// The value as a person sees it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) | Self::Error(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// One worksheet: its rows that are not blank, with the numbers Excel shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Table {
    pub(super) rows: Vec<(u32, Vec<Value>)>,
}

/// Opens `.xlsx`, or text in columns. A workbook gives one table for each visible worksheet.
pub(super) fn open(bytes: &[u8]) -> Result<Vec<Table>, ProblemCode> {
    /// What a ZIP archive starts with (APPNOTE.TXT 4.3.7); `.xlsx` is one.
    const ZIP: &[u8] = b"PK\x03\x04";
    /// What an OLE compound file starts with ([MS-CFB] 2.2); `.xls` is one, and so is an encrypted `.xlsx`.
    const COMPOUND_FILE: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];

    if bytes.len() > LARGEST_FILE {
        return Err(ProblemCode::TooLarge);
    }
    if bytes.starts_with(COMPOUND_FILE) {
        return Err(ProblemCode::OldOrLocked);
    }
    if bytes.starts_with(ZIP) {
        return workbook::read(bytes);
    }
    csv_text::read(bytes).map(|table| vec![table])
}

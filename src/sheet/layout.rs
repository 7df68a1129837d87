//! Which column of a sheet means what: header names in Chinese or English, in any order, below a title line or not.

use super::table::{Table, Value};
use super::{Problem, ProblemCode};

/// How many rows from the top are looked at for the header.
const HEADER_WITHIN_ROWS: usize = 10;

/// A column that a sheet may have.
#[derive(Debug, PartialEq, Eq)]
pub struct Column {
    /// Its English header, which is also the field's name in the API.
    pub name: &'static str,
    /// Its Chinese header.
    pub zh: &'static str,
    /// Other headers people write for it.
    pub also: &'static [&'static str],
    /// Whether a sheet without it cannot be read, nor a row whose cell is empty.
    pub required: bool,
}

impl Column {
    fn is_meant_by(&self, header: &str) -> bool {
        let typed = folded(header);
        std::iter::once(&self.name).chain([&self.zh]).chain(self.also).any(|known| folded(known) == typed)
    }
}

/// A header as it is compared: without case, blanks, `_`, `-`, marks of obligation and whatever stands in brackets.
fn folded(header: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for c in header.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            '_' | '-' | '*' | '＊' | ':' | '：' => {}
            c if depth > 0 || c.is_whitespace() => {}
            c => kept.extend(c.to_lowercase()),
        }
    }
    kept
}

/// Where a sheet's header stands and which of its columns is which.
#[derive(Debug)]
pub(super) struct Layout {
    columns: &'static [&'static Column],
    /// Which table, and which of its rows is the header.
    place: (usize, usize),
    header: Vec<String>,
    /// For each of `columns`, where it stands.
    positions: Vec<Option<usize>>,
}

impl Layout {
    /// The row near the top of a table that names most of these columns; the first such row if several do. When no row
    /// names any, the first row there is. None if there is no row at all.
    pub(super) fn find(tables: &[Table], columns: &'static [&'static Column]) -> Option<Self> {
        let mut best: Option<(usize, Self)> = None;
        for (table_index, table) in tables.iter().enumerate() {
            for (row_index, (_, cells)) in table.rows.iter().take(HEADER_WITHIN_ROWS).enumerate() {
                let header: Vec<String> = cells.iter().map(Value::shown).collect();
                let place_of = |column: &&Column| header.iter().position(|typed| column.is_meant_by(typed));
                let positions: Vec<Option<usize>> = columns.iter().map(place_of).collect();
                let known = positions.iter().flatten().count();
                let layout = Self { columns, place: (table_index, row_index), header, positions };
                if best.as_ref().is_none_or(|(most, _)| known > *most) {
                    best = Some((known, layout));
                }
            }
        }
        best.map(|(_, layout)| layout)
    }

    /// The rows below the header.
    pub(super) fn rows_below<'t>(&self, tables: &'t [Table]) -> &'t [(u32, Vec<Value>)] {
        let (table, header_row) = self.place;
        tables.get(table).and_then(|table| table.rows.get(header_row + 1..)).unwrap_or_default()
    }

    /// Where the column stands, if the sheet has it.
    pub(super) fn position(&self, column: &Column) -> Option<usize> {
        let mut known = self.columns.iter().zip(&self.positions);
        known.find(|(candidate, _)| candidate.name == column.name).and_then(|(_, position)| *position)
    }

    /// The column's header as typed, or both its names if the sheet does not have it.
    pub(super) fn typed(&self, column: &Column) -> String {
        let typed = self.position(column).and_then(|position| self.header.get(position)).cloned();
        typed.unwrap_or_else(|| format!("{} / {}", column.zh, column.name))
    }

    pub(super) fn lacks_a_required_column(&self) -> bool {
        self.columns.iter().any(|column| column.required && self.position(column).is_none())
    }

    /// What is wrong with the header: columns missing, repeated, unknown.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let mut problems = Vec::new();
        for column in self.columns {
            if column.required && self.position(column).is_none() {
                problems.push(Problem { column: self.typed(column), ..Problem::of_sheet(ProblemCode::MissingColumn) });
            }
        }
        for (position, typed) in self.header.iter().enumerate().filter(|(_, typed)| !typed.is_empty()) {
            let (code, hint) = match self.columns.iter().find(|column| column.is_meant_by(typed)) {
                None => (ProblemCode::UnknownColumn, String::new()),
                Some(column) if self.position(column) != Some(position) => {
                    (ProblemCode::RepeatedColumn, self.typed(column))
                }
                Some(_) => continue,
            };
            problems.push(Problem { column: typed.clone(), hint, ..Problem::of_sheet(code) });
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static NAME: Column = Column { name: "firm_name", zh: "名称", also: &["单位名称"], required: true };
    static AREA: Column = Column { name: "region", zh: "区", also: &[], required: false };
    static COLUMNS: &[&Column] = &[&NAME, &AREA];

    fn table(rows: &[&[&str]]) -> Table {
        let row = |(number, cells): (u32, &&[&str])| (number, cells.iter().map(|cell| Value::of_text(cell)).collect());
        Table { rows: (1..).zip(rows).map(row).collect() }
    }

    #[test]
    fn the_header_is_found_below_a_title_on_another_sheet_however_it_is_typed() {
        for typed in ["名称", " 名 称（必填）", "*名称：", "Firm Name", "firm-name", "单位名称 [全称]"]
        {
            let tables =
                [table(&[&["说明"], &["请填写第二张表"]]), table(&[&["2026 年名单"], &[typed, "区"], &["甲", "海淀"]])];
            let layout = Layout::find(&tables, COLUMNS).expect("a header");
            assert_eq!((layout.position(&NAME), layout.position(&AREA)), (Some(0), Some(1)), "{typed}");
            assert_eq!((layout.typed(&NAME), layout.rows_below(&tables).len()), (typed.trim().to_owned(), 1));
            assert!(layout.problems().is_empty());
        }
    }

    #[test]
    fn missing_unknown_and_repeated_columns_are_named() {
        let tables = [table(&[&["region", "微信", "区"]])];
        let layout = Layout::find(&tables, COLUMNS).expect("a header");
        let told: Vec<_> =
            layout.problems().into_iter().map(|problem| (problem.code, problem.column, problem.hint)).collect();
        let expected = [
            (ProblemCode::MissingColumn, "名称 / firm_name", ""),
            (ProblemCode::UnknownColumn, "微信", ""),
            (ProblemCode::RepeatedColumn, "区", "region"),
        ];
        assert_eq!(told, expected.map(|(code, column, hint)| (code, column.to_owned(), hint.to_owned())));
        assert!(layout.lacks_a_required_column());
        assert!(Layout::find(&[Table::default()], COLUMNS).is_none());
    }
}

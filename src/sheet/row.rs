//! One row being read: each question to it answers with a value and notes what is wrong on the way.
//!
//! A question about a flawed cell still answers, with something empty: the row is left out afterwards, and all its flaws
//! are found at once.

use super::layout::{Column, Layout};
use super::table::Value;
use super::{Lookup, Problem, ProblemCode, words};
use crate::domain::resident_id;
use chrono::NaiveDate;
use std::ops::RangeInclusive;

/// From here on a double no longer holds every whole number Excel shows (it keeps 15 digits).
const FIRST_ROUNDED: f64 = 1e15;
const EXAMPLE_DATE: &str = "2028-01-31";

pub(super) struct RowReader<'r> {
    number: u32,
    cells: &'r [Value],
    layout: &'r Layout,
    problems: &'r mut Vec<Problem>,
}

impl<'r> RowReader<'r> {
    pub(super) fn new(number: u32, cells: &'r [Value], layout: &'r Layout, problems: &'r mut Vec<Problem>) -> Self {
        Self { number, cells, layout, problems }
    }

    /// Notes a flaw of this row.
    pub(super) fn problem(&mut self, column: &Column, value: &str, code: ProblemCode, hint: &str) {
        let column = self.layout.typed(column);
        self.problems.push(Problem {
            row: Some(self.number),
            column,
            value: value.to_owned(),
            code,
            hint: hint.to_owned(),
        });
    }

    /// Notes every cell that holds a resident identity number, without telling it.
    pub(super) fn refuse_resident_ids(&mut self, columns: &[&Column]) {
        for column in columns {
            let cell = self.layout.position(column).and_then(|position| self.cells.get(position));
            if matches!(cell, Some(Value::Text(text)) if resident_id::stands_in(text)) {
                self.problem(column, "", ProblemCode::ResidentId, "");
            }
        }
    }

    /// The cell, with errors and gaps noted.
    fn value(&mut self, column: &Column) -> &'r Value {
        let value = self.layout.position(column).and_then(|position| self.cells.get(position)).unwrap_or(&Value::Empty);
        match value {
            Value::Error(error) => self.problem(column, error, ProblemCode::CellError, ""),
            Value::Empty if column.required => self.problem(column, "", ProblemCode::MissingValue, ""),
            _ => return value,
        }
        &Value::Empty
    }

    /// Text; empty if the cell is.
    pub(super) fn text(&mut self, column: &Column) -> String {
        let value = self.value(column);
        if matches!(value, Value::Number(number) if number.abs() >= FIRST_ROUNDED) {
            self.problem(column, &value.shown(), ProblemCode::LostDigits, "");
        }
        value.shown()
    }

    /// Text, if there is any.
    pub(super) fn optional_text(&mut self, column: &Column) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty())
    }

    /// An e-mail address, checked for its outline only: one `@`, a name, a domain with a dot, no blanks.
    pub(super) fn email(&mut self, column: &Column) -> Option<String> {
        let email = words::half_width(&self.optional_text(column)?);
        let sound = email.split_once('@').is_some_and(|(name, domain)| {
            let labels = domain.split('.').filter(|label| !label.is_empty()).count();
            !name.is_empty()
                && labels >= 2
                && labels == domain.split('.').count()
                && !domain.contains('@')
                && !email.contains(char::is_whitespace)
        });
        if !sound {
            self.problem(column, &email, ProblemCode::BadEmail, "");
        }
        Some(email)
    }

    /// A number within the range; units people write after it (年, 公里, km, 次, years) are passed over.
    pub(super) fn number(&mut self, column: &Column, range: RangeInclusive<f64>, example: &str) -> Option<f64> {
        let value = self.value(column);
        let number = match value {
            Value::Empty => return None,
            Value::Number(number) => Some(*number),
            Value::Text(text) => {
                let text = words::half_width(text).to_lowercase();
                let digits = ["年", "years", "公里", "千米", "km", "次"]
                    .iter()
                    .find_map(|unit| text.strip_suffix(unit))
                    .unwrap_or(&text);
                digits.trim().parse().ok().filter(|number: &f64| number.is_finite())
            }
            Value::Date(_) | Value::Error(_) => None,
        };
        match number {
            None => self.problem(column, &value.shown(), ProblemCode::BadNumber, example),
            Some(number) if !range.contains(&number) => {
                self.problem(
                    column,
                    &value.shown(),
                    ProblemCode::OutOfRange,
                    &format!("{}–{}", range.start(), range.end()),
                );
            }
            Some(_) => {}
        }
        number
    }

    /// A whole number within the range.
    pub(super) fn whole(&mut self, column: &Column, range: RangeInclusive<u32>, example: &str) -> Option<u32> {
        let number = self.number(column, f64::from(*range.start())..=f64::from(*range.end()), example)?;
        let whole = number.to_string().parse().ok();
        if whole.is_none() && number.fract() != 0.0 {
            self.problem(column, &number.to_string(), ProblemCode::BadNumber, example);
        }
        whole
    }

    /// 纬度 and 经度 in degrees: both or neither.
    pub(super) fn place(&mut self, lat_column: &Column, lon_column: &Column) -> (Option<f64>, Option<f64>) {
        let problems_before = self.problems.len();
        let lat = self.number(lat_column, -90.0..=90.0, "39.9042");
        let lon = self.number(lon_column, -180.0..=180.0, "116.4074");
        if self.problems.len() == problems_before {
            self.both_or_neither((lat_column, lat.is_some()), (lon_column, lon.is_some()));
        }
        (lat, lon)
    }

    /// Notes that one of a pair stands alone.
    pub(super) fn both_or_neither(&mut self, first: (&Column, bool), second: (&Column, bool)) {
        let (there, gone) = match (first.1, second.1) {
            (true, false) => (first.0, second.0),
            (false, true) => (second.0, first.0),
            _ => return,
        };
        let hint = self.layout.typed(gone);
        self.problem(there, "", ProblemCode::HalfAPair, &hint);
    }

    /// A region's code.
    pub(super) fn region(&mut self, column: &Column, lookup: &Lookup<'_>) -> String {
        let typed = self.text(column);
        if typed.is_empty() {
            return typed;
        }
        (lookup.region)(&typed).unwrap_or_else(|| {
            self.problem(column, &typed, ProblemCode::UnknownRegion, "");
            String::new()
        })
    }

    /// The entries of a list, as typed, each once.
    pub(super) fn list(&mut self, column: &Column) -> Vec<String> {
        each_once(words::list(&self.text(column)))
    }

    /// The slugs of a list of service items. An item whose own name holds a separator (知识产权转让、许可服务) is found
    /// whole, wherever it stands in the list.
    pub(super) fn services(&mut self, column: &Column, lookup: &Lookup<'_>) -> Vec<String> {
        let typed = self.text(column);
        let entries = words::list_of_known(&typed, |text| (lookup.service)(text).is_some());
        self.known(column, entries, lookup.service, ProblemCode::UnknownService, "")
    }

    /// The meanings of a list of words; `choices` are what may stand there.
    pub(super) fn meanings<T: PartialEq>(
        &mut self,
        column: &Column,
        meaning: impl Fn(&str) -> Option<T>,
        choices: &str,
    ) -> Vec<T> {
        let entries = words::list(&self.text(column));
        self.known(column, entries, meaning, ProblemCode::UnknownWord, choices)
    }

    fn known<T: PartialEq>(
        &mut self,
        column: &Column,
        entries: Vec<String>,
        meaning: impl Fn(&str) -> Option<T>,
        code: ProblemCode,
        hint: &str,
    ) -> Vec<T> {
        let mut found = Vec::new();
        for entry in entries {
            match meaning(&entry) {
                Some(known) => found.push(known),
                None => self.problem(column, &entry, code, hint),
            }
        }
        each_once(found)
    }

    /// As many entries as `count`, each of which may say "none"; all none if the cell is empty.
    pub(super) fn aligned(&mut self, column: &Column, count: usize) -> Vec<Option<String>> {
        let Some(text) = self.optional_text(column) else { return vec![None; count] };
        let entries = if count == 1 {
            vec![Some(text.clone()).filter(|text| !words::is_none(text))]
        } else {
            words::aligned_list(&text)
        };
        if entries.len() != count {
            self.problem(column, &text, ProblemCode::UnevenList, &count.to_string());
            return vec![None; count];
        }
        entries
    }

    /// As many days as `count`; none where the entry says so, or that there is no end.
    pub(super) fn aligned_dates(&mut self, column: &Column, count: usize) -> Vec<Option<NaiveDate>> {
        let one_date = match self.value(column) {
            Value::Date(date) => Some(Ok(*date)),
            Value::Number(number) => Some(words::date_of_number(*number).ok_or(*number)),
            _ => None,
        };
        match one_date {
            Some(Ok(date)) if count == 1 => return vec![Some(date)],
            Some(Ok(date)) => self.problem(column, &date.to_string(), ProblemCode::UnevenList, &count.to_string()),
            Some(Err(number)) => self.problem(column, &number.to_string(), ProblemCode::BadDate, EXAMPLE_DATE),
            None => {
                let mut dates = Vec::new();
                for entry in self.aligned(column, count) {
                    let entry = entry.filter(|entry| !words::is_forever(entry));
                    let date = entry.as_deref().and_then(words::date);
                    if let (Some(entry), None) = (&entry, date) {
                        self.problem(column, entry, ProblemCode::BadDate, EXAMPLE_DATE);
                    }
                    dates.push(date);
                }
                return dates;
            }
        }
        vec![None; count]
    }
}

fn each_once<T: PartialEq>(entries: Vec<T>) -> Vec<T> {
    let mut kept = Vec::with_capacity(entries.len());
    for entry in entries {
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    kept
}

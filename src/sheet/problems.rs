//! What is wrong with a sheet, cell by cell (问题行): a code for programs, a translation key for people.

/// Why a cell, a row or a whole sheet could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProblemCode {
    /// The file is neither `.xlsx` nor text in columns.
    NotASheet,
    /// An `.xls` of old Excel, or an `.xlsx` locked with a password.
    OldOrLocked,
    /// Text in no encoding we know: neither UTF-8, UTF-16 nor GB18030.
    Encoding,
    /// More bytes than [`LARGEST_FILE`](super::LARGEST_FILE) or more rows than [`MOST_ROWS`](super::MOST_ROWS).
    TooLarge,
    /// No rows below the header, or nothing at all.
    Empty,
    /// A column that must be there is not.
    MissingColumn,
    /// A column nobody here knows; it is not read, the rest of the sheet is.
    UnknownColumn,
    /// Two columns of the same meaning; the first is read.
    RepeatedColumn,
    /// A cell that must be filled is empty.
    MissingValue,
    /// The cell holds an error of Excel's, such as `#REF!`.
    CellError,
    /// A long number that Excel has rounded, such as a credit code not kept as text.
    LostDigits,
    /// Not an e-mail address.
    BadEmail,
    /// Not a number, or not a whole one where only those make sense.
    BadNumber,
    /// A number outside the range in the hint.
    OutOfRange,
    /// Not a date that exists.
    BadDate,
    /// No region of that name or code.
    UnknownRegion,
    /// No service item of that name.
    UnknownService,
    /// None of the words in the hint.
    UnknownWord,
    /// As many entries as there are qualifications were expected.
    UnevenList,
    /// One of a pair without the other (纬度 and 经度, a head's name and e-mail); the hint names the other.
    HalfAPair,
    /// The row of the number in the hint has this value already.
    Repeated,
    /// A resident identity number, which the office does not collect; the value is not told.
    ResidentId,
}

impl ProblemCode {
    /// Every code, in the order of declaration.
    pub const ALL: &'static [Self] = &[
        Self::NotASheet,
        Self::OldOrLocked,
        Self::Encoding,
        Self::TooLarge,
        Self::Empty,
        Self::MissingColumn,
        Self::UnknownColumn,
        Self::RepeatedColumn,
        Self::MissingValue,
        Self::CellError,
        Self::LostDigits,
        Self::BadEmail,
        Self::BadNumber,
        Self::OutOfRange,
        Self::BadDate,
        Self::UnknownRegion,
        Self::UnknownService,
        Self::UnknownWord,
        Self::UnevenList,
        Self::HalfAPair,
        Self::Repeated,
        Self::ResidentId,
    ];

    /// The stable text: `sheet-problem-<code>` is the translation key, with the arguments of [`Problem::arguments`].
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotASheet => "not-a-sheet",
            Self::OldOrLocked => "old-or-locked",
            Self::Encoding => "encoding",
            Self::TooLarge => "too-large",
            Self::Empty => "empty",
            Self::MissingColumn => "missing-column",
            Self::UnknownColumn => "unknown-column",
            Self::RepeatedColumn => "repeated-column",
            Self::MissingValue => "missing-value",
            Self::CellError => "cell-error",
            Self::LostDigits => "lost-digits",
            Self::BadEmail => "bad-email",
            Self::BadNumber => "bad-number",
            Self::OutOfRange => "out-of-range",
            Self::BadDate => "bad-date",
            Self::UnknownRegion => "unknown-region",
            Self::UnknownService => "unknown-service",
            Self::UnknownWord => "unknown-word",
            Self::UnevenList => "uneven-list",
            Self::HalfAPair => "half-a-pair",
            Self::Repeated => "repeated",
            Self::ResidentId => "resident-id",
        }
    }

    /// Whether the rest of the sheet can be taken without regard to this: a note, not a reason to send the sheet back.
    #[must_use]
    pub const fn is_note(self) -> bool {
        matches!(self, Self::UnknownColumn | Self::RepeatedColumn)
    }
}

/// One flaw of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The row as Excel numbers it; none for a flaw of the whole sheet.
    pub row: Option<u32>,
    /// The column as typed in the header; for a missing column both its names; empty for a flaw of the whole sheet.
    pub column: String,
    /// What stands in the cell, or the part of it that is wrong.
    pub value: String,
    /// What is wrong.
    pub code: ProblemCode,
    /// What was expected: a range, the known words, an example, another row's number. May be empty.
    pub hint: String,
}

impl Problem {
    /// A flaw of the whole sheet.
    #[must_use]
    pub fn of_sheet(code: ProblemCode) -> Self {
        Self { row: None, column: String::new(), value: String::new(), code, hint: String::new() }
    }

    /// The arguments of the sentence `sheet-problem-<code>`.
    #[must_use]
    pub fn arguments(&self) -> [(&'static str, &str); 3] {
        [("column", &self.column), ("value", &self.value), ("hint", &self.hint)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fluent_bundle::{FluentArgs, FluentBundle, FluentResource};
    use std::collections::HashSet;

    #[test]
    fn every_code_has_a_sentence_in_both_languages_and_no_sentence_is_left_over() {
        let codes: HashSet<&str> = ProblemCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes.len(), ProblemCode::ALL.len(), "codes are distinct");
        for source in [include_str!("../i18n/zh-CN/sheet.ftl"), include_str!("../i18n/en/sheet.ftl")] {
            let resource = FluentResource::try_new(source.to_owned()).expect("well-formed Fluent");
            let mut bundle = FluentBundle::new(vec!["zh-CN".parse().expect("a language")]);
            bundle.set_use_isolating(false);
            bundle.add_resource(resource).expect("distinct keys");
            for code in ProblemCode::ALL {
                let problem = Problem {
                    row: Some(7),
                    column: "甲列".into(),
                    value: "乙值".into(),
                    code: *code,
                    hint: "丙".into(),
                };
                let mut arguments = FluentArgs::new();
                for (name, value) in problem.arguments() {
                    arguments.set(name, value);
                }
                let key = format!("sheet-problem-{}", code.code());
                let message = bundle.get_message(&key).unwrap_or_else(|| panic!("no sentence for {key}"));
                let mut errors = Vec::new();
                let sentence = bundle.format_pattern(message.value().expect("a value"), Some(&arguments), &mut errors);
                assert!(errors.is_empty() && !sentence.contains('{'), "{key}: {sentence} {errors:?}");
            }
            let keys = source
                .lines()
                .filter_map(|line| line.strip_prefix("sheet-problem-")?.split_once(" ="))
                .map(|(key, _)| key);
            assert_eq!(keys.collect::<HashSet<_>>(), codes);
        }
    }
}

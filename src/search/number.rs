//! Numbers as people type and print them: `XQ-2026-000123`, `xq2026000123`, `2026-123`, `000123`, a 统一社会信用代码.
//!
//! Contract: index and query write a number the same way, without padding, so that the whole and the part both match.
//! Deliberately absent: knowledge of which series exist; letters in front are a series.

use super::analyzer;

/// A number as typed or printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// `xq`, `ba`; `None` when no letters stand in front.
    series: Option<String>,
    year: Option<u64>,
    serial: u64,
}

impl Number {
    /// The most that is known of it, as a term.
    pub(super) fn term(&self) -> String {
        match (&self.series, self.year) {
            (Some(series), Some(year)) => format!("{series}-{year}-{}", self.serial),
            (None, Some(year)) => format!("{year}-{}", self.serial),
            (Some(series), None) => format!("{series}-{}", self.serial),
            (None, None) => self.serial.to_string(),
        }
    }

    /// Every term it is found by, the whole and its parts.
    fn terms(&self) -> Vec<String> {
        let mut found = vec![self.serial.to_string()];
        if let Some(year) = self.year {
            found.push(format!("{year}-{}", self.serial));
        }
        if let Some(series) = &self.series {
            found.push(format!("{series}-{}", self.serial));
            found.extend(self.year.map(|year| format!("{series}-{year}-{}", self.serial)));
        }
        found
    }
}

/// Reads a whole text as a number, if it is nothing else.
pub(super) fn number(text: &str) -> Option<Number> {
    let normalised = analyzer::normalise(text);
    let bare = normalised.trim();
    let digits = bare.trim_start_matches(|c: char| c.is_ascii_lowercase());
    let series = bare.strip_suffix(digits).filter(|series| !series.is_empty()).map(str::to_owned);
    if series.as_ref().is_some_and(|series| series.len() != 2) {
        return None;
    }
    let digits = digits.trim_start_matches(['-', ' ']);
    let groups: Vec<&str> = digits.split(['-', ' ']).collect();
    if groups.iter().any(|group| group.is_empty() || !group.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    match groups.as_slice() {
        [one] if one.len() >= 10 => {
            Some(Number { series, year: one.get(..4)?.parse().ok(), serial: one.get(4..)?.parse().ok()? })
        }
        [one] => Some(Number { series, year: None, serial: one.parse().ok()? }),
        [year, serial] if year.len() == 4 => {
            Some(Number { series, year: year.parse().ok(), serial: serial.parse().ok()? })
        }
        _ => None,
    }
}

/// The terms a printed number is found by.
pub(super) fn terms_of(printed: &str) -> Vec<String> {
    if let Some(code) = code(printed) {
        return (8..=code.len()).filter_map(|end| code.get(..end).map(str::to_owned)).collect();
    }
    number(printed).map_or_else(Vec::new, |number| number.terms())
}

/// Eight to eighteen characters that can be the beginning of a 统一社会信用代码, in lower case.
pub(super) fn code(text: &str) -> Option<String> {
    let code = analyzer::normalise(text).trim().to_owned();
    let fits = (8..=18).contains(&code.len()) && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (fits && code.bytes().filter(u8::is_ascii_digit).count() >= 6).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_and_its_parts_meet() {
        let printed = terms_of("XQ-2026-000123");
        for typed in [
            "XQ-2026-000123",
            "xq-2026-123",
            "ＸＱ－２０２６－０００１２３",
            "XQ2026000123",
            "2026-000123",
            "xq 123",
            "123",
            " 000123 ",
        ] {
            let term = number(typed).map(|number| number.term()).unwrap_or_default();
            assert!(printed.contains(&term), "{typed}: {term}");
        }
        for typed in ["XQ-2025-000123", "PD-2026-000123", "124"] {
            assert!(!printed.contains(&number(typed).expect("a number").term()), "{typed}");
        }
        for typed in ["专利 2", "2026-01-02", "PCT", "abc-123", ""] {
            assert_eq!(number(typed), None, "{typed}");
        }
    }

    #[test]
    fn a_code_is_found_from_its_eighth_character_on() {
        let printed = terms_of("91110108MA01ABCD1X");
        for typed in ["91110108MA01ABCD1X", "91110108", "91110108ma01"] {
            assert!(printed.contains(&code(typed).expect("a code")), "{typed}");
        }
        assert_eq!(code("9111010"), None);
        assert_eq!(code("licensing"), None);
    }
}

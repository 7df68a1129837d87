//! From when until when somebody is away, as an automatic answer says it in Chinese or English.

use crate::domain::incoming::Said;
use chrono::{Datelike, NaiveDate};

/// Characters of the text that are read.
const READ: usize = 2_000;

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The days an automatic answer names: two are from and until, one alone is the last. `sent_on` gives the year where none
/// is written.
pub fn of(text: &str, subject: &str, sent_on: Option<NaiveDate>) -> Said {
    let told: String = format!("{subject}\n{text}").chars().take(READ).collect();
    let days = days_in(&told.to_lowercase(), sent_on);
    match days.as_slice() {
        [] => Said::Away { from: None, until: None },
        [only] => Said::Away { from: None, until: Some(*only) },
        [first, rest @ ..] => {
            let last = rest.first().copied().unwrap_or(*first);
            if last < *first {
                Said::Away { from: None, until: Some(*first) }
            } else {
                Said::Away { from: Some(*first), until: Some(last) }
            }
        }
    }
}

/// A piece of a text: a number or a word.
#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    Number(i32, usize),
    Word(&'a str),
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let sort = |c: char| (c.is_ascii_digit(), c.is_ascii_alphabetic());
        let end = if sort(first) == (false, false) {
            first.len_utf8()
        } else {
            rest.find(|c| sort(c) != sort(first)).unwrap_or(rest.len())
        };
        let (piece, after) = rest.split_at(end);
        match piece.parse() {
            Ok(number) => found.push(Piece::Number(number, piece.len())),
            Err(_) if !piece.trim().is_empty() => found.push(Piece::Word(piece)),
            Err(_) => {}
        }
        rest = after;
    }
    found
}

fn days_in(text: &str, sent_on: Option<NaiveDate>) -> Vec<NaiveDate> {
    let pieces = pieces(text);
    let mut days = Vec::new();
    let mut at = 0;
    while let Some(rest) = pieces.get(at..).filter(|rest| !rest.is_empty()) {
        match day_at(rest, sent_on) {
            Some((day, taken)) => {
                days.push(day);
                at += taken;
            }
            None => at += 1,
        }
        if days.len() == 2 {
            break;
        }
    }
    days
}

/// A day at the beginning of the pieces, and how many of them it takes.
fn day_at(pieces: &[Piece<'_>], sent_on: Option<NaiveDate>) -> Option<(NaiveDate, usize)> {
    use Piece::{Number, Word};
    let of = |year: i32, month: i32, day: i32| {
        NaiveDate::from_ymd_opt(year, u32::try_from(month).ok()?, u32::try_from(day).ok()?)
    };
    let this_year = |month: i32, day: i32| {
        let sent_on = sent_on?;
        let found = of(sent_on.year(), month, day)?;
        // 1月5日, written in December, is next year's.
        if (sent_on - found).num_days() > 180 { of(sent_on.year() + 1, month, day) } else { Some(found) }
    };
    let month_named = |word: &str| {
        let start = word.get(..3)?;
        let full = [
            "january",
            "february",
            "march",
            "april",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
            "may",
            "sept",
        ];
        let known = word.len() == 3 || full.contains(&word);
        MONTHS.iter().position(|month| *month == start).filter(|_| known).and_then(|n| i32::try_from(n + 1).ok())
    };
    let ordinal = |word: &str| matches!(word, "st" | "nd" | "rd" | "th");
    match pieces {
        // 2026-03-10, 2026/3/10, 2026.3.10, 2026年3月10日
        [
            Number(year, 4),
            Word("-" | "/" | "." | "年"),
            Number(month, _),
            Word("-" | "/" | "." | "月"),
            Number(day, _),
            ..,
        ] => of(*year, *month, *day).map(|day| (day, 5)),
        // 3月10日
        [Number(month, 1 | 2), Word("月"), Number(day, 1 | 2), ..] => this_year(*month, *day).map(|day| (day, 3)),
        // 10 March 2026, 10th of March
        [Number(day, 1 | 2), Word(name), Number(year, 4), ..] if month_named(name).is_some() => {
            of(*year, month_named(name)?, *day).map(|day| (day, 3))
        }
        [Number(day, 1 | 2), Word(name), ..] if month_named(name).is_some() => {
            this_year(month_named(name)?, *day).map(|day| (day, 2))
        }
        [Number(day, 1 | 2), Word(th), Word(name), ..] if ordinal(th) && month_named(name).is_some() => {
            this_year(month_named(name)?, *day).map(|day| (day, 3))
        }
        // March 10, 2026; March 10th
        [Word(name), Number(day, 1 | 2), Word(","), Number(year, 4), ..] if month_named(name).is_some() => {
            of(*year, month_named(name)?, *day).map(|day| (day, 4))
        }
        [Word(name), Number(day, 1 | 2), ..] if month_named(name).is_some() => {
            this_year(month_named(name)?, *day).map(|day| (day, 2))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away(text: &str) -> (Option<String>, Option<String>) {
        let sent_on = NaiveDate::from_ymd_opt(2026, 12, 20);
        match of(text, "自动回复", sent_on) {
            Said::Away { from, until } => (from.map(|day| day.to_string()), until.map(|day| day.to_string())),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        let both = |from: &str, until: &str| (Some(from.to_owned()), Some(until.to_owned()));
        let until = |until: &str| (None, Some(until.to_owned()));
        let cases = [
            ("您好，我于2026年12月21日至2026年12月25日出差", both("2026-12-21", "2026-12-25")),
            ("12月28日至1月5日休假，急事请致电 010-62000001", both("2026-12-28", "2027-01-05")),
            ("我将于12月28日返回", until("2026-12-28")),
            ("away 2026-12-21 to 2026/12/24", both("2026-12-21", "2026-12-24")),
            ("I am out from 21 December to 3 January 2027.", both("2026-12-21", "2027-01-03")),
            ("Out of office until December 28th", until("2026-12-28")),
            ("back on Dec 28, 2026", until("2026-12-28")),
            ("I shall be back soon; the 3 of us may march on", (None, None)),
            ("电话 13900139000，2026-99-99", (None, None)),
            ("", (None, None)),
        ];
        for (text, expected) in cases {
            assert_eq!(away(text), expected, "{text}");
        }
    }
}

//! `zhipai due`: when an answer is due for a notice, with the day-by-day count.

use crate::actions::found_office::calendar_days;
use crate::domain::answer_rule::{CountingRule, DueDate, due};
use crate::domain::calendar::{Calendar, CalendarRow, RowKind};
use crate::i18n::L;
use chrono::{DateTime, SecondsFormat, Utc};
use std::io::{BufRead, Write};

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// The calendar as shipped.
///
/// # Errors
/// When the shipped file cannot be read.
pub fn shipped_calendar() -> Result<Calendar, String> {
    let rows = calendar_days().map_err(|error| error.to_string())?.into_iter().map(|row| CalendarRow {
        date: row.day,
        kind: if row.kind == "workday" { RowKind::Workday } else { RowKind::Holiday },
        occasion: row.occasion,
    });
    Calendar::from_rows(rows, "shipped").map_err(|problem| format!("{problem:?}"))
}

/// Counts for each instant and prints. `instants` of a single `-` reads them from standard input, one a line.
///
/// `floor` is the least number of waking hours (08–22), if there is one.
///
/// # Errors
/// One clear line naming the instant that cannot be read; those before it are printed.
pub fn run(rule: CountingRule, floor: Option<u32>, format: Format, instants: &[String], l: L) -> Result<(), String> {
    let calendar = shipped_calendar()?;
    let stdout = std::io::stdout();
    let mut out = std::io::BufWriter::new(stdout.lock());
    let mut one = |text: &str| -> Result<(), String> {
        let at = DateTime::parse_from_rfc3339(text)
            .map_err(|_| format!("{text}: not an instant such as 2026-05-08T09:40:00+08:00 (RFC 3339)"))?;
        let counted = due(rule, floor, at.to_utc(), &calendar);
        let line = match format {
            Format::Text => told(&counted, l),
            Format::Json => json(&counted, l),
        };
        writeln!(out, "{line}").map_err(|error| error.to_string())
    };
    if instants == ["-"] {
        for line in std::io::stdin().lock().lines() {
            let line = line.map_err(|error| error.to_string())?;
            if !line.trim().is_empty() {
                one(line.trim())?;
            }
        }
    } else {
        for text in instants {
            one(text)?;
        }
    }
    out.flush().map_err(|error| error.to_string())
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn json(counted: &DueDate, l: L) -> String {
    let count: Vec<serde_json::Value> = counted
        .count
        .iter()
        .map(|day| serde_json::json!({"date": day.date, "counted": day.counted, "why": l.why(&day.why)}))
        .collect();
    serde_json::json!({
        "notified_at": rfc3339(counted.notified_at),
        "rule": counted.rule,
        "due_at": rfc3339(counted.due_at),
        "provisional": counted.provisional,
        "count": count,
    })
    .to_string()
}

fn told(counted: &DueDate, l: L) -> String {
    let mut text = l.a("due-line", &[("notified", &l.instant(counted.notified_at)), ("due", &l.due(counted.due_at))]);
    if counted.provisional {
        text.push_str(&format!("\n  {}", l.t("due-provisional")));
    }
    for day in &counted.count {
        text.push_str(&format!("\n  {}  {}", l.date(day.date), l.why(&day.why)));
    }
    text
}

//! `zhipai audit root`: the daily roots, one JSON object a line, to be kept where this machine cannot reach.

use super::opening::Failure;
use crate::config::Config;
use crate::db::Db;
use crate::db::anchor;
use crate::db::anchor::RootRow;
use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

/// A root as it is exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportedRoot {
    /// The Beijing day.
    pub date: NaiveDate,
    /// The instant that ended it.
    pub cut_at: DateTime<Utc>,
    /// How many chains there were.
    pub chains: i64,
    /// The Merkle root, hex.
    pub root: String,
    /// The root of the day before.
    pub previous: String,
    /// Our seal.
    pub seal: String,
}

impl From<RootRow> for ExportedRoot {
    fn from(row: RootRow) -> Self {
        Self {
            date: row.day,
            cut_at: row.cut_at.and_utc(),
            chains: row.chains,
            root: row.root,
            previous: row.previous,
            seal: row.seal,
        }
    }
}

impl From<ExportedRoot> for RootRow {
    fn from(root: ExportedRoot) -> Self {
        Self {
            day: root.date,
            cut_at: root.cut_at.naive_utc(),
            chains: root.chains,
            root: root.root,
            previous: root.previous,
            seal: root.seal,
            made_at: root.cut_at.naive_utc(),
            mailed_at: None,
        }
    }
}

/// Prints every root, or that of one day.
///
/// # Errors
/// When the database cannot be read, or that day has no root.
pub fn roots(config: &Config, date: Option<NaiveDate>) -> Result<(), Failure> {
    let db = Db::open(config.database(), 1).map_err(|fault| fault.to_string())?;
    let mut conn = db.reader().map_err(|fault| fault.to_string())?;
    let rows = match date {
        None => anchor::all(&mut conn),
        Some(day) => anchor::of_day(&mut conn, day).map(|row| row.into_iter().collect()),
    };
    let rows = rows.map_err(|error| error.to_string())?;
    if rows.is_empty() {
        return Err(match date {
            Some(day) => format!("{day} has no root: it is made ten minutes after the day has ended"),
            None => "no root yet: the first is made ten minutes after the first day has ended".to_owned(),
        });
    }
    for row in rows {
        println!("{}", serde_json::to_string(&ExportedRoot::from(row)).map_err(|error| error.to_string())?);
    }
    Ok(())
}

/// Reads a file of exported roots.
///
/// # Errors
/// The file and the line that cannot be read.
pub fn read_file(path: &std::path::Path) -> Result<Vec<RootRow>, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut roots = Vec::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let root: ExportedRoot =
            serde_json::from_str(line).map_err(|error| format!("{}, line {number}: {error}", path.display()))?;
        roots.push(RootRow::from(root));
    }
    Ok(roots)
}

/// When something was, for people and machines.
#[must_use]
pub fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

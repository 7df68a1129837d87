//! The work on sheets that come in: part by part, tried out or imported, with what came of it kept in both languages.
//!
//! Contract: whoever takes a sheet up goes on where it stood ([`crate::actions::import_sheet::job`]); small ones are done
//! within the call that brings them, large ones by whoever calls [`work_all`] again and again. It stands here because it
//! needs files, deeds and words together, as [`super::sheet_rows`] does. Deliberately absent: HTTP.

use super::sheet_rows::{self, ChangeTold, Imported, SheetKind, Told};
use crate::actions::import_sheet::ImportReport;
use crate::actions::import_sheet::job::{
    self, Held, Sums, finish, let_rest, seen_before, take_part, take_up, unfinished,
};
use crate::actions::{ActionError, Done, Office};
use crate::domain::refusal::Refusal;
use crate::i18n::{L, Lang};
use crate::ids::SheetImportId;
use crate::sheet::Problem;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use std::time::Duration;

/// Rows that are taken in one transaction: a second or so, in which others wait to write.
pub const PART: usize = 500;
/// A file of at most so many bytes, or a sheet of at most so many rows, is done within the call that brings it.
pub const SMALL: (usize, usize) = (64 * 1024, PART);
/// The most lines of problems, and the most new and changed records, that are kept by name; the rest is counted.
const MOST_LINES: usize = 300;
const MOST_NAMED: usize = 500;
/// How long whoever calls [`work_all`] rests between two looks.
pub const REST: Duration = Duration::from_millis(500);

/// What came of a sheet, in one language.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How many were new.
    pub created: usize,
    /// How many were changed.
    pub changed: usize,
    /// How many were on record just so.
    pub unchanged: usize,
    /// How many rows were left out.
    pub refused: usize,
    /// What there is to say of rows.
    pub lines: Vec<Told>,
    /// How many more lines there are.
    pub more: usize,
    /// New records: row and name.
    pub added: Vec<(usize, String)>,
    /// How many more.
    pub more_added: usize,
    /// Changed records.
    pub changes: Vec<ChangeTold>,
    /// How many more.
    pub more_changes: usize,
    /// Heads of stations who wait for a password.
    pub heads: Vec<(String, String)>,
}

impl Outcome {
    /// Adds what came of some rows.
    pub fn add(&mut self, l: L, kind: SheetKind, imported: &Imported) {
        let lines = sheet_rows::told(l, kind, imported);
        let mut rows: Vec<Option<usize>> = lines.iter().filter(|line| !line.note).map(|line| line.row).collect();
        rows.dedup();
        self.refused += rows.len();
        let room = MOST_LINES.saturating_sub(self.lines.len());
        self.more += lines.len().saturating_sub(room);
        self.lines.extend(lines.into_iter().take(room));
        let report = &imported.report;
        self.created += report.created;
        self.changed += report.changed;
        self.unchanged += report.unchanged;
        let room = MOST_NAMED.saturating_sub(self.added.len());
        self.added.extend(report.added.iter().take(room).cloned());
        self.more_added = self.created.saturating_sub(self.added.len());
        let room = MOST_NAMED.saturating_sub(self.changes.len());
        self.changes.extend(sheet_rows::changes(l, kind, imported).into_iter().take(room));
        self.more_changes = self.changed.saturating_sub(self.changes.len());
        self.heads.extend(report.heads.iter().cloned());
    }
}

/// What is kept of a sheet so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    zh: Outcome,
    en: Outcome,
    /// The rows that were left out: their addresses were not seen.
    refused: Vec<usize>,
}

impl Kept {
    fn add(&mut self, kind: SheetKind, imported: &Imported) {
        self.zh.add(L(Lang::Zh), kind, imported);
        self.en.add(L(Lang::En), kind, imported);
        self.refused.extend(imported.report.problems.iter().map(|(row, _)| *row));
        self.refused.dedup();
    }
}

/// What came of a sheet so far, in the reader's language.
#[must_use]
pub fn outcome(l: L, progress: Option<&[u8]>) -> Outcome {
    let kept: Kept = progress.and_then(|bytes| serde_json::from_slice(bytes).ok()).unwrap_or_default();
    match l.0 {
        Lang::Zh => kept.zh,
        Lang::En => kept.en,
    }
}

/// Takes a sheet up and works on it to its end. Answers whether it came to one; not when somebody else holds it.
///
/// # Errors
/// A fault; the sheet is let go of where it stands.
pub fn work(office: &Office, id: SheetImportId) -> Done<bool> {
    work_some(office, id, usize::MAX)
}

/// The same for at most so many parts. A sheet that is left in between stays held, as it does when the process dies.
///
/// # Errors
/// As [`work`].
pub fn work_some(office: &Office, id: SheetImportId, parts: usize) -> Done<bool> {
    let Some(held) = take_up(office, id)? else { return Ok(false) };
    match go_on(office, &held, parts) {
        // Somebody else took it up: theirs is the word that counts.
        Err(ActionError::Refused(Refusal::ChangedMeanwhile)) => Ok(false),
        Err(error) => {
            let_rest(office, &held)?;
            Err(error)
        }
        ended => ended,
    }
}

fn go_on(office: &Office, held: &Held, parts: usize) -> Done<bool> {
    let kind: SheetKind = held.file.kind.parse().unwrap_or(SheetKind::Experts);
    let (rows, unread) = sheet_rows::read(kind, &held.file.bytes, &held.file.choice);
    let kept: Option<Kept> = held.progress.as_deref().and_then(|bytes| serde_json::from_slice(bytes).ok());
    let mut fresh = kept.is_none();
    let mut kept = kept.unwrap_or_default();
    let mut at = if fresh { 0 } else { held.looked_at.min(rows.len()) };
    let refused: HashSet<usize> = kept.refused.iter().copied().collect();
    let mut seen = if fresh { HashSet::new() } else { seen_before(office, held, &rows, &refused) };
    for _ in 0..parts {
        if !fresh && at >= rows.len() {
            break;
        }
        let to = rows.len().min(at + PART);
        let about = unread_of(&unread, &rows, (at, to), fresh);
        let so_far = |report: &ImportReport| {
            let mut next = kept.clone();
            next.add(kind, &Imported { report: report.clone(), unread: about.clone() });
            next
        };
        let bytes = |report: &ImportReport| serde_json::to_vec(&so_far(report)).unwrap_or_default();
        let report = take_part(office, held, &rows, (at, to), &mut seen, &bytes)?;
        kept = so_far(&report);
        (at, fresh) = (to, false);
    }
    if at < rows.len() || fresh {
        return Ok(false);
    }
    let Outcome { created, changed, refused, .. } = kept.zh;
    finish(office, held, Sums { rows: rows.len(), created, changed, refused })?;
    Ok(true)
}

/// What could not be read, as far as it stands before the end of a part: the whole file's with the first, what comes after
/// the last row with the last.
fn unread_of(unread: &[Problem], rows: &job::ImportRows, (from, to): (usize, usize), first: bool) -> Vec<Problem> {
    let number = |at: usize| rows.number(at).and_then(|number| u32::try_from(number).ok());
    let after = if first { None } else { from.checked_sub(1).and_then(number) };
    let until = if to >= rows.len() { None } else { to.checked_sub(1).and_then(number) };
    let belongs = |problem: &&Problem| match problem.row {
        None => first,
        Some(row) => after.is_none_or(|after| row > after) && until.is_none_or(|until| row <= until),
    };
    unread.iter().filter(belongs).cloned().collect()
}

/// Works on every sheet that nobody holds. Answers how many came to an end.
///
/// # Errors
/// A fault, after the others had their turn.
pub fn work_all(office: &Office) -> Done<usize> {
    let mut ended = 0;
    let mut failed = None;
    for id in unfinished(office)? {
        match work(office, id) {
            Ok(done) => ended += usize::from(done),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    failed.map_or(Ok(ended), Err)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::FieldProblem;

    fn some() -> Imported {
        Imported {
            report: ImportReport {
                created: 2,
                added: vec![(2, "沈知行".to_owned()), (3, "许望舒".to_owned())],
                problems: vec![
                    (4, FieldProblem::new("email", "taken")),
                    (4, FieldProblem::new("region", "not-a-region")),
                    (9, FieldProblem::new("services", "missing")),
                ],
                ..ImportReport::default()
            },
            unread: Vec::new(),
        }
    }

    #[test]
    fn a_row_with_two_problems_is_one_row_left_out() {
        for lang in [Lang::Zh, Lang::En] {
            let mut out = Outcome::default();
            out.add(L(lang), SheetKind::Experts, &some());
            assert_eq!((out.created, out.refused, out.lines.len()), (2, 2, 3));
            assert!(out.lines.iter().all(|line| !line.text.contains('⟦')), "{:?}", out.lines);
        }
    }

    #[test]
    fn parts_add_up_and_come_back_from_what_is_kept() {
        let mut kept = Kept::default();
        for _ in 0..400 {
            kept.add(SheetKind::Experts, &some());
        }
        assert_eq!((kept.zh.created, kept.zh.refused, kept.en.refused), (800, 800, 800));
        assert_eq!((kept.zh.lines.len(), kept.zh.more), (MOST_LINES, 1_200 - MOST_LINES));
        assert_eq!((kept.zh.added.len(), kept.zh.more_added), (MOST_NAMED, 300));
        let bytes = serde_json::to_vec(&kept).expect("writes");
        assert_eq!(outcome(L(Lang::En), Some(&bytes)), kept.en);
        assert_eq!(outcome(L(Lang::Zh), Some(b"{")), Outcome::default());
    }
}

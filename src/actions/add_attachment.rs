//! Files are added to a need (附件): at most ten of 20 MB, and only kinds an office can open safely.
//!
//! The kind is read from the content, never from the name or from what the sender says. Source: rules.md, "Defaults"
//! (attachments). Deliberately absent: looking into a file for harm, which is a scanner's work; files are only ever
//! served as downloads.

use super::{Actor, Done, Office};
use crate::db;
use crate::db::attachment::AttachmentRow;
use crate::domain::event::Event;
use crate::domain::policy::ATTACHMENTS;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::{AttachmentId, NeedId};
use crate::seal::fingerprint;
use serde_json::json;

/// The field named in refusals.
const FIELD: &str = "files";
/// The longest name kept, in characters.
const LONGEST_NAME: usize = 150;

/// The kinds taken: media type, and the ending a name gets that lacks it.
const KINDS: [(&str, &[&str]); 5] = [
    ("application/pdf", &["pdf"]),
    ("image/jpeg", &["jpg", "jpeg"]),
    ("image/png", &["png"]),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx"]),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx"]),
];

/// One file as it came.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// Its name as the sender says, without folders.
    pub name: String,
    /// Its content.
    pub content: Vec<u8>,
}

/// Adds files to a need, all of them or none. Answers their ids in order.
///
/// # Errors
/// [`Refusal::Invalid`] naming `files` when there is none, too many, or one is too large, empty or of a kind not taken
/// (the detail is the file's name); [`Refusal::NeedClosed`]; [`Refusal::NotFound`] outside the actor's scope.
pub fn add_attachments(office: &Office, actor: &Actor, need: NeedId, files: &[NewFile]) -> Done<Vec<AttachmentId>> {
    actor.needs(Right::WorkNeeds)?;
    let Some(account) = actor.account() else { return Err(Refusal::NotYours.into()) };
    let kinds = check(files)?;
    office.write(|tx| {
        let row = tx.need(actor, need)?;
        if !row.state.is_open() {
            return Err(Refusal::NeedClosed.into());
        }
        let known = usize::try_from(db::attachment::count(tx.conn, need)?).unwrap_or(usize::MAX);
        if known.saturating_add(files.len()) > ATTACHMENTS.0 {
            return Err(Refusal::Invalid(vec![FieldProblem::with(FIELD, "too-many", ATTACHMENTS.0)]).into());
        }
        let mut ids = Vec::with_capacity(files.len());
        for (file, kind) in files.iter().zip(kinds.iter().copied()) {
            let id = AttachmentId::from_minted(tx.mint());
            let sha256 = fingerprint(&file.content);
            let attachment = AttachmentRow {
                id,
                need,
                name: kept_name(&file.name, kind),
                media_type: kind.to_owned(),
                size: i64::try_from(file.content.len()).unwrap_or(i64::MAX),
                sha256: sha256.clone(),
                content: file.content.clone(),
                added_by: account,
                added_at: tx.now.naive_utc(),
            };
            db::attachment::insert(tx.conn, &attachment)?;
            let detail = json!({"attachment": id, "media_type": kind, "size": attachment.size, "sha256": sha256});
            tx.event(need.as_str(), actor, Event::AttachmentAdded, &detail)?;
            ids.push(id);
        }
        Ok(ids)
    })
}

fn check(files: &[NewFile]) -> Result<Vec<&'static str>, Refusal> {
    let mut problems = Problems::default();
    if files.is_empty() {
        problems.add(FieldProblem::new(FIELD, "missing"));
    }
    if files.len() > ATTACHMENTS.0 {
        problems.add(FieldProblem::with(FIELD, "too-many", ATTACHMENTS.0));
    }
    let mut kinds = Vec::with_capacity(files.len());
    for file in files {
        if file.content.len() > ATTACHMENTS.1 {
            problems.add(FieldProblem::with(FIELD, "too-large", "20 MB"));
        }
        match sniffed(&file.content) {
            Some(kind) => kinds.push(kind),
            None => problems.add(FieldProblem::with(FIELD, "not-a-file-kind", &file.name)),
        }
    }
    problems.settle()?;
    Ok(kinds)
}

/// The media type the content shows; `None` for kinds not taken.
#[must_use]
pub fn sniffed(content: &[u8]) -> Option<&'static str> {
    let found = infer::get(content)?;
    KINDS.iter().map(|(kind, _)| *kind).find(|kind| *kind == found.mime_type())
}

/// The name as kept: no control characters, not too long, ending as its kind does.
pub(super) fn kept_name(name: &str, kind: &str) -> String {
    let endings = KINDS.iter().find(|(known, _)| *known == kind).map_or(&[] as &[&str], |(_, endings)| *endings);
    let clean: String = name.chars().filter(|c| !c.is_control() && !matches!(c, '/' | '\\')).collect();
    let stem = clean.trim().trim_start_matches('.');
    let lower = stem.to_lowercase();
    let ended = endings
        .iter()
        .any(|ending| lower.strip_suffix(ending).is_some_and(|rest| rest.ends_with('.') && rest.len() > 1));
    let ending = endings.first().copied().unwrap_or("bin");
    if ended && stem.chars().count() <= LONGEST_NAME {
        return stem.to_owned();
    }
    let short: String = stem.chars().take(LONGEST_NAME).collect();
    let short = if short.is_empty() { "file".to_owned() } else { short };
    format!("{short}.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, content: &[u8]) -> NewFile {
        NewFile { name: name.to_owned(), content: content.to_vec() }
    }

    #[test]
    fn the_kind_is_read_from_the_content() {
        assert_eq!(sniffed(b"%PDF-1.7\n"), Some("application/pdf"));
        assert_eq!(sniffed(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Some("image/png"));
        assert_eq!(sniffed(b"\xff\xd8\xff\xe0\0\x10JFIF"), Some("image/jpeg"));
        for other in [b"MZ\x90\0".as_slice(), b"<html><body>", b"GIF89a", b"PK\x03\x04plain zip", b""] {
            assert_eq!(sniffed(other), None, "{other:?}");
        }
        let Err(Refusal::Invalid(problems)) = check(&[file("x.pdf", b"MZ\x90\0")]) else { panic!("refused") };
        assert_eq!(problems, vec![FieldProblem::with(FIELD, "not-a-file-kind", "x.pdf")]);
        assert!(check(&[]).is_err());
        let eleven: Vec<NewFile> = (0..11).map(|_| file("a.pdf", b"%PDF-1.7")).collect();
        assert!(check(&eleven).is_err());
        assert!(check(&eleven[..10]).is_ok());
    }

    #[test]
    fn names_are_kept_with_the_ending_of_their_kind() {
        for (name, kept) in [
            ("律师函.pdf", "律师函.pdf"),
            ("律师函.PDF", "律师函.PDF"),
            ("evil.exe", "evil.exe.pdf"),
            ("../../etc/passwd", "etcpasswd.pdf"),
            (".pdf", "pdf.pdf"),
            ("a\nb", "ab.pdf"),
            ("", "file.pdf"),
        ] {
            assert_eq!(kept_name(name, "application/pdf"), kept, "{name:?}");
        }
        assert!(kept_name(&"长".repeat(400), "image/png").chars().count() <= LONGEST_NAME + 4);
    }
}

//! A paper of an expert is handed in (申报材料): by the expert, who then waits for somebody to look at it, or by staff, who
//! have it in hand. A certificate that was taken stands on the record with its days.
//!
//! Source: Beijing standard, 选取条件 b), d), e). Files are sealed under the office's key and bound to their row; their kind
//! is read from the content. Deliberately absent: taking and sending back (`decide_document`).

use super::add_attachment::{NewFile, kept_name, sniffed};
use super::register_expert::QualificationInput;
use super::{Actor, Done, Office, Tx, Work};
use crate::db;
use crate::db::document::DocumentRow;
use crate::db::expert::{ExpertRow, QualificationRow};
use crate::domain::calendar::beijing_date;
use crate::domain::document::{DocumentKind, DocumentState};
use crate::domain::event::Event;
use crate::domain::policy::ATTACHMENTS;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{DocumentId, ExpertId, QualificationId};
use crate::seal::fingerprint;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Most papers of one expert.
pub const MOST: i64 = 40;

/// A paper as typed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentInput {
    /// `recommendation`, `consent`, `pledge`, `certificate` or `proof`.
    pub kind: String,
    /// Which certificate; for the others a word, if any.
    #[serde(default)]
    pub name: String,
    /// Its number.
    #[serde(default)]
    pub number: Option<String>,
    /// Its level: 中级, 高级, ….
    #[serde(default)]
    pub level: Option<String>,
    /// The day of issue.
    #[serde(default)]
    pub issued_on: Option<NaiveDate>,
    /// The last valid day.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// For a recommendation: the employer promises support (支持并提供相应保障).
    #[serde(default)]
    pub supports: bool,
}

/// A paper that was looked through: everything but who hands it in.
#[derive(Debug)]
pub(super) struct Checked {
    kind: DocumentKind,
    input: DocumentInput,
    file: Option<(String, &'static str)>,
}

/// Looks a paper through; problems are named as the form names its fields.
pub(super) fn check(
    p: &mut Problems,
    input: &DocumentInput,
    file: Option<&NewFile>,
    file_field: &str,
) -> Option<Checked> {
    let kind = input.kind.parse::<DocumentKind>().ok();
    if kind.is_none() {
        p.add(FieldProblem::new("kind", "not-known"));
    }
    let mut kept = input.clone();
    kept.name = if kind == Some(DocumentKind::Certificate) {
        p.text("name", &input.name, 60)
    } else {
        p.optional("name", Some(&input.name), 60).unwrap_or_default()
    };
    kept.number = p.optional("number", input.number.as_deref(), 60);
    kept.level = p.optional("level", input.level.as_deref(), 30);
    if input.issued_on.zip(input.valid_until).is_some_and(|(from, until)| until < from) {
        p.add(FieldProblem::new("valid_until", "before-issue"));
    }
    let file = file.and_then(|file| {
        if file.content.len() > ATTACHMENTS.1 {
            p.add(FieldProblem::with(file_field, "too-large", "20 MB"));
            return None;
        }
        let Some(kind) = sniffed(&file.content) else {
            p.add(FieldProblem::with(file_field, "not-a-file-kind", &file.name));
            return None;
        };
        Some((kept_name(&file.name, kind), kind))
    });
    kind.map(|kind| Checked { kind, input: kept, file })
}

/// Hands a paper in. Experts hand in their own, with a file; staff may enter one whose scan comes later.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field; [`Refusal::NotYours`]; [`Refusal::NotFound`]; [`Refusal::WrongState`] for an
/// expert who has left.
pub fn hand_in_document(
    office: &Office,
    actor: &Actor,
    expert: ExpertId,
    input: &DocumentInput,
    file: Option<&NewFile>,
) -> Done<DocumentId> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let checked = check(&mut p, input, file, "file");
    if matches!(actor, Actor::Expert(_)) && file.is_none() {
        p.add(FieldProblem::new("file", "missing"));
    }
    p.settle()?;
    let checked = checked.ok_or(Refusal::NotFound)?;
    office.write(|tx| {
        let row = own_or_kept(tx, actor, expert)?;
        if row.standing.has_left() {
            return Err(Refusal::WrongState.into());
        }
        within(tx, actor, &row, &checked, file)
    })
}

/// The record of an expert, for the expert or for staff of the region.
pub(super) fn own_or_kept(tx: &mut Tx<'_>, actor: &Actor, expert: ExpertId) -> Done<ExpertRow> {
    let row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
    let may = match actor {
        Actor::Expert(id) => *id == expert,
        Actor::Enterprise(_) => false,
        other => other.scope().covers_region(&row.region),
    };
    if may { Ok(row) } else { Err(Refusal::NotFound.into()) }
}

/// Hands in a paper that was looked through.
pub(super) fn within(
    tx: &mut Tx<'_>,
    actor: &Actor,
    expert: &ExpertRow,
    checked: &Checked,
    file: Option<&NewFile>,
) -> Done<DocumentId> {
    if db::document::count(tx.conn, expert.id)? >= MOST {
        return Err(Refusal::Invalid(vec![FieldProblem::with("file", "too-many", MOST)]).into());
    }
    let id = DocumentId::from_minted(tx.mint());
    tx.makes(id);
    let by_staff = !matches!(actor, Actor::Expert(_));
    let (file_name, media_type) = match &checked.file {
        Some((name, kind)) => (Some(name.clone()), Some((*kind).to_owned())),
        None => (None, None),
    };
    let content = file.filter(|_| checked.file.is_some()).map(|file| file.content.as_slice());
    let mut row = DocumentRow {
        id,
        expert: expert.id,
        kind: checked.kind,
        name: checked.input.name.clone(),
        number: checked.input.number.clone(),
        level: checked.input.level.clone(),
        issued_on: checked.input.issued_on,
        valid_until: checked.input.valid_until,
        supports: checked.input.supports && checked.kind == DocumentKind::Recommendation,
        state: if by_staff { DocumentState::Accepted } else { DocumentState::HandedIn },
        note: None,
        file_name,
        media_type,
        size: content.map(|content| i64::try_from(content.len()).unwrap_or(i64::MAX)),
        sha256: content.map(fingerprint),
        added_by: actor.account(),
        added_at: tx.now.naive_utc(),
        decided_by: actor.account(),
        decided_at: by_staff.then(|| tx.now.naive_utc()),
        notice_at: None,
    };
    if by_staff {
        taken(tx, &mut row)?;
    }
    db::document::insert(tx.conn, &row)?;
    if let Some(content) = content {
        let sealed = tx.office.keys.seal_text(id.as_str(), tx.office.chance.bytes(), content);
        db::document::keep_file(tx.conn, id, &sealed)?;
    }
    let detail = json!({"document": id, "kind": row.kind, "sha256": row.sha256});
    tx.event(expert.id.as_str(), actor, Event::DocumentHandedIn, &detail)?;
    tx.changed("expert", expert.id.as_str())?;
    if !by_staff && expert.filed_number.is_some() {
        tx.leave_task(Work {
            kind: TaskKind::LookAtDocument,
            dedup: format!("look-at-document:{id}"),
            need: None,
            assignment: None,
            expert: Some(expert.id),
            case: None,
            account: None,
            for_manager: true,
            detail: None,
            due_at: None,
        })?;
    }
    Ok(id)
}

/// What taking a paper brings: notices before its end, and, for a certificate, its place on the record.
pub(super) fn taken(tx: &mut Tx<'_>, row: &mut DocumentRow) -> Done<()> {
    let today = beijing_date(tx.now);
    let notice_at = row.validity().notice_due(today).map(|at| at.naive_utc());
    if row.kind != DocumentKind::Certificate {
        row.notice_at = notice_at;
        return Ok(());
    }
    // The certificate's days are told from the record, so the paper itself is silent.
    let paper = QualificationInput {
        kind: row.name.clone(),
        number: row.number.clone(),
        valid_until: row.valid_until,
        issued_on: row.issued_on,
        level: row.level.clone(),
    };
    let held = db::expert::qualifications_of(tx.conn, row.expert)?;
    let same = held.into_iter().find(|held| {
        held.kind == paper.kind && (held.number == paper.number || held.number.is_none() || paper.number.is_none())
    });
    match same {
        Some(mut held) => {
            held.number = paper.number.or(held.number);
            held.level = paper.level.or(held.level);
            held.issued_on = paper.issued_on.or(held.issued_on);
            held.valid_until = paper.valid_until;
            held.notice_at = notice_at;
            db::expert::save_qualification(tx.conn, &held)?;
        }
        None => {
            let fresh = QualificationRow {
                id: QualificationId::from_minted(tx.mint()),
                expert: row.expert,
                kind: paper.kind,
                number: paper.number,
                valid_until: paper.valid_until,
                level: paper.level,
                issued_on: paper.issued_on,
                notice_at,
            };
            db::expert::insert_qualifications(tx.conn, std::slice::from_ref(&fresh))?;
        }
    }
    Ok(())
}

/// The file of a paper, opened, for the expert or for staff of the region; the reading is written down.
///
/// # Errors
/// [`Refusal::NotFound`] also when there is no file, or its key is missing.
pub fn open_document(office: &Office, actor: &Actor, expert: ExpertId, id: DocumentId) -> Done<(DocumentRow, Vec<u8>)> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| {
        own_or_kept(tx, actor, expert)?;
        let row = db::document::find(tx.conn, &id)?.filter(|row| row.expert == expert).ok_or(Refusal::NotFound)?;
        let sealed = db::document::file(tx.conn, id)?.ok_or(Refusal::NotFound)?;
        let content = tx.office.keys.open_text(id.as_str(), &sealed).ok_or(Refusal::NotFound)?;
        if actor.account().is_some() {
            tx.event(expert.as_str(), actor, Event::DocumentOpened, &json!({"document": id}))?;
        }
        Ok((row, content))
    })
}

//! Papers of a case: the sealed letter is scanned and filed back, and that scan is what is mailed; the expert hands in
//! papers with a statement. And what breaks the law is passed on to an authority (移送), which is recorded here.
//!
//! Source: Beijing standard, 退出 (「依据国家法律法规处理」); rules.md, "Standing, selection, conduct".

use super::add_attachment::{NewFile, kept_name, sniffed};
use super::conduct_case::{locked, owe_to_expert};
use super::{Actor, Done, Office};
use crate::db;
use crate::db::case_file::{PaperRow, TransferRow};
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{CaseStage, PaperKind};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::policy::ATTACHMENTS;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{CaseId, PaperId, TransferId};
use crate::seal::fingerprint;
use chrono::NaiveDate;
use serde_json::json;

/// The field named in refusals.
const FIELD: &str = "files";

/// Files papers, all of them or none. A sealed decision is mailed to the expert, and the task to seal it is done.
///
/// # Errors
/// [`Refusal::Invalid`] naming `files` when there is none, too many, or one is too large or of a kind not taken;
/// [`Refusal::WrongState`] for a scan of something that was not decided yet, or for the expert once the case is final;
/// [`Refusal::NotYours`].
pub fn file_case_papers(
    office: &Office,
    actor: &Actor,
    id: CaseId,
    kind: PaperKind,
    files: &[NewFile],
) -> Done<Vec<PaperId>> {
    actor.needs(Right::Decide)?;
    let kinds = check(files)?;
    office.write(|tx| {
        let (case, _) = locked(tx, actor, id)?;
        let by_expert = matches!(actor, Actor::Expert(_));
        let fits = match kind {
            PaperKind::Notice => !by_expert,
            PaperKind::Decision => !by_expert && case.decision.is_some(),
            PaperKind::AppealDecision => !by_expert && case.appeal_outcome.is_some(),
            PaperKind::Withdrawal => case.decision.is_some(),
            PaperKind::Evidence => !by_expert || case.stage != CaseStage::Final,
        };
        if !fits {
            return Err(Refusal::WrongState.into());
        }
        let known = db::case_file::papers_of(tx.conn, id)?;
        let of_expert = known.iter().filter(|paper| paper.added_by.is_none()).count();
        if by_expert && of_expert + files.len() > ATTACHMENTS.0 {
            return Err(Refusal::Invalid(vec![FieldProblem::with(FIELD, "too-many", ATTACHMENTS.0)]).into());
        }
        let mut ids = Vec::with_capacity(files.len());
        for (file, media_type) in files.iter().zip(kinds.iter().copied()) {
            let row = PaperRow {
                id: PaperId::from_minted(tx.mint()),
                conduct_case: id,
                kind,
                name: kept_name(&file.name, media_type),
                media_type: media_type.to_owned(),
                size: i64::try_from(file.content.len()).unwrap_or(i64::MAX),
                sha256: fingerprint(&file.content),
                content: file.content.clone(),
                added_by: actor.account(),
                added_at: tx.now.naive_utc(),
            };
            db::case_file::insert_papers(tx.conn, std::slice::from_ref(&row))?;
            let detail = json!({"paper": row.id, "kind": kind, "size": row.size, "sha256": row.sha256});
            tx.event(id.as_str(), actor, Event::CasePaperFiled, &detail)?;
            ids.push(row.id);
        }
        if kind == PaperKind::Decision {
            db::task::finish_case_kind(tx.conn, id, TaskKind::SealDecision, tx.now.naive_utc())?;
            if let Some(first) = ids.first() {
                owe_to_expert(tx, actor, &case, NoticeKind::CaseSealed, &format!("case-sealed:{id}:{first}"))?;
            }
        }
        Ok(ids)
    })
}

fn check(files: &[NewFile]) -> Result<Vec<&'static str>, Refusal> {
    let mut p = Problems::default();
    if files.is_empty() {
        p.add(FieldProblem::new(FIELD, "missing"));
    }
    if files.len() > ATTACHMENTS.0 {
        p.add(FieldProblem::with(FIELD, "too-many", ATTACHMENTS.0));
    }
    let mut kinds = Vec::with_capacity(files.len());
    for file in files {
        if file.content.len() > ATTACHMENTS.1 {
            p.add(FieldProblem::with(FIELD, "too-large", "20 MB"));
        }
        match sniffed(&file.content) {
            Some(kind) => kinds.push(kind),
            None => p.add(FieldProblem::with(FIELD, "not-a-file-kind", &file.name)),
        }
    }
    p.settle()?;
    Ok(kinds)
}

/// What was passed on.
#[derive(Debug, Clone)]
pub struct TransferCase<'a> {
    /// Which authority.
    pub authority: &'a str,
    /// On which day.
    pub on_day: NaiveDate,
    /// Its number there, or ours.
    pub reference: Option<&'a str>,
}

/// Records that a case was passed on to an authority.
///
/// # Errors
/// [`Refusal::Invalid`] without an authority, or for a day in the future; [`Refusal::NotYours`].
pub fn transfer_case(office: &Office, actor: &Actor, id: CaseId, input: &TransferCase<'_>) -> Done<()> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let authority = p.text("authority", input.authority, 200);
    let reference = p.optional("reference", input.reference, 100);
    if input.on_day > beijing_date(office.now()) {
        p.add(FieldProblem::new("on_day", "out-of-range"));
    }
    p.settle()?;
    office.write(|tx| {
        let (case, _) = locked(tx, actor, id)?;
        let row = TransferRow {
            id: TransferId::from_minted(tx.mint()),
            conduct_case: case.id,
            authority: authority.clone(),
            on_day: input.on_day,
            reference: reference.clone(),
            entered_by: actor.account(),
            entered_at: tx.now.naive_utc(),
        };
        db::case_file::insert_transfers(tx.conn, std::slice::from_ref(&row))?;
        tx.event(id.as_str(), actor, Event::CaseTransferred, &json!({"transfer": row.id, "on": input.on_day}))
    })
}

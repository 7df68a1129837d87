//! Somebody looks at a paper an expert handed in: it is taken, or sent back with a reason the expert is told.

use super::hand_in_document::{own_or_kept, taken};
use super::{Actor, Done, Letter, Office};
use crate::db;
use crate::domain::document::DocumentState;
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{DocumentId, ExpertId};
use serde_json::json;

/// Takes a paper (`refusal` is none), or sends it back.
///
/// # Errors
/// [`Refusal::WrongState`] when it was looked at before; [`Refusal::Invalid`] for a refusal without words;
/// [`Refusal::NotFound`].
pub fn decide_document(
    office: &Office,
    actor: &Actor,
    expert: ExpertId,
    id: DocumentId,
    refusal: Option<&str>,
) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    let mut p = Problems::default();
    let why = refusal.map(|text| p.text("note", text, 500));
    p.settle()?;
    office.write(|tx| {
        if matches!(actor, Actor::Expert(_) | Actor::Enterprise(_)) {
            return Err(Refusal::NotYours.into());
        }
        let who = own_or_kept(tx, actor, expert)?;
        let mut row = db::document::find(tx.conn, &id)?.filter(|row| row.expert == expert).ok_or(Refusal::NotFound)?;
        if row.state != DocumentState::HandedIn {
            return Err(Refusal::WrongState.into());
        }
        row.note.clone_from(&why);
        row.decided_by = actor.account();
        row.decided_at = Some(tx.now.naive_utc());
        if why.is_some() {
            row.state = DocumentState::Refused;
        } else {
            row.state = DocumentState::Accepted;
            taken(tx, &mut row)?;
        }
        db::document::save(tx.conn, &row)?;
        tx.event(expert.as_str(), actor, Event::DocumentDecided, &json!({"document": id, "state": row.state}))?;
        tx.changed("expert", expert.as_str())?;
        if why.is_some() {
            let mut letter = Letter::new(NoticeKind::DocumentReturned, format!("document-returned:{id}"));
            letter.expert = Some(who.id);
            letter.document = Some(id);
            tx.owe(actor, letter)?;
        }
        let waiting = db::document::of_expert(tx.conn, expert)?;
        if !waiting.iter().any(|row| row.state == DocumentState::HandedIn) {
            db::task::finish_of_expert(tx.conn, expert, TaskKind::LookAtDocument, tx.now.naive_utc())?;
        }
        Ok(())
    })
}

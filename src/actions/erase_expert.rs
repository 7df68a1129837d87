//! A person is erased (删除个人信息): the key of their sealed texts is destroyed, what identifies them goes, and the
//! skeleton of the files and every figure stay.
//!
//! Contract: one transaction; nothing brings it back, but for a backup made before, which the office keeps as long as its
//! own rules say. The chain of the trail is not touched and still verifies, for it never held a personal value. Source:
//! rules.md, "Audit, erasure". Deliberately absent: leaving the register, which comes first and finds a new home for what
//! is open ([`withdraw_expert`](super::withdraw_expert)).

use super::{Actor, Done, Office};
use crate::db;
use crate::db::contact::ContactRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::conduct::CaseStage;
use crate::domain::erasure::{ERASED_NAME, ErasureGround, may_be_erased};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::ids::ExpertId;
use serde_json::json;

/// Erases a person. `name` is typed by whoever does it, as the second step: it must be the name on record.
///
/// # Errors
/// [`Refusal::Invalid`] when the name is another; [`Refusal::WrongState`] while the person is on the register, has
/// something open, or was erased before; [`Refusal::CaseOpen`] until the last conduct case and the time to appeal are over; [`Refusal::NotYours`]; [`Refusal::NotFound`].
pub fn erase_expert(office: &Office, actor: &Actor, id: ExpertId, ground: ErasureGround, name: &str) -> Done<()> {
    actor.needs(Right::Decide)?;
    office.write(|tx| {
        let mut row = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&row.region) {
            return Err(Refusal::NotYours.into());
        }
        let contact = db::contact::find(tx.conn, &id)?;
        let open = [AssignmentState::Offered, AssignmentState::Accepted];
        if !may_be_erased(row.standing)
            || contact.as_ref().is_some_and(|contact| contact.erased_at.is_some())
            || !db::assignment::of_expert(tx.conn, id, &open)?.is_empty()
        {
            return Err(Refusal::WrongState.into());
        }
        if db::conduct::of_expert(tx.conn, id)?.iter().any(|case| case.stage != CaseStage::Final) {
            return Err(Refusal::CaseOpen.into());
        }
        if name.trim() != row.name {
            return Err(Refusal::Invalid(vec![FieldProblem::new("name", "not-the-name")]).into());
        }
        let now = tx.now.naive_utc();
        // On SQLite the bytes of the key are overwritten, not only let go.
        db::sealing::overwrite_what_goes(tx.conn)?;
        let gone =
            ContactRow { expert: id, data_key: None, email: None, phone: None, tail_mark: None, erased_at: Some(now) };
        if contact.is_some() {
            db::contact::save(tx.conn, &gone)?;
        } else {
            db::contact::insert(tx.conn, &gone)?;
        }
        ERASED_NAME.clone_into(&mut row.name);
        row.email_mark = format!("erased:{id}");
        row.phone_mark = None;
        row.lat = None;
        row.lon = None;
        row.bio = String::new();
        row.standing_why = None;
        row.updated_at = now;
        row.version += 1;
        db::expert::save(tx.conn, &row)?;
        let taken = db::erasure::take_out(tx.conn, id, ERASED_NAME)?;
        let detail =
            json!({"ground": ground, "letters_closed": taken.letters, "numbers_cleared": taken.qualifications});
        tx.event(id.as_str(), actor, Event::ExpertErased, &detail)?;
        tx.changed("expert", id.as_str())
    })
}

//! Staff add what a need lacks: the enterprise's contact (补充联系方式), or the consent that was given later.

use super::contact::seal_of_need;
use super::submit_need::parsed;
use super::{Actor, Done, Letter, Office};
use crate::db;
use crate::domain::contact::{Email, Phone};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::NeedId;
use serde_json::json;

/// Sets the contact of a need.
///
/// # Errors
/// [`Refusal::Invalid`] when neither a phone nor an address can be read; [`Refusal::NeedClosed`].
pub fn correct_contact(
    office: &Office,
    actor: &Actor,
    id: NeedId,
    name: &str,
    phone: Option<&str>,
    email: Option<&str>,
) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    let mut p = Problems::default();
    let name = p.text("contact_name", name, 60);
    let phone: Option<Phone> = parsed(&mut p, "contact_phone", phone, "not-a-phone");
    let email: Option<Email> = parsed(&mut p, "contact_email", email, "not-an-email");
    if phone.is_none() && email.is_none() {
        p.add(FieldProblem::new("contact_phone", "missing"));
    }
    p.settle()?;
    office.write(|tx| {
        let mut need = tx.need(actor, id)?;
        if !need.state.is_open() {
            return Err(Refusal::NeedClosed.into());
        }
        let had_email = need.contact_email.is_some();
        need.contact_name = name.clone();
        let keys = &tx.office.keys;
        need.contact_phone = seal_of_need(keys, id, "phone", phone.as_ref().map(Phone::as_str));
        need.contact_email = seal_of_need(keys, id, "email", email.as_ref().map(Email::as_str));
        need.updated_at = tx.now.naive_utc();
        db::need::save(tx.conn, &need)?;
        tx.event(
            id.as_str(),
            actor,
            Event::NeedCorrected,
            &json!({"fields": ["contact_name", "contact_phone", "contact_email"]}),
        )?;
        db::task::finish(tx.conn, id, TaskKind::AddContact, actor.account(), tx.now.naive_utc())?;
        if !had_email && need.contact_email.is_some() {
            tx.owe(actor, Letter::new(NoticeKind::Receipt, format!("receipt:{id}")).about(id))?;
        }
        Ok(())
    })
}

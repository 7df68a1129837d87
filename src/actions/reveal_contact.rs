//! A liaison sees an expert's contact data in full, for a purpose, while the expert has an open or accepted offer from
//! the liaison's station; managers see it always. Each reading is in the trail (rules.md, "Who sees contact data").

use super::{Actor, Done, Office};
use crate::db;
use crate::domain::assignment::AssignmentState;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::{Role, Scope};
use crate::ids::ExpertId;
use serde_json::json;

crate::domain::text_enum! {
    /// What the contact data is read for.
    pub enum RevealPurpose {
        /// 催办.
        Urge = "urge",
        /// 退信.
        Bounce = "bounce",
        /// 来电核对.
        VerifyCaller = "verify-caller",
        /// A manager's own reading.
        Manage = "manage",
    }
}

/// Contact data in full.
#[derive(Debug, Clone)]
pub struct Revealed {
    /// Mail.
    pub email: String,
    /// Phone.
    pub phone: Option<String>,
}

/// Reveals an expert's contact data and writes the reading down.
///
/// # Errors
/// [`Refusal::NotYours`] when the expert has nothing open from the liaison's station; [`Refusal::NotFound`].
pub fn reveal_contact(office: &Office, actor: &Actor, id: ExpertId, purpose: RevealPurpose) -> Done<Revealed> {
    let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
    office.write(|tx| {
        let expert = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let allowed = match (staff.role, &staff.scope) {
            (Role::Manager, scope) => scope.covers_region(&expert.region),
            (Role::Liaison, Scope::Station(station)) => {
                let mut has_one = false;
                for row in db::assignment::of_expert(
                    tx.conn,
                    id,
                    &[AssignmentState::Offered, AssignmentState::Accepted, AssignmentState::Undelivered],
                )? {
                    has_one |= db::need::find(tx.conn, &row.need)?.is_some_and(|need| need.station == *station);
                }
                has_one
            }
            _ => false,
        };
        if !allowed {
            return Err(Refusal::NotYours.into());
        }
        tx.event(id.as_str(), actor, Event::ContactRevealed, &json!({"purpose": purpose}))?;
        let contact = super::contact::of_expert(&tx.office.keys, tx.conn, id)?;
        Ok(Revealed { email: contact.email.unwrap_or_default(), phone: contact.phone })
    })
}

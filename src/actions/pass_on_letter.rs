//! Mail is off and staff told somebody themselves what a waiting letter says (已转告): the letter never leaves, an offer's
//! clock starts when it was told (rules.md, "The chain": staff paste the text, and enter when it was told).

use super::record_notice::told_by_staff;
use super::{Actor, Done, Office};
use crate::db;
use crate::domain::assignment::NotifiedBy;
use crate::domain::event::Event;
use crate::domain::notice::Audience;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::OutboxId;
use serde_json::json;

/// Marks a waiting letter as passed on by phone or WeChat, now.
///
/// # Errors
/// [`Refusal::NotFound`] for letters of others' needs and letters to staff; [`Refusal::WrongState`] when it does not wait
/// or mail is on; what [`enter_notice`](super::record_notice::enter_notice) says for an offer.
pub fn pass_on_letter(office: &Office, actor: &Actor, id: OutboxId, by: NotifiedBy) -> Done<()> {
    actor.needs(Right::WorkNeeds)?;
    office.write(|tx| {
        let letter = db::outbox::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let kind = letter.notice.get().kind;
        let need = letter.need.filter(|_| kind.audience() != Audience::Staff).ok_or(Refusal::NotFound)?;
        let need = tx.need(actor, need)?;
        let now = tx.now.naive_utc();
        if !tx.office.settings.mail_off || !db::outbox::passed_on(tx.conn, id, by.as_str(), now)? {
            return Err(Refusal::WrongState.into());
        }
        if let (NoticeKind::Offer, Some(assignment)) = (kind, letter.assignment) {
            let now = tx.now;
            told_by_staff(tx, actor, assignment, by, now)?;
        }
        if let (NoticeKind::Reminder, Some(assignment)) = (kind, letter.assignment) {
            let ordinal = letter.notice.get().ordinal.unwrap_or(0);
            db::reminder::sent(tx.conn, assignment, ordinal, now)?;
        }
        let detail = json!({"letter": id, "kind": kind, "channel": by});
        tx.event(need.id.as_str(), actor, Event::LetterPassedOn, &detail)
    })
}

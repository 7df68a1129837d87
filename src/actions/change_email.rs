//! An expert's mail address changes: the new address confirms by link, the old one is told and may object for 72 hours,
//! then the record changes.
//!
//! Source: issue "The registry", 3; `domain::email_change`. Addresses are sealed until they are on the record, and never in
//! the trail. An objection ends every session of the expert and stands on the managers' desk. Deliberately absent: changes
//! by staff, who correct the record (`register_expert`).

use super::contact;
use super::enter_page::{LinkPurpose, dedup, live, new_link};
use super::{Actor, Done, Letter, Office, Tx, Work};
use crate::db;
use crate::db::email_change::EmailChangeRow;
use crate::db::expert::ExpertRow;
use crate::domain::contact::Email;
use crate::domain::email_change::{CONFIRM_WITHIN, EmailOutcome, EmailStage, OBJECT_WITHIN};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::task::TaskKind;
use crate::ids::{EmailChangeId, ExpertId};
use serde_json::json;

fn event(tx: &mut Tx<'_>, actor: &Actor, change: &EmailChangeRow, stage: &str) -> Done<()> {
    let detail = json!({"change": change.id, "stage": stage});
    tx.event(change.expert.as_str(), actor, Event::EmailChanging, &detail)
}

/// The new address of a change, opened.
pub(super) fn new_address(office: &Office, change: &EmailChangeRow) -> Option<String> {
    String::from_utf8(office.keys.open_text(change.id.as_str(), &change.sealed)?).ok()
}

/// Asks for a change; the new address gets a letter to confirm. An earlier change that nobody confirmed is dropped.
///
/// # Errors
/// [`Refusal::Invalid`] for the address; [`Refusal::WrongState`] while another change waits for objections.
pub fn ask_change(office: &Office, expert: ExpertId, typed: &str) -> Done<()> {
    let wrong = |code| Refusal::Invalid(vec![FieldProblem::new("email", code)]);
    let address =
        typed.parse::<Email>().map_err(|_| wrong(if typed.trim().is_empty() { "missing" } else { "not-an-email" }))?;
    let key = address.key();
    office.write(|tx| {
        let row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        if contact::by_email(&tx.office.keys, tx.conn, &key)?.is_some_and(|other| other.id == row.id) {
            return Err(wrong("same-address").into());
        }
        if let Some(mut before) = db::email_change::open_of(tx.conn, expert)? {
            if before.confirmed_at.is_some() {
                return Err(Refusal::WrongState.into());
            }
            end(tx, &mut before, EmailOutcome::Dropped)?;
        }
        let id = EmailChangeId::from_minted(tx.mint());
        let change = EmailChangeRow {
            id,
            expert,
            sealed: tx.office.keys.seal_text(id.as_str(), tx.office.chance.bytes(), key.as_bytes()),
            asked_at: tx.now.naive_utc(),
            confirmed_at: None,
            due_at: None,
            ended_at: None,
            outcome: None,
        };
        db::email_change::insert(tx.conn, &change)?;
        let actor = Actor::Expert(expert);
        event(tx, &actor, &change, "asked")?;
        // An address that is somebody else's is told alike, and its letter never leaves.
        if contact::by_email(&tx.office.keys, tx.conn, &key)?.is_some() {
            return Ok(());
        }
        owe(tx, &actor, &change, LinkPurpose::EmailConfirm, NoticeKind::EmailConfirm)
    })
}

fn owe(tx: &mut Tx<'_>, actor: &Actor, change: &EmailChangeRow, purpose: LinkPurpose, kind: NoticeKind) -> Done<()> {
    let lives = if purpose == LinkPurpose::EmailConfirm { CONFIRM_WITHIN } else { OBJECT_WITHIN };
    let name = new_link(tx, change.expert, purpose, Some(change.id), lives)?;
    let mut letter = Letter::new(kind, dedup(purpose, &name));
    letter.expert = Some(change.expert);
    tx.owe(actor, letter)
}

fn end(tx: &mut Tx<'_>, change: &mut EmailChangeRow, outcome: EmailOutcome) -> Done<()> {
    change.ended_at = Some(tx.now.naive_utc());
    change.outcome = Some(outcome);
    db::email_change::save(tx.conn, change)?;
    Ok(())
}

/// The live link with its open change.
fn behind(tx: &mut Tx<'_>, secret: &str, purpose: LinkPurpose) -> Done<EmailChangeRow> {
    let (link, _) = live(tx.conn, tx.office, secret, purpose)?;
    let id = link.email_change.ok_or(Refusal::LinkUnknown)?;
    let change = db::email_change::find(tx.conn, &id)?.ok_or(Refusal::LinkUnknown)?;
    if change.ended_at.is_some() || !db::expert_link::use_up(tx.conn, &link.hash, tx.now.naive_utc())? {
        return Err(Refusal::LinkUnknown.into());
    }
    Ok(change)
}

/// The new address confirms; the old one is told at once and has 72 hours.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn confirm_change(office: &Office, secret: &str) -> Done<()> {
    office.write(|tx| {
        let mut change = behind(tx, secret, LinkPurpose::EmailConfirm)?;
        change.confirmed_at = Some(tx.now.naive_utc());
        change.due_at = Some((tx.now + OBJECT_WITHIN).naive_utc());
        db::email_change::save(tx.conn, &change)?;
        let actor = Actor::Expert(change.expert);
        event(tx, &actor, &change, "confirmed")?;
        owe(tx, &actor, &change, LinkPurpose::EmailObject, NoticeKind::EmailTold)
    })
}

/// The old address says no: nothing changes, every session of the expert ends, and the managers are told.
///
/// # Errors
/// [`Refusal::LinkUnknown`], also once the time is over.
pub fn object_change(office: &Office, secret: &str) -> Done<()> {
    office.write(|tx| {
        let mut change = behind(tx, secret, LinkPurpose::EmailObject)?;
        end(tx, &mut change, EmailOutcome::Objected)?;
        db::session::end_of_expert(tx.conn, change.expert)?;
        event(tx, &Actor::Expert(change.expert), &change, "objected")?;
        tx.leave_task(Work {
            kind: TaskKind::EmailObjected,
            dedup: format!("email-objected:{}", change.id),
            need: None,
            assignment: None,
            expert: Some(change.expert),
            case: None,
            account: None,
            for_manager: true,
            detail: None,
            due_at: None,
        })
    })
}

/// The changes whose time to object is over.
///
/// # Errors
/// A fault of the machine.
pub fn due(office: &Office, most: i64) -> Done<Vec<EmailChangeId>> {
    Ok(db::email_change::due(&mut *office.read()?, office.now().naive_utc(), most)?)
}

/// Carries a change out. Answers whether the record changed.
///
/// # Errors
/// A fault of the machine.
pub fn carry_out(office: &Office, id: EmailChangeId) -> Done<bool> {
    office.write(|tx| {
        let Some(mut change) = db::email_change::find(tx.conn, &id)? else { return Ok(false) };
        if change.moments().stage(tx.now) != EmailStage::Due {
            return Ok(false);
        }
        let address = new_address(tx.office, &change);
        let row = db::expert::find(tx.conn, &change.expert)?;
        let (Some(address), Some(mut row)) = (address, row) else {
            end(tx, &mut change, EmailOutcome::Dropped)?;
            return Ok(false);
        };
        if contact::by_email(&tx.office.keys, tx.conn, &address)?.is_some() {
            end(tx, &mut change, EmailOutcome::Dropped)?;
            return Ok(false);
        }
        put(tx, &mut row, &address)?;
        end(tx, &mut change, EmailOutcome::Applied)?;
        event(tx, &Actor::Desk, &change, "applied")?;
        Ok(true)
    })
}

fn put(tx: &mut Tx<'_>, row: &mut ExpertRow, address: &str) -> Done<()> {
    let phone = contact::of_expert(&tx.office.keys, tx.conn, row.id)?.phone;
    row.email_mark = contact::email_mark(&tx.office.keys, address);
    row.updated_at = tx.now.naive_utc();
    row.version += 1;
    db::expert::save(tx.conn, row)?;
    contact::keep(tx, row.id, address, phone.as_deref())?;
    tx.changed("expert", row.id.as_str())
}

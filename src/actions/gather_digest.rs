//! Before a letter leaves: may it leave now, and alone?
//!
//! What the desk sends by itself does not leave at night; several letters to one person within the window become one
//! digest; a person gets at most so many letters a day, an offer aside (rules.md, "Letters and the night"; policy). What
//! a person sends is not asked about here. Of several nodes one at a time writes to a reader: the other's letters wait a
//! moment, so that nodes neither count past each other nor split a digest. Deliberately absent: wording and sending.

use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::JsonText;
use crate::db::outbox::OutboxRow;
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::event::Event;
use crate::domain::letter_rules::LetterRules;
use crate::domain::notice::{Audience, NoticeKind, OwedNotice};
use crate::ids::OutboxId;
use crate::trial;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// How long a letter waits while another node has one for the same reader in hand.
const ASIDE: TimeDelta = TimeDelta::minutes(1);

/// What happens to a leased letter whose turn it is.
#[derive(Debug, Clone)]
pub enum Turn {
    /// It leaves as it is.
    Goes,
    /// It was given back to leave later.
    Held,
    /// It leaves in this digest, together with those letters of the lease.
    Joined(Box<OutboxRow>, Vec<OutboxId>),
}

/// Decides the turn of a leased letter; `lease` are the other letters leased with it.
///
/// # Errors
/// A fault of the machine.
pub fn take_turn(office: &Office, row: &OutboxRow, lease: &[OutboxId]) -> Done<Turn> {
    if !row.by_desk {
        return Ok(Turn::Goes);
    }
    office.write(|tx| {
        let rules = tx.policy()?.letters;
        let kind = row.notice.get().kind;
        let waking = rules.quiet().next_waking(tx.now);
        if waking > tx.now && !trial::without(trial::Guard::QuietHours) {
            return hold(tx, row, waking);
        }
        // A digest was counted when it was gathered; only how often an offer is asked for has its own limits.
        if kind == NoticeKind::Offer || kind.is_digest() || row.reader.is_empty() {
            return Ok(Turn::Goes);
        }
        db::dialect::lock_subject(tx.conn, &format!("reader:{}", row.reader))?;
        let mine: Vec<OutboxId> = lease.iter().copied().chain([row.id]).collect();
        let aside = tx.now + ASIDE;
        if db::digest::in_other_hands(tx.conn, &row.reader, tx.now.naive_utc(), &mine)?
            && still_in_time(tx, row, aside)?
        {
            return hold(tx, row, aside);
        }
        let today = start_of_day(beijing_date(tx.now));
        let got = db::digest::got_since(tx.conn, &row.reader, today.naive_utc())?;
        let most = usize::try_from(rules.letters_a_day).unwrap_or(usize::MAX);
        if got.iter().filter(|(kind, _)| *kind != NoticeKind::Offer).count() >= most {
            let until = rules.quiet().tomorrow_morning(tx.now);
            // A reminder that would come after the end is none: rather one letter too many than a day lost; but one, with
            // all that is ready for the reader.
            if !still_in_time(tx, row, until)? {
                return gather(tx, row, &mine);
            }
            let reader = row.reader.rsplit(':').next().unwrap_or_default();
            let subject = row.need.map_or_else(|| reader.to_owned(), |need| need.to_string());
            let detail = json!({"letter": row.id, "kind": kind, "until": until, "why": "letters-a-day"});
            tx.event(&subject, &Actor::Desk, Event::LetterHeld, &detail)?;
            return hold(tx, row, until);
        }
        if !kind.joins_digest() {
            return Ok(Turn::Goes);
        }
        match window_ends(&rules, &got).filter(|ends| *ends > tx.now) {
            Some(ends) if still_in_time(tx, row, ends)? => hold(tx, row, ends),
            _ => gather(tx, row, &mine),
        }
    })
}

fn hold(tx: &mut Tx<'_>, row: &OutboxRow, until: DateTime<Utc>) -> Done<Turn> {
    db::outbox::put_back(tx.conn, row.id, row.fence, until.naive_utc())?;
    Ok(Turn::Held)
}

/// When the window after the last letter of this sort ends.
fn window_ends(rules: &LetterRules, got: &[(NoticeKind, chrono::NaiveDateTime)]) -> Option<DateTime<Utc>> {
    let last = got.iter().filter(|(kind, _)| kind.joins_digest() || kind.is_digest()).map(|(_, at)| *at).max()?;
    last.and_utc().checked_add_signed(TimeDelta::minutes(i64::from(rules.digest_minutes)))
}

/// Whether the letter still helps when it leaves then: a reminder must come before the end.
fn still_in_time(tx: &mut Tx<'_>, row: &OutboxRow, then: DateTime<Utc>) -> Done<bool> {
    let (NoticeKind::Reminder, Some(id)) = (row.notice.get().kind, row.assignment) else { return Ok(true) };
    let due = db::assignment::find(tx.conn, &id)?.and_then(|offer| offer.answer_due_at);
    Ok(due.is_none_or(|due| then < due.and_utc()))
}

/// Puts everything that is ready for the same reader into one digest; one letter alone leaves as it is.
fn gather(tx: &mut Tx<'_>, row: &OutboxRow, mine: &[OutboxId]) -> Done<Turn> {
    let ready = db::digest::ready_for(tx.conn, &row.reader, tx.now.naive_utc(), mine)?;
    let ready: Vec<OutboxRow> = ready.into_iter().filter(|other| other.notice.get().kind.joins_digest()).collect();
    // Somebody else may have taken this one over: then it is not among the ready.
    if ready.len() < 2 || !ready.iter().any(|other| other.id == row.id && other.fence == row.fence) {
        return Ok(Turn::Goes);
    }
    let id = OutboxId::from_minted(tx.mint());
    let kind = match row.notice.get().kind.audience() {
        Audience::Staff => NoticeKind::StaffDigest,
        Audience::Expert | Audience::Enterprise => NoticeKind::Digest,
    };
    let digest = OutboxRow {
        id,
        dedup_key: format!("digest:{id}"),
        notice: JsonText::of(&OwedNotice { kind, ..OwedNotice::default() }),
        need: None,
        assignment: None,
        expert: row.expert.filter(|_| kind == NoticeKind::Digest),
        account: row.account,
        state: "sending".to_owned(),
        not_before: tx.now.naive_utc(),
        attempts: 1,
        fence: 1,
        leased_until: row.leased_until,
        accepted_at: None,
        last_error: None,
        created_at: tx.now.naive_utc(),
        reader: row.reader.clone(),
        by_desk: true,
        digest: None,
        domain: None,
        receipt: None,
        receipt_at: None,
    };
    db::outbox::insert(tx.conn, &digest)?;
    let mut joined = Vec::new();
    for other in &ready {
        if db::digest::carry(tx.conn, other, id)? {
            joined.push(other.id);
        }
    }
    Ok(Turn::Joined(Box::new(digest), joined))
}

/// Voids what a digest carries but no longer tells: its occasion has passed.
///
/// # Errors
/// A fault of the machine.
pub fn drop_untold(office: &Office, digest: &OutboxRow, told: &[OutboxId]) -> Done<()> {
    office.write(|tx| Ok(db::digest::drop_untold(tx.conn, digest.id, told)?))
}

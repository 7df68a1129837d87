//! The mail worker stops when our own configuration is at fault (a refused login, no encryption), and says so on every
//! desk: no letter is at fault, none bounces, and each waits. It tries one letter again after a while; the first the
//! server takes ends the alarm. All nodes share it.

use super::{Actor, Done, Office, Tx, Work};
use crate::db;
use crate::db::Conn;
use crate::db::mail_state::ALARM;
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Minutes until the next try; the last repeats.
const WAITS: [i64; 3] = [1, 5, 15];

/// What the trail's subject of the mail worker is called.
const SUBJECT: &str = "mail";

/// An alarm that stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// The server's words, addresses masked.
    pub why: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How often it was tried since.
    pub tries: u32,
    /// When it is tried again.
    #[serde(skip)]
    pub until: DateTime<Utc>,
}

/// The alarm that stands, if one does.
///
/// # Errors
/// What the database says.
pub fn standing(conn: &mut Conn) -> Done<Option<Alarm>> {
    let Some(row) = db::mail_state::find(conn, ALARM)? else { return Ok(None) };
    let read: Result<Alarm, _> = serde_json::from_str(&row.value);
    Ok(read.ok().map(|alarm| Alarm { until: row.at.and_utc(), ..alarm }))
}

/// Raises the alarm, or keeps it up; gives when the worker tries again.
///
/// # Errors
/// A fault of the machine.
pub fn raise(office: &Office, why: &str) -> Done<DateTime<Utc>> {
    office.write(|tx| {
        let before = standing(tx.conn)?;
        let tries = before.as_ref().map_or(0, |alarm| alarm.tries.saturating_add(1));
        let wait = WAITS.get(usize::try_from(tries).unwrap_or(usize::MAX)).or(WAITS.last()).copied().unwrap_or(1);
        let since = before.as_ref().map_or(tx.now, |alarm| alarm.since);
        let until = tx.now + TimeDelta::minutes(wait);
        let alarm = Alarm { why: why.to_owned(), since, tries, until };
        let value = serde_json::to_string(&alarm).map_err(super::Fault::new).map_err(super::ActionError::Fault)?;
        db::mail_state::put(tx.conn, ALARM, &value, until.naive_utc())?;
        if before.is_none() {
            tx.event(SUBJECT, &Actor::Desk, Event::MailStopped, &json!({"why": why}))?;
            leave_task(tx, since)?;
        }
        Ok(until)
    })
}

fn leave_task(tx: &mut Tx<'_>, since: DateTime<Utc>) -> Done<()> {
    tx.leave_task(Work {
        kind: TaskKind::MailAlarm,
        dedup: format!("mail-alarm:{}", since.timestamp_micros()),
        need: None,
        assignment: None,
        expert: None,
        case: None,
        account: None,
        for_manager: true,
        detail: None,
        due_at: None,
    })
}

/// A letter was taken: whatever was wrong is well again.
///
/// # Errors
/// A fault of the machine.
pub fn clear(office: &Office) -> Done<()> {
    office.write(|tx| {
        if db::mail_state::forget(tx.conn, ALARM)? {
            db::task::finish_of_kind(tx.conn, TaskKind::MailAlarm, tx.now.naive_utc())?;
            tx.event(SUBJECT, &Actor::Desk, Event::MailResumed, &json!({}))?;
        }
        Ok(())
    })
}

/// Somebody repaired it: the worker tries again at once.
///
/// # Errors
/// [`Refusal::NotYours`]; [`Refusal::WrongState`] when no alarm stands.
pub fn try_again(office: &Office, actor: &Actor) -> Done<()> {
    if actor.needs(Right::Administer).is_err() {
        actor.needs(Right::Decide)?;
    }
    office.write(|tx| {
        let row = db::mail_state::find(tx.conn, ALARM)?.ok_or(Refusal::WrongState)?;
        db::mail_state::put(tx.conn, ALARM, &row.value, tx.now.naive_utc())?;
        db::outbox::hurry(tx.conn, row.at, tx.now.naive_utc())?;
        tx.event(SUBJECT, actor, Event::MailTriedAgain, &json!({}))
    })
}

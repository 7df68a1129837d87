//! What the rota's own days ask for: gaps mailed 14, 7 and 2 days ahead, tomorrow's experts asked to say again that they
//! will come, the week's digest, a reminder to who has not answered, and turns nobody came to.
//!
//! Contract: idempotent by dedup key; the day's round runs once a Beijing day, from 08:00 on, and what a day of downtime
//! left is done late. Letters to experts are by the desk itself, so the night rule holds for them.

use super::duty_seat::{leave_gap_task, staff_of};
use super::sign_in_duty::missed_key;
use super::tend_assignment::record_incident;
use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::domain::calendar::{at_hour, beijing_date};
use crate::domain::conduct::IncidentKind;
use crate::domain::duty::{GAP_DAYS, MISSED_AFTER};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::ids::{ExpertId, StationId};
use chrono::{DateTime, Datelike, Days, DurationRound, NaiveDate, TimeDelta, Utc, Weekday};
use serde_json::json;
use std::collections::BTreeMap;

/// The key under which the day's round is noted.
const ROUND: &str = "duty-day";
/// The key under which the last look for turns nobody came to is noted.
const MISSED: &str = "duty-missed";
/// The hour of the day's round, in Beijing.
const HOUR: u32 = 8;
/// Gaps so many days ahead are a task on the desk.
const TASK_AHEAD: u64 = 14;

fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}

/// Does what is due. Answers how many letters were owed and turns found missed.
///
/// # Errors
/// A fault of the machine.
pub fn tend_duty(office: &Office) -> Done<usize> {
    let now = office.now();
    let today = beijing_date(now);
    let mut done = missed(office, now)?;
    let morning = at_hour(today, HOUR);
    if now < morning {
        return Ok(done);
    }
    let last = db::mail_state::find(&mut *office.read()?, ROUND)?.map(|row| row.at.and_utc());
    if last.is_some_and(|last| last >= morning) {
        return Ok(done);
    }
    done += office.write(|tx| {
        let before = (morning - TimeDelta::seconds(1)).naive_utc();
        if !db::mail_state::take_turn(tx.conn, ROUND, before, tx.now.naive_utc())? {
            return Ok(0);
        }
        Ok(gaps(tx, today)? + tomorrow(tx, today)? + week(tx, today)? + unanswered(tx)?)
    })?;
    Ok(done)
}

/// The next instant at which something of this is due; nothing while no rota stands.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn next_due(office: &Office) -> Done<Option<DateTime<Utc>>> {
    let now = office.now();
    let today = beijing_date(now);
    let mut reader = office.read()?;
    if !db::duty_turn::any_published_from(&mut reader, today)? {
        return Ok(None);
    }
    let morning = at_hour(today, HOUR);
    let last = db::mail_state::find(&mut reader, ROUND)?.map(|row| row.at.and_utc());
    let done = last.is_some_and(|last| last >= morning);
    let round = if done { at_hour(after(today, 1), HOUR) } else { morning.max(now) };
    let missed = db::duty_turn::unsigned(&mut reader, today, after(today, 1))?
        .into_iter()
        .map(|span| span.ends() + TimeDelta::minutes(MISSED_AFTER))
        .filter(|at| *at > now)
        .min();
    Ok(missed.into_iter().chain([round]).min())
}

/// Looked for once a minute: the round of the jobs comes round twice a second.
fn missed(office: &Office, now: DateTime<Utc>) -> Done<usize> {
    let today = beijing_date(now);
    let from = today.checked_sub_days(Days::new(2)).unwrap_or(today);
    let minute = now.duration_trunc(TimeDelta::minutes(1)).unwrap_or(now).naive_utc();
    {
        let mut reader = office.read()?;
        let looked = db::mail_state::find(&mut reader, MISSED)?.is_some_and(|row| row.at >= minute);
        if looked || !db::duty_turn::any_published_from(&mut reader, from)? {
            return Ok(0);
        }
    }
    office.write(|tx| Ok(db::mail_state::put(tx.conn, MISSED, "", tx.now.naive_utc())?))?;
    let late: Vec<TurnRow> = db::duty_turn::manned_unsigned(&mut *office.read()?, from, today)?
        .into_iter()
        .filter(|turn| turn.span().ends() + TimeDelta::minutes(MISSED_AFTER) <= now)
        .collect();
    let mut found = 0;
    for turn in late {
        found += office.write(|tx| {
            let Some(mut turn) = db::duty_turn::find(tx.conn, &turn.id)? else { return Ok(0) };
            let Some(plan) = db::duty::find(tx.conn, &turn.plan)? else { return Ok(0) };
            let Some(expert) = turn.expert.filter(|_| turn.signed_in_at.is_none() && turn.missed_at.is_none()) else {
                return Ok(0);
            };
            if !plan.rules.get().sign_in {
                return Ok(0);
            }
            turn.missed_at = Some(tx.now.naive_utc());
            db::duty_turn::save(tx.conn, &turn)?;
            tx.event(plan.id.as_str(), &Actor::Desk, Event::DutyMissed, &json!({"turn": turn.id, "expert": expert}))?;
            record_incident(tx, expert, IncidentKind::NoShow, None, missed_key(turn.id))?;
            Ok(1)
        })?;
    }
    Ok(found)
}

/// Gaps 14, 7 and 2 days ahead, one letter a station and reader; those of the fortnight are a task as well.
fn gaps(tx: &mut Tx<'_>, today: NaiveDate) -> Done<usize> {
    let open = db::duty_turn::gaps(tx.conn, today, after(today, TASK_AHEAD))?;
    for turn in &open {
        leave_gap_task(tx, turn)?;
    }
    let mut owed = 0;
    let mut mailed: BTreeMap<StationId, TurnRow> = BTreeMap::new();
    for turn in open.into_iter().filter(|turn| GAP_DAYS.contains(&(turn.day - today).num_days())) {
        mailed.entry(turn.station).or_insert(turn);
    }
    for turn in mailed.values() {
        for account in staff_of(tx, turn)? {
            let key = format!("duty-gap:{}:{today}:{account}", turn.station);
            let mut letter = Letter::new(NoticeKind::StaffDutyGap, key).to_account(account);
            letter.plan = Some(turn.plan);
            letter.turn = Some(turn.id);
            tx.owe(&Actor::Desk, letter)?;
            owed += 1;
        }
    }
    Ok(owed)
}

fn tomorrow(tx: &mut Tx<'_>, today: NaiveDate) -> Done<usize> {
    let day = after(today, 1);
    let mut owed = 0;
    for turn in db::duty_turn::manned(tx.conn, day, day)? {
        let Some(expert) = turn.expert else { continue };
        let key = format!("duty-tomorrow:{}:{expert}", turn.id);
        let mut letter = Letter::new(NoticeKind::DutyTomorrow, key).to_expert(expert).of_plan(turn.plan);
        letter.turn = Some(turn.id);
        tx.owe(&Actor::Desk, letter)?;
        owed += 1;
    }
    Ok(owed)
}

/// On Mondays, to whoever has two turns or more this week or the next: now, next, this week.
fn week(tx: &mut Tx<'_>, today: NaiveDate) -> Done<usize> {
    if today.weekday() != Weekday::Mon {
        return Ok(0);
    }
    let mut people: BTreeMap<ExpertId, usize> = BTreeMap::new();
    for turn in db::duty_turn::manned(tx.conn, today, after(today, 6))? {
        if let Some(expert) = turn.expert {
            *people.entry(expert).or_default() += 1;
        }
    }
    for expert in people.keys() {
        let letter = Letter::new(NoticeKind::DutyWeek, format!("duty-week:{expert}:{today}")).to_expert(*expert);
        tx.owe(&Actor::Desk, letter)?;
    }
    Ok(people.len())
}

/// Once, on the day before the answer is due: the question again.
fn unanswered(tx: &mut Tx<'_>) -> Done<usize> {
    let until = (tx.now + TimeDelta::hours(40)).naive_utc();
    let mut owed = 0;
    for ask in db::duty_ask::due_before(tx.conn, tx.now.naive_utc(), until)? {
        let mut letter = Letter::new(NoticeKind::DutyAsk, format!("duty-ask-again:{}", ask.id))
            .to_expert(ask.expert)
            .of_plan(ask.plan);
        letter.ordinal = Some(ask.round);
        tx.owe(&Actor::Desk, letter)?;
        owed += 1;
    }
    Ok(owed)
}

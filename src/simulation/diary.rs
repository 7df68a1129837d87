//! The diary of a need: what happened, step by step, in Chinese and English, with its offers and letters.

use crate::db;
use crate::db::Conn;
use crate::domain::calendar::beijing_clock;
use crate::i18n::{L, Lang};
use crate::ids::NeedId;
use crate::invariants::Offender;
use diesel::QueryResult;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// How many needs are told of.
const TOLD: usize = 2;

/// The diaries of the needs that offend.
///
/// # Errors
/// What the database says.
pub fn of(conn: &mut Conn, offenders: &[Offender]) -> QueryResult<String> {
    let mut needs: BTreeSet<NeedId> = BTreeSet::new();
    for offender in offenders {
        if let Some(need) = need_of(conn, &offender.what)? {
            needs.insert(need);
        }
    }
    let mut text = String::new();
    for need in needs.into_iter().take(TOLD) {
        tell(conn, need, &mut text)?;
    }
    Ok(text)
}

/// The need an offender belongs to: by its number, its id, its offer's number, or the offer in a letter's key.
fn need_of(conn: &mut Conn, what: &str) -> QueryResult<Option<NeedId>> {
    if let Some(need) = db::need::by_number(conn, what)? {
        return Ok(Some(need.id));
    }
    if let Ok(id) = what.parse::<NeedId>()
        && let Some(need) = db::need::find(conn, &id)?
    {
        return Ok(Some(need.id));
    }
    if let Some(offer) = db::assignment::by_number(conn, what)? {
        return Ok(Some(offer.need));
    }
    for part in what.split(':') {
        if let Ok(id) = part.parse()
            && let Some(offer) = db::assignment::find(conn, &id)?
        {
            return Ok(Some(offer.need));
        }
    }
    Ok(None)
}

fn tell(conn: &mut Conn, id: NeedId, text: &mut String) -> QueryResult<()> {
    let Some(need) = db::need::find(conn, &id)? else { return Ok(()) };
    let (zh, en) = (L(Lang::Zh), L(Lang::En));
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n需求 / need {} · {}", need.number, need.state);
    for row in db::audit::trail(conn, id.as_str())? {
        let key = format!("event-{}", row.event);
        let _ = writeln!(
            text,
            "  {:>3}. {}  {} / {}  {}  {}",
            row.step,
            beijing_clock(row.at.and_utc()).format("%Y-%m-%d %H:%M:%S"),
            zh.t(&key),
            en.t(&key),
            row.actor,
            row.detail.as_str()
        );
    }
    for offer in db::assignment::of_need(conn, id)?.into_iter().rev() {
        let _ = writeln!(
            text,
            "  派单 / offer {} {} · {} · 通知 / told {:?} · 期限 / due {:?} · 下一步 / next {:?} · late {}",
            offer.number, offer.id, offer.state, offer.notified_at, offer.answer_due_at, offer.next_due_at, offer.late
        );
    }
    for row in db::outbox::of_need(conn, id)?.into_iter().rev() {
        let _ = writeln!(
            text,
            "  信 / letter {} · {} · 最早 / not before {} · 发出 / sent {:?} · {:?}",
            row.dedup_key, row.state, row.not_before, row.accepted_at, row.last_error
        );
    }
    Ok(())
}

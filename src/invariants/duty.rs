//! I19: nobody stands on a published rota, or was put there, without a yes that stands; nobody holds two turns at one time,
//! and nobody who left holds one that is still to come (rules.md: silence is no yes).
//!
//! The database holds a part of it by a CHECK; this asks for the consent itself. Only turns from some days back on are
//! looked at: what is over no longer moves.

use super::Findings;
use super::Invariant;
use super::Look;
use crate::db::Conn;
use crate::db::duty_turn;
use crate::db::schema::{duty_consents, experts};
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, Span};
use crate::domain::standing::Standing;
use crate::ids::{DutyTurnId, ExpertId};
use chrono::{Days, NaiveDate};
use diesel::prelude::*;
use std::collections::{HashMap, HashSet};

/// Days back that are looked at.
const BACK: u64 = 3;
/// Days ahead looked at in one stride, so that no list grows with the length of a rota.
const STRIDE: u64 = 31;
/// The farthest ahead.
const AHEAD: u64 = 800;

pub(super) fn judge(conn: &mut Conn, look: &Look<'_>, findings: &mut Findings) -> QueryResult<usize> {
    let today = beijing_date(look.now);
    let mut from = today.checked_sub_days(Days::new(BACK)).unwrap_or(today);
    let end = today.checked_add_days(Days::new(AHEAD)).unwrap_or(today);
    let mut seen = 0;
    while from <= end && duty_turn::any_published_from(conn, from)? {
        let to = from.checked_add_days(Days::new(STRIDE)).unwrap_or(end);
        seen += stride(conn, look, (from, to), findings)?;
        let Some(next) = to.succ_opt() else { break };
        from = next;
    }
    Ok(seen)
}

fn stride(
    conn: &mut Conn,
    look: &Look<'_>,
    (from, to): (NaiveDate, NaiveDate),
    findings: &mut Findings,
) -> QueryResult<usize> {
    let turns = duty_turn::manned(conn, from, to)?;
    let ids: Vec<DutyTurnId> = turns.iter().map(|turn| turn.id).collect();
    let mut said_yes: HashSet<(DutyTurnId, ExpertId)> = HashSet::new();
    for chunk in ids.chunks(500) {
        let rows: Vec<(DutyTurnId, ExpertId)> = duty_consents::table
            .filter(duty_consents::turn.eq_any(chunk))
            .filter(duty_consents::answer.eq(ConsentAnswer::Yes))
            .filter(duty_consents::channel.is_not_null())
            .select((duty_consents::turn, duty_consents::expert))
            .load(conn)?;
        said_yes.extend(rows);
    }
    let mut gone: HashSet<ExpertId> = HashSet::new();
    let mut people: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
    people.sort_unstable();
    people.dedup();
    for chunk in people.chunks(500) {
        let rows: Vec<ExpertId> = experts::table
            .filter(experts::id.eq_any(chunk))
            .filter(experts::standing.eq_any([Standing::Withdrawn, Standing::Removed]))
            .select(experts::id)
            .load(conn)?;
        gone.extend(rows);
    }
    let mut held: HashMap<ExpertId, Vec<(DutyTurnId, Span)>> = HashMap::new();
    for turn in &turns {
        let Some(expert) = turn.expert else {
            findings.add(Invariant::DutyWithYes, turn.id.as_str(), "agreed, and nobody is there");
            continue;
        };
        if !said_yes.contains(&(turn.id, expert)) {
            findings.add(Invariant::DutyWithYes, turn.id.as_str(), format!("{expert} stands there without a yes"));
        }
        let span = turn.span();
        if gone.contains(&expert) && span.begins() > look.now {
            findings.add(Invariant::DutyWithYes, turn.id.as_str(), format!("{expert} left the register"));
        }
        let others = held.entry(expert).or_default();
        if let Some((other, _)) = others.iter().find(|(_, other)| other.overlaps(span)) {
            findings.add(Invariant::DutyWithYes, turn.id.as_str(), format!("{expert} is on {other} at the same time"));
        }
        others.push((turn.id, span));
    }
    Ok(turns.len())
}

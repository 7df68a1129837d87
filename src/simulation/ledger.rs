//! What a run comes to: its figures, and the hash that tells two runs apart.

use crate::db::Conn;
use crate::db::schema::assignments;
use crate::db::schema::audit;
use crate::db::schema::changes;
use crate::db::schema::needs;
use crate::db::schema::offer_facts;
use crate::db::schema::outages;
use crate::db::schema::outbox;
use crate::db::schema::seats;
use crate::domain::assignment::OfferOutcome;
use crate::domain::need::NeedState;
use crate::seal::hex;
use chrono::NaiveDateTime;
use diesel::dsl::{count_star, max};
use diesel::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// The figures of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Steps.
    pub steps: u64,
    /// How often invariants were looked at.
    pub looks: u64,
    /// Needs.
    pub needs: i64,
    /// How many of them ended served or closed.
    pub closed: i64,
    /// Offers.
    pub offers: i64,
    /// The most offers one need took.
    pub deepest: i64,
    /// First answers before the due instant.
    pub on_time: i64,
    /// First answers after it.
    pub late: i64,
    /// Offers that ran out.
    pub lapsed: i64,
    /// Letters that never arrived.
    pub undelivered: i64,
    /// Letters taken by a server.
    pub letters: usize,
    /// How many left once more than once.
    pub doubles: u32,
    /// Crashes, failures and pauses.
    pub faults: u32,
    /// Times nobody could answer.
    pub outages: i64,
    /// Deadlines that moved for them.
    pub moved: i64,
    /// What happened, by its name, and how often.
    pub happened: BTreeMap<&'static str, u32>,
    /// Events of the trail.
    pub events: i64,
    /// The hash of the run.
    pub hash: String,
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let happened: Vec<String> = self.happened.iter().map(|(name, times)| format!("{name} {times}")).collect();
        write!(
            f,
            "needs {} (closed {}), offers {} (deepest chain {}), on time {}, late {}, lapsed {}, undelivered {}\n\
             letters {}, left twice {}, crashes, failures and pauses {}; outages {} that moved {} deadlines\n\
             happened: {}\n\
             events {}, steps {}, looks {}\n\
             hash {}",
            self.needs,
            self.closed,
            self.offers,
            self.deepest,
            self.on_time,
            self.late,
            self.lapsed,
            self.undelivered,
            self.letters,
            self.doubles,
            self.faults,
            self.outages,
            self.moved,
            happened.join(", "),
            self.events,
            self.steps,
            self.looks,
            self.hash
        )
    }
}

/// What the run itself counted.
#[derive(Debug, Clone)]
pub struct Counted {
    /// Steps.
    pub steps: u64,
    /// Looks.
    pub looks: u64,
    /// Letters taken.
    pub letters: usize,
    /// Those that left again.
    pub doubles: u32,
    /// Crashes, failures and pauses.
    pub faults: u32,
    /// What happened, and how often.
    pub happened: BTreeMap<&'static str, u32>,
}

/// Counts, and hashes.
///
/// # Errors
/// What the database says.
pub fn figures(conn: &mut Conn, counted: Counted) -> QueryResult<Figures> {
    let Counted { steps, looks, letters, doubles, faults, happened } = counted;
    let outages: Vec<i32> = outages::table.select(outages::moved).load(conn)?;
    let outcomes: Vec<(OfferOutcome, i64)> =
        offer_facts::table.group_by(offer_facts::outcome).select((offer_facts::outcome, count_star())).load(conn)?;
    let of = |wanted: OfferOutcome| outcomes.iter().find(|(outcome, _)| *outcome == wanted).map_or(0, |(_, n)| *n);
    let deepest: Option<i64> = assignments::table
        .group_by(assignments::need)
        .select(count_star())
        .order(count_star().desc())
        .first(conn)
        .optional()?;
    Ok(Figures {
        steps,
        looks,
        needs: needs::table.count().get_result(conn)?,
        closed: needs::table.filter(needs::state.eq(NeedState::Closed)).count().get_result(conn)?,
        offers: assignments::table.count().get_result(conn)?,
        deepest: deepest.unwrap_or(0),
        on_time: of(OfferOutcome::OnTime),
        late: of(OfferOutcome::Late),
        lapsed: of(OfferOutcome::Lapsed),
        undelivered: of(OfferOutcome::Undelivered),
        letters,
        doubles,
        faults,
        outages: i64::try_from(outages.len()).unwrap_or(i64::MAX),
        moved: outages.iter().map(|moved| i64::from(*moved)).sum(),
        happened,
        events: audit::table.count().get_result(conn)?,
        hash: hash(conn)?,
    })
}

/// Numbers people read are gone from a text: the databases leave different gaps (a sequence does not roll back).
fn without_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = ["XQ-", "PD-", "CQ-", "BA-"].iter().filter_map(|series| rest.find(series)).min() {
        let (head, tail) = rest.split_at(at);
        out.push_str(head);
        out.push('#');
        rest = tail.trim_start_matches(|c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-');
    }
    out.push_str(rest);
    out
}

/// SHA-256 over trail, letters, offers, seats and needs, in the order of their ids.
///
/// # Errors
/// What the database says.
pub fn hash(conn: &mut Conn) -> QueryResult<String> {
    let mut lines: BTreeMap<String, String> = BTreeMap::new();
    type Event = (String, i32, NaiveDateTime, String, String, String);
    let events: Vec<Event> = audit::table
        .select((audit::subject, audit::step, audit::at, audit::actor, audit::event, audit::detail))
        .load(conn)?;
    for (subject, step, at, actor, event, detail) in events {
        lines.insert(format!("1 {subject} {step:06}"), format!("{at} {actor} {event} {}", without_numbers(&detail)));
    }
    type Letter = (String, String, String, i32, Option<NaiveDateTime>);
    let letters: Vec<Letter> = outbox::table
        .select((outbox::id, outbox::dedup_key, outbox::state, outbox::attempts, outbox::accepted_at))
        .load(conn)?;
    for (id, key, state, attempts, accepted) in letters {
        lines.insert(format!("2 {id}"), format!("{key} {state} {attempts} {accepted:?}"));
    }
    type Offer = (String, String, Option<NaiveDateTime>, Option<NaiveDateTime>, bool);
    let offers: Vec<Offer> = assignments::table
        .select((
            diesel::dsl::sql::<diesel::sql_types::Text>("assignments.id"),
            diesel::dsl::sql::<diesel::sql_types::Text>("assignments.state"),
            assignments::answer_due_at,
            assignments::next_due_at,
            assignments::late,
        ))
        .load(conn)?;
    for (id, state, due, next, late) in offers {
        lines.insert(format!("3 {id}"), format!("{state} {due:?} {next:?} {late}"));
    }
    let places: Vec<(String, String)> = seats::table.select((seats::id, seats::state)).load(conn)?;
    lines.extend(places.into_iter().map(|(id, state)| (format!("4 {id}"), state)));
    let states: Vec<(String, String)> = needs::table.select((needs::id, needs::state)).load(conn)?;
    lines.extend(states.into_iter().map(|(id, state)| (format!("5 {id}"), state)));
    let mut hasher = Sha256::new();
    for (key, line) in lines {
        hasher.update(format!("{key} {line}\n"));
    }
    Ok(hex(&hasher.finalize()))
}

/// What tells whether anything was written: the newest change, the events since that instant, the letters that wait. Whatever
/// is written leaves one of them, and none of them grows with the years.
///
/// # Errors
/// What the database says.
pub fn fingerprint(conn: &mut Conn, since: NaiveDateTime) -> QueryResult<(Option<i64>, i64, i64)> {
    Ok((
        changes::table.select(max(changes::seq)).first(conn)?,
        audit::table.filter(audit::at.ge(since)).count().get_result(conn)?,
        outbox::table.filter(outbox::state.eq_any(["queued", "sending"])).count().get_result(conn)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::without_numbers;

    #[test]
    fn numbers_people_read_do_not_count() {
        assert_eq!(
            without_numbers(r#"{"number":"XQ-2026-000123","a":"PD-2026-000001"}"#),
            r##"{"number":"#","a":"#"}"##
        );
        assert_eq!(without_numbers("nothing"), "nothing");
    }
}

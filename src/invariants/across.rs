//! What spans needs: acknowledged calls (I1), conflicts and caps (I9), the index and the pool (I10).

use super::Findings;
use super::Invariant;
use super::dossier::Dossier;
use crate::actions::Done;
use crate::actions::Office;
use crate::actions::expert_pool;
use crate::db::Conn;
use crate::db::conn::cols;
use crate::db::schema::assignments;
use crate::db::schema::enterprises;
use crate::db::schema::experts;
use crate::db::schema::idempotency;
use crate::db::schema::needs;
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::calendar::start_of_day;
use crate::domain::firm::FirmMatch;
use crate::domain::firm::FirmName;
use crate::domain::role::Scope;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::search::Kind;
use crate::search::SearchQuery;
use chrono::{DateTime, Datelike, NaiveDateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// How many acknowledged calls are looked at, newest first.
const MOST_CALLS: i64 = 10_000;

/// Every need acknowledged to a caller who named a key is there (I1).
///
/// # Errors
/// What the database says.
pub fn acknowledged(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    let bodies: Vec<String> = idempotency::table
        .filter(idempotency::status.eq(201))
        .order(idempotency::created_at.desc())
        .limit(MOST_CALLS)
        .select(idempotency::body)
        .load(conn)?;
    let numbers: Vec<String> = bodies
        .iter()
        .filter_map(|body| serde_json::from_str::<serde_json::Value>(body).ok())
        .filter_map(|body| Some(body.get("number")?.as_str()?.to_owned()))
        .filter(|number| number.starts_with("XQ-"))
        .collect();
    for part in numbers.chunks(500) {
        let there: Vec<String> = needs::table.filter(needs::number.eq_any(part)).select(needs::number).load(conn)?;
        for number in part.iter().filter(|number| !there.contains(number)) {
            findings.add(Invariant::NeedKept, number, "acknowledged with 201, and not there");
        }
    }
    Ok(())
}

/// The indexes by which the database itself refuses a second open offer or a second taker.
const REFUSING: [&str; 2] = ["assignments_one_open_per_seat", "assignments_one_taker_per_seat"];

/// The database still refuses by itself what I2 forbids.
///
/// # Errors
/// What the database says.
pub fn refusing(conn: &mut Conn, findings: &mut Findings) -> QueryResult<()> {
    let there = crate::db::dialect::indexes(conn, &REFUSING)?;
    for name in REFUSING.iter().filter(|name| !there.iter().any(|known| known == *name)) {
        findings.add(Invariant::OnePerSeat, name, "the unique index is gone");
    }
    Ok(())
}

/// An expert, as far as a conflict needs him.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = experts)]
struct Person {
    id: ExpertId,
    name: String,
    firm: String,
    updated_at: NaiveDateTime,
}

/// Who asks, and against whom.
type Sides = (NeedId, String, Option<String>, Option<String>);

/// No offer went to somebody who works for the enterprise or its opponent (I9). Firms compare as matching compares them;
/// who changed firm after the offer is left out.
///
/// # Errors
/// What the database says.
pub fn conflicts(conn: &mut Conn, dossiers: &[Dossier], findings: &mut Findings) -> QueryResult<()> {
    let ids: Vec<NeedId> =
        dossiers.iter().filter(|dossier| !dossier.offers.is_empty()).map(|dossier| dossier.need.id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let mut asked: Vec<ExpertId> =
        dossiers.iter().flat_map(|dossier| &dossier.offers).map(|offer| offer.expert).collect();
    asked.sort_unstable();
    asked.dedup();
    let people: Vec<Person> = rows_of!(conn, &asked, experts::id, experts::table.select(cols::<Person>()));
    let people: HashMap<ExpertId, (FirmName, Person)> =
        people.into_iter().map(|person| (person.id, (FirmName::parse(&person.firm), person))).collect();
    let sides: Vec<Sides> = rows_of!(
        conn,
        &ids,
        needs::id,
        needs::table.inner_join(enterprises::table.on(enterprises::id.eq(needs::enterprise))).select((
            needs::id,
            enterprises::name,
            needs::opposing_party,
            needs::opposing_agent
        ))
    );
    let sides: HashMap<NeedId, Sides> = sides.into_iter().map(|side| (side.0, side)).collect();
    for dossier in dossiers {
        let Some((_, enterprise, party, agent)) = sides.get(&dossier.need.id) else { continue };
        let mut names = vec![FirmName::parse(enterprise)];
        for list in [party, agent].into_iter().flatten() {
            names.extend(FirmName::parse_list(list));
        }
        for offer in &dossier.offers {
            let Some((firm, person)) = people.get(&offer.expert) else { continue };
            if person.updated_at > offer.created_at {
                continue;
            }
            let opposed = names.iter().skip(1).any(|name| name.raw() == person.name.trim());
            if opposed || names.iter().any(|name| firm.compare(name) == FirmMatch::Sure) {
                findings.add(Invariant::CapsAndConflicts, &offer.number, "offered to a firm in conflict");
            }
        }
    }
    Ok(())
}

/// Nobody has more offers open, or got more this month, than he may have (I9). Whose record was changed since his newest
/// offer is left out, for his caps may have been others then; so are offers opened again, which count in their first
/// month.
///
/// # Errors
/// What the database says.
pub fn caps(conn: &mut Conn, now: DateTime<Utc>, findings: &mut Findings) -> QueryResult<()> {
    let today = beijing_date(now);
    let month = start_of_day(today.with_day(1).unwrap_or(today)).naive_utc();
    let open: Vec<(ExpertId, NaiveDateTime)> = assignments::table
        .filter(crate::db::assignment::in_hand())
        .filter(assignments::state.eq(AssignmentState::Offered))
        .select((assignments::expert, assignments::created_at))
        .load(conn)?;
    over(conn, &counted(open), false, findings)?;
    // Counted here: asked to group, SQLite walks every offer there ever was in the order of experts.
    let of_month: Vec<(ExpertId, NaiveDateTime)> = assignments::table
        .filter(assignments::created_at.ge(month))
        .filter(assignments::round.eq(1))
        .filter(assignments::state.ne(AssignmentState::Void))
        .filter(assignments::state.ne(AssignmentState::Undelivered))
        .select((assignments::expert, assignments::created_at))
        .load(conn)?;
    over(conn, &counted(of_month), true, findings)
}

/// How many offers each has, and when the newest was made.
fn counted(offers: Vec<(ExpertId, NaiveDateTime)>) -> Vec<(ExpertId, i64, NaiveDateTime)> {
    let mut by_expert: BTreeMap<ExpertId, (i64, NaiveDateTime)> = BTreeMap::new();
    for (expert, at) in offers {
        let (count, newest) = by_expert.entry(expert).or_insert((0, at));
        *count += 1;
        *newest = at.max(*newest);
    }
    by_expert.into_iter().map(|(expert, (count, newest))| (expert, count, newest)).collect()
}

fn over(
    conn: &mut Conn,
    counted: &[(ExpertId, i64, NaiveDateTime)],
    monthly: bool,
    findings: &mut Findings,
) -> QueryResult<()> {
    for part in counted.chunks(500) {
        let ids: Vec<ExpertId> = part.iter().map(|(id, _, _)| *id).collect();
        let caps: Vec<(ExpertId, i32, i32, NaiveDateTime)> = experts::table
            .filter(experts::id.eq_any(&ids))
            .select((experts::id, experts::open_cap, experts::monthly_cap, experts::updated_at))
            .load(conn)?;
        for (id, open_cap, monthly_cap, updated_at) in caps {
            let Some((_, count, newest)) = part.iter().find(|(other, _, _)| *other == id) else { continue };
            let cap = if monthly { monthly_cap } else { open_cap };
            if *count > i64::from(cap) && *newest >= updated_at {
                let what = if monthly { "this month" } else { "open" };
                findings.add(Invariant::CapsAndConflicts, id.as_str(), format!("{count} offers {what}, at most {cap}"));
            }
        }
    }
    Ok(())
}

/// The index holds every need, and the pool counts what the rows count (I10). Both are brought up to date first, as every
/// question to them does.
///
/// # Errors
/// A fault of the machine.
pub fn agreement(office: &Office, findings: &mut Findings) -> Done<()> {
    office.follow_index()?;
    let mut reader = office.read()?;
    let by_state: Vec<(String, i64)> = needs::table
        .group_by(needs::state)
        .select((diesel::dsl::sql::<diesel::sql_types::Text>("needs.state"), count_star()))
        .load(&mut *reader)?;
    // A process that keeps no index, or has none at this moment, has nothing that could disagree.
    let by_state = if office.index.current().is_some() { by_state } else { Vec::new() };
    for (state, count) in by_state {
        let of_state = SearchQuery::of(Kind::Need, "", Scope::Everything, office.now().timestamp_micros());
        let query = SearchQuery { state: Some(state.clone()), limit: 0, ..of_state };
        let indexed = office.index.search(&query)?.total;
        if i64::try_from(indexed).unwrap_or(i64::MAX) != count {
            findings.add(Invariant::IndexAgrees, &state, format!("{indexed} in the index, {count} in the database"));
        }
    }
    pool(office, &mut reader, findings)
}

fn pool(office: &Office, conn: &mut Conn, findings: &mut Findings) -> Done<()> {
    let now = office.now();
    let held: HashMap<ExpertId, (u16, u16)> = office.with_pool(|pool| {
        Ok(pool.roster.candidates().iter().map(|one| (one.id, (one.open_offers, one.month_offers))).collect())
    })?;
    let registered: i64 = experts::table.count().get_result(conn)?;
    if i64::try_from(held.len()).unwrap_or(i64::MAX) != registered {
        let why = format!("{} in the pool, {registered} in the database", held.len());
        findings.add(Invariant::IndexAgrees, "experts", why);
    }
    // All at once: somebody by somebody, this would be most of what a night's look costs.
    let rows = expert_pool::offers_now(conn, now)?;
    let mut differing: Vec<(ExpertId, (u16, u16))> =
        held.into_iter().filter(|(id, counted)| rows.get(id).copied().unwrap_or_default() != *counted).collect();
    differing.sort_unstable();
    for (id, counted) in differing {
        let fresh = rows.get(&id).copied().unwrap_or_default();
        let why = format!("the pool counts {counted:?}, the rows {fresh:?}");
        findings.add(Invariant::IndexAgrees, id.as_str(), why);
    }
    Ok(())
}

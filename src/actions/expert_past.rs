//! What an expert's past says to matching: services by what they were about and how they went, and the ties to parties that
//! declarations and past services make. Read for everybody at once, or for one expert inside a transaction.

use crate::db::relation::{self, NeedBrief, PastService};
use crate::db::{self, Conn};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::catalogue;
use crate::domain::firm::{self, FirmMatch, FirmName};
use crate::domain::matching::{
    Bond, Conflicts, Department, LEARNED_DAYS, NeedProfile, Stage, Tie, Track, conflict_of, conflict_of_firm,
};
use crate::ids::{AssignmentId, ExpertId, NeedId};
use crate::search::affinity::concepts_in_title;
use crate::search::lexicon::{Kind, lexicon};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use diesel::QueryResult;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// Kinds below this are places in the catalogue, from here on concepts of the vocabulary.
const FIRST_CONCEPT: usize = 64;

/// What one expert's past says.
#[derive(Debug, Clone, Default)]
pub struct ExpertPast {
    /// Services by kind.
    pub tracks: Vec<(u16, Track)>,
    /// What binds him.
    pub ties: Vec<Tie>,
}

/// The kinds a need is of: its service items, and what its text speaks of (procedures, statutes, matters), by the concepts
/// named in it. Industries,
/// places and technologies make no needs alike.
#[must_use]
pub fn kinds_of(services: &[String], concepts: &[usize]) -> Vec<u16> {
    let mut kinds: Vec<usize> = services.iter().filter_map(|slug| catalogue::position(slug)).collect();
    for at in concepts {
        let kind = lexicon().concepts().get(*at).map(|concept| concept.kind);
        if kind.is_some_and(|kind| !matches!(kind, Kind::Industry | Kind::Place | Kind::Technology)) {
            kinds.push(FIRST_CONCEPT + at);
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds.into_iter().filter_map(|kind| u16::try_from(kind).ok()).collect()
}

/// Names taken apart once each.
#[derive(Default)]
struct Parties(HashMap<String, Arc<FirmName>>);

impl Parties {
    fn named(&mut self, name: &str) -> Arc<FirmName> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let parsed = Arc::new(FirmName::parse(name));
        self.0.insert(name.to_owned(), Arc::clone(&parsed));
        parsed
    }

    fn listed(&mut self, names: Option<&str>) -> Vec<Arc<FirmName>> {
        names.map(FirmName::parse_list).unwrap_or_default().iter().map(|firm| self.named(firm.raw())).collect()
    }
}

/// Whose past reads otherwise now than it did on the day `before`, though nothing happened: a service left the years that
/// count.
///
/// # Errors
/// What the database says.
pub fn rolled(conn: &mut Conn, before: NaiveDate, now: DateTime<Utc>) -> QueryResult<Vec<ExpertId>> {
    let learned = TimeDelta::days(LEARNED_DAYS);
    let (from, until) = ((start_of_day(before) - learned).naive_utc(), (now - learned).naive_utc());
    db::dashboard::asked_between(conn, from, until)
}

/// Reads the past of one expert, or of all.
///
/// # Errors
/// What the database says.
pub fn read(conn: &mut Conn, one: Option<ExpertId>, now: DateTime<Utc>) -> QueryResult<HashMap<ExpertId, ExpertPast>> {
    read_as_known(conn, one, now, now)
}

/// The same with what was done as it was known at a moment of the past: services asked for later count for nobody.
///
/// # Errors
/// What the database says.
pub fn read_as_known(
    conn: &mut Conn,
    one: Option<ExpertId>,
    now: DateTime<Utc>,
    known_at: DateTime<Utc>,
) -> QueryResult<HashMap<ExpertId, ExpertPast>> {
    let mut ratings: HashMap<AssignmentId, Vec<i32>> = HashMap::new();
    for (assignment, score) in relation::ratings_by_assignment(conn, one)? {
        ratings.entry(assignment).or_default().push(score);
    }
    let mut parties = Parties::default();
    let mut all: HashMap<ExpertId, ExpertPast> = HashMap::new();
    let mut tracks: HashMap<ExpertId, BTreeMap<u16, Track>> = HashMap::new();
    let from = (now - TimeDelta::days(LEARNED_DAYS)).naive_utc();
    let services = relation::past_services(conn, one, from)?;
    let about = about(conn, &services)?;
    for service in services {
        let Some((need, enterprise)) = about.get(&service.need) else { continue };
        if service.state == AssignmentState::Done && service.created_at <= known_at.naive_utc() {
            let scores = ratings.get(&service.id).map_or(&[][..], Vec::as_slice);
            let tracks = tracks.entry(service.expert).or_default();
            for kind in kinds_of(&need.services.get(), &concepts_in_title(&need.title)) {
                tracks.entry(kind).or_default().add(scores);
            }
        }
        learn(&mut all.entry(service.expert).or_default().ties, &service, need, enterprise, &mut parties);
    }
    for (expert, tracks) in tracks {
        all.entry(expert).or_default().tracks = tracks.into_iter().collect();
    }
    for row in relation::in_force(conn, one)? {
        let tie = Tie { party: parties.named(&row.name), bond: Bond::Declared(row.kind) };
        all.entry(row.expert).or_default().ties.push(tie);
    }
    Ok(all)
}

/// What the services were about, by need.
fn about(conn: &mut Conn, services: &[PastService]) -> QueryResult<HashMap<NeedId, (NeedBrief, String)>> {
    let mut needs: Vec<NeedId> = services.iter().map(|service| service.need).collect();
    needs.sort_unstable();
    needs.dedup();
    let briefs = relation::briefs(conn, &needs)?;
    Ok(briefs.into_iter().map(|(need, enterprise)| (need.id, (need, enterprise))).collect())
}

/// What a service binds its expert to: the enterprise, and against the other side.
fn learn(ties: &mut Vec<Tie>, service: &PastService, need: &NeedBrief, enterprise: &str, parties: &mut Parties) {
    let last_on = beijing_date(service.created_at.and_utc());
    let stage = match service.state {
        AssignmentState::Offered => Stage::Offered,
        AssignmentState::Accepted => Stage::Serving,
        _ => Stage::Done,
    };
    let opposing = parties.listed(need.opposing_party.as_deref());
    for party in &opposing {
        ties.push(Tie { party: Arc::clone(party), bond: Bond::ServedAgainst { last_on, stage } });
    }
    let against = if stage == Stage::Done { Vec::new() } else { opposing };
    ties.push(Tie { party: parties.named(enterprise), bond: Bond::Served { last_on, stage, against } });
}

/// The conflicts of one expert for a need, decided on rows at this moment.
///
/// # Errors
/// What the database says.
pub fn conflict_now(
    conn: &mut Conn,
    need: &NeedProfile,
    need_text: &str,
    expert: &db::expert::ExpertRow,
    now: DateTime<Utc>,
) -> QueryResult<Conflicts> {
    let ties = read(conn, Some(expert.id), now)?.remove(&expert.id).unwrap_or_default().ties;
    let mut found = conflict_of(need, &ties);
    if expert.firm_type == crate::domain::expert::FirmType::Authority {
        found.join(Department::of(&expert.firm).conflict(&firm::folded(need_text)));
    }
    let own = FirmName::parse(&expert.firm);
    if own.is_nothing() {
        return Ok(found);
    }
    let mut serving = relation::served_now_by_firm(conn, &own.key_beginning(), expert.id)?;
    serving.retain(|(_, firm)| own.compare(&FirmName::parse(firm)) == FirmMatch::Sure);
    let serving: Vec<PastService> = serving.into_iter().map(|(service, _)| service).collect();
    let about = about(conn, &serving)?;
    let mut parties = Parties::default();
    for service in &serving {
        let Some((other, enterprise)) = about.get(&service.need) else { continue };
        let mut ties = Vec::new();
        learn(&mut ties, service, other, enterprise, &mut parties);
        for tie in &ties {
            found.add(conflict_of_firm(need, tie));
        }
    }
    Ok(found)
}

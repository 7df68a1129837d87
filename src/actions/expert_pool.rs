//! The pool of experts in memory: what matching ranks, kept current by the change log.
//!
//! Memory ranks; whoever is offered is decided again on database rows inside the offer's transaction, through
//! [`candidate_now`], which reads the same rows the same way. Figures of the last 90 days and 12 months roll with the
//! Beijing date: whom a new day is another for is read anew when the day changes, and everybody when the month does, or with
//! the day where a thread of its own sees to it ([`Office::renew_pool`](super::Office::renew_pool)).

mod history;
mod workbench;

pub use workbench::Workbench;

use super::expert_past::{self, ExpertPast};
use crate::db::{self, Conn};
use crate::domain::calendar::beijing_date;
use crate::domain::catalogue;
use crate::domain::document;
use crate::domain::expert::FirmType;
use crate::domain::firm::FirmName;
use crate::domain::licence::{LicenceRules, Licensed};
use crate::domain::matching::{
    Candidate, Department, IndustrySet, LanguageSet, LeaveDays, ModeSet, Names, PastServices, Qualified, RegionIx,
    Roster, ServiceSet, Tie, Weights,
};
use crate::domain::place::Point;
use crate::domain::region;
use crate::ids::ExpertId;
use crate::search::Affinity;
use crate::search::affinity::TextsRead;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use db::expert::{ExpertRow, LeaveRow, QualificationRow};
use diesel::QueryResult;
use history::{Histories, History};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// What a page says of an expert beside the score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpertBrief {
    /// Who.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// Region code.
    pub region: String,
    /// Years of practice.
    pub years: i32,
    /// Kinds of qualification on file.
    pub qualifications: Vec<String>,
}

/// Everybody on the register, ready to be ranked. Read by many at once; what changed is read from the database beside it
/// ([`ExpertPool::changes`]) and put in at one stroke ([`ExpertPool::apply`]), one expert's rows at a time, never the whole.
pub struct ExpertPool {
    /// The candidates by slot.
    pub roster: Roster,
    /// What pages say of them, slot by slot.
    pub briefs: Vec<Arc<ExpertBrief>>,
    /// What everybody did in the last three years, by what it was about.
    pub past: PastServices,
    /// What binds everybody to parties, slot by slot.
    pub ties: Vec<Vec<Tie>>,
    /// Who is bound to whom, by name.
    pub tied: Names,
    /// Officials, by slot: their own department is no matter for them.
    pub officials: Vec<(usize, Department)>,
    /// The weights in force.
    pub weights: Weights,
    /// Which service items ask for which licence, by the policy in force.
    pub licences: LicenceRules,
    /// Whose texts fit a need's text; its slots are the pool's.
    pub affinity: Affinity,
    /// The industries' names by their interned number.
    pub industries: Arc<Vec<String>>,
    /// Needs' texts read lately.
    pub texts: TextsRead,
    workbenches: Mutex<Vec<Workbench>>,
    watermark: i64,
    read_on: NaiveDate,
}

/// What changed since a pool was read.
pub enum PoolChanges {
    /// These experts, the weights and what service items ask for, up to this place in the change log and as of that day.
    Some(Vec<Fresh>, Box<(Weights, LicenceRules)>, i64, NaiveDate),
    /// So much, or another month: a whole new pool.
    All(Box<ExpertPool>),
}

/// One expert's rows, read anew.
pub struct Fresh {
    row: ExpertRow,
    qualifications: Vec<QualificationRow>,
    leaves: Vec<LeaveRow>,
    history: History,
    past: ExpertPast,
}

impl ExpertPool {
    /// Reads everybody.
    ///
    /// # Errors
    /// What the database says.
    pub fn load(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Self> {
        Self::load_as_known(conn, now, now)
    }

    /// The same, of whose past services only those asked for before `known_at` count as experience: what a replay of the
    /// past begins with.
    ///
    /// # Errors
    /// What the database says.
    pub fn load_as_known(conn: &mut Conn, now: DateTime<Utc>, known_at: DateTime<Utc>) -> QueryResult<Self> {
        let watermark = db::changes::end(conn)?;
        let experts = db::expert::all(conn)?;
        let mut pool = Self::empty(experts.len(), watermark, now);
        pool.weights = super::set_ranking::in_force(conn)?;
        pool.licences = super::set_policy::licences_in_force(conn)?;
        let mut facts = Histories::read(conn, None, now)?;
        let mut past = expert_past::read_as_known(conn, None, now, known_at)?;
        let mut qualifications: HashMap<ExpertId, Vec<QualificationRow>> = HashMap::new();
        for row in db::expert::all_qualifications(conn)? {
            qualifications.entry(row.expert).or_default().push(row);
        }
        let mut leaves: HashMap<ExpertId, Vec<LeaveRow>> = HashMap::new();
        for row in db::expert::leaves_from(conn, beijing_date(now))? {
            leaves.entry(row.expert).or_default().push(row);
        }
        let texts: Vec<(ExpertId, String)> = experts.iter().map(|row| (row.id, profile_text(row))).collect();
        pool.affinity = Affinity::build(texts.iter().map(|(id, text)| (*id, text.as_str())));
        for row in experts {
            pool.put(Fresh {
                qualifications: qualifications.remove(&row.id).unwrap_or_default(),
                leaves: leaves.remove(&row.id).unwrap_or_default(),
                history: facts.take(row.id),
                past: past.remove(&row.id).unwrap_or_default(),
                row,
            });
        }
        Ok(pool)
    }

    /// The pool of records that stand in no database and have no past: what judged collections are ranked with.
    #[must_use]
    pub fn of_records(records: &[(ExpertRow, Vec<QualificationRow>, Vec<LeaveRow>)], now: DateTime<Utc>) -> Self {
        let mut pool = Self::empty(records.len(), 0, now);
        for (row, qualifications, leaves) in records {
            let (row, qualifications, leaves) = (row.clone(), qualifications.clone(), leaves.clone());
            let (history, past) = (History::default(), ExpertPast::default());
            pool.put(Fresh { row, qualifications, leaves, history, past });
        }
        pool
    }

    fn empty(count: usize, watermark: i64, now: DateTime<Utc>) -> Self {
        Self {
            roster: Roster::with_capacity(count),
            briefs: Vec::with_capacity(count),
            past: PastServices::default(),
            ties: Vec::with_capacity(count),
            tied: Names::default(),
            officials: Vec::new(),
            weights: Weights::SHIPPED,
            licences: LicenceRules::default(),
            affinity: Affinity::default(),
            industries: Arc::new(region::industries().into_iter().map(str::to_owned).collect()),
            texts: TextsRead::default(),
            workbenches: Mutex::default(),
            watermark,
            read_on: beijing_date(now),
        }
    }

    /// Whether it was read on that day.
    #[must_use]
    pub fn is_of(&self, now: DateTime<Utc>) -> bool {
        beijing_date(now) == self.read_on
    }

    /// Reads what changed since; nothing when nothing did. When the day changed and `by_day` says that it is to be minded
    /// here, also whom the new day is another for; when the month did, everybody.
    ///
    /// # Errors
    /// What the database says.
    pub fn changes(&self, conn: &mut Conn, now: DateTime<Utc>, by_day: bool) -> QueryResult<Option<PoolChanges>> {
        let all = |conn: &mut Conn| Ok(Some(PoolChanges::All(Box::new(Self::load(conn, now)?))));
        let today = beijing_date(now);
        let new_day = by_day && !self.is_of(now);
        // Within a month a new day is another for few; figures of months, and a clock set back, are read whole.
        if new_day && !(self.read_on < today && self.read_on.with_day(1) == today.with_day(1)) {
            return all(conn);
        }
        let Some((changes, watermark)) = db::changes::since(conn, self.watermark)? else { return all(conn) };
        let mut ids: Vec<ExpertId> = changes
            .iter()
            .filter(|change| change.entity == "expert")
            .filter_map(|change| change.entity_id.parse().ok())
            .collect();
        if new_day {
            ids.extend(history::rolled(conn, self.read_on, today)?);
            ids.extend(expert_past::rolled(conn, self.read_on, now)?);
        }
        ids.sort_unstable();
        ids.dedup();
        if ids.len() > 500 {
            return all(conn);
        }
        let is_set = |entity: &str| changes.iter().any(|change| change.entity == entity);
        let (ranking_set, policy_set) = (is_set("ranking"), is_set("policy"));
        // On PostgreSQL what has just been changed is seen before the watermark moves.
        if ids.is_empty() && watermark == self.watermark && !(new_day || ranking_set || policy_set) {
            return Ok(None);
        }
        let mut fresh = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(row) = db::expert::find(conn, &id)? {
                let (qualifications, leaves, history) = rows_of(conn, id, now)?;
                let past = expert_past::read(conn, Some(id), now)?.remove(&id).unwrap_or_default();
                fresh.push(Fresh { row, qualifications, leaves, history, past });
            }
        }
        let weights = if ranking_set { super::set_ranking::in_force(conn)? } else { self.weights };
        let licences = if policy_set { super::set_policy::licences_in_force(conn)? } else { self.licences.clone() };
        let read_on = if new_day { today } else { self.read_on };
        Ok(Some(PoolChanges::Some(fresh, Box::new((weights, licences)), watermark, read_on)))
    }

    /// Puts in what was read.
    pub fn apply(&mut self, changes: PoolChanges) {
        match changes {
            PoolChanges::All(pool) => *self = *pool,
            PoolChanges::Some(fresh, set, watermark, read_on) => {
                self.read_on = read_on;
                (self.weights, self.licences) = *set;
                for one in fresh {
                    self.put(one);
                }
                self.watermark = watermark;
            }
        }
    }

    /// Up to where the change log has been followed.
    #[must_use]
    pub const fn watermark(&self) -> i64 {
        self.watermark
    }

    /// The slot of an expert.
    #[must_use]
    pub fn slot(&self, id: ExpertId) -> Option<usize> {
        self.affinity.slot(id)
    }

    /// The industries as a set; names never heard before are left out.
    #[must_use]
    pub fn industry_set(&self, names: &[String]) -> IndustrySet {
        industry_set(&self.industries, names)
    }

    /// Nobody is ever taken out (a standing bars), so the affinity's slots are given in the order of the roster's.
    fn put(&mut self, Fresh { row, qualifications, leaves, history, past }: Fresh) {
        for name in row.industries.get() {
            if !self.industries.contains(&name) && self.industries.len() < IndustrySet::CAPACITY {
                Arc::make_mut(&mut self.industries).push(name);
            }
        }
        self.affinity.update(row.id, &profile_text(&row));
        let Some(slot) = self.affinity.slot(row.id) else { return };
        let brief = ExpertBrief {
            id: row.id,
            name: row.name.clone(),
            firm: row.firm.clone(),
            region: row.region.clone(),
            years: row.years,
            qualifications: qualifications.iter().map(|row| row.kind.clone()).collect(),
        };
        place_at(&mut self.briefs, slot, Arc::new(brief));
        self.past.put(slot, &past.tracks);
        for tie in self.ties.get(slot).into_iter().flatten() {
            self.tied.remove_firm(&tie.party, slot);
        }
        for tie in &past.ties {
            self.tied.add_firm(&tie.party, slot);
        }
        place_at(&mut self.ties, slot, past.ties);
        self.officials.retain(|(held, _)| *held != slot);
        if row.firm_type == FirmType::Authority {
            self.officials.push((slot, Department::of(&row.firm)));
        }
        self.roster.put(slot, candidate(&row, &qualifications, &leaves, history, &self.industries));
    }
}

/// Replaces what stands at a slot, or adds it as the next.
fn place_at<T>(list: &mut Vec<T>, slot: usize, value: T) {
    match list.get_mut(slot) {
        Some(held) => *held = value,
        None => list.push(value),
    }
}

/// The expert as matching sees him at this moment, from rows read through `conn` (inside the offer's transaction).
///
/// # Errors
/// What the database says.
pub fn candidate_now(conn: &mut Conn, id: ExpertId, now: DateTime<Utc>) -> QueryResult<Option<Candidate>> {
    let Some(row) = db::expert::find(conn, &id)? else { return Ok(None) };
    let (qualifications, leaves, history) = rows_of(conn, id, now)?;
    let industries: Vec<String> = region::industries().into_iter().map(str::to_owned).collect();
    Ok(Some(candidate(&row, &qualifications, &leaves, history, &industries)))
}

/// How many offers everybody has open, and got this month, on rows: the figures [`candidate_now`] tells of one expert, for
/// all at once. Whoever has neither is left out.
///
/// # Errors
/// What the database says.
pub fn offers_now(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<HashMap<ExpertId, (u16, u16)>> {
    history::offers(conn, now)
}

/// The services as a set.
#[must_use]
pub fn service_set(slugs: &[String]) -> ServiceSet {
    slugs.iter().filter_map(|slug| catalogue::position(slug)).collect()
}

/// The region's interned number.
#[must_use]
pub fn region_ix(code: &str) -> Option<RegionIx> {
    region::position(code).and_then(|place| u16::try_from(place).ok()).map(RegionIx)
}

/// A point, if both coordinates are there and on the map.
#[must_use]
pub fn point(lat: Option<f64>, lon: Option<f64>) -> Option<Point> {
    Point::new(lat?, lon?).ok()
}

fn industry_set(known: &[String], names: &[String]) -> IndustrySet {
    names.iter().filter_map(|name| known.iter().position(|other| other == name)).collect()
}

fn rows_of(
    conn: &mut Conn,
    id: ExpertId,
    now: DateTime<Utc>,
) -> QueryResult<(Vec<QualificationRow>, Vec<LeaveRow>, History)> {
    Ok((
        db::expert::qualifications_of(conn, id)?,
        db::expert::leaves_of(conn, id)?,
        Histories::read(conn, Some(id), now)?.take(id),
    ))
}

fn profile_text(row: &ExpertRow) -> String {
    // A firm's name says what it does: 商标代理, 资产评估, 律师事务所. The items ticked count by themselves; they are read as
    // text only of one who wrote nothing.
    let about = if row.bio.trim().is_empty() {
        let slugs = row.services.get();
        slugs.iter().filter_map(|slug| catalogue::by_slug(slug)).map(|item| item.zh).collect::<Vec<_>>().join(" ")
    } else {
        row.bio.clone()
    };
    format!("{about}\n{}\n{}", row.firm, row.industries.get().join(" "))
}

fn candidate(
    row: &ExpertRow,
    qualifications: &[QualificationRow],
    leaves: &[LeaveRow],
    history: History,
    industries: &[String],
) -> Candidate {
    let qualified = match document::last_day(qualifications.iter().map(QualificationRow::validity)) {
        None => Qualified::None,
        Some(None) => Qualified::NoExpiry,
        Some(Some(day)) => Qualified::Until(day),
    };
    let mut modes = ModeSet::default();
    for mode in row.modes.get() {
        modes = modes.with(mode);
    }
    let languages = row.languages.get();
    let place = point(row.lat, row.lon).or_else(|| {
        let centre = region::by_code(&row.region)?;
        point(Some(centre.lat), Some(centre.lon))
    });
    Candidate {
        id: row.id,
        name: row.name.clone(),
        firm: FirmName::parse(&row.firm),
        services: service_set(&row.services.get()),
        industries: industry_set(industries, &row.industries.get()),
        region: region_ix(&row.region),
        point: place,
        modes,
        languages: LanguageSet::from_codes(languages.iter().map(String::as_str)),
        max_distance_km: row.max_distance_km.and_then(|km| u16::try_from(km).ok()),
        served: history.served.iter().filter_map(|code| region_ix(code)).collect(),
        standing: row.standing,
        // Whoever waited long for the admission catches up from that day, not from the day of the application.
        active_since: Some(history.admitted_on.unwrap_or_else(|| beijing_date(row.created_at.and_utc()))),
        qualified,
        licensed: Licensed::of(qualifications.iter().map(|row| (row.kind.as_str(), row.validity()))),
        leaves: leaves.iter().map(|leave| LeaveDays { from: leave.from_on, to: leave.to_on }).collect(),
        open_offers: history.open,
        open_cap: u16::try_from(row.open_cap).unwrap_or(0),
        month_offers: history.month,
        monthly_cap: u16::try_from(row.monthly_cap).unwrap_or(0),
        booked: history.booked,
        weekly_hours: history.weekly_hours,
        given: history.given,
        taken_last_month: history.taken_last_month,
        load_90d: history.taken_90d,
        asked_90d: history.asked_90d,
        last_asked_at: history.last_asked_at,
        on_time: history.on_time,
        late: history.late,
        lapsed: history.lapsed,
        median_hours: nearest_rank_median_hours(history.minutes),
        rating_sum: history.rating_sum,
        rating_count: history.rating_count,
    }
}

fn nearest_rank_median_hours(mut minutes: Vec<i64>) -> Option<u16> {
    minutes.sort_unstable();
    let middle = minutes.len().checked_sub(1)? / 2;
    minutes.get(middle).map(|minutes| u16::try_from((minutes + 30) / 60).unwrap_or(u16::MAX))
}

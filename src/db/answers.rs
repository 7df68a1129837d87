//! What figures are counted from, read for a span of days: finished offers (`offer_facts`), the offers still open, and
//! the ratings (rules.md, "Figures").
//!
//! Contract: counting is `domain::figures::tally`'s; this file only reads, within a [`Scope`], by the index
//! `offer_facts_day`. Pages that are asked for often go through `actions::answer_book`, which keeps whole days in memory
//! and reads them here. The cases behind a figure are in [`super::cases`]. Deliberately absent: any `now()`.

use super::JsonText;
use super::conn::{Backend, Conn};
use super::schema::{assignments, experts, needs, offer_fact_services, offer_facts, ratings, regions, stations};
use crate::domain::assignment::{AnswerKind, DeclineReason, OfferOutcome};
use crate::domain::calendar::{beijing_date, day_after, start_of_day};
use crate::domain::catalogue;
use crate::domain::feedback::RatingChannel;
use crate::domain::figures::{By, Fact, Figures, Names, month_text, tally};
use crate::domain::role::Scope;
use crate::ids::{AssignmentId, RatingId};
use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashMap;

/// One rating, as the board counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rated {
    /// Tells ratings apart.
    pub id: u64,
    /// The Beijing date it was given.
    pub day: NaiveDate,
    /// The need's region, a place of [`Names`].
    pub region: u32,
    /// The need's station, a place of [`Names`].
    pub station: u32,
    /// Whether it was given by phone (回访), which is reported apart from links.
    pub by_phone: bool,
    /// One to five.
    pub score: u8,
}

/// One row of a table of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersRow {
    /// Id, code, slug, name of the firm, or month (`2026-05`).
    pub key: String,
    /// What people call it, in Chinese.
    pub label: String,
    /// The same in English, where there is an English name.
    pub label_en: String,
    /// Its figures.
    pub figures: Figures,
}

/// A table of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswersTable {
    /// Months in order; everything else by offers, most first, then by key.
    pub rows: Vec<AnswersRow>,
    /// Every offer once.
    pub total: Figures,
}

/// The figures of the offers told of from `from` to `to` (Beijing dates, both counted), row by row.
///
/// # Errors
/// What the database says.
pub fn table(conn: &mut Conn, scope: &Scope, from: NaiveDate, to: NaiveDate, by: By) -> QueryResult<AnswersTable> {
    let mut names = Names::default();
    let mut facts = finished(conn, &mut names, from, to, by == By::Service)?;
    facts.extend(open(conn, &mut names, from, to)?);
    let seen = Seen::of(scope, &names);
    let (rows, total) = tally(facts.iter().filter(|fact| seen.fact(fact)), by);
    let keys = rows.iter().map(|(place, _)| key_text(&names, by, *place)).collect::<Vec<_>>();
    let labels = labels(conn, by, &keys)?;
    Ok(AnswersTable { rows: worded(keys, rows.into_iter().map(|(_, figures)| figures), &labels, by), total })
}

/// Rows with their names, in the order of [`AnswersTable::rows`].
#[must_use]
pub fn worded(
    keys: Vec<String>,
    figures: impl Iterator<Item = Figures>,
    labels: &HashMap<String, (String, String)>,
    by: By,
) -> Vec<AnswersRow> {
    let mut rows: Vec<AnswersRow> = keys
        .into_iter()
        .zip(figures)
        .map(|(key, figures)| {
            let (label, label_en) = labels.get(&key).cloned().unwrap_or_else(|| (key.clone(), key.clone()));
            AnswersRow { key, label, label_en, figures }
        })
        .collect();
    if by != By::Month {
        rows.sort_by(|a, b| b.figures.offered.cmp(&a.figures.offered).then_with(|| a.key.cmp(&b.key)));
    }
    rows
}

/// The text of a key that [`tally`] counted by.
#[must_use]
pub fn key_text(names: &Names, by: By, place: u32) -> String {
    match by {
        By::Expert => names.experts.text(place).to_owned(),
        By::Firm => names.firms.text(place).to_owned(),
        By::Region => names.regions.text(place).to_owned(),
        By::Station => names.stations.text(place).to_owned(),
        By::Month => month_text(place),
        By::Service => catalogue::CATALOGUE.get(place as usize).map_or("", |item| item.slug).to_owned(),
    }
}

/// Above so many keys the whole list of names is read instead of each.
const MANY_KEYS: usize = 1_000;

/// What people call these keys: Chinese and English.
///
/// # Errors
/// What the database says.
pub fn labels(conn: &mut Conn, by: By, keys: &[String]) -> QueryResult<HashMap<String, (String, String)>> {
    let twice = |(key, name): (String, String)| (key, (name.clone(), name));
    Ok(match by {
        By::Expert if keys.len() > MANY_KEYS => {
            experts::table.select((experts::id, experts::name)).load(conn)?.into_iter().map(twice).collect()
        }
        By::Expert => {
            let query = experts::table.filter(experts::id.eq_any(keys)).select((experts::id, experts::name));
            query.load(conn)?.into_iter().map(twice).collect()
        }
        By::Station if keys.len() > MANY_KEYS => {
            stations::table.select((stations::id, stations::name)).load(conn)?.into_iter().map(twice).collect()
        }
        By::Station => {
            let query = stations::table.filter(stations::id.eq_any(keys)).select((stations::id, stations::name));
            query.load(conn)?.into_iter().map(twice).collect()
        }
        By::Region => {
            let rows: Vec<(String, String, String)> =
                regions::table.select((regions::code, regions::name, regions::name_en)).load(conn)?;
            rows.into_iter().map(|(code, zh, en)| (code, (zh, en))).collect()
        }
        By::Service => catalogue::CATALOGUE
            .iter()
            .map(|item| (item.slug.to_owned(), (item.zh.to_owned(), item.en.to_owned())))
            .collect(),
        By::Firm | By::Month => HashMap::new(),
    })
}

/// Which facts a scope sees, decided once for all of them.
#[derive(Debug)]
pub struct Seen {
    regions: Option<Vec<u32>>,
    station: Option<u32>,
}

impl Seen {
    /// What the scope sees of what has been read into `names`.
    #[must_use]
    pub fn of(scope: &Scope, names: &Names) -> Self {
        match scope {
            Scope::Everything => Self { regions: None, station: None },
            Scope::Regions(codes) => Self {
                regions: Some(codes.iter().filter_map(|code| names.regions.find(code)).collect()),
                station: None,
            },
            // A station nothing was read of is seen by a place that nothing has.
            Scope::Station(own) => {
                Self { regions: None, station: Some(names.stations.find(own.as_str()).unwrap_or(u32::MAX)) }
            }
        }
    }

    /// Whether an offer is seen.
    #[must_use]
    pub fn fact(&self, fact: &Fact) -> bool {
        self.place(fact.region, fact.station)
    }

    /// Whether something of a region and a station is seen.
    #[must_use]
    pub fn place(&self, region: u32, station: u32) -> bool {
        self.regions.as_ref().is_none_or(|regions| regions.contains(&region))
            && self.station.is_none_or(|own| own == station)
    }
}

type FactColumns = (
    NaiveDate,
    OfferOutcome,
    Option<AnswerKind>,
    Option<DeclineReason>,
    bool,
    Option<i64>,
    String,
    String,
    String,
    String,
    String,
    String,
);

/// The finished offers of everybody, told of from `from` to `to`, by day; their service items only if asked for, which
/// takes several times as long.
///
/// # Errors
/// What the database says.
pub fn finished(
    conn: &mut Conn,
    names: &mut Names,
    from: NaiveDate,
    to: NaiveDate,
    with_services: bool,
) -> QueryResult<Vec<Fact>> {
    let columns = (
        offer_facts::notified_on,
        offer_facts::outcome,
        offer_facts::answer,
        offer_facts::decline_reason,
        offer_facts::by_staff,
        offer_facts::minutes,
        offer_facts::region,
        offer_facts::station,
        offer_facts::expert,
        offer_facts::firm,
        offer_facts::need,
        offer_facts::enterprise,
    );
    let days = offer_facts::table
        .filter(offer_facts::notified_on.between(from, to))
        .order((offer_facts::notified_on, offer_facts::outcome));
    if !with_services {
        let rows: Vec<FactColumns> = days.select(columns).load(conn)?;
        return Ok(rows.iter().map(|row| fact(names, row)).collect());
    }
    let rows: Vec<(AssignmentId, FactColumns)> = days.select((offer_facts::assignment, columns)).load(conn)?;
    let mut bits: HashMap<AssignmentId, u32> = HashMap::with_capacity(rows.len());
    let items: Vec<(AssignmentId, String)> = offer_facts::table
        .inner_join(offer_fact_services::table.on(offer_fact_services::assignment.eq(offer_facts::assignment)))
        .filter(offer_facts::notified_on.between(from, to))
        .select((offer_facts::assignment, offer_fact_services::service))
        .load(conn)?;
    for (assignment, slug) in items {
        *bits.entry(assignment).or_default() |= bit(&slug);
    }
    Ok(rows
        .iter()
        .map(|(assignment, row)| {
            let services = bits.get(assignment).copied().unwrap_or_default();
            Fact { services, ..fact(names, row) }
        })
        .collect())
}

fn fact(names: &mut Names, row: &FactColumns) -> Fact {
    let (day, outcome, answer, decline_reason, by_staff, minutes, region, station, expert, firm, need, enterprise) =
        row;
    Fact {
        day: *day,
        outcome: Some(*outcome),
        answer: *answer,
        decline_reason: *decline_reason,
        by_staff: *by_staff,
        minutes: minutes.map(|minutes| u32::try_from(minutes).unwrap_or(0)),
        region: names.regions.place(region),
        station: names.stations.place(station),
        expert: names.experts.place(expert),
        firm: names.firms.place(firm),
        enterprise: names.enterprises.place(enterprise),
        need: random_half(need),
        services: 0,
    }
}

fn bit(slug: &str) -> u32 {
    catalogue::position(slug).and_then(|place| 1_u32.checked_shl(u32::try_from(place).unwrap_or(u32::MAX))).unwrap_or(0)
}

/// The last sixteen hexadecimal digits of an id, which in a `UUIDv7` are the random ones.
fn random_half(id: &str) -> u64 {
    id.chars().filter_map(|c| c.to_digit(16)).fold(0_u64, |sum, digit| sum << 4 | u64::from(digit))
}

/// The offers that are open, not yet due and not yet answered, told of from `from` to `to`. There are few of them
/// whatever the age of the office.
///
/// # Errors
/// What the database says.
pub fn open(conn: &mut Conn, names: &mut Names, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<Fact>> {
    type Columns = (Option<NaiveDateTime>, String, String, String, String, String, String, JsonText<Vec<String>>);
    let rows: Vec<Columns> = assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .inner_join(experts::table.on(experts::id.eq(assignments::expert)))
        // In so many words, so that both databases see that the partial index fits.
        .filter(sql::<Bool>("assignments.state = 'offered'"))
        .filter(assignments::notified_at.ge(start_of_day(from).naive_utc()))
        .filter(assignments::notified_at.lt(start_of_day(day_after(to)).naive_utc()))
        .filter(assignments::first_answer.is_null())
        .select((
            assignments::notified_at,
            needs::region,
            needs::station,
            assignments::expert,
            experts::firm,
            assignments::need,
            needs::enterprise,
            needs::services,
        ))
        .load(conn)?;
    let mut facts = Vec::with_capacity(rows.len());
    for (notified_at, region, station, expert, firm, need, enterprise, services) in rows {
        let Some(notified_at) = notified_at else { continue };
        facts.push(Fact {
            day: beijing_date(notified_at.and_utc()),
            outcome: None,
            answer: None,
            decline_reason: None,
            by_staff: false,
            minutes: None,
            region: names.regions.place(&region),
            station: names.stations.place(&station),
            expert: names.experts.place(&expert),
            firm: names.firms.place(&firm),
            enterprise: names.enterprises.place(&enterprise),
            need: random_half(&need),
            services: services.get().iter().fold(0, |bits, slug| bits | bit(slug)),
        });
    }
    Ok(facts)
}

type RatingColumns = (RatingId, NaiveDateTime, RatingChannel, i32, String, String);

/// The ratings given from `from` to `to`, Beijing dates, both counted. No index leads to them, so whoever asks often
/// keeps them and adds those that come in by [`ratings_by_id`].
///
/// # Errors
/// What the database says.
pub fn rated(conn: &mut Conn, names: &mut Names, from: NaiveDate, to: NaiveDate) -> QueryResult<Vec<Rated>> {
    let rows: Vec<RatingColumns> = ratings::table
        .inner_join(needs::table.on(needs::id.eq(ratings::need)))
        .filter(ratings::created_at.ge(start_of_day(from).naive_utc()))
        .filter(ratings::created_at.lt(start_of_day(day_after(to)).naive_utc()))
        .select((ratings::id, ratings::created_at, ratings::channel, ratings::score, needs::region, needs::station))
        .load(conn)?;
    Ok(rows.into_iter().map(|row| one_rating(names, row)).collect())
}

/// The ratings of those ids.
///
/// # Errors
/// What the database says.
pub fn ratings_by_id(conn: &mut Conn, names: &mut Names, ids: &[RatingId]) -> QueryResult<Vec<Rated>> {
    let rows: Vec<RatingColumns> = ratings::table
        .inner_join(needs::table.on(needs::id.eq(ratings::need)))
        .filter(ratings::id.eq_any(ids))
        .select((ratings::id, ratings::created_at, ratings::channel, ratings::score, needs::region, needs::station))
        .load(conn)?;
    Ok(rows.into_iter().map(|row| one_rating(names, row)).collect())
}

fn one_rating(names: &mut Names, (id, at, channel, score, region, station): RatingColumns) -> Rated {
    Rated {
        id: random_half(id.as_str()),
        day: beijing_date(at.and_utc()),
        region: names.regions.place(&region),
        station: names.stations.place(&station),
        by_phone: channel == RatingChannel::Phone,
        score: u8::try_from(score).unwrap_or(0),
    }
}

/// How many experts can be asked at all (standing 在册) within a scope; a station sees everybody's.
///
/// # Errors
/// What the database says.
pub fn experts_on_register(conn: &mut Conn, scope: &Scope) -> QueryResult<i64> {
    let mut query = experts::table.filter(experts::standing.eq("active")).into_boxed::<Backend>();
    if let Scope::Regions(codes) = scope {
        query = query.filter(experts::region.eq_any(codes));
    }
    query.count().get_result(conn)
}

//! The one face of searching for pages and calls: the index, and the database while there is none.
//!
//! Contract: what is found lies within the account's scope, twice over: the index filters by it, and the rows are asked
//! again before they are shown, for the index may be a moment behind. A search never fails for want of an index; the
//! caller says so on the page. Deliberately absent: how a hit looks.

use super::call::Call;
use super::error::WebError;
use crate::db;
use crate::db::enterprise::EnterpriseRow;
use crate::db::expert::ExpertRow;
use crate::db::indexed::FeedbackText;
use crate::db::need::NeedRow;
use crate::db::without_index::{self, Wanted};
use crate::domain::role::Scope;
use crate::ids::EnterpriseId;
use crate::ids::ExpertId;
use crate::ids::FeedbackId;
use crate::ids::NeedId;
use crate::search::{FacetCounts, Hit, IndexFault, Kind, SearchQuery};
use chrono::{DateTime, Utc};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::str::FromStr;

/// How far a search may be paged: what comes after is better asked for with more words.
pub const DEEPEST: usize = 100_000;

/// What was found.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    /// Best first.
    pub hits: Vec<Hit>,
    /// How many match in all; unknown without the index.
    pub total: Option<usize>,
    /// Whether there are more after these.
    pub more: bool,
    /// Counts; empty without the index.
    pub facets: FacetCounts,
    /// What to mark.
    pub highlights: Vec<String>,
    /// Whether the database stood in.
    pub without_index: bool,
}

impl Findings {
    /// The ids of one kind, in order.
    #[must_use]
    pub fn ids<T: FromStr>(&self, kind: Kind) -> Vec<T> {
        self.hits.iter().filter(|hit| hit.kind == kind).filter_map(|hit| hit.id.parse().ok()).collect()
    }
}

/// A search within the account's scope.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::SignInFirst`].
pub fn query(call: &Call, text: &str) -> Result<SearchQuery, WebError> {
    Ok(SearchQuery::new(text, call.scope()?.clone(), call.now.timestamp_micros()))
}

/// The stations of a scope of regions: of those that served an enterprise the query may name these. Read only where the
/// query asks by station.
fn stations_known(call: &Call, query: &SearchQuery) -> Result<BTreeSet<String>, WebError> {
    let mut known = BTreeSet::new();
    if let (Scope::Regions(codes), true) = (&query.scope, query.facets || query.station.is_some()) {
        let mut reader = call.office.read()?;
        for code in codes {
            let here = db::listing::stations_in(&mut reader, code)?;
            known.extend(here.into_iter().map(|(id, ..)| id.to_string()));
        }
    }
    Ok(known)
}

/// Finds. Whether the result counts stands in the query.
///
/// # Errors
/// A fault when neither index nor database can be read.
pub fn find(call: &Call, query: &SearchQuery) -> Result<Findings, WebError> {
    call.office.freshen_index();
    let limit = if query.limit == 0 { 0 } else { query.limit + 1 };
    let asked = SearchQuery { limit, stations_known: stations_known(call, query)?, ..query.clone() };
    match call.office.index.search(&asked) {
        Ok(mut found) => {
            let more = query.limit > 0 && found.hits.len() > query.limit;
            found.hits.truncate(query.limit);
            Ok(Findings {
                hits: found.hits,
                total: query.counted.then_some(found.total),
                more,
                facets: found.facets,
                highlights: found.highlights,
                without_index: false,
            })
        }
        Err(fault) => {
            if !matches!(fault, IndexFault::Absent) {
                tracing::warn!(%fault, request_id = %call.request_id, "the index did not answer; the database stands in");
            }
            by_database(call, query)
        }
    }
}

fn by_database(call: &Call, query: &SearchQuery) -> Result<Findings, WebError> {
    let limit = query.limit + 1;
    let at = |micros: Option<i64>| micros.and_then(DateTime::<Utc>::from_timestamp_micros).map(|at| at.naive_utc());
    let wanted = Wanted {
        text: query.text.trim().to_owned(),
        region: query.region.clone(),
        state: query.state.as_deref().and_then(|word| word.parse().ok()),
        standing: query.state.as_deref().and_then(|word| word.parse().ok()),
        by_state: query.state.is_some(),
        service: query.service.clone(),
        industry: query.industry.clone(),
        station: query.station.as_deref().and_then(|id| id.parse().ok()),
        enterprise: query.enterprise.as_deref().and_then(|id| id.parse().ok()),
        from: at(query.from),
        to: at(query.to),
        offset: i64::try_from(query.offset).unwrap_or(i64::MAX),
        limit: i64::try_from(limit).unwrap_or(i64::MAX),
    };
    // Of several kinds together the place counts over all of them.
    let (skip, limit) = if query.kind.is_some() { (0, limit) } else { (query.offset, query.offset + limit) };
    let wanted = if query.kind.is_some() {
        wanted
    } else {
        Wanted { offset: 0, limit: i64::try_from(limit).unwrap_or(i64::MAX), ..wanted }
    };
    let mut reader = call.office.read()?;
    let mut hits: Vec<Hit> = Vec::new();
    for kind in Kind::ALL.into_iter().filter(|kind| query.kind.is_none_or(|only| only == *kind)) {
        if hits.len() >= limit {
            break;
        }
        let ids: Vec<String> = match kind {
            Kind::Need => texts(without_index::needs(&mut reader, &query.scope, &wanted)?),
            Kind::Feedback => texts(without_index::feedback(&mut reader, &query.scope, &wanted)?),
            Kind::Expert => texts(without_index::experts(&mut reader, &wanted)?),
            Kind::Enterprise => texts(without_index::enterprises(&mut reader, &query.scope, &wanted)?),
        };
        hits.extend(ids.into_iter().map(|id| Hit { kind, id }));
    }
    hits.drain(..skip.min(hits.len()));
    let more = hits.len() > query.limit;
    hits.truncate(query.limit);
    let highlights = if wanted.text.is_empty() { Vec::new() } else { vec![wanted.text] };
    Ok(Findings { hits, total: None, more, facets: FacetCounts::default(), highlights, without_index: true })
}

fn texts<T: ToString>(ids: Vec<T>) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}

/// Rows in the order of the ids they were found by.
fn in_order<I: Copy + Eq + Hash, R>(ids: &[I], rows: Vec<R>, id_of: impl Fn(&R) -> I) -> Vec<R> {
    let mut by_id: HashMap<I, R> = rows.into_iter().map(|row| (id_of(&row), row)).collect();
    ids.iter().filter_map(|id| by_id.remove(id)).collect()
}

/// The needs found, in order.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn needs(call: &Call, found: &Findings) -> Result<Vec<NeedRow>, WebError> {
    let ids: Vec<NeedId> = found.ids(Kind::Need);
    let rows = db::need::by_ids(&mut *call.office.read()?, &ids)?;
    let scope = call.scope()?;
    Ok(in_order(&ids, rows, |row| row.id).into_iter().filter(|row| scope.covers(&row.region, row.station)).collect())
}

/// The experts found, in order.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn experts(call: &Call, found: &Findings) -> Result<Vec<ExpertRow>, WebError> {
    let ids: Vec<ExpertId> = found.ids(Kind::Expert);
    Ok(in_order(&ids, db::expert::by_ids(&mut *call.office.read()?, &ids)?, |row| row.id))
}

/// The feedback found with the needs it belongs to, in order.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn feedback(call: &Call, found: &Findings) -> Result<Vec<(FeedbackText, NeedRow)>, WebError> {
    let ids: Vec<FeedbackId> = found.ids(Kind::Feedback);
    let mut reader = call.office.read()?;
    let texts = in_order(&ids, db::indexed::feedback_by_ids(&mut reader, &ids)?, |row| row.id);
    let of: Vec<NeedId> = texts.iter().map(|text| text.need).collect();
    let needs: HashMap<NeedId, NeedRow> =
        db::need::by_ids(&mut reader, &of)?.into_iter().map(|row| (row.id, row)).collect();
    let scope = call.scope()?;
    let mut told = Vec::with_capacity(texts.len());
    for text in texts {
        if let Some(need) = needs.get(&text.need).filter(|need| scope.covers(&need.region, need.station)) {
            told.push((text, need.clone()));
        }
    }
    Ok(told)
}

/// An enterprise, and how many needs of it the account may see.
pub type Served = (EnterpriseRow, usize);

/// The enterprises found, in order.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn enterprises(call: &Call, found: &Findings) -> Result<Vec<Served>, WebError> {
    let ids: Vec<EnterpriseId> = found.ids(Kind::Enterprise);
    let mut reader = call.office.read()?;
    let rows = in_order(&ids, db::enterprise::by_ids(&mut reader, &ids)?, |row| row.id);
    let scope = call.scope()?;
    let counts: HashMap<EnterpriseId, i64> =
        db::indexed::needs_counted(&mut reader, scope, &ids)?.into_iter().collect();
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let needs = usize::try_from(counts.get(&row.id).copied().unwrap_or(0)).unwrap_or(0);
        if *scope == Scope::Everything || scope.covers_region(&row.region) || needs > 0 {
            told.push((row, needs));
        }
    }
    Ok(told)
}

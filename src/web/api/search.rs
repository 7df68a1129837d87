//! `GET /api/v1/search`: needs, experts, enterprises and feedback by one question, with counts.

use super::need::by_place;
use super::paging;
use super::shape::{NeedName, utc};
use super::words;
use crate::domain::calendar::{day_after, start_of_day};
use crate::domain::need::NeedState;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::region;
use crate::domain::standing::Standing;
use crate::ids::EnterpriseId;
use crate::ids::StationId;
use crate::search::{self, FacetCounts, Kind, Piece, SearchQuery, marked, snippet};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::finding::{self, Findings};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use utoipa::{IntoParams, ToSchema};

/// How much of a text is told, in characters.
const TOLD: usize = 160;

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct SearchParams {
    /// Words in Chinese or English, a number whole or in part, a name or its pinyin. Without it: everything, newest first.
    #[serde(default)]
    pub q: Option<String>,
    /// `need`, `expert`, `enterprise` or `feedback`; all together without it.
    #[serde(default)]
    pub kind: Option<String>,
    /// In this state (of a need) or standing (of an expert).
    #[serde(default)]
    pub state: Option<String>,
    /// Of this region, by name or code.
    #[serde(default)]
    pub region: Option<String>,
    /// With this service item, by slug or name.
    #[serde(default)]
    pub service: Option<String>,
    /// With this industry, as it is written in the record.
    #[serde(default)]
    pub industry: Option<String>,
    /// Of this station.
    #[serde(default)]
    #[param(value_type = Option<StationId>)]
    pub station: Option<StationId>,
    /// Of this enterprise.
    #[serde(default)]
    #[param(value_type = Option<EnterpriseId>)]
    pub enterprise: Option<EnterpriseId>,
    /// Submitted, filed or registered on or after this Beijing date.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// On or before this Beijing date.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PieceShape {
    /// The piece.
    pub text: String,
    /// Whether it is what was looked for.
    pub found: bool,
}

/// One thing found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HitShape {
    /// `need`, `expert`, `enterprise` or `feedback`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// A need's number, an expert's number on file, an enterprise's 统一社会信用代码.
    pub number: Option<String>,
    /// Title or name.
    pub title: String,
    /// The same in pieces.
    pub title_pieces: Vec<PieceShape>,
    /// A few words of the text around what was found, in pieces.
    pub snippet: Vec<PieceShape>,
    /// State of the need, standing of the expert.
    pub state: Option<String>,
    /// Region by name.
    pub region: Option<String>,
    /// Of a feedback: its need.
    pub need: Option<NeedName>,
    /// When it was submitted, filed or registered.
    pub created_at: DateTime<Utc>,
}

/// Counts of what was found, by value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct FacetsShape {
    /// By kind, whichever kind was asked for; the others are of the kind asked for.
    pub kind: BTreeMap<String, usize>,
    /// By state of the need or standing of the expert.
    pub state: BTreeMap<String, usize>,
    /// By region code.
    pub region: BTreeMap<String, usize>,
    /// By service slug.
    pub service: BTreeMap<String, usize>,
    /// By station id.
    pub station: BTreeMap<String, usize>,
}

/// What was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FoundShape {
    /// Best first; newest first when nothing was typed.
    pub items: Vec<HitShape>,
    /// How many there are in all; `null` while the index is being built.
    pub total: Option<usize>,
    /// Counts; empty while the index is being built.
    pub facets: FacetsShape,
    /// Whether the database stood in: then only literal text of the newest is found.
    pub without_index: bool,
    /// Asks for what follows; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// `GET /api/v1/search`.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
#[utoipa::path(get, path = "/api/v1/search", operation_id = "search", tag = "search", params(SearchParams),
    responses((status = 200, description = "", body = FoundShape)))]
pub fn search(call: &Call) -> Answered {
    let asked: SearchParams = call.query()?;
    let limit = paging::limit(asked.limit, paging::USUAL, paging::MOST)?;
    if asked.from.zip(asked.to).is_some_and(|(from, to)| to < from) {
        return Err(Refusal::Invalid(vec![FieldProblem::new("to", "out-of-range")]).into());
    }
    let query = SearchQuery {
        kind: kind(asked.kind.as_deref())?,
        state: state(asked.state.as_deref())?,
        region: words::region_filter(asked.region.as_deref())?,
        service: words::service_filter(asked.service.as_deref())?,
        industry: asked.industry.clone(),
        station: asked.station.map(|id| id.to_string()),
        enterprise: asked.enterprise.map(|id| id.to_string()),
        from: asked.from.map(|day| start_of_day(day).timestamp_micros()),
        to: asked.to.map(|day| start_of_day(day_after(day)).timestamp_micros()),
        facets: true,
        ..finding::query(call, asked.q.as_deref().unwrap_or_default())?
    };
    let (found, next_cursor) = by_place(call, query, asked.cursor.as_deref(), limit)?;
    let items = hits(call, &found)?;
    let facets = shaped(found.facets);
    Answer::json(&FoundShape { items, total: found.total, facets, without_index: found.without_index, next_cursor })
}

fn unknown(field: &str, word: &str) -> Refusal {
    Refusal::Invalid(vec![FieldProblem::with(field, "not-known", word)])
}

fn kind(word: Option<&str>) -> Result<Option<Kind>, Refusal> {
    word.map(|word| Kind::named(word).ok_or_else(|| unknown("kind", word))).transpose()
}

fn state(word: Option<&str>) -> Result<Option<String>, Refusal> {
    let known = |word: &str| word.parse::<NeedState>().is_ok() || word.parse::<Standing>().is_ok();
    word.map(|word| if known(word) { Ok(word.to_owned()) } else { Err(unknown("state", word)) }).transpose()
}

fn shaped(facets: FacetCounts) -> FacetsShape {
    FacetsShape {
        kind: facets.kinds,
        state: facets.states,
        region: facets.regions,
        service: facets.services,
        station: facets.stations,
    }
}

fn pieces(pieces: Vec<Piece>) -> Vec<PieceShape> {
    pieces.into_iter().map(|piece| PieceShape { text: piece.text, found: piece.found }).collect()
}

/// The things found, in order, whatever their kinds.
fn hits(call: &Call, found: &Findings) -> Result<Vec<HitShape>, WebError> {
    let terms = &found.highlights;
    let region =
        |code: &str| Some(region::by_code(code).map_or_else(|| code.to_owned(), |found| found.name.to_owned()));
    let mut told: HashMap<(Kind, String), HitShape> = HashMap::new();
    for row in finding::needs(call, found)? {
        let hit = HitShape {
            number: Some(row.number),
            state: Some(row.state.as_str().to_owned()),
            region: region(&row.region),
            ..plain(Kind::Need, row.id.as_str(), &row.title, &row.description, row.created_at, terms)
        };
        told.insert((Kind::Need, row.id.to_string()), hit);
    }
    for (text, need) in finding::feedback(call, found)? {
        let hit = HitShape {
            state: Some(need.state.as_str().to_owned()),
            region: region(&need.region),
            need: Some(NeedName { id: need.id, number: need.number }),
            ..plain(Kind::Feedback, text.id.as_str(), &need.title, &text.done, text.filed_at, terms)
        };
        told.insert((Kind::Feedback, text.id.to_string()), hit);
    }
    for row in finding::experts(call, found)? {
        let hit = HitShape {
            number: row.filed_number,
            state: Some(row.standing.as_str().to_owned()),
            region: region(&row.region),
            ..plain(Kind::Expert, row.id.as_str(), &row.name, &row.bio, row.created_at, terms)
        };
        told.insert((Kind::Expert, row.id.to_string()), hit);
    }
    for (row, _) in finding::enterprises(call, found)? {
        let hit = HitShape {
            number: row.uscc,
            region: region(&row.region),
            ..plain(Kind::Enterprise, row.id.as_str(), &row.name, "", row.created_at, terms)
        };
        told.insert((Kind::Enterprise, row.id.to_string()), hit);
    }
    let key = |hit: &search::Hit| (hit.kind, hit.id.clone());
    Ok(found.hits.iter().filter_map(|hit| told.remove(&key(hit))).collect())
}

fn plain(kind: Kind, id: &str, title: &str, text: &str, created_at: NaiveDateTime, terms: &[String]) -> HitShape {
    HitShape {
        kind: kind.as_str(),
        id: id.to_owned(),
        number: None,
        title: title.to_owned(),
        title_pieces: pieces(marked(title, terms)),
        snippet: pieces(snippet(text, terms, TOLD)),
        state: None,
        region: None,
        need: None,
        created_at: utc(created_at),
    }
}

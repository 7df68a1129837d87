//! What a text seems to ask for, and which open needs it may be: read while it is being typed, changing nothing.

use super::shape::SimilarNeed;
use crate::actions::submit_need::{matter_of, open_needs_named};
use crate::domain::place::Point;
use crate::search::same_matter::Matter;
use crate::search::{self, Suggestion};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What to read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SuggestInput {
    /// Title on the first line, description after it.
    pub text: String,
    /// The enterprise's name, to be warned of its open needs like this.
    #[serde(default)]
    pub enterprise_name: Option<String>,
    /// Its 统一社会信用代码.
    #[serde(default)]
    pub uscc: Option<String>,
    /// The opposing party.
    #[serde(default)]
    pub opposing_party: Option<String>,
    /// The items asked for; those the text asks for when left out.
    #[serde(default)]
    pub services: Vec<String>,
}

/// A service item a text seems to ask for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedService {
    /// Slug of the catalogue.
    pub slug: String,
    /// How sure, 0 to 1.
    pub score: f64,
    /// The words of the text that led there, as typed, the weightiest first; given for the first five.
    pub words: Vec<String>,
}

/// A region a text names.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedPlace {
    /// Its code.
    pub code: String,
    /// The district or landmark named.
    pub name: String,
    /// Latitude, degrees, to about a kilometre.
    pub lat: Option<f64>,
    /// Longitude, degrees, to about a kilometre.
    pub lon: Option<f64>,
}

/// What a text seems to ask for.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestedItems {
    /// Best first.
    pub services: Vec<SuggestedService>,
    /// Names of industries, most likely first.
    pub industries: Vec<String>,
    /// The region the text names, itself or by a landmark.
    pub region: Option<SuggestedPlace>,
    /// Open needs of the enterprise that seem to be the same matter, within what the account may see.
    pub similar_open_needs: Vec<SimilarNeed>,
}

/// `POST /api/v1/needs/suggest`: reads a text and changes nothing.
///
/// # Errors
/// [`Refusal::Invalid`] for an empty or over-long text.
#[utoipa::path(post, path = "/api/v1/needs/suggest", operation_id = "suggest-services", tag = "needs", request_body = SuggestInput,
    responses((status = 200, description = "", body = SuggestedItems)))]
pub fn suggest(call: &Call) -> Answered {
    let input: SuggestInput = call.json()?;
    let mut problems = crate::domain::refusal::Problems::default();
    problems.text("text", &input.text, 10_000);
    problems.settle()?;
    let found = search::suggest(&input.text);
    let similar_open_needs = similar(call, &input, &found)?;
    let mut services = Vec::with_capacity(found.services.len());
    let mut words = found.words.into_iter();
    for (slug, score) in found.services {
        let words = words.next().unwrap_or_default();
        services.push(SuggestedService { slug, score: (f64::from(score) * 1000.0).round() / 1000.0, words });
    }
    let region = found.place.map(|place| SuggestedPlace {
        code: place.region.to_owned(),
        name: place.label.to_owned(),
        lat: place.point.map(Point::lat),
        lon: place.point.map(Point::lon),
    });
    Answer::json(&SuggestedItems { services, industries: found.industries, region, similar_open_needs })
}

fn similar(call: &Call, input: &SuggestInput, found: &Suggestion) -> Result<Vec<SimilarNeed>, WebError> {
    let name = input.enterprise_name.as_deref().unwrap_or_default().trim();
    let uscc = input.uscc.as_deref().unwrap_or_default().trim();
    if name.is_empty() && uscc.is_empty() {
        return Ok(Vec::new());
    }
    let mut services = input.services.clone();
    if services.is_empty() {
        services.extend(found.services.iter().take(found.likely()).map(|(slug, _)| slug.clone()));
    }
    let (title, description) = input.text.split_once('\n').unwrap_or((&input.text, ""));
    let own = Matter::read(title, description, &services, input.opposing_party.as_deref());
    let open = open_needs_named(&call.office, &call.actor()?, name, uscc)?;
    Ok(open
        .into_iter()
        .filter_map(|need| {
            let same = own.same_as(&matter_of(&need))?;
            Some(SimilarNeed { id: need.id, number: need.number, same_opponent: same.opponent, words: same.words })
        })
        .collect())
}

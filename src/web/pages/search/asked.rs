//! What was asked of the search page, and its address with something changed.

use crate::domain::calendar::{day_after, start_of_day};
use crate::domain::catalogue;
use crate::domain::need::NeedState;
use crate::domain::region;
use crate::domain::standing::Standing;
use crate::ids::EnterpriseId;
use crate::ids::StationId;
use crate::search::{Kind, SearchQuery};
use crate::web::call::Call;
use crate::web::error::WebError;
use crate::web::finding;
use chrono::NaiveDate;

/// The longest text that is taken, in characters.
const LONGEST: usize = 2_000;

/// What was asked for.
pub struct Asked {
    /// As typed.
    pub text: String,
    /// Only this kind.
    pub kind: Option<Kind>,
    /// Only this state or standing.
    pub state: Option<String>,
    /// Only this region's code.
    pub region: Option<String>,
    /// Only this service's slug.
    pub service: Option<String>,
    /// Only this station.
    pub station: Option<StationId>,
    /// Only this enterprise.
    pub enterprise: Option<EnterpriseId>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Asked {
    /// Reads the address.
    ///
    /// # Errors
    /// None that a visitor can cause.
    pub fn of(call: &Call) -> Result<Self, WebError> {
        let value = |name: &str| call.query_value(name);
        let day = |name: &str| value(name).and_then(|text| text.parse::<NaiveDate>().ok());
        let state = value("state").filter(|word| word.parse::<NeedState>().is_ok() || word.parse::<Standing>().is_ok());
        Ok(Self {
            text: value("q").unwrap_or_default().chars().take(LONGEST).collect(),
            kind: value("kind").and_then(|word| Kind::named(&word)),
            state,
            region: value("region").filter(|code| region::by_code(code).is_some()),
            service: value("service").filter(|slug| catalogue::by_slug(slug).is_some()),
            station: value("station").and_then(|id| id.parse().ok()),
            enterprise: value("enterprise").and_then(|id| id.parse().ok()),
            from: day("from"),
            to: day("to"),
        })
    }

    /// Whether nothing is asked for at all.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        self.text.is_empty() && self.kind.is_none() && self.kept().is_empty()
    }

    /// The search.
    ///
    /// # Errors
    /// [`crate::domain::refusal::Refusal::SignInFirst`].
    pub fn query(&self, call: &Call) -> Result<SearchQuery, WebError> {
        Ok(SearchQuery {
            kind: self.kind,
            state: self.state.clone(),
            region: self.region.clone(),
            service: self.service.clone(),
            station: self.station.map(|id| id.to_string()),
            enterprise: self.enterprise.map(|id| id.to_string()),
            from: self.from.map(|day| start_of_day(day).timestamp_micros()),
            to: self.to.map(|day| start_of_day(day_after(day)).timestamp_micros()),
            ..finding::query(call, &self.text)?
        })
    }

    fn pairs(&self) -> [(&'static str, String); 9] {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        [
            ("q", self.text.clone()),
            ("kind", self.kind.map_or_else(String::new, |kind| kind.as_str().to_owned())),
            ("state", self.state.clone().unwrap_or_default()),
            ("region", self.region.clone().unwrap_or_default()),
            ("service", self.service.clone().unwrap_or_default()),
            ("station", self.station.map(|id| id.to_string()).unwrap_or_default()),
            ("enterprise", self.enterprise.map(|id| id.to_string()).unwrap_or_default()),
            ("from", day(self.from)),
            ("to", day(self.to)),
        ]
    }

    /// The filters in force, for hidden fields of the form.
    #[must_use]
    pub fn kept(&self) -> Vec<(&'static str, String)> {
        self.pairs().into_iter().filter(|(name, value)| !["q", "kind"].contains(name) && !value.is_empty()).collect()
    }

    /// The page's address with these changed; an empty value leaves its name out. Always the first page.
    #[must_use]
    pub fn address(&self, changes: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.pairs() {
            let value = changes.iter().find(|(changed, _)| *changed == name).map_or(value.as_str(), |(_, to)| to);
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        for (name, value) in changes.iter().filter(|(name, _)| *name == "cursor") {
            query.append_pair(name, value);
        }
        let query = query.finish();
        if query.is_empty() { "/search".to_owned() } else { format!("/search?{query}") }
    }
}

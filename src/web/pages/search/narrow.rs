//! What the search can be narrowed by: kinds as tabs, filters as counted links, and the filters in force.

use super::asked::Asked;
use crate::db;
use crate::domain::catalogue;
use crate::domain::need::NeedState;
use crate::domain::region;
use crate::i18n::L;
use crate::ids::StationId;
use crate::search::{FacetCounts, Kind};
use crate::web::call::Call;
use crate::web::error::WebError;
use crate::web::finding::Findings;
use std::collections::HashMap;

/// The most values shown of one filter; the rest are rarer.
const MOST_VALUES: usize = 10;

/// One kind, as a tab.
pub struct Tab {
    /// Address.
    pub href: String,
    /// Name.
    pub name: String,
    /// How many; empty where that is not known.
    pub count: String,
    /// Whether it is shown.
    pub current: bool,
}

/// One value of a filter.
pub struct Value {
    /// Address.
    pub href: String,
    /// Name.
    pub name: String,
    /// How many.
    pub count: usize,
}

/// One filter.
pub struct Group {
    /// Name.
    pub name: String,
    /// Its values, commonest first.
    pub values: Vec<Value>,
}

/// A filter in force.
pub struct Chosen {
    /// The address without it.
    pub href: String,
    /// What it says.
    pub name: String,
}

/// The name of a kind.
#[must_use]
pub fn kind_name(l: L, kind: Kind) -> String {
    l.t(&format!("search-kind-{kind}"))
}

/// The icon of a kind.
#[must_use]
pub const fn kind_symbol(kind: Kind) -> &'static str {
    match kind {
        Kind::Need => "list",
        Kind::Expert => "user",
        Kind::Enterprise => "building",
        Kind::Feedback => "doc",
    }
}

/// The kinds, the shown one marked.
#[must_use]
pub fn tabs(l: L, asked: &Asked, counted: &Findings) -> Vec<Tab> {
    let count = |n: usize| if counted.without_index { String::new() } else { n.to_string() };
    let mut tabs = vec![Tab {
        href: asked.address(&[("kind", ""), ("state", "")]),
        name: l.t("search-kind-all"),
        count: count(counted.facets.all()),
        current: asked.kind.is_none(),
    }];
    for kind in Kind::ALL {
        tabs.push(Tab {
            // A state belongs to one kind.
            href: asked.address(&[("kind", kind.as_str()), ("state", "")]),
            name: kind_name(l, kind),
            count: count(counted.facets.of_kind(kind)),
            current: asked.kind == Some(kind),
        });
    }
    tabs
}

fn state_name(l: L, word: &str) -> String {
    let is_need = word.parse::<NeedState>().is_ok();
    l.t(&format!("{}-{word}", if is_need { "need-state" } else { "standing" }))
}

fn region_name(l: L, code: &str) -> String {
    region::by_code(code).map_or_else(|| code.to_owned(), |found| l.pick(found.name, found.name_en).to_owned())
}

fn service_name(l: L, slug: &str) -> String {
    catalogue::by_slug(slug).map_or_else(|| slug.to_owned(), |item| l.pick(item.zh, item.en).to_owned())
}

/// The filters with their counts; one that is in force, or has a single value, is left out.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn groups(call: &Call, asked: &Asked, facets: &FacetCounts) -> Result<Vec<Group>, WebError> {
    let l = call.l;
    let ids: Vec<StationId> = facets.stations.keys().filter_map(|id| id.parse().ok()).collect();
    let stations: HashMap<String, String> = if asked.station.is_some() || ids.len() < 2 || ids.len() > 2_000 {
        HashMap::new()
    } else {
        db::beside::stations_of(&mut *call.office.read()?, &ids)?
            .into_iter()
            .map(|(id, name)| (id.to_string(), name))
            .collect()
    };
    let mut groups = Vec::new();
    let mut add = |field: &str, told: &str, counts: &crate::search::facets::Counts, name: &dyn Fn(&str) -> String| {
        let mut sorted: Vec<(&String, usize)> = counts.iter().map(|(value, count)| (value, *count)).collect();
        sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        sorted.truncate(MOST_VALUES);
        if sorted.len() < 2 {
            return;
        }
        let mut values = Vec::with_capacity(sorted.len());
        for (value, count) in sorted {
            values.push(Value { href: asked.address(&[(field, value)]), name: name(value), count });
        }
        groups.push(Group { name: l.t(told), values });
    };
    if asked.state.is_none() && asked.kind.is_some() {
        add("state", "search-by-state", &facets.states, &|word| state_name(l, word));
    }
    if asked.service.is_none() {
        add("service", "search-by-service", &facets.services, &|slug| service_name(l, slug));
    }
    if asked.region.is_none() {
        add("region", "search-by-region", &facets.regions, &|code| region_name(l, code));
    }
    if !stations.is_empty() {
        add("station", "search-by-station", &facets.stations, &|id| {
            stations.get(id).cloned().unwrap_or_else(|| id.to_owned())
        });
    }
    Ok(groups)
}

/// The filters in force, each with the address without it.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn chosen(call: &Call, asked: &Asked) -> Result<Vec<Chosen>, WebError> {
    let l = call.l;
    let mut chosen = Vec::new();
    for (field, value) in asked.kept() {
        let name = match field {
            "state" => state_name(l, &value),
            "region" => region_name(l, &value),
            "service" => service_name(l, &value),
            "station" => {
                let id = asked.station.into_iter().collect::<Vec<_>>();
                let named = db::beside::stations_of(&mut *call.office.read()?, &id)?;
                named.into_iter().next().map_or_else(|| value.clone(), |(_, name)| name)
            }
            "enterprise" => {
                let id = asked.enterprise.into_iter().collect::<Vec<_>>();
                let found = db::enterprise::by_ids(&mut *call.office.read()?, &id)?;
                // A name is told only to those who may see the enterprise.
                let seen = super::hits::may_see(call, found)?;
                seen.into_iter().next().map_or_else(|| l.t("search-kind-enterprise"), |row| row.name)
            }
            "from" => l.a("search-from", &[("day", &value)]),
            _ => l.a("search-to", &[("day", &value)]),
        };
        chosen.push(Chosen { href: asked.address(&[(field, "")]), name });
    }
    Ok(chosen)
}

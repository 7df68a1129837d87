//! Work stations (工作站): the list, one station with its people, its form, its automatic mode, its service file.

mod form;
mod record;

use super::super::routes::{Access, Route, get, post};
use super::expert::Tag;
use super::options;
use crate::db;
use crate::domain::role::{Right, Scope};
use crate::i18n::L;
use crate::ids::StationId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use std::collections::HashMap;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        get("/stations", SignedIn(Right::Read), list),
        post("/stations", SignedIn(Right::KeepRegister), form::add),
        get("/stations/new", SignedIn(Right::KeepRegister), form::new_form),
        get("/stations/{id}", SignedIn(Right::Read), record::show),
        post("/stations/{id}", SignedIn(Right::KeepRegister), form::change),
        get("/stations/{id}/edit", SignedIn(Right::KeepRegister), form::edit_form),
        post("/stations/{id}/automatic", SignedIn(Right::KeepRegister), form::set_automatic),
        get("/stations/{id}/dossier", SignedIn(Right::Read), record::dossier),
    ]
}

struct Line {
    href: String,
    name: String,
    address: String,
    region: String,
    phone: String,
    head: String,
    people: usize,
    open: String,
    mode: Tag,
}

#[derive(askama::Template)]
#[template(path = "pages/stations.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    lines: Vec<Line>,
    may_keep: bool,
}

/// The tag of a station's mode.
pub(super) fn mode_tag(l: L, automatic: bool) -> Tag {
    if automatic {
        Tag { kind: "wait", symbol: "swap", text: l.t("station-automatic") }
    } else {
        Tag { kind: "", symbol: "user", text: l.t("station-by-hand") }
    }
}

/// Whether the reader may see what happens at a station: its needs, its service file.
pub(super) fn sees(scope: &Scope, region: &str, station: StationId) -> bool {
    scope.covers(region, station)
}

/// `GET /stations`: every station of the city with its telephones; how busy it is, for whoever may see its needs.
///
/// # Errors
/// A fault.
pub fn list(call: &Call) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let regions = options::region_names(&mut reader, l)?;
    let open: HashMap<StationId, i64> = db::station::open_needs(&mut reader)?.into_iter().collect();
    let mut people: HashMap<StationId, (String, usize)> = HashMap::new();
    for account in db::account::all(&mut reader)? {
        if let Some(station) = account.station.filter(|_| account.disabled_at.is_none()) {
            let entry = people.entry(station).or_default();
            entry.1 += 1;
            if account.head {
                entry.0 = account.name;
            }
        }
    }
    let scope = call.scope()?;
    let lines = db::station::all(&mut reader)?
        .into_iter()
        .map(|row| {
            let (head, people) = people.remove(&row.id).unwrap_or_default();
            let seen = sees(scope, &row.region, row.id);
            Line {
                href: format!("/stations/{}", row.id),
                region: regions.get(&row.region).cloned().unwrap_or(row.region),
                name: row.name,
                address: row.address,
                phone: row.phone,
                head,
                people,
                open: if seen { open.get(&row.id).copied().unwrap_or(0).to_string() } else { String::new() },
                mode: mode_tag(l, row.automatic),
            }
        })
        .collect();
    let may_keep = call.account()?.role.has(Right::KeepRegister);
    Answer::page(&ListPage { f: call.frame("stations"), lines, may_keep })
}

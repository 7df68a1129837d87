//! One station: where it is, who works there, how much is open; and its service file (服务评价档案), to be printed.

use super::super::expert::{IncidentLine, RatedLine, Tag, incident_line, rated_line};
use super::super::options;
use super::{mode_tag, sees};
use crate::db::{self, beside, conduct_list};
use crate::domain::conduct::IncidentKind;
use crate::domain::feedback::RatingChannel;
use crate::domain::refusal::Refusal;
use crate::domain::role::{Right, Role};
use crate::ids::{NeedId, StationId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use std::collections::HashMap;

/// The most lines of a kind in a service file.
const MOST: i64 = 300;

struct Person {
    name: String,
    head: bool,
    contact: String,
    state: Option<Tag>,
}

#[derive(askama::Template)]
#[template(path = "pages/station.html", config = "src/web/askama.toml")]
struct StationPage {
    f: Frame,
    id: String,
    name: String,
    region: String,
    address: String,
    phone: String,
    supervision_phone: String,
    place: String,
    automatic: bool,
    mode: Tag,
    people: Vec<Person>,
    has_head: bool,
    open: String,
    may_keep: bool,
    sees: bool,
}

/// `GET /stations/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let id: StationId = call.id("id")?;
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let row = db::station::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let seen = sees(&staff.scope, &row.region, id);
    let open =
        db::station::open_needs(&mut reader)?.into_iter().find(|(station, _)| *station == id).map_or(0, |(_, n)| n);
    let regions = options::region_names(&mut reader, l)?;
    let accounts: Vec<db::account::AccountRow> =
        db::account::of_station(&mut reader, id)?.into_iter().filter(|account| account.role == Role::Liaison).collect();
    let today = crate::domain::calendar::beijing_date(call.now);
    let people = accounts
        .iter()
        .map(|account| {
            let away = account.on_leave_until.filter(|until| *until >= today);
            Person {
                name: account.name.clone(),
                head: account.head,
                // Colleagues reach each other; the address is the office's own.
                contact: account.phone.clone().unwrap_or_else(|| account.email.clone()),
                state: match away {
                    Some(until) => Some(Tag {
                        kind: "soon",
                        symbol: "pause",
                        text: l.a("station-away", &[("until", &l.short_date(until))]),
                    }),
                    None if account.password_hash.is_none() => {
                        Some(Tag { kind: "wait", symbol: "key", text: l.t("station-no-password") })
                    }
                    None => None,
                },
            }
        })
        .collect();
    let page = StationPage {
        f: call.frame("stations"),
        id: id.to_string(),
        region: regions.get(&row.region).cloned().unwrap_or_else(|| row.region.clone()),
        place: row.lat.zip(row.lon).map_or_else(String::new, |(lat, lon)| format!("{lat:.6}, {lon:.6}")),
        automatic: row.automatic,
        mode: mode_tag(l, row.automatic),
        has_head: accounts.iter().any(|account| account.head),
        people,
        open: if seen { open.to_string() } else { String::new() },
        may_keep: staff.role.has(Right::KeepRegister) && staff.scope.covers_region(&row.region),
        sees: seen,
        name: row.name,
        address: row.address,
        phone: row.phone,
        supervision_phone: row.supervision_phone,
    };
    Answer::page(&page)
}

#[derive(askama::Template)]
#[template(path = "pages/station_dossier.html", config = "src/web/askama.toml")]
struct DossierPage {
    f: Frame,
    id: String,
    name: String,
    address: String,
    phone: String,
    supervision_phone: String,
    mean: String,
    rated: Vec<RatedLine>,
    called_back: usize,
    incidents: Vec<IncidentLine>,
    complaints: usize,
    made: String,
}

/// `GET /stations/{id}/dossier`.
///
/// # Errors
/// [`Refusal::NotFound`], also for a station outside the reader's scope; a fault.
pub fn dossier(call: &Call) -> Answered {
    let l = call.l;
    let id: StationId = call.id("id")?;
    let mut reader = call.office.read()?;
    let row = db::station::find(&mut reader, &id)?
        .filter(|row| call.scope().is_ok_and(|scope| sees(scope, &row.region, id)))
        .ok_or(Refusal::NotFound)?;
    let services = conduct_list::rated_at_station(&mut reader, id, MOST)?;
    let needs: Vec<NeedId> = services.iter().map(|(_, need, _)| need.id).collect();
    let closures: HashMap<NeedId, db::need::ClosureRow> =
        beside::closures_of(&mut reader, &needs)?.into_iter().map(|row| (row.need, row)).collect();
    let mut figures = super::super::expert::Figures {
        marks: i64::try_from(services.len()).unwrap_or(0),
        ..super::super::expert::Figures::default()
    };
    figures.marks_sum = services.iter().map(|(rating, _, _)| i64::from(rating.score)).sum();
    let called_back = services.iter().filter(|(rating, _, _)| rating.channel == RatingChannel::Phone).count();
    let rated = services
        .into_iter()
        .map(|(rating, need, expert)| rated_line(l, &rating, need.number, expert.name, closures.get(&need.id)))
        .collect();
    let found = conduct_list::incidents_at_station(&mut reader, id, MOST)?;
    let complaints =
        found.iter().filter(|(row, _, _)| row.kind == IncidentKind::Complaint && row.withdrawn_at.is_none()).count();
    let incidents = found
        .into_iter()
        .map(|(incident, need, expert)| incident_line(l, &incident, need.number, expert.name))
        .collect();
    let page = DossierPage {
        f: call.frame("stations"),
        id: id.to_string(),
        name: row.name,
        address: row.address,
        phone: row.phone,
        supervision_phone: row.supervision_phone,
        mean: figures.mean_mark(),
        rated,
        called_back,
        incidents,
        complaints,
        made: l.instant(call.now),
    };
    Answer::page(&page)
}

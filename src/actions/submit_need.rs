//! A liaison submits an enterprise's need (提交需求).
//!
//! Source: product.md, "The life of one need", step 1; Beijing standard, 7 (工作站 … 协助对接知识产权志愿服务专家).

mod typed;

pub use typed::LANGUAGES;
pub(super) use typed::{parsed, place, word};

use typed::{Checked, check};

use super::contact::seal_of_need;
use super::{Actor, Done, Fault, Letter, Office, Tx, Work};
use crate::db::{self, JsonText};
use crate::domain::calendar::beijing_date;
use crate::domain::contact::{Email, Phone};
use crate::domain::event::Event;
use crate::domain::firm;
use crate::domain::need::{Mode, NeedState, SeatState};
use crate::domain::notice::NoticeKind;
use crate::domain::number::Series;
use crate::domain::place::Point;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::{Right, Role, Scope, Staff};
use crate::domain::task::TaskKind;
use crate::domain::uscc::Uscc;
use crate::ids::{EnterpriseId, NeedId, SeatId, StationId};
use crate::search::same_matter::Matter;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The enterprise as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseInput {
    /// Registered name.
    pub name: String,
    /// 统一社会信用代码 (GB 32100), where known.
    #[serde(default)]
    pub uscc: Option<String>,
    /// Region, by name or code.
    pub region: String,
    /// Who to talk to.
    pub contact_name: String,
    /// Their phone.
    #[serde(default)]
    pub contact_phone: Option<String>,
    /// Their mail.
    #[serde(default)]
    pub contact_email: Option<String>,
}

/// A need as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmitNeed {
    /// The enterprise.
    pub enterprise: EnterpriseInput,
    /// In one line.
    pub title: String,
    /// What happened.
    pub description: String,
    /// Slugs of the catalogue.
    pub services: Vec<String>,
    /// Industries, in words.
    #[serde(default)]
    pub industries: Vec<String>,
    /// Where the service is wanted, by name or code.
    pub region: String,
    /// Latitude, degrees.
    #[serde(default)]
    pub lat: Option<f64>,
    /// Longitude, degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    /// `online`, `station`, `onsite`, `phone` or `training`.
    pub mode: String,
    /// The standard's 服务形式; from the channel when left out.
    #[serde(default)]
    pub form: Option<String>,
    /// Language of the service, `zh` when left out.
    #[serde(default)]
    pub language: Option<String>,
    /// `normal` or `urgent`.
    #[serde(default)]
    pub urgency: Option<String>,
    /// By when, a date.
    #[serde(default)]
    pub wanted_by: Option<NaiveDate>,
    /// Hours expected.
    #[serde(default)]
    pub expected_hours: Option<i32>,
    /// Title and text are hidden until somebody accepted.
    #[serde(default)]
    pub confidential: bool,
    /// The other party of a dispute.
    #[serde(default)]
    pub opposing_party: Option<String>,
    /// The other party's agent firm.
    #[serde(default)]
    pub opposing_agent: Option<String>,
    /// How many experts are wanted, 1 to 20.
    #[serde(default)]
    pub seats: Option<i32>,
    /// The service item each seat asks for, in the order of the seats; a seat without one takes any of the need's.
    #[serde(default)]
    pub specialties: Vec<Option<String>>,
    /// 「已告知并取得同意」 was ticked.
    #[serde(default)]
    pub consent: bool,
    /// For managers: at which station; a liaison's own otherwise.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub station: Option<StationId>,
}

/// The version of the consent text shown beside the tick.
pub const CONSENT_TEXT: &str = crate::domain::consent::current();

/// What came of it.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The need.
    pub id: NeedId,
    /// Its number.
    pub number: String,
    /// Open needs of the same enterprise that look alike.
    pub similar: Vec<NeedId>,
    /// The rows that were written or read, so that the answer needs no further reading.
    pub rows: Box<SubmittedRows>,
}

/// What a need consists of when it has just been submitted.
#[derive(Debug, Clone)]
pub struct SubmittedRows {
    /// The need.
    pub need: db::need::NeedRow,
    /// Its enterprise.
    pub enterprise: db::enterprise::EnterpriseRow,
    /// Its station.
    pub station: db::station::StationRow,
    /// Its seats.
    pub seats: Vec<db::need::SeatRow>,
    /// The enterprise's other open needs that look alike.
    pub similar: Vec<db::need::NeedRow>,
}

/// Submits a need. With a station on automatic mode the best experts are asked at once; when that fails the need is kept
/// all the same, and the desk's next round asks.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field that cannot be taken; [`Refusal::NotYours`] for roles that do not work on
/// needs.
pub fn submit_need(office: &Office, actor: &Actor, input: &SubmitNeed) -> Done<Submitted> {
    let staff = hands_in(actor)?;
    // Before the writer is asked for: what cannot be taken keeps nobody waiting.
    let checked = check(input, beijing_date(office.now()))?;
    let submitted = office.write(|tx| within(tx, actor, staff, input, checked.clone()))?;
    if submitted.rows.need.automatic
        && let Err(error) = super::assign_expert::ask_best(office, submitted.id)
    {
        tracing::warn!(%error, need = %submitted.id, "nobody could be asked at once; the desk asks later");
    }
    Ok(submitted)
}

/// Who may hand a need in.
fn hands_in(actor: &Actor) -> Done<&Staff> {
    actor.needs(Right::WorkNeeds)?;
    let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
    Ok(staff)
}

fn within(tx: &mut Tx<'_>, actor: &Actor, staff: &Staff, input: &SubmitNeed, checked: Checked) -> Done<Submitted> {
    let station_id = match (staff.role, staff.station, input.station) {
        (Role::Liaison, Some(own), None) => own,
        (Role::Liaison, Some(own), Some(asked)) if own == asked => own,
        (Role::Manager, _, Some(asked)) => asked,
        (Role::Manager, _, None) => {
            return Err(Refusal::Invalid(vec![FieldProblem::new("station", "missing")]).into());
        }
        _ => return Err(Refusal::NotYours.into()),
    };
    let station = db::station::find(tx.conn, &station_id)?
        .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::new("station", "not-known")]))?;
    let (enterprise, known_before) = enterprise_of(tx, &checked)?;
    // An enterprise nobody knew has no other need.
    let similar = if known_before { similar_open(tx, &actor.scope(), enterprise.id, &checked)? } else { Vec::new() };
    let number = tx.number(Series::Need)?;
    let id = NeedId::from_minted(tx.mint());
    let now = tx.now.naive_utc();
    // A station service happens at the station; anything else where the enterprise says, or in its region.
    let point = match checked.mode {
        Mode::Station => super::expert_pool::point(station.lat, station.lon),
        _ => checked.point,
    };
    let row = db::need::NeedRow {
        id,
        number: number.clone(),
        state: NeedState::Open,
        title: checked.title,
        description: checked.description,
        enterprise: enterprise.id,
        contact_name: checked.contact_name,
        contact_phone: seal_of_need(&tx.office.keys, id, "phone", checked.contact_phone.as_ref().map(Phone::as_str)),
        contact_email: seal_of_need(&tx.office.keys, id, "email", checked.contact_email.as_ref().map(Email::as_str)),
        consent: input.consent.then(|| CONSENT_TEXT.to_owned()),
        station: station_id,
        owner: staff.account,
        services: JsonText::of(&checked.services),
        industries: JsonText::of(&checked.industries),
        region: checked.region.to_owned(),
        lat: point.map(Point::lat),
        lon: point.map(Point::lon),
        mode: checked.mode,
        form: checked.form,
        language: checked.language,
        urgency: checked.urgency,
        wanted_by: input.wanted_by,
        expected_hours: input.expected_hours,
        confidential: input.confidential,
        opposing_party: checked.opposing_party,
        opposing_agent: checked.opposing_agent,
        automatic: station.automatic,
        created_by: staff.account,
        created_at: now,
        updated_at: now,
    };
    db::need::insert(tx.conn, &row)?;
    tx.makes(id);
    let mut seats = Vec::new();
    let mut specialties = checked.specialties.into_iter();
    for position in 1..=checked.seats {
        let id_of_seat = SeatId::from_minted(tx.mint());
        let specialty = specialties.next().flatten();
        seats.push(db::need::SeatRow { id: id_of_seat, need: id, position, specialty, state: SeatState::Free });
    }
    db::need::insert_seats(tx.conn, &seats)?;
    let detail = json!({"number": number, "station": station_id, "services": checked.services, "seats": checked.seats,
        "consent": row.consent});
    tx.first_event(id.as_str(), actor, Event::NeedSubmitted, detail)?;
    tx.changed("need", id.as_str())?;
    if let Some(address) = &checked.contact_email {
        let receipt = Letter::new(NoticeKind::Receipt, format!("receipt:{id}")).about(id);
        tx.owe_to_address(actor, receipt, address.as_str())?;
    } else if row.contact_phone.is_none() {
        tx.leave_task(Work {
            kind: TaskKind::AddContact,
            dedup: format!("add-contact:{id}"),
            need: Some(id),
            assignment: None,
            expert: None,
            case: None,
            account: Some(row.owner),
            for_manager: false,
            detail: None,
            due_at: None,
        })?;
    }
    let rows = Box::new(SubmittedRows { need: row, enterprise, station, seats, similar });
    Ok(Submitted { id, number, similar: rows.similar.iter().map(|need| need.id).collect(), rows })
}

/// The enterprise's row, by 统一社会信用代码, else by normalised name, else a new one; and whether it was there before.
fn enterprise_of(tx: &mut Tx<'_>, checked: &Checked) -> Done<(db::enterprise::EnterpriseRow, bool)> {
    let key = firm::normalised(&checked.name);
    let code = checked.uscc.as_ref().map(|uscc| uscc.as_str().to_owned());
    if let Some(known) = known_enterprise(tx, &key, code.as_deref())? {
        return Ok((known, true));
    }
    let id = EnterpriseId::from_minted(tx.mint());
    let row = db::enterprise::EnterpriseRow {
        id,
        name: checked.name.clone(),
        name_key: key,
        uscc: code,
        region: checked.enterprise_region.to_owned(),
        created_at: tx.now.naive_utc(),
    };
    if db::enterprise::add(tx.conn, &row)? {
        return Ok((row, false));
    }
    // Somebody entered it at this very moment: theirs is the row.
    match known_enterprise(tx, &row.name_key, row.uscc.as_deref())? {
        Some(known) => Ok((known, true)),
        None => Err(Fault::new("an enterprise is there and cannot be found").into()),
    }
}

/// An enterprise that is known, by its code, else by its name; a code it lacked is added.
fn known_enterprise(tx: &mut Tx<'_>, key: &str, code: Option<&str>) -> Done<Option<db::enterprise::EnterpriseRow>> {
    if let Some(code) = code
        && let Some(known) = db::enterprise::by_uscc(tx.conn, code)?
    {
        return Ok(Some(known));
    }
    let Some(mut known) = db::enterprise::by_key(tx.conn, key)? else { return Ok(None) };
    match (&known.uscc, code) {
        (None, Some(code)) => {
            known.uscc = Some(code.to_owned());
            db::enterprise::save(tx.conn, &known)?;
            tx.changed("enterprise", known.id.as_str())?;
        }
        (Some(other), Some(code)) if other != code => {
            return Err(
                Refusal::Invalid(vec![FieldProblem::with("enterprise.uscc", "conflicting", &known.name)]).into()
            );
        }
        _ => {}
    }
    Ok(Some(known))
}

/// Open needs of the same enterprise within a scope that seem to be the same matter.
fn similar_open(
    tx: &mut Tx<'_>,
    scope: &Scope,
    enterprise: EnterpriseId,
    checked: &Checked,
) -> Done<Vec<db::need::NeedRow>> {
    let mut open = db::need::open_of_enterprise(tx.conn, enterprise)?;
    if open.is_empty() {
        return Ok(open);
    }
    let own = Matter::read(&checked.title, &checked.description, &checked.services, checked.opposing_party.as_deref());
    open.retain(|other| scope.covers(&other.region, other.station) && own.same_as(&matter_of(other)).is_some());
    Ok(open)
}

/// A need as it is compared with others of its enterprise.
#[must_use]
pub fn matter_of(need: &db::need::NeedRow) -> Matter {
    Matter::read(&need.title, &need.description, &need.services.get(), need.opposing_party.as_deref())
}

/// The open needs of an enterprise, by the code or else the name as typed: for the warning beside the form.
///
/// # Errors
/// What the database says.
pub fn open_needs_named(office: &Office, actor: &Actor, name: &str, uscc: &str) -> Done<Vec<db::need::NeedRow>> {
    let mut reader = office.read()?;
    let by_code = match uscc.parse::<Uscc>() {
        Ok(code) => db::enterprise::by_uscc(&mut reader, code.as_str())?,
        Err(_) => None,
    };
    let key = firm::normalised(name);
    let known = match by_code {
        None if !key.is_empty() => db::enterprise::by_key(&mut reader, &key)?,
        found => found,
    };
    let Some(known) = known else { return Ok(Vec::new()) };
    let scope = actor.scope();
    let open = db::need::open_of_enterprise(&mut reader, known.id)?;
    Ok(open.into_iter().filter(|need| scope.covers(&need.region, need.station)).collect())
}

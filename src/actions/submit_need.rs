//! A liaison submits an enterprise's need (提交需求).
//!
//! Source: product.md, "The life of one need", step 1; Beijing standard, 7 (工作站 … 协助对接知识产权志愿服务专家).

use super::{Actor, Done, Letter, Office, Tx, Work};
use crate::db::{self, JsonText};
use crate::domain::contact::{Email, Phone};
use crate::domain::event::Event;
use crate::domain::need::{Form, Mode, NeedState, SeatState, Urgency};
use crate::domain::notice::NoticeKind;
use crate::domain::number::Series;
use crate::domain::place::Point;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::{Right, Role};
use crate::domain::task::TaskKind;
use crate::domain::uscc::Uscc;
use crate::domain::{catalogue, firm, region};
use crate::ids::{EnterpriseId, NeedId, SeatId, StationId};
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
    /// 「已告知并取得同意」 was ticked.
    #[serde(default)]
    pub consent: bool,
    /// For managers: at which station; a liaison's own otherwise.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub station: Option<StationId>,
}

/// The version of the consent text shown beside the tick.
pub const CONSENT_TEXT: &str = "2026-1";

/// What came of it.
#[derive(Debug, Clone)]
pub struct Submitted {
    /// The need.
    pub id: NeedId,
    /// Its number.
    pub number: String,
    /// Open needs of the same enterprise that look alike.
    pub similar: Vec<NeedId>,
}

/// What was typed, once it holds.
#[derive(Debug)]
struct Checked {
    name: String,
    uscc: Option<Uscc>,
    enterprise_region: &'static str,
    contact_name: String,
    contact_phone: Option<Phone>,
    contact_email: Option<Email>,
    title: String,
    description: String,
    services: Vec<String>,
    industries: Vec<String>,
    region: &'static str,
    point: Option<Point>,
    mode: Mode,
    form: Form,
    language: String,
    urgency: Urgency,
    opposing_party: Option<String>,
    opposing_agent: Option<String>,
    seats: i32,
}

/// The languages a service may be asked for in.
pub const LANGUAGES: [&str; 7] = ["zh", "en", "ja", "ko", "de", "fr", "ru"];

fn check(input: &SubmitNeed, today: NaiveDate) -> Result<Checked, Refusal> {
    let mut p = Problems::default();
    let name = p.text("enterprise.name", &input.enterprise.name, 120);
    let uscc = parsed(&mut p, "enterprise.uscc", input.enterprise.uscc.as_deref(), "not-a-uscc");
    let enterprise_region = place(&mut p, "enterprise.region", &input.enterprise.region);
    let contact_name = p.text("enterprise.contact_name", &input.enterprise.contact_name, 60);
    let contact_phone =
        parsed(&mut p, "enterprise.contact_phone", input.enterprise.contact_phone.as_deref(), "not-a-phone");
    let contact_email =
        parsed(&mut p, "enterprise.contact_email", input.enterprise.contact_email.as_deref(), "not-an-email");
    let title = p.text("title", &input.title, 120);
    let description = p.text("description", &input.description, 8_000);
    if input.services.is_empty() {
        p.add(FieldProblem::new("services", "missing"));
    }
    let mut services: Vec<String> = Vec::new();
    for wanted in &input.services {
        match catalogue::named(wanted) {
            Some(item) if !services.iter().any(|slug| slug == item.slug) => services.push(item.slug.to_owned()),
            Some(_) => {}
            None => p.add(FieldProblem::with("services", "not-a-service", wanted)),
        }
    }
    if input.industries.len() > 10 {
        p.add(FieldProblem::with("industries", "too-many", 10));
    }
    let industries: Vec<String> =
        input.industries.iter().filter_map(|industry| p.optional("industries", Some(industry), 40)).collect();
    let region = place(&mut p, "region", &input.region);
    let point = match (input.lat, input.lon) {
        (Some(lat), Some(lon)) => Point::new(lat, lon).map_or_else(
            |_| {
                p.add(FieldProblem::new("lat", "out-of-range"));
                None
            },
            Some,
        ),
        (None, None) => None,
        (None, Some(_)) => {
            p.add(FieldProblem::new("lat", "missing"));
            None
        }
        (Some(_), None) => {
            p.add(FieldProblem::new("lon", "missing"));
            None
        }
    };
    let mode = word(&mut p, "mode", Some(input.mode.as_str()), Mode::Online, "not-a-mode");
    if input.mode.trim().is_empty() {
        p.add(FieldProblem::new("mode", "missing"));
    }
    let usual = if mode == Mode::Training { Form::Training } else { Form::Consultation };
    let form = word(&mut p, "form", input.form.as_deref(), usual, "not-known");
    let urgency = word(&mut p, "urgency", input.urgency.as_deref(), Urgency::Normal, "not-known");
    let language = input.language.as_deref().map(str::trim).filter(|code| !code.is_empty()).unwrap_or("zh").to_owned();
    if !LANGUAGES.contains(&language.as_str()) {
        p.add(FieldProblem::with("language", "not-a-language", &language));
    }
    if input.wanted_by.is_some_and(|day| day < today) {
        p.add(FieldProblem::new("wanted_by", "in-the-past"));
    }
    if input.expected_hours.is_some_and(|hours| !(1..=200).contains(&hours)) {
        p.add(FieldProblem::with("expected_hours", "out-of-range", "1–200"));
    }
    let seats = input.seats.unwrap_or(1);
    if !(1..=20).contains(&seats) {
        p.add(FieldProblem::with("seats", "out-of-range", "1–20"));
    }
    let opposing_party = p.optional("opposing_party", input.opposing_party.as_deref(), 200);
    let opposing_agent = p.optional("opposing_agent", input.opposing_agent.as_deref(), 200);
    p.settle()?;
    Ok(Checked {
        name,
        uscc,
        enterprise_region,
        contact_name,
        contact_phone,
        contact_email,
        title,
        description,
        services,
        industries,
        region,
        point,
        mode,
        form,
        language,
        urgency,
        opposing_party,
        opposing_agent,
        seats,
    })
}

/// The parsed value of a field that may be left empty.
pub(super) fn parsed<T: std::str::FromStr>(
    p: &mut Problems,
    field: &str,
    value: Option<&str>,
    code: &'static str,
) -> Option<T> {
    let text = value.map(str::trim).filter(|text| !text.is_empty())?;
    let found = text.parse().ok();
    if found.is_none() {
        p.add(FieldProblem::with(field, code, text));
    }
    found
}

/// The code of a region that must be given by name or code.
pub(super) fn place(p: &mut Problems, field: &str, value: &str) -> &'static str {
    if value.trim().is_empty() {
        p.add(FieldProblem::new(field, "missing"));
    } else if let Some(found) = region::named(value) {
        return found.code;
    } else {
        p.add(FieldProblem::with(field, "not-a-region", value.trim()));
    }
    region::CITY
}

/// A word of a closed list, or `usual` when it is left out.
pub(super) fn word<T: std::str::FromStr + Copy>(
    p: &mut Problems,
    field: &str,
    value: Option<&str>,
    usual: T,
    code: &'static str,
) -> T {
    match value.map(str::trim).filter(|text| !text.is_empty()) {
        None => usual,
        Some(text) => text.parse().unwrap_or_else(|_| {
            p.add(FieldProblem::with(field, code, text));
            usual
        }),
    }
}

/// Submits a need. With a station on automatic mode the best experts are asked at once.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field that cannot be taken; [`Refusal::NotYours`] for roles that do not work on
/// needs.
pub fn submit_need(office: &Office, actor: &Actor, input: &SubmitNeed) -> Done<Submitted> {
    let submitted = office.write(|tx| within(tx, actor, input))?;
    let automatic = db::need::find(&mut *office.read()?, &submitted.id)?.is_some_and(|need| need.automatic);
    if automatic {
        super::assign_expert::ask_best(office, submitted.id)?;
    }
    Ok(submitted)
}

pub(super) fn within(tx: &mut Tx<'_>, actor: &Actor, input: &SubmitNeed) -> Done<Submitted> {
    actor.needs(Right::WorkNeeds)?;
    let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
    let today = crate::domain::calendar::beijing_date(tx.now);
    let checked = check(input, today)?;
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
    let enterprise = enterprise_of(tx, &checked)?;
    let similar = similar_open(tx, enterprise, &checked.title, &checked.services)?;
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
        enterprise,
        contact_name: checked.contact_name,
        contact_phone: checked.contact_phone.as_ref().map(|phone| phone.as_str().to_owned()),
        contact_email: checked.contact_email.as_ref().map(|email| email.as_str().to_owned()),
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
    let mut seats = Vec::new();
    for position in 1..=checked.seats {
        let id_of_seat = SeatId::from_minted(tx.mint());
        seats.push(db::need::SeatRow { id: id_of_seat, need: id, position, specialty: None, state: SeatState::Free });
    }
    db::need::insert_seats(tx.conn, &seats)?;
    let detail = json!({"number": number, "station": station_id, "services": checked.services, "seats": checked.seats,
        "consent": row.consent});
    tx.event(id.as_str(), actor, Event::NeedSubmitted, &detail)?;
    tx.changed("need", id.as_str())?;
    if row.contact_email.is_some() {
        tx.owe(actor, Letter::new(NoticeKind::Receipt, format!("receipt:{id}")).about(id))?;
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
    Ok(Submitted { id, number, similar })
}

/// The enterprise's row: by 统一社会信用代码, else by normalised name, else a new one.
fn enterprise_of(tx: &mut Tx<'_>, checked: &Checked) -> Done<EnterpriseId> {
    let key = firm::normalised(&checked.name);
    let code = checked.uscc.as_ref().map(|uscc| uscc.as_str().to_owned());
    if let Some(code) = &code
        && let Some(known) = db::enterprise::by_uscc(tx.conn, code)?
    {
        return Ok(known.id);
    }
    if let Some(mut known) = db::enterprise::by_key(tx.conn, &key)? {
        match (&known.uscc, code) {
            (None, Some(code)) => {
                known.uscc = Some(code);
                db::enterprise::save(tx.conn, &known)?;
                return Ok(known.id);
            }
            (Some(other), Some(code)) if *other != code => {
                return Err(
                    Refusal::Invalid(vec![FieldProblem::with("enterprise.uscc", "conflicting", &known.name)]).into()
                );
            }
            _ => return Ok(known.id),
        }
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
    db::enterprise::insert(tx.conn, &row)?;
    Ok(id)
}

/// Open needs of the same enterprise that share a service item or most of the title.
fn similar_open(tx: &mut Tx<'_>, enterprise: EnterpriseId, title: &str, services: &[String]) -> Done<Vec<NeedId>> {
    let open = db::need::open_of_enterprise(tx.conn, enterprise)?;
    Ok(open
        .into_iter()
        .filter(|other| look_alike(&other.title, &other.services.get(), title, services))
        .map(|other| other.id)
        .collect())
}

/// Whether two needs of one enterprise look alike: they share a service item, or most of the shorter title.
#[must_use]
pub fn look_alike(title: &str, services: &[String], other_title: &str, other_services: &[String]) -> bool {
    services.iter().any(|slug| other_services.contains(slug)) || likeness(title, other_title) >= 50
}

/// How much of the shorter title's character pairs the other one has, in percent.
fn likeness(a: &str, b: &str) -> usize {
    let pairs = |text: &str| -> Vec<(char, char)> {
        let chars: Vec<char> = text.chars().collect();
        chars.iter().copied().zip(chars.iter().copied().skip(1)).collect()
    };
    let (a, b) = (pairs(a), pairs(b));
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short.is_empty() {
        return 0;
    }
    short.iter().filter(|pair| long.contains(pair)).count() * 100 / short.len()
}

/// The open needs of an enterprise, by the name as typed: for the warning beside the form.
///
/// # Errors
/// What the database says.
pub fn open_needs_named(office: &Office, actor: &Actor, enterprise: &str) -> Done<Vec<db::need::NeedRow>> {
    let mut reader = office.read()?;
    let Some(known) = db::enterprise::by_key(&mut reader, &firm::normalised(enterprise))? else {
        return Ok(Vec::new());
    };
    let scope = actor.scope();
    let open = db::need::open_of_enterprise(&mut reader, known.id)?;
    Ok(open.into_iter().filter(|need| scope.covers(&need.region, need.station)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let today = NaiveDate::from_ymd_opt(2026, 5, 8).expect("a date");
        let input = SubmitNeed {
            services: vec!["nothing".into()],
            region: "火星".into(),
            mode: "teleport".into(),
            wanted_by: today.pred_opt(),
            ..SubmitNeed::default()
        };
        let Err(Refusal::Invalid(problems)) = check(&input, today) else { panic!("refused") };
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        for field in
            ["enterprise.name", "enterprise.region", "title", "description", "services", "region", "mode", "wanted_by"]
        {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
    }

    #[test]
    fn likeness_is_measured_on_character_pairs() {
        assert_eq!(likeness("商标被抢注怎么办", "商标被抢注怎么办"), 100);
        assert!(likeness("商标被抢注怎么办", "公司商标被抢注了") >= 50);
        assert_eq!(likeness("专利预审", "商标转让"), 0);
        assert_eq!(likeness("", "商标"), 0);
    }
}

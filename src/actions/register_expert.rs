//! An expert comes on the register, or the record is corrected.
//!
//! Source: Beijing standard, 选取条件; rules.md, "Standing, selection, conduct". Staff with the right may enter one as
//! active at once; otherwise the application waits for review.

use super::contact::{self, Contact};
use super::submit_need::{LANGUAGES, parsed, place, word};
use super::{Actor, Done, Office, Tx, apply_expert};
use crate::db::expert::{ExpertRow, QualificationRow};
use crate::db::{self, JsonText};
use crate::domain::calendar::beijing_date;
use crate::domain::contact::{Email, Phone};
use crate::domain::event::Event;
use crate::domain::expert::{FirmType, LONGEST};
use crate::domain::need::Mode;
use crate::domain::number::Series;
use crate::domain::place::Point;
use crate::domain::policy::Policy;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::standing::Standing;
use crate::domain::{catalogue, firm, resident_id};
use crate::ids::{ExpertId, QualificationId};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// One qualification as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QualificationInput {
    /// 专利代理师, 律师执业证, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number.
    #[serde(default)]
    pub number: Option<String>,
    /// The last valid day.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// The day of issue.
    #[serde(default)]
    pub issued_on: Option<NaiveDate>,
    /// Its level: 中级, 高级, ….
    #[serde(default)]
    pub level: Option<String>,
}

/// An expert's record as typed.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpertInput {
    /// Name.
    pub name: String,
    /// Employer.
    pub firm: String,
    /// `agency`, `law-firm`, `enterprise`, `institute`, `authority` or `other`.
    #[serde(default)]
    pub firm_type: Option<String>,
    /// Mail: where offers go.
    pub email: String,
    /// Phone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Home region, by name or code.
    pub region: String,
    /// Latitude, degrees.
    #[serde(default)]
    pub lat: Option<f64>,
    /// Longitude, degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    /// Qualifications.
    #[serde(default)]
    pub qualifications: Vec<QualificationInput>,
    /// Years of practice.
    #[serde(default)]
    pub years: i32,
    /// Slugs of the catalogue.
    pub services: Vec<String>,
    /// Industries.
    #[serde(default)]
    pub industries: Vec<String>,
    /// Languages, `zh` when left out.
    #[serde(default)]
    pub languages: Vec<String>,
    /// Channels; all when left out.
    #[serde(default)]
    pub modes: Vec<String>,
    /// In their own words.
    #[serde(default)]
    pub bio: String,
    /// How far they travel, kilometres.
    #[serde(default)]
    pub max_distance_km: Option<i32>,
    /// Offers a month; the policy's when left out.
    #[serde(default)]
    pub monthly_cap: Option<i32>,
    /// `active` to put on the register at once; `applied` when left out.
    #[serde(default)]
    pub standing: Option<String>,
}

/// An expert's record as it will stand, and what is kept beside it.
pub(super) struct Checked {
    pub(super) row: ExpertRow,
    /// In lower case.
    pub(super) email: String,
    pub(super) phone: Option<String>,
    pub(super) qualifications: Vec<QualificationInput>,
}

/// Refuses an address that is another expert's.
fn address_is_free(tx: &mut Tx<'_>, checked: &Checked) -> Done<()> {
    match contact::by_email(&tx.office.keys, tx.conn, &checked.email)? {
        Some(other) if other.id != checked.row.id => {
            Err(Refusal::Invalid(vec![FieldProblem::new("email", "taken")]).into())
        }
        _ => Ok(()),
    }
}

/// Checks every field; whether the address is somebody else's is asked apart, of one row or of many.
pub(super) fn check(tx: &Tx<'_>, policy: &Policy, input: &ExpertInput, known: Option<&ExpertRow>) -> Done<Checked> {
    let mut p = Problems::default();
    let name = p.text("name", &input.name, LONGEST.0);
    let employer = p.text("firm", &input.firm, LONGEST.1);
    let firm_type = word(&mut p, "firm_type", input.firm_type.as_deref(), FirmType::Other, "not-known");
    let email: Option<Email> = if input.email.trim().is_empty() {
        p.add(FieldProblem::new("email", "missing"));
        None
    } else {
        parsed(&mut p, "email", Some(&input.email), "not-an-email")
    };
    let phone: Option<Phone> = parsed(&mut p, "phone", input.phone.as_deref(), "not-a-phone");
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
        _ => {
            p.add(FieldProblem::new("lat", "missing"));
            None
        }
    };
    let mut services: Vec<String> = Vec::new();
    for wanted in &input.services {
        match catalogue::named(wanted) {
            Some(item) if !services.iter().any(|slug| slug == item.slug) => services.push(item.slug.to_owned()),
            Some(_) => {}
            None => p.add(FieldProblem::with("services", "not-a-service", wanted)),
        }
    }
    if input.services.is_empty() {
        p.add(FieldProblem::new("services", "missing"));
    }
    let industries: Vec<String> =
        input.industries.iter().filter_map(|industry| p.optional("industries", Some(industry), 40)).collect();
    let mut languages = input.languages.clone();
    if languages.is_empty() {
        languages.push("zh".to_owned());
    }
    for language in &languages {
        if !LANGUAGES.contains(&language.as_str()) {
            p.add(FieldProblem::with("languages", "not-a-language", language));
        }
    }
    let mut modes: Vec<Mode> = Vec::new();
    for mode in &input.modes {
        match mode.parse() {
            Ok(mode) => modes.push(mode),
            Err(_) => p.add(FieldProblem::with("modes", "not-a-mode", mode)),
        }
    }
    if !(0..=70).contains(&input.years) {
        p.add(FieldProblem::with("years", "out-of-range", "0–70"));
    }
    let bio = p.optional("bio", Some(&input.bio), LONGEST.2).unwrap_or_default();
    for (field, value, most) in
        [("max_distance_km", input.max_distance_km, 500), ("monthly_cap", input.monthly_cap, 100)]
    {
        if value.is_some_and(|value| !(1..=most).contains(&value)) {
            p.add(FieldProblem::with(field, "out-of-range", format!("1–{most}")));
        }
    }
    for (place, qualification) in input.qualifications.iter().enumerate() {
        p.text(&format!("qualifications.{place}.type"), &qualification.kind, 60);
        p.optional(&format!("qualifications.{place}.number"), qualification.number.as_deref(), 60);
        if qualification.number.as_deref().is_some_and(resident_id::stands_in) {
            p.add(FieldProblem::new(format!("qualifications.{place}.number"), "resident-id"));
        }
        p.optional(&format!("qualifications.{place}.level"), qualification.level.as_deref(), 30);
        if qualification.issued_on.zip(qualification.valid_until).is_some_and(|(from, until)| until < from) {
            p.add(FieldProblem::new(format!("qualifications.{place}.valid_until"), "before-issue"));
        }
    }
    for (field, text) in [("name", &input.name), ("firm", &input.firm), ("bio", &input.bio)] {
        if resident_id::stands_in(text) {
            p.add(FieldProblem::new(field, "resident-id"));
        }
    }
    let usual = known.map_or(Standing::Applied, |row| row.standing);
    let standing = word(&mut p, "standing", input.standing.as_deref(), usual, "not-known");
    if known.is_none() && !matches!(standing, Standing::Applied | Standing::Reviewing | Standing::Active) {
        p.add(FieldProblem::with("standing", "not-known", standing));
    }
    p.settle()?;
    let email = email.map(|email| email.key()).unwrap_or_default();
    let keys = &tx.office.keys;
    let phone = phone.map(|phone| phone.as_str().to_owned());
    let now = tx.now.naive_utc();
    let id = known.map_or_else(|| ExpertId::from_minted(tx.mint()), |row| row.id);
    let row = ExpertRow {
        id,
        name,
        firm_key: firm::normalised(&employer),
        firm: employer,
        firm_type,
        email_mark: contact::email_mark(keys, &email),
        phone_mark: phone.as_deref().map(|phone| contact::phone_mark(keys, phone)),
        region: region.to_owned(),
        lat: point.map(Point::lat),
        lon: point.map(Point::lon),
        years: input.years,
        bio,
        services: JsonText::of(&services),
        industries: JsonText::of(&industries),
        languages: JsonText::of(&languages),
        modes: JsonText::of(&modes),
        max_distance_km: input.max_distance_km,
        monthly_cap: input.monthly_cap.unwrap_or(policy.monthly_cap),
        open_cap: known.map_or(policy.open_cap, |row| row.open_cap),
        standing,
        standing_why: known.and_then(|row| row.standing_why.clone()),
        filed_number: known.and_then(|row| row.filed_number.clone()),
        language: known.map_or_else(|| "zh".to_owned(), |row| row.language.clone()),
        created_at: known.map_or(now, |row| row.created_at),
        updated_at: now,
        version: known.map_or(1, |row| row.version + 1),
    };
    Ok(Checked { row, email, phone, qualifications: input.qualifications.clone() })
}

/// Enters an expert.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field; [`Refusal::NotYours`].
pub fn register_expert(office: &Office, actor: &Actor, input: &ExpertInput) -> Done<ExpertId> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| entered(tx, actor, input, Channel::Staff, None))
}

crate::domain::text_enum! {
    /// How an expert came to the register.
    pub enum Channel {
        /// The public page.
        Page = "page",
        /// Entered by staff.
        Staff = "staff",
        /// By sheet.
        Sheet = "sheet",
    }
}

/// Enters an expert inside an open transaction, who came this way, with the version of the text on personal data that was
/// agreed to.
pub(super) fn entered(
    tx: &mut Tx<'_>,
    actor: &Actor,
    input: &ExpertInput,
    channel: Channel,
    consent: Option<&str>,
) -> Done<ExpertId> {
    let policy = tx.policy()?;
    let mut checked = check(tx, &policy, input, None)?;
    address_is_free(tx, &checked)?;
    require_scope(actor, &checked.row.region)?;
    tx.makes(checked.row.id);
    if checked.row.standing == Standing::Active {
        checked.row.filed_number = Some(tx.number(Series::Filing)?);
    }
    db::expert::insert(tx.conn, &checked.row)?;
    contact::keep(tx, checked.row.id, &checked.email, checked.phone.as_deref())?;
    keep_qualifications(tx, checked.row.id, &checked.qualifications)?;
    let id = checked.row.id;
    let detail = json!({"standing": checked.row.standing, "filed": checked.row.filed_number});
    tx.event(id.as_str(), actor, Event::ExpertRegistered, &detail)?;
    tx.changed("expert", id.as_str())?;
    if matches!(checked.row.standing, Standing::Applied | Standing::Reviewing) {
        apply_expert::note(tx, id, channel, consent)?;
    }
    Ok(id)
}

/// Corrects an expert's record; standing is changed only by review, conduct and withdrawal.
///
/// # Errors
/// As [`register_expert`]; [`Refusal::NotFound`].
pub fn change_expert(office: &Office, actor: &Actor, id: ExpertId, input: &ExpertInput) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| change_within(tx, actor, id, input))
}

pub(super) fn change_within(tx: &mut Tx<'_>, actor: &Actor, id: ExpertId, input: &ExpertInput) -> Done<()> {
    let known = db::expert::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
    require_scope(actor, &known.region)?;
    let policy = tx.policy()?;
    let mut checked = check(tx, &policy, input, Some(&known))?;
    address_is_free(tx, &checked)?;
    tx.makes(id);
    checked.row.standing = known.standing;
    db::expert::save(tx.conn, &checked.row)?;
    contact::keep(tx, id, &checked.email, checked.phone.as_deref())?;
    keep_qualifications(tx, id, &checked.qualifications)?;
    tx.event(id.as_str(), actor, Event::ExpertChanged, &json!({"version": checked.row.version}))?;
    tx.changed("expert", id.as_str())
}

pub(super) fn require_scope(actor: &Actor, region: &str) -> Done<()> {
    if actor.scope().covers_region(region) { Ok(()) } else { Err(Refusal::NotYours.into()) }
}

/// Keeps what is on the record already as it is (its id, its day of issue, the notices given), adds what is new and takes
/// off what is gone.
fn keep_qualifications(tx: &mut Tx<'_>, expert: ExpertId, inputs: &[QualificationInput]) -> Done<()> {
    let mut known = db::expert::qualifications_of(tx.conn, expert)?;
    let mut fresh = Vec::new();
    for input in inputs {
        let kind = input.kind.trim();
        let number = input.number.as_deref().map(str::trim).filter(|number| !number.is_empty());
        let is_it = |row: &QualificationRow| row.kind == kind && row.number.as_deref() == number;
        match known.iter().position(|row| is_it(row) && row.valid_until == input.valid_until) {
            Some(place) => {
                let mut row = known.swap_remove(place);
                let before = (row.issued_on, row.level.clone());
                row.issued_on = input.issued_on.or(row.issued_on);
                row.level = input.level.clone().or(row.level);
                if before != (row.issued_on, row.level.clone()) {
                    db::expert::save_qualification(tx.conn, &row)?;
                }
            }
            None => {
                let older = known.iter().find(|row| is_it(row));
                fresh.push(QualificationInput {
                    level: input.level.clone().or_else(|| older.and_then(|row| row.level.clone())),
                    issued_on: input.issued_on.or_else(|| older.and_then(|row| row.issued_on)),
                    ..input.clone()
                });
            }
        }
    }
    let gone: Vec<QualificationId> = known.iter().map(|row| row.id).collect();
    if !gone.is_empty() {
        db::expert::drop_qualifications(tx.conn, &gone)?;
    }
    let rows = papers(tx, expert, &fresh);
    db::expert::insert_qualifications(tx.conn, &rows)?;
    Ok(())
}

/// The rows of an expert's qualifications, each with the day of its next notice.
pub(super) fn papers(tx: &Tx<'_>, expert: ExpertId, inputs: &[QualificationInput]) -> Vec<QualificationRow> {
    let today = beijing_date(tx.now);
    let row = |input: &QualificationInput| QualificationRow {
        id: QualificationId::from_minted(tx.mint()),
        expert,
        kind: input.kind.trim().to_owned(),
        number: input.number.as_deref().map(str::trim).filter(|number| !number.is_empty()).map(str::to_owned),
        valid_until: input.valid_until,
        level: input.level.clone(),
        issued_on: input.issued_on,
        notice_at: None,
    };
    let mut rows: Vec<QualificationRow> = inputs.iter().map(row).collect();
    for row in &mut rows {
        row.notice_at = row.validity().notice_due(today).map(|at| at.naive_utc());
    }
    rows
}

/// The record as it could be typed again: for forms and partial changes.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn as_input(office: &Office, id: ExpertId) -> Done<ExpertInput> {
    let mut reader = office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let qualifications = db::expert::qualifications_of(&mut reader, id)?;
    let contact = contact::of_expert(&office.keys, &mut reader, id)?;
    Ok(as_typed(row, contact, qualifications))
}

/// A row and its qualifications as they could be typed again.
#[must_use]
pub(super) fn as_typed(row: ExpertRow, contact: Contact, qualifications: Vec<QualificationRow>) -> ExpertInput {
    let qualifications = qualifications
        .into_iter()
        .map(|one| QualificationInput {
            kind: one.kind,
            number: one.number,
            valid_until: one.valid_until,
            issued_on: one.issued_on,
            level: one.level,
        })
        .collect();
    ExpertInput {
        name: row.name,
        firm: row.firm,
        firm_type: Some(row.firm_type.as_str().to_owned()),
        email: contact.email.unwrap_or_default(),
        phone: contact.phone,
        region: row.region,
        lat: row.lat,
        lon: row.lon,
        qualifications,
        years: row.years,
        services: row.services.get(),
        industries: row.industries.get(),
        languages: row.languages.get(),
        modes: row.modes.get().iter().map(|mode: &Mode| mode.as_str().to_owned()).collect(),
        bio: row.bio,
        max_distance_km: row.max_distance_km,
        monthly_cap: Some(row.monthly_cap),
        standing: Some(row.standing.as_str().to_owned()),
    }
}

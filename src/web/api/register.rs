//! The shape of an expert's record, filled for a whole page in a fixed number of queries, contacts masked. Who sees them
//! in full is decided, and written down, by [`super::expert`].

use super::shape::{masked_email, masked_phone, utc};
use super::words::region_name;
use crate::actions::contact::{self, Contact};
use crate::db::expert::{ExpertRow, LeaveRow, QualificationRow};
use crate::db::{self, Conn};
use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use crate::domain::standing::Standing;
use crate::ids::{ExpertId, LeaveId};
use crate::seal::Keyring;
use chrono::{DateTime, NaiveDate, Utc};
use diesel::QueryResult;
use serde::Serialize;
use utoipa::ToSchema;

/// One qualification.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QualificationShape {
    /// 专利代理师, 律师执业证, …
    #[serde(rename = "type")]
    pub kind: String,
    /// Its number.
    pub number: Option<String>,
    /// The last valid day.
    pub valid_until: Option<NaiveDate>,
    /// The day of issue.
    pub issued_on: Option<NaiveDate>,
    /// Its level: 中级, 高级, ….
    pub level: Option<String>,
}

/// One absence; both days belong to it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LeaveShape {
    /// Id.
    pub id: LeaveId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Why, in a word.
    pub reason: Option<String>,
}

/// An expert's record.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpertShape {
    /// Id.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Employer.
    pub firm: String,
    /// Kind of employer.
    pub firm_type: FirmType,
    /// Mail; masked unless `contact_masked` is false.
    pub email: String,
    /// Phone; masked unless `contact_masked` is false.
    pub phone: Option<String>,
    /// Whether mail and phone are masked.
    pub contact_masked: bool,
    /// Home region by name.
    pub region: String,
    /// The same by code.
    pub region_code: String,
    /// Latitude, degrees.
    pub lat: Option<f64>,
    /// Longitude, degrees.
    pub lon: Option<f64>,
    /// Qualifications.
    pub qualifications: Vec<QualificationShape>,
    /// Years of practice.
    pub years: i32,
    /// Slugs of the catalogue.
    pub services: Vec<String>,
    /// Industries.
    pub industries: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// Channels; empty: all.
    pub modes: Vec<Mode>,
    /// In their own words.
    pub bio: String,
    /// How far they travel, kilometres.
    pub max_distance_km: Option<i32>,
    /// The most offers a month.
    pub monthly_cap: i32,
    /// The most offers open at once.
    pub open_cap: i32,
    /// Where they stand with the office.
    pub standing: Standing,
    /// Why, in the reviewer's or manager's words.
    pub standing_why: Option<String>,
    /// 备案号.
    pub filed_number: Option<String>,
    /// Leave that has not ended.
    pub leaves: Vec<LeaveShape>,
    /// When they came on file.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
    /// Rises with every change.
    pub version: i32,
}

/// Shapes of a page of experts with masked contacts, in the order of the rows; leave that ended before `today` is left
/// out.
///
/// # Errors
/// What the database says.
pub fn masked(
    keys: &Keyring,
    conn: &mut Conn,
    rows: Vec<ExpertRow>,
    today: NaiveDate,
) -> QueryResult<Vec<ExpertShape>> {
    let ids: Vec<ExpertId> = rows.iter().map(|row| row.id).collect();
    let qualifications = db::beside::qualifications_of(conn, &ids)?;
    let leaves = db::beside::leaves_of(conn, &ids, today)?;
    let mut contacts = contact::of_experts(keys, conn, &ids)?;
    let mut shapes = Vec::with_capacity(rows.len());
    for row in rows {
        let contact = contacts.remove(&row.id).unwrap_or_default();
        shapes.push(shape(row, &contact, &qualifications, &leaves));
    }
    Ok(shapes)
}

fn shape(row: ExpertRow, contact: &Contact, qualifications: &[QualificationRow], leaves: &[LeaveRow]) -> ExpertShape {
    let mut held = Vec::new();
    for one in qualifications.iter().filter(|one| one.expert == row.id) {
        held.push(QualificationShape {
            kind: one.kind.clone(),
            number: one.number.clone(),
            valid_until: one.valid_until,
            issued_on: one.issued_on,
            level: one.level.clone(),
        });
    }
    let mut away = Vec::new();
    for one in leaves.iter().filter(|one| one.expert == row.id) {
        away.push(LeaveShape { id: one.id, from: one.from_on, to: one.to_on, reason: one.reason.clone() });
    }
    ExpertShape {
        id: row.id,
        name: row.name,
        firm: row.firm,
        firm_type: row.firm_type,
        email: contact.email.as_deref().map(masked_email).unwrap_or_default(),
        phone: contact.phone.as_deref().map(masked_phone),
        contact_masked: true,
        region: region_name(&row.region),
        region_code: row.region,
        lat: row.lat,
        lon: row.lon,
        qualifications: held,
        years: row.years,
        services: row.services.get(),
        industries: row.industries.get(),
        languages: row.languages.get(),
        modes: row.modes.get(),
        bio: row.bio,
        max_distance_km: row.max_distance_km,
        monthly_cap: row.monthly_cap,
        open_cap: row.open_cap,
        standing: row.standing,
        standing_why: row.standing_why,
        filed_number: row.filed_number,
        leaves: away,
        created_at: utc(row.created_at),
        updated_at: utc(row.updated_at),
        version: row.version,
    }
}

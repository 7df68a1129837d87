//! Experts, their qualifications and leaves.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::{assignments, expert_contacts, experts, leaves, qualifications};
use crate::domain::document::Validity;
use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use crate::domain::standing::Standing;
use crate::ids::ExpertId;
use crate::ids::LeaveId;
use crate::ids::QualificationId;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// The most experts one number or its end may find.
const AT_MOST: i64 = 50;

/// One expert on the register.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = experts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct ExpertRow {
    /// Id.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// Firm key.
    pub firm_key: String,
    /// Firm type.
    pub firm_type: FirmType,
    /// The blind mark of the address; the address itself is sealed in `expert_contacts`.
    pub email_mark: String,
    /// The blind mark of the telephone number.
    pub phone_mark: Option<String>,
    /// Region.
    pub region: String,
    /// Lat.
    pub lat: Option<f64>,
    /// Lon.
    pub lon: Option<f64>,
    /// Years.
    pub years: i32,
    /// Bio.
    pub bio: String,
    /// Services.
    pub services: JsonText<Vec<String>>,
    /// Industries.
    pub industries: JsonText<Vec<String>>,
    /// Languages.
    pub languages: JsonText<Vec<String>>,
    /// Modes.
    pub modes: JsonText<Vec<Mode>>,
    /// Max distance km.
    pub max_distance_km: Option<i32>,
    /// Monthly cap.
    pub monthly_cap: i32,
    /// Open cap.
    pub open_cap: i32,
    /// Standing.
    pub standing: Standing,
    /// Standing why.
    pub standing_why: Option<String>,
    /// Filed number.
    pub filed_number: Option<String>,
    /// Language.
    pub language: String,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// Updated at.
    pub updated_at: NaiveDateTime,
    /// Version.
    pub version: i32,
}

row_deeds!(ExpertRow, experts, id: ExpertId);

/// One qualification.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = qualifications, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct QualificationRow {
    /// Id.
    pub id: QualificationId,
    /// Expert.
    pub expert: ExpertId,
    /// Kind.
    pub kind: String,
    /// Number.
    pub number: Option<String>,
    /// Valid until.
    pub valid_until: Option<NaiveDate>,
    /// Level: 中级, 高级, …
    pub level: Option<String>,
    /// Issued on.
    pub issued_on: Option<NaiveDate>,
    /// When the next notice before its end is due.
    pub notice_at: Option<NaiveDateTime>,
}

impl QualificationRow {
    /// A qualification as a register knows it that keeps no more than kind, number and last day.
    #[must_use]
    pub const fn plain(
        id: QualificationId,
        expert: ExpertId,
        kind: String,
        number: Option<String>,
        valid_until: Option<NaiveDate>,
    ) -> Self {
        Self { id, expert, kind, number, valid_until, level: None, issued_on: None, notice_at: None }
    }

    /// On which days it holds.
    #[must_use]
    pub const fn validity(&self) -> Validity {
        Validity { from: self.issued_on, until: self.valid_until }
    }

    /// Whether it holds on that day.
    #[must_use]
    pub fn valid_on(&self, day: NaiveDate) -> bool {
        self.validity().valid_on(day)
    }
}

/// One absence; both days inclusive.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = leaves, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct LeaveRow {
    /// Id.
    pub id: LeaveId,
    /// Expert.
    pub expert: ExpertId,
    /// From on.
    pub from_on: NaiveDate,
    /// To on.
    pub to_on: NaiveDate,
    /// Reason.
    pub reason: Option<String>,
}

many_rows!(insert_qualifications, QualificationRow, qualifications);
many_rows!(insert_leaves, LeaveRow, leaves);

/// Every expert, for the matcher.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<ExpertRow>> {
    experts::table.order(experts::id).select(cols::<ExpertRow>()).load(conn)
}

/// Every qualification.
///
/// # Errors
/// What the database says.
pub fn all_qualifications(conn: &mut Conn) -> QueryResult<Vec<QualificationRow>> {
    qualifications::table.select(cols::<QualificationRow>()).load(conn)
}

/// Every leave that ends on or after `day`.
///
/// # Errors
/// What the database says.
pub fn leaves_from(conn: &mut Conn, day: NaiveDate) -> QueryResult<Vec<LeaveRow>> {
    leaves::table.filter(leaves::to_on.ge(day)).select(cols::<LeaveRow>()).load(conn)
}

/// The qualifications of one expert.
///
/// # Errors
/// What the database says.
pub fn qualifications_of(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<QualificationRow>> {
    qualifications::table
        .filter(qualifications::expert.eq(expert))
        .order(qualifications::kind)
        .select(cols::<QualificationRow>())
        .load(conn)
}

/// Takes qualifications off a record.
///
/// # Errors
/// What the database says.
pub fn drop_qualifications(conn: &mut Conn, ids: &[QualificationId]) -> QueryResult<()> {
    diesel::delete(qualifications::table.filter(qualifications::id.eq_any(ids))).execute(conn).map(drop)
}

/// The qualification of that id.
///
/// # Errors
/// What the database says.
pub fn qualification(conn: &mut Conn, id: QualificationId) -> QueryResult<Option<QualificationRow>> {
    qualifications::table.filter(qualifications::id.eq(id)).select(cols::<QualificationRow>()).first(conn).optional()
}

/// Writes a qualification back.
///
/// # Errors
/// What the database says.
pub fn save_qualification(conn: &mut Conn, row: &QualificationRow) -> QueryResult<()> {
    diesel::update(qualifications::table.filter(qualifications::id.eq(row.id))).set(row).execute(conn).map(drop)
}

/// Qualifications whose next notice is due.
///
/// # Errors
/// What the database says.
pub fn noticeable(conn: &mut Conn, now: NaiveDateTime, limit: i64) -> QueryResult<Vec<QualificationId>> {
    qualifications::table
        .filter(qualifications::notice_at.le(now))
        .order(qualifications::notice_at)
        .limit(limit)
        .select(qualifications::id)
        .load(conn)
}

/// The leaves of one expert, newest first.
///
/// # Errors
/// What the database says.
pub fn leaves_of(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<LeaveRow>> {
    leaves::table.filter(leaves::expert.eq(expert)).order(leaves::from_on.desc()).select(cols::<LeaveRow>()).load(conn)
}

/// Ends a leave on that day, or takes it off the record when it had not begun.
///
/// # Errors
/// What the database says.
pub fn end_leave(conn: &mut Conn, id: LeaveId, kept_to: Option<NaiveDate>) -> QueryResult<()> {
    match kept_to {
        Some(day) => {
            diesel::update(leaves::table.filter(leaves::id.eq(id))).set(leaves::to_on.eq(day)).execute(conn).map(drop)
        }
        None => diesel::delete(leaves::table.filter(leaves::id.eq(id))).execute(conn).map(drop),
    }
}

/// The expert whose address has one of those marks.
///
/// # Errors
/// What the database says.
pub fn by_email_mark(conn: &mut Conn, marks: &[String]) -> QueryResult<Option<ExpertRow>> {
    experts::table.filter(experts::email_mark.eq_any(marks)).select(cols::<ExpertRow>()).first(conn).optional()
}

/// The experts whose address has one of those marks; an address has at most one.
///
/// # Errors
/// What the database says.
pub fn by_email_marks(conn: &mut Conn, marks: &[String]) -> QueryResult<Vec<ExpertRow>> {
    experts::table.filter(experts::email_mark.eq_any(marks)).select(cols::<ExpertRow>()).load(conn)
}

/// The experts whose telephone number has one of those marks, oldest first.
///
/// # Errors
/// What the database says.
pub fn by_phone_mark(conn: &mut Conn, marks: &[String]) -> QueryResult<Vec<ExpertRow>> {
    experts::table
        .filter(experts::phone_mark.eq_any(marks))
        .order(experts::id)
        .select(cols::<ExpertRow>())
        .limit(AT_MOST)
        .load(conn)
}

/// The experts whose number ends in digits of one of those marks, oldest first.
///
/// # Errors
/// What the database says.
pub fn by_tail_mark(conn: &mut Conn, marks: &[String]) -> QueryResult<Vec<ExpertRow>> {
    let of = expert_contacts::table.filter(expert_contacts::tail_mark.eq_any(marks)).select(expert_contacts::expert);
    experts::table
        .filter(experts::id.eq_any(of))
        .order(experts::id)
        .select(cols::<ExpertRow>())
        .limit(AT_MOST)
        .load(conn)
}

/// The experts of those ids.
///
/// # Errors
/// What the database says.
pub fn by_ids(conn: &mut Conn, ids: &[ExpertId]) -> QueryResult<Vec<ExpertRow>> {
    experts::table.filter(experts::id.eq_any(ids)).select(cols::<ExpertRow>()).load(conn)
}

/// The experts who are on leave on that day and have an open offer.
///
/// # Errors
/// What the database says.
pub fn away_with_offers(conn: &mut Conn, day: NaiveDate) -> QueryResult<Vec<ExpertId>> {
    // In so many words, so that both databases see that the partial index of open offers fits.
    let asked = assignments::table
        .filter(diesel::dsl::sql::<diesel::sql_types::Bool>("assignments.state = 'offered'"))
        .select(assignments::expert);
    leaves::table
        .filter(leaves::from_on.le(day))
        .filter(leaves::to_on.ge(day))
        .filter(leaves::expert.eq_any(asked))
        .select(leaves::expert)
        .distinct()
        .order(leaves::expert)
        .load(conn)
}

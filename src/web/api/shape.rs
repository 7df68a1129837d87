//! The shapes that calls answer with (contract.md, "Shapes"): needs and assignments, loaded for a whole page in a fixed
//! number of queries.
//!
//! Contract: field names never change and none is dropped; new ones may come. Instants are RFC 3339 UTC. A region is
//! its Chinese name as on the register, with its code beside it. Deliberately absent: who may see what, which was decided
//! by the query that found the rows, and anything about experts beyond name and firm.

use super::words::region_name;
use crate::actions::submit_need::look_alike;
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::db::reminder::ReminderRow;
use crate::db::{self, Conn};
use crate::domain::answer_rule::{CountedDay, CountingRule};
use crate::domain::assignment::{AnswerKind, AnsweredBy, AssignmentState, DeclineReason, NotifiedBy};
use crate::domain::contact::{Email, Phone};
use crate::domain::need::{CloseReason, Form, Mode, NeedState, ReserveState, SeatState, Urgency};
use crate::i18n::L;
use crate::ids::{AccountId, AssignmentId, EnterpriseId, ExpertId, NeedId, SeatId, StationId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::QueryResult;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// A need, named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NeedName {
    /// Id.
    pub id: NeedId,
    /// Number people read aloud.
    pub number: String,
}

/// An expert, named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExpertName {
    /// Id.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Employer.
    pub firm: String,
}

/// Who owns a need.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct OwnerName {
    /// The account.
    pub id: AccountId,
    /// Name.
    pub name: String,
}

/// A station, named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StationName {
    /// Id.
    pub id: StationId,
    /// Name.
    pub name: String,
}

/// The enterprise of a need, with the contact given for it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnterpriseShape {
    /// Id.
    pub id: EnterpriseId,
    /// Registered name.
    pub name: String,
    /// 统一社会信用代码.
    pub uscc: Option<String>,
    /// Region by name.
    pub region: String,
    /// Who to talk to.
    pub contact_name: String,
    /// Phone; masked for accounts that do not work on needs.
    pub contact_phone: Option<String>,
    /// Mail; masked for accounts that do not work on needs.
    pub contact_email: Option<String>,
}

/// One place of a need.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SeatShape {
    /// Id.
    pub id: SeatId,
    /// From 1.
    pub position: i32,
    /// Where it stands.
    pub state: SeatState,
    /// What is wanted of its expert in particular.
    pub specialty: Option<String>,
}

/// One reserve of a seat.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReserveShape {
    /// Who.
    pub expert: ExpertName,
    /// In which order they are asked.
    pub position: i32,
    /// Where the reserve stands.
    pub state: ReserveState,
    /// Why passed over: the rule's code.
    pub why: Option<String>,
    /// Of which seat.
    pub seat: SeatId,
}

/// How a need was closed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClosureShape {
    /// Why.
    pub reason: CloseReason,
    /// In words.
    pub note: Option<String>,
    /// When.
    pub closed_at: DateTime<Utc>,
}

/// A need (需求).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NeedShape {
    /// Id.
    pub id: NeedId,
    /// Number people read aloud: `XQ-2026-000123`.
    pub number: String,
    /// Where it stands.
    pub state: NeedState,
    /// In one line.
    pub title: String,
    /// What happened.
    pub description: String,
    /// The enterprise.
    pub enterprise: EnterpriseShape,
    /// Slugs of the catalogue.
    pub services: Vec<String>,
    /// Industries.
    pub industries: Vec<String>,
    /// Where the service is wanted, by name.
    pub region: String,
    /// The same by code.
    pub region_code: String,
    /// Latitude, degrees.
    pub lat: Option<f64>,
    /// Longitude, degrees.
    pub lon: Option<f64>,
    /// The channel.
    pub mode: Mode,
    /// The standard's 服务形式.
    pub form: Form,
    /// Language of the service.
    pub language: String,
    /// How pressing.
    pub urgency: Urgency,
    /// By when.
    pub wanted_by: Option<NaiveDate>,
    /// Hours expected.
    pub expected_hours: Option<i32>,
    /// Whether title and text are hidden until somebody accepted.
    pub confidential: bool,
    /// The other party of a dispute.
    pub opposing_party: Option<String>,
    /// The other party's agent firm.
    pub opposing_agent: Option<String>,
    /// Whose it is.
    pub owner: OwnerName,
    /// Of which station.
    pub station: StationName,
    /// Its places.
    pub seats: Vec<SeatShape>,
    /// Its offers, oldest first.
    pub assignments: Vec<AssignmentShape>,
    /// Its reserves, in order.
    pub reserves: Vec<ReserveShape>,
    /// Open needs of the same enterprise that look alike.
    pub similar_open_needs: Vec<NeedName>,
    /// How it was closed or retracted.
    pub closure: Option<ClosureShape>,
    /// When it was submitted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One day of the count behind a deadline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CountShape {
    /// The day, in Beijing.
    pub date: NaiveDate,
    /// Whether the rule counts it.
    pub counted: bool,
    /// Why, in the language asked for.
    pub why: String,
    /// The same as a stable code.
    pub code: &'static str,
}

/// A reminder that was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ReminderShape {
    /// When.
    pub sent_at: DateTime<Utc>,
}

/// An assignment (派单): one offer of one seat to one expert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AssignmentShape {
    /// Id.
    pub id: AssignmentId,
    /// Number people read aloud: `PD-2026-000123`.
    pub number: String,
    /// Of which need.
    pub need: NeedName,
    /// To whom.
    pub expert: ExpertName,
    /// Of which seat.
    pub seat: SeatId,
    /// From 1; rises when an undelivered offer is opened again.
    pub round: i32,
    /// Where it stands.
    pub state: AssignmentState,
    /// Whether the first answer came at or after the due instant.
    pub late: bool,
    /// When the clock began; `null` while no mail server took the letter.
    pub notified_at: Option<DateTime<Utc>>,
    /// How the expert was told.
    pub notified_by: Option<NotifiedBy>,
    /// The first instant that is too late.
    pub answer_due_at: Option<DateTime<Utc>>,
    /// The due instant may still move, later only: the year's holidays are not announced.
    pub provisional: bool,
    /// The counting rule it was offered under.
    pub rule: CountingRule,
    /// Day by day.
    pub count: Vec<CountShape>,
    /// The reminders sent.
    pub reminders: Vec<ReminderShape>,
    /// The first answer.
    pub answer: Option<AnswerKind>,
    /// When the first answer came.
    pub answered_at: Option<DateTime<Utc>>,
    /// How it reached us.
    pub answered_by: Option<AnsweredBy>,
    /// Why declined.
    pub decline_reason: Option<DeclineReason>,
    /// A word with a decline or release.
    pub note: Option<String>,
    /// What the expert asked.
    pub question: Option<String>,
    /// When.
    pub asked_at: Option<DateTime<Utc>>,
    /// What staff replied.
    pub reply: Option<String>,
    /// When the clock ran again.
    pub replied_at: Option<DateTime<Utc>>,
    /// By when feedback is due.
    pub feedback_due_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Why it is void, who released it, or why it could not be delivered.
    pub end_reason: Option<String>,
    /// When the offer was made.
    pub created_at: DateTime<Utc>,
}

/// An instant as it is kept.
#[must_use]
pub const fn utc(at: NaiveDateTime) -> DateTime<Utc> {
    at.and_utc()
}

/// The count of an assignment in words.
#[must_use]
pub fn count(l: L, days: &[CountedDay]) -> Vec<CountShape> {
    days.iter()
        .map(|day| CountShape { date: day.date, counted: day.counted, why: l.why(&day.why), code: day.why.code() })
        .collect()
}

/// A phone as somebody without business with it sees it.
#[must_use]
pub fn masked_phone(phone: &str) -> String {
    phone.parse::<Phone>().map_or_else(|_| "****".to_owned(), |phone| phone.masked())
}

/// An address as somebody without business with it sees it.
#[must_use]
pub fn masked_email(email: &str) -> String {
    email.parse::<Email>().map_or_else(|_| "***".to_owned(), |email| email.masked())
}

/// Names of experts and numbers of needs, for a page of assignments.
struct Names {
    experts: HashMap<ExpertId, ExpertName>,
    needs: HashMap<NeedId, String>,
    reminders: HashMap<AssignmentId, Vec<ReminderShape>>,
}

impl Names {
    fn load(conn: &mut Conn, rows: &[AssignmentRow], also: &[ExpertId]) -> QueryResult<Self> {
        let assignments: Vec<AssignmentId> = rows.iter().map(|row| row.id).collect();
        let mut experts: Vec<ExpertId> = rows.iter().map(|row| row.expert).chain(also.iter().copied()).collect();
        let mut needs: Vec<NeedId> = rows.iter().map(|row| row.need).collect();
        experts.sort_unstable();
        experts.dedup();
        needs.sort_unstable();
        needs.dedup();
        let mut sent: HashMap<AssignmentId, Vec<ReminderShape>> = HashMap::new();
        for ReminderRow { assignment, sent_at, .. } in db::beside::reminders_of(conn, &assignments)? {
            if let Some(at) = sent_at {
                sent.entry(assignment).or_default().push(ReminderShape { sent_at: utc(at) });
            }
        }
        let named = db::beside::names_of(conn, &experts)?;
        Ok(Self {
            experts: named.into_iter().map(|(id, name, firm)| (id, ExpertName { id, name, firm })).collect(),
            needs: db::beside::numbers_of(conn, &needs)?.into_iter().collect(),
            reminders: sent,
        })
    }

    fn expert(&self, id: ExpertId) -> ExpertName {
        self.experts.get(&id).cloned().unwrap_or(ExpertName { id, name: String::new(), firm: String::new() })
    }

    fn assignment(&mut self, l: L, row: AssignmentRow) -> AssignmentShape {
        AssignmentShape {
            id: row.id,
            number: row.number,
            need: NeedName { id: row.need, number: self.needs.get(&row.need).cloned().unwrap_or_default() },
            expert: self.expert(row.expert),
            seat: row.seat,
            round: row.round,
            state: row.state,
            late: row.late,
            notified_at: row.notified_at.map(utc),
            notified_by: row.notified_by,
            answer_due_at: row.answer_due_at.map(utc),
            provisional: row.provisional,
            rule: row.rule,
            count: count(l, &row.day_count.get()),
            reminders: self.reminders.remove(&row.id).unwrap_or_default(),
            answer: row.first_answer,
            answered_at: row.answered_at.map(utc),
            answered_by: row.answered_by,
            decline_reason: row.decline_reason,
            note: row.note,
            question: row.question,
            asked_at: row.asked_at.map(utc),
            reply: row.reply,
            replied_at: row.replied_at.map(utc),
            feedback_due_at: row.feedback_due_at.map(utc),
            ended_at: row.ended_at.map(utc),
            end_reason: row.end_reason,
            created_at: utc(row.created_at),
        }
    }
}

/// A page of assignments, in the order of the rows.
///
/// # Errors
/// What the database says.
pub fn assignments(conn: &mut Conn, l: L, rows: Vec<AssignmentRow>) -> QueryResult<Vec<AssignmentShape>> {
    let mut names = Names::load(conn, &rows, &[])?;
    Ok(rows.into_iter().map(|row| names.assignment(l, row)).collect())
}

/// A page of needs, in the order of the rows; `full_contact` for accounts that work on needs.
///
/// # Errors
/// What the database says.
pub fn needs(conn: &mut Conn, l: L, rows: Vec<NeedRow>, full_contact: bool) -> QueryResult<Vec<NeedShape>> {
    let ids: Vec<NeedId> = rows.iter().map(|row| row.id).collect();
    let enterprises: Vec<EnterpriseId> = rows.iter().map(|row| row.enterprise).collect();
    let owners: Vec<AccountId> = rows.iter().map(|row| row.owner).collect();
    let stations: Vec<StationId> = rows.iter().map(|row| row.station).collect();
    let known = db::enterprise::by_ids(conn, &enterprises)?;
    let open = db::beside::open_of_enterprises(conn, &enterprises)?;
    let owners: HashMap<AccountId, String> = db::beside::owners_of(conn, &owners)?.into_iter().collect();
    let stations: HashMap<StationId, String> = db::beside::stations_of(conn, &stations)?.into_iter().collect();
    let seats = db::beside::seats_of(conn, &ids)?;
    let reserves = db::beside::reserves_of(conn, &seats.iter().map(|seat| seat.id).collect::<Vec<_>>())?;
    let offers = db::beside::assignments_of(conn, &ids)?;
    let reserved: Vec<ExpertId> = reserves.iter().map(|reserve| reserve.expert).collect();
    let mut names = Names::load(conn, &offers, &reserved)?;
    let mut of_need: HashMap<NeedId, Vec<AssignmentShape>> = HashMap::new();
    for offer in offers {
        of_need.entry(offer.need).or_default().push(names.assignment(l, offer));
    }
    let mut closures: HashMap<NeedId, ClosureShape> = HashMap::new();
    for row in db::beside::closures_of(conn, &ids)? {
        closures.insert(row.need, ClosureShape { reason: row.reason, note: row.note, closed_at: utc(row.closed_at) });
    }
    let mut shapes = Vec::with_capacity(rows.len());
    for row in rows {
        let enterprise = known.iter().find(|enterprise| enterprise.id == row.enterprise);
        let mine: Vec<SeatShape> = seats
            .iter()
            .filter(|seat| seat.need == row.id)
            .map(|seat| SeatShape { id: seat.id, position: seat.position, state: seat.state, specialty: seat.specialty.clone() })
            .collect();
        let mut waiting = Vec::new();
        for reserve in reserves.iter().filter(|reserve| mine.iter().any(|seat| seat.id == reserve.seat)) {
            waiting.push(ReserveShape {
                expert: names.expert(reserve.expert),
                position: reserve.position,
                state: reserve.state,
                why: reserve.why.clone(),
                seat: reserve.seat,
            });
        }
        let services = row.services.get();
        let similar = open
            .iter()
            .filter(|other| other.id != row.id && other.enterprise == row.enterprise)
            .filter(|other| look_alike(&other.title, &other.services.get(), &row.title, &services))
            .map(|other| NeedName { id: other.id, number: other.number.clone() })
            .collect();
        shapes.push(NeedShape {
            id: row.id,
            number: row.number,
            state: row.state,
            title: row.title,
            description: row.description,
            enterprise: EnterpriseShape {
                id: row.enterprise,
                name: enterprise.map(|enterprise| enterprise.name.clone()).unwrap_or_default(),
                uscc: enterprise.and_then(|enterprise| enterprise.uscc.clone()),
                region: enterprise.map(|enterprise| region_name(&enterprise.region)).unwrap_or_default(),
                contact_name: row.contact_name,
                contact_phone: row.contact_phone.map(|phone| if full_contact { phone } else { masked_phone(&phone) }),
                contact_email: row.contact_email.map(|email| if full_contact { email } else { masked_email(&email) }),
            },
            services,
            industries: row.industries.get(),
            region: region_name(&row.region),
            region_code: row.region,
            lat: row.lat,
            lon: row.lon,
            mode: row.mode,
            form: row.form,
            language: row.language,
            urgency: row.urgency,
            wanted_by: row.wanted_by,
            expected_hours: row.expected_hours,
            confidential: row.confidential,
            opposing_party: row.opposing_party,
            opposing_agent: row.opposing_agent,
            owner: OwnerName { id: row.owner, name: owners.get(&row.owner).cloned().unwrap_or_default() },
            station: StationName { id: row.station, name: stations.get(&row.station).cloned().unwrap_or_default() },
            seats: mine,
            assignments: of_need.remove(&row.id).unwrap_or_default(),
            reserves: waiting,
            similar_open_needs: similar,
            closure: closures.remove(&row.id),
            created_at: utc(row.created_at),
            updated_at: utc(row.updated_at),
        });
    }
    Ok(shapes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::answer_rule::Why;
    use crate::i18n::Lang;

    #[test]
    fn the_count_is_told_in_the_language_asked_for() {
        let date = NaiveDate::from_ymd_opt(2026, 5, 8).expect("a date");
        let days = [CountedDay { date, counted: true, why: Why::Counted { n: 1 } }];
        let zh = serde_json::to_value(count(L(Lang::Zh), &days)).expect("writes");
        assert_eq!(zh, serde_json::json!([{"date": "2026-05-08", "counted": true, "why": "第 1 日", "code": "counted"}]));
        let en = serde_json::to_value(count(L(Lang::En), &days)).expect("writes");
        assert_eq!(en[0]["why"], "Day 1");
    }

    #[test]
    fn masks_hold_for_whatever_is_kept() {
        assert_eq!(masked_phone("13800138000"), "138****8000");
        assert_eq!(masked_phone("x"), "****");
        assert_eq!(masked_email("zhang@x.example"), "z***@x.example");
        assert_eq!(masked_email("nonsense"), "***");
    }
}

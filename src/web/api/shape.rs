//! The shapes that calls answer with (contract.md, "Shapes"): needs and assignments. [`super::assembly`] fills them.
//!
//! Contract: field names never change and none is dropped; new ones may come. Instants are RFC 3339 UTC. A region is
//! its Chinese name as on the register, with its code beside it. Deliberately absent: anything about experts beyond name
//! and firm.

use crate::domain::answer_rule::{CountedDay, CountingRule};
use crate::domain::assignment::{AnswerKind, AnsweredBy, AssignmentState, DeclineReason, NotifiedBy};
use crate::domain::contact::{Email, Phone};
use crate::domain::need::{CloseReason, Form, Mode, NeedState, ReserveState, SeatState, Urgency};
use crate::i18n::L;
use crate::ids::{AccountId, AssignmentId, EnterpriseId, ExpertId, NeedId, SeatId, StationId};
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// A need, named.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct NeedName {
    /// Id.
    pub id: NeedId,
    /// Number people read aloud.
    pub number: String,
}

/// An open need of the same enterprise that seems to be the same matter.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SimilarNeed {
    /// Id.
    pub id: NeedId,
    /// Number people read aloud.
    pub number: String,
    /// Both name the same opposing party.
    pub same_opponent: bool,
    /// What both speak of, as typed in this need, the weightiest first.
    pub words: Vec<String>,
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
    pub similar_open_needs: Vec<SimilarNeed>,
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

/// A letter to an offer's expert or enterprise.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LetterShape {
    /// What it tells: `offer`, `reminder`, `confirmed`, …
    pub kind: &'static str,
    /// Where it is: `queued sending accepted relayed delayed delivered bounced failed void told`. `accepted`: a mail
    /// server took it; `delivered`: the reader's own reported so.
    pub state: String,
    /// When a server took it.
    pub accepted_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: i32,
    /// What went wrong, addresses masked.
    pub error: Option<String>,
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
    /// By when somebody will have answered at the latest, the reserves of the seat included; told for one open offer only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_answer_at: Option<DateTime<Utc>>,
    /// The due instant may still move, later only: the year's holidays are not announced.
    pub provisional: bool,
    /// The counting rule it was offered under.
    pub rule: CountingRule,
    /// Day by day.
    pub count: Vec<CountShape>,
    /// The reminders sent.
    pub reminders: Vec<ReminderShape>,
    /// The letters owed about it, but for those to staff.
    pub letters: Vec<LetterShape>,
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
        assert_eq!(
            zh,
            serde_json::json!([{"date": "2026-05-08", "counted": true, "why": "第 1 日", "code": "counted"}])
        );
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

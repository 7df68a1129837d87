//! What letters say of a need, an offer and a conduct case, read at the moment of sending.
//!
//! Deliberately absent: addresses, which only the recipient has.

use crate::domain::answer_rule::{CountedDay, CountingRule};
use crate::domain::assignment::{AnswerKind, DeclineReason};
use crate::domain::need::{Mode, Urgency};
use crate::ids::{AssignmentId, CaseId, ExpertId, NeedId};
use chrono::{DateTime, NaiveDate, Utc};

/// What a letter may say of the need.
#[derive(Debug, Clone, PartialEq)]
pub struct NeedFacts {
    /// Id, for links.
    pub id: NeedId,
    /// Number.
    pub number: String,
    /// Title; `None` when it is confidential and the reader may not see it yet.
    pub title: Option<String>,
    /// Text; `None` when it is confidential and the reader may not see it yet.
    pub description: Option<String>,
    /// The enterprise's name.
    pub enterprise: String,
    /// The opposing party's name, to judge a conflict.
    pub opposing_party: Option<String>,
    /// The opposing party's agent.
    pub opposing_agent: Option<String>,
    /// Slugs of the services.
    pub services: Vec<String>,
    /// Code of the region.
    pub region: String,
    /// Channel.
    pub mode: Mode,
    /// Urgency.
    pub urgency: Urgency,
    /// By when.
    pub wanted_by: Option<NaiveDate>,
    /// Hours expected.
    pub expected_hours: Option<i32>,
    /// The station's name, phone and 监督电话.
    pub station: StationFacts,
    /// The enterprise's contact; only for those who may see it.
    pub contact: Option<Person>,
}

/// What a letter says of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationFacts {
    /// Name.
    pub name: String,
    /// Address.
    pub address: String,
    /// Phone.
    pub phone: String,
    /// 监督电话.
    pub supervision_phone: String,
}

/// A person with contact data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Name.
    pub name: String,
    /// Firm or enterprise.
    pub firm: String,
    /// Phone.
    pub phone: Option<String>,
    /// Mail.
    pub email: Option<String>,
}

/// What a letter may say of an offer.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferFacts {
    /// Id, for links.
    pub id: AssignmentId,
    /// Number.
    pub number: String,
    /// Round, for links.
    pub round: i32,
    /// When the clock began.
    pub notified_at: Option<DateTime<Utc>>,
    /// The first instant that is too late; for an offer not yet delivered, as counted from now.
    pub answer_due_at: Option<DateTime<Utc>>,
    /// The year's calendar is not published.
    pub provisional: bool,
    /// How it was counted.
    pub rule: CountingRule,
    /// Day by day.
    pub count: Vec<CountedDay>,
    /// Why declined.
    pub decline_reason: Option<DeclineReason>,
    /// The question.
    pub question: Option<String>,
    /// The reply.
    pub reply: Option<String>,
    /// What staff entered.
    pub answer: Option<AnswerKind>,
    /// When feedback is due.
    pub feedback_due_at: Option<DateTime<Utc>>,
    /// The expert; with contact data only for those who may see it.
    pub expert: Person,
    /// Whether another reserve is asked now (the name for staff).
    pub next: Option<String>,
}

/// A paper that travels with a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enclosure {
    /// The file's name.
    pub name: String,
    /// Media type as sniffed when it was filed.
    pub media_type: String,
    /// Content.
    pub content: Vec<u8>,
}

/// What a letter says of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFacts {
    /// Id.
    pub id: CaseId,
    /// Number.
    pub number: String,
    /// `admonition` or `removal`.
    pub kind: crate::domain::conduct::CaseKind,
    /// Grounds.
    pub grounds: String,
    /// The decision.
    pub decision: Option<crate::domain::conduct::Decision>,
    /// Its reason.
    pub reason: Option<String>,
    /// The expert's name.
    pub expert: String,
    /// The expert.
    pub expert_id: ExpertId,
    /// Working days for the statement.
    pub statement_days: i32,
    /// Working days for an appeal.
    pub appeal_days: i32,
    /// The first instant too late for a statement, while one may still come, or for an appeal, while that may.
    pub due_at: Option<DateTime<Utc>>,
    /// How the appeal ended.
    pub appeal_outcome: Option<crate::domain::conduct::AppealOutcome>,
    /// Why.
    pub appeal_reason: Option<String>,
    /// The sealed decision, scanned, where the letter brings it and it is not too large for mail.
    pub scan: Option<Enclosure>,
}

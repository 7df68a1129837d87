//! Notices (通知事项): everything the office tells people, as data. `mail` turns a [`Notice`] into a letter.
//!
//! An [`OwedNotice`] is what the outbox keeps: a kind and ids, never an address, a link or a rendered word. The
//! [`Notice`] is composed from the database at the moment of sending, so a letter never contradicts the state.

use super::answer_rule::{CountedDay, CountingRule};
use super::assignment::{AnswerKind, DeclineReason};
use super::need::{Mode, Urgency};
use super::task::TaskKind;
use crate::ids::{AccountId, AssignmentId, CaseId, ExpertId, NeedId, OutboxId, TaskId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

text_enum! {
    /// What is told. The first block goes to experts, the second to enterprises, the third to staff.
    pub enum NoticeKind {
        /// Will you take this? With the sealed link.
        Offer = "offer",
        /// The answer is due soon.
        Reminder = "reminder",
        /// The time ran out; the link stays open while the seat is free.
        OfferLapsed = "offer-lapsed",
        /// Somebody else has the seat.
        SeatTaken = "seat-taken",
        /// The need was retracted or closed; nothing to do.
        OfferWithdrawn = "offer-withdrawn",
        /// Yours: contacts, calendar file, feedback link.
        Confirmed = "confirmed",
        /// The reply to your question, and the new due instant.
        QuestionReplied = "question-replied",
        /// Staff entered an answer in your name; say so if it was not you.
        AnswerEntered = "answer-entered",
        /// You are released.
        ExpertReleased = "expert-released",
        /// Feedback is due.
        FeedbackReminder = "feedback-reminder",
        /// A case was opened.
        CaseOpened = "case-opened",
        /// A case was decided.
        CaseDecided = "case-decided",
        /// The sealed decision, scanned.
        CaseSealed = "case-sealed",
        /// An appeal was decided.
        AppealDecided = "appeal-decided",
        /// What was in hand moved on to others: once, for everything.
        Rehomed = "rehomed",
        /// A breach was withdrawn: the letter had not reached you.
        BreachWithdrawn = "breach-withdrawn",
        /// Several of these in one letter.
        Digest = "digest",
        /// The deadline moved later without the expert's doing: a new calendar, an outage.
        DueMoved = "due-moved",

        /// Your need is in, under this number.
        Receipt = "receipt",
        /// An expert accepted: contacts.
        ExpertConfirmed = "expert-confirmed",
        /// The expert cannot go on; we look for another.
        SearchingAgain = "searching-again",
        /// Please rate.
        RateService = "rate-service",
        /// Please rate: the one reminder.
        RateReminder = "rate-reminder",
        /// The need is closed or retracted.
        NeedClosed = "need-closed",

        /// An expert accepted.
        StaffAccepted = "staff-accepted",
        /// An expert declined; who is next.
        StaffDeclined = "staff-declined",
        /// An offer lapsed; who is next.
        StaffLapsed = "staff-lapsed",
        /// An expert asked something.
        StaffQuestion = "staff-question",
        /// Nobody replied in time.
        StaffQuestionOverdue = "staff-question-overdue",
        /// Nobody left to ask.
        StaffUnanswered = "staff-unanswered",
        /// A letter came back.
        StaffUndelivered = "staff-undelivered",
        /// The expert gave the seat back.
        StaffReleased = "staff-released",
        /// Feedback is in.
        StaffFeedback = "staff-feedback",
        /// A rating reports conduct.
        StaffConduct = "staff-conduct",
        /// A case waits for a second manager.
        StaffCase = "staff-case",
        /// An appeal waits for another manager.
        StaffAppeal = "staff-appeal",
        /// The expert says the entered answer was not theirs.
        StaffNotMine = "staff-not-mine",
        /// A task still waits: nobody acted on it.
        StaffEscalated = "staff-escalated",
        /// Several of these in one letter.
        StaffDigest = "staff-digest",
        /// Reset your password.
        PasswordReset = "password-reset",
    }
}

/// Who a notice is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A volunteer expert.
    Expert,
    /// The enterprise's contact.
    Enterprise,
    /// An account.
    Staff,
}

impl NoticeKind {
    /// Who this kind is for.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::Offer
            | Self::Reminder
            | Self::OfferLapsed
            | Self::SeatTaken
            | Self::OfferWithdrawn
            | Self::Confirmed
            | Self::QuestionReplied
            | Self::AnswerEntered
            | Self::ExpertReleased
            | Self::FeedbackReminder
            | Self::CaseOpened
            | Self::CaseDecided
            | Self::CaseSealed
            | Self::AppealDecided
            | Self::Rehomed
            | Self::BreachWithdrawn
            | Self::Digest
            | Self::DueMoved => Audience::Expert,
            Self::Receipt
            | Self::ExpertConfirmed
            | Self::SearchingAgain
            | Self::RateService
            | Self::RateReminder
            | Self::NeedClosed => Audience::Enterprise,
            Self::StaffAccepted
            | Self::StaffDeclined
            | Self::StaffLapsed
            | Self::StaffQuestion
            | Self::StaffQuestionOverdue
            | Self::StaffUnanswered
            | Self::StaffUndelivered
            | Self::StaffReleased
            | Self::StaffFeedback
            | Self::StaffConduct
            | Self::StaffCase
            | Self::StaffAppeal
            | Self::StaffNotMine
            | Self::StaffEscalated
            | Self::StaffDigest
            | Self::PasswordReset => Audience::Staff,
        }
    }

    /// Whether it carries others.
    #[must_use]
    pub const fn is_digest(self) -> bool {
        matches!(self, Self::Digest | Self::StaffDigest)
    }

    /// Whether it may be told together with others in one digest. Offers never are; nor what is formal (a case), secret
    /// (a password), or comes with a calendar file or a person's own words.
    #[must_use]
    pub const fn joins_digest(self) -> bool {
        match self {
            Self::Reminder | Self::OfferLapsed | Self::SeatTaken | Self::OfferWithdrawn | Self::FeedbackReminder => {
                true
            }
            Self::PasswordReset | Self::StaffDigest => false,
            _ => matches!(self.audience(), Audience::Staff),
        }
    }
}

/// What the outbox keeps of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwedNotice {
    /// What is told.
    pub kind: NoticeKind,
    /// The reminder's number, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordinal: Option<i32>,
    /// The case, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// The task, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
}

impl Default for OwedNotice {
    fn default() -> Self {
        Self { kind: NoticeKind::Offer, ordinal: None, case: None, task: None }
    }
}

/// Who a letter goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Name as written in the greeting.
    pub name: String,
    /// Address.
    pub address: String,
    /// Language of the letter: `zh` or `en`.
    pub language: String,
}

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
    pub kind: super::conduct::CaseKind,
    /// Grounds.
    pub grounds: String,
    /// The decision.
    pub decision: Option<super::conduct::Decision>,
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
    /// How the appeal ended.
    pub appeal_outcome: Option<super::conduct::AppealOutcome>,
    /// Why.
    pub appeal_reason: Option<String>,
    /// The sealed decision, scanned, where the letter brings it and it is not too large for mail.
    pub scan: Option<Enclosure>,
}

/// What a letter says of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFacts {
    /// What has to be done.
    pub kind: TaskKind,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// The expert it is about, if any.
    pub expert: Option<String>,
}

/// A notice composed for one recipient, ready to be worded.
#[derive(Debug, Clone, PartialEq)]
pub struct Notice {
    /// What is told.
    pub kind: NoticeKind,
    /// The reminder's number.
    pub ordinal: Option<i32>,
    /// To whom.
    pub to: Recipient,
    /// The account, for staff notices.
    pub account: Option<AccountId>,
    /// Of which need.
    pub need: Option<NeedFacts>,
    /// Of which offer.
    pub offer: Option<OfferFacts>,
    /// Of which case.
    pub case: Option<CaseFacts>,
    /// A one-time secret for links that need one (password reset).
    pub secret: Option<String>,
    /// Of which task.
    pub task: Option<TaskFacts>,
    /// What a digest tells, each with the letter it stands for.
    pub items: Vec<(OutboxId, Self)>,
}

//! Notices (通知事项): everything the office tells people, as data. `mail` turns a [`Notice`] into a letter.
//!
//! An [`OwedNotice`] is what the outbox keeps: a kind and ids, never an address, a link or a rendered word. The
//! [`Notice`] is composed from the database at the moment of sending, so a letter never contradicts the state.

mod admission;
mod duty;
mod facts;

use super::conduct::CaseStage;
use super::task::TaskKind;
use crate::ids::{AccountId, CaseId, DocumentId, DutyPlanId, DutyTurnId, OutboxId, ReviewId, TaskId};
pub use admission::{AdmissionFacts, DocumentFacts};
use chrono::{DateTime, Utc};
pub use duty::{DutyFacts, DutyLine};
pub use facts::{CaseFacts, Enclosure, NeedFacts, OfferFacts, Person, StationFacts};
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
        /// The time to be heard ends soon.
        StatementReminder = "statement-reminder",
        /// The time to appeal ends soon.
        AppealReminder = "appeal-reminder",
        /// What was in hand moved on to others: once, for everything.
        Rehomed = "rehomed",
        /// A breach was withdrawn: the letter had not reached you.
        BreachWithdrawn = "breach-withdrawn",
        /// Several of these in one letter.
        Digest = "digest",
        /// Your application is in.
        ApplicationReceived = "application-received",
        /// 备案通知: you are on the register, under this number.
        Filed = "filed",
        /// Your application wants more papers.
        MoreWanted = "more-wanted",
        /// Your application was refused, with reasons.
        NotFiled = "not-filed",
        /// A paper of yours was sent back.
        DocumentReturned = "document-returned",
        /// A paper of yours ends in 60, 30 or 7 days.
        DocumentEnding = "document-ending",
        /// The way in to your own page, for ten minutes and once.
        EnterPage = "enter-page",
        /// To the new address: confirm that you read it.
        EmailConfirm = "email-confirm",
        /// To the old address: it is to change; object within 72 hours.
        EmailTold = "email-told",
        /// The deadline moved later without the expert's doing: a new calendar, an outage.
        DueMoved = "due-moved",
        /// Which of these duty turns suit you? With the sealed link.
        DutyAsk = "duty-ask",
        /// The rota is published: your turns.
        DutyPublished = "duty-published",
        /// Your turns changed by somebody else's doing.
        DutyChanged = "duty-changed",
        /// Could you take this turn?
        DutyOffered = "duty-offered",
        /// Tomorrow you are on duty: say that you will come.
        DutyTomorrow = "duty-tomorrow",
        /// Your turns now, next and this week.
        DutyWeek = "duty-week",

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
        /// The time of an expert to be heard ends soon.
        StaffStatementEnding = "staff-statement-ending",
        /// The time of an expert to appeal ends soon.
        StaffAppealEnding = "staff-appeal-ending",
        /// The expert says the entered answer was not theirs.
        StaffNotMine = "staff-not-mine",
        /// A task still waits: nobody acted on it.
        StaffEscalated = "staff-escalated",
        /// Somebody applied to the register.
        StaffApplication = "staff-application",
        /// A paper of an expert ends in 60, 30 or 7 days.
        StaffDocumentEnding = "staff-document-ending",
        /// Several of these in one letter.
        StaffDigest = "staff-digest",
        /// Duty turns nobody has.
        StaffDutyGap = "staff-duty-gap",
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
            | Self::StatementReminder
            | Self::AppealReminder
            | Self::Rehomed
            | Self::BreachWithdrawn
            | Self::Digest
            | Self::DueMoved
            | Self::DutyAsk
            | Self::DutyPublished
            | Self::DutyChanged
            | Self::DutyOffered
            | Self::DutyTomorrow
            | Self::DutyWeek
            | Self::ApplicationReceived
            | Self::Filed
            | Self::MoreWanted
            | Self::NotFiled
            | Self::DocumentReturned
            | Self::DocumentEnding
            | Self::EnterPage
            | Self::EmailConfirm
            | Self::EmailTold => Audience::Expert,
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
            | Self::StaffStatementEnding
            | Self::StaffAppealEnding
            | Self::StaffNotMine
            | Self::StaffEscalated
            | Self::StaffApplication
            | Self::StaffDocumentEnding
            | Self::StaffDigest
            | Self::StaffDutyGap
            | Self::PasswordReset => Audience::Staff,
        }
    }

    /// At which stage a case must stand for a reminder of its time to be worth saying; `None` for every other kind.
    #[must_use]
    pub const fn reminds_of(self) -> Option<CaseStage> {
        match self {
            Self::StatementReminder | Self::StaffStatementEnding => Some(CaseStage::Hearing),
            Self::AppealReminder | Self::StaffAppealEnding => Some(CaseStage::Appealable),
            _ => None,
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
            // A list of turns is a letter of its own.
            Self::PasswordReset | Self::StaffDigest | Self::StaffDutyGap => false,
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
    /// The duty plan, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<DutyPlanId>,
    /// The duty turn, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<DutyTurnId>,
    /// The paper, where there is one; a certificate's id where it stands on the record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentId>,
    /// The review, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewId>,
}

impl Default for OwedNotice {
    fn default() -> Self {
        Self {
            kind: NoticeKind::Offer,
            ordinal: None,
            case: None,
            task: None,
            plan: None,
            turn: None,
            document: None,
            review: None,
        }
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
    /// Of which turns of duty.
    pub duty: Option<DutyFacts>,
    /// Of which paper.
    pub document: Option<DocumentFacts>,
    /// Of which application.
    pub admission: Option<AdmissionFacts>,
    /// What a digest tells, each with the letter it stands for.
    pub items: Vec<(OutboxId, Self)>,
}

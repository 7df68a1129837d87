//! Why the office says no: one variant a reason, each with a stable code that is also its translation key
//! (`refused-<code>`). A refusal is information for a person, never a fault of the machine.

use serde::Serialize;
use std::fmt;

/// One field of a form or call that cannot be taken as it is. `code` is the last part of `field-<code>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field's name in the API (`enterprise.uscc`) or form.
    pub field: String,
    /// What is wrong: `missing`, `too-long`, `not-a-region`, …
    pub code: &'static str,
    /// A figure or word the sentence needs (a limit, the value typed).
    pub detail: Option<String>,
}

impl FieldProblem {
    /// A problem without a detail.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &'static str) -> Self {
        Self { field: field.into(), code, detail: None }
    }

    /// A problem with the figure or word its sentence needs.
    #[must_use]
    pub fn with(field: impl Into<String>, code: &'static str, detail: impl fmt::Display) -> Self {
        Self { field: field.into(), code, detail: Some(detail.to_string()) }
    }
}

/// Why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Fields that cannot be taken as they are.
    Invalid(Vec<FieldProblem>),
    /// Nothing here under that id, or not for you.
    NotFound,
    /// Your role may not do this.
    NotYours,
    /// Sign in first.
    SignInFirst,
    /// Name or password is wrong, said alike for unknown accounts.
    WrongPassword,
    /// The six digits are wrong or used.
    WrongCode,
    /// Too many tries; wait.
    TooManyTries,
    /// The form is too old or came from elsewhere (CSRF).
    FormExpired,
    /// The link is unknown, changed or too old.
    LinkUnknown,
    /// Somebody else has the seat.
    SeatTaken,
    /// The file is closed to this link.
    FileClosed,
    /// It was answered before.
    AnsweredBefore,
    /// One question per offer.
    QuestionAskedBefore,
    /// A question after the offer lapsed: answer, or phone.
    QuestionTooLate,
    /// There is no question to reply to.
    NoQuestion,
    /// The expert may not be asked: the exclusion's code.
    NotEligible(&'static str),
    /// No seat of the need is free.
    NoFreeSeat,
    /// The need is closed or retracted.
    NeedClosed,
    /// Closing asks for feedback and rating, or for a reason.
    NotReadyToClose,
    /// The offer is not in a state for this.
    WrongState,
    /// A notice was recorded before.
    NoticeRecorded,
    /// Feedback was filed before.
    FeedbackFiled,
    /// Rated before.
    RatedBefore,
    /// A case of this kind is open.
    CaseOpen,
    /// The second decision is for another manager.
    AnotherManager,
    /// The decision does not fit the case.
    DecisionDoesNotFit,
    /// The expert may still be heard.
    HearingRuns,
    /// The district has proposed: the city signs second.
    CitySigns,
    /// The time to appeal is over.
    AppealOver,
    /// Removed too short a time ago to come back.
    ReentryTooEarly,
    /// The same key came with another request.
    KeyReused,
    /// An account or expert with this address exists.
    AddressTaken,
    /// The draft or record changed meanwhile.
    ChangedMeanwhile,
    /// The request body is too large.
    TooLarge,
    /// The time machine only goes forward.
    Backwards,
}

impl Refusal {
    /// The stable code: API `code`, and the translation key `refused-<code>`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid",
            Self::NotFound => "not-found",
            Self::NotYours => "not-yours",
            Self::SignInFirst => "sign-in-first",
            Self::WrongPassword => "wrong-password",
            Self::WrongCode => "wrong-code",
            Self::TooManyTries => "too-many-tries",
            Self::FormExpired => "form-expired",
            Self::LinkUnknown => "link-unknown",
            Self::SeatTaken => "seat-taken",
            Self::FileClosed => "file-closed",
            Self::AnsweredBefore => "answered-before",
            Self::QuestionAskedBefore => "question-asked-before",
            Self::QuestionTooLate => "question-too-late",
            Self::NoQuestion => "no-question",
            Self::NotEligible(_) => "not-eligible",
            Self::NoFreeSeat => "no-free-seat",
            Self::NeedClosed => "need-closed",
            Self::NotReadyToClose => "not-ready-to-close",
            Self::WrongState => "wrong-state",
            Self::NoticeRecorded => "notice-recorded",
            Self::FeedbackFiled => "feedback-filed",
            Self::RatedBefore => "rated-before",
            Self::CaseOpen => "case-open",
            Self::AnotherManager => "another-manager",
            Self::DecisionDoesNotFit => "decision-does-not-fit",
            Self::HearingRuns => "hearing-runs",
            Self::CitySigns => "city-signs",
            Self::AppealOver => "appeal-over",
            Self::ReentryTooEarly => "reentry-too-early",
            Self::KeyReused => "key-reused",
            Self::AddressTaken => "address-taken",
            Self::ChangedMeanwhile => "changed-meanwhile",
            Self::TooLarge => "too-large",
            Self::Backwards => "backwards",
        }
    }

    /// Every code, for the test that each is translated.
    pub const CODES: &'static [&'static str] = &[
        "invalid",
        "not-found",
        "not-yours",
        "sign-in-first",
        "wrong-password",
        "wrong-code",
        "too-many-tries",
        "form-expired",
        "link-unknown",
        "seat-taken",
        "file-closed",
        "answered-before",
        "question-asked-before",
        "question-too-late",
        "no-question",
        "not-eligible",
        "no-free-seat",
        "need-closed",
        "not-ready-to-close",
        "wrong-state",
        "notice-recorded",
        "feedback-filed",
        "rated-before",
        "case-open",
        "another-manager",
        "decision-does-not-fit",
        "hearing-runs",
        "city-signs",
        "appeal-over",
        "reentry-too-early",
        "key-reused",
        "address-taken",
        "changed-meanwhile",
        "too-large",
        "backwards",
    ];
}

/// Gathers field problems so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    /// Adds a problem.
    pub fn add(&mut self, problem: FieldProblem) {
        self.0.push(problem);
    }

    /// The trimmed text, or a problem when it is empty or longer than `most` characters.
    pub fn text(&mut self, field: &str, value: &str, most: usize) -> String {
        let trimmed = value.trim();
        if trimmed.is_empty() {
            self.add(FieldProblem::new(field, "missing"));
        }
        self.within(field, trimmed, most);
        trimmed.to_owned()
    }

    /// The trimmed text if there is any, or a problem when it is longer than `most` characters.
    pub fn optional(&mut self, field: &str, value: Option<&str>, most: usize) -> Option<String> {
        let trimmed = value.map(str::trim).filter(|text| !text.is_empty())?;
        self.within(field, trimmed, most);
        Some(trimmed.to_owned())
    }

    fn within(&mut self, field: &str, text: &str, most: usize) {
        if text.chars().count() > most {
            self.add(FieldProblem::with(field, "too-long", most));
        }
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.add(FieldProblem::new(field, "control-characters"));
        }
    }

    /// Nothing was wrong, or the refusal that names every field.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with all problems gathered.
    pub fn settle(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::Invalid(self.0)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_told_at_once() {
        let mut problems = Problems::default();
        assert_eq!(problems.text("title", "  商标被抢注 ", 10), "商标被抢注");
        problems.text("description", " ", 10);
        problems.optional("opposing_party", Some("0123456789a"), 10);
        let Err(Refusal::Invalid(found)) = problems.settle() else { panic!("refused") };
        assert_eq!(
            found,
            vec![FieldProblem::new("description", "missing"), FieldProblem::with("opposing_party", "too-long", 10)]
        );
    }
}

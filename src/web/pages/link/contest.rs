//! 「非本人操作」: what staff entered in the expert's name, and the button that says it was not theirs.

use super::OfferFile;
use super::facts::Fact;
use super::{back, refused};
use crate::actions::contest_answer::{contest_answer, contest_key, standing_answer};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::domain::assignment::{AnswerKind, AnsweredBy};
use crate::domain::notice::StationFacts;
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use chrono::{DateTime, Utc};

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_contest.html", config = "src/web/askama.toml")]
pub struct ContestPage {
    /// Frame.
    pub f: Frame,
    /// The page's own address.
    pub action: String,
    /// 顾明岚老师，您好：
    pub greeting: String,
    /// Headline.
    pub title: String,
    /// What it means.
    pub lede: String,
    /// What was entered.
    pub facts: Vec<Fact>,
    /// Whether it may be contested.
    pub may_contest: bool,
    /// Whom to call.
    pub station: StationFacts,
}

/// An answer that staff entered, as the offer's own page tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// That it was entered, how and when; once contested, that too.
    pub text: String,
    /// Whether it may still be contested.
    pub may_contest: bool,
}

/// The answer that staff entered, if one was: the holder of the offer's link may contest it there as well.
#[must_use]
pub fn entered(l: L, row: &AssignmentRow, contested_at: Option<DateTime<Utc>>) -> Option<Entered> {
    let by = row.answered_by.filter(|by| *by != AnsweredBy::Link)?;
    let answer = l.t(&format!("answer-{}", standing_answer(row)?));
    let by = l.t(&format!("answered-by-{by}"));
    let at = row.answered_at.map(|at| l.instant(at.and_utc())).unwrap_or_default();
    let mut text = l.a("link-contest-entered-text", &[("answer", &answer), ("by", &by), ("at", &at)]);
    if let Some(at) = contested_at {
        text.push_str(l.pick("", " "));
        text.push_str(&l.a("link-contest-said-text", &[("at", &l.instant(at))]));
    }
    Some(Entered { text, may_contest: contested_at.is_none() })
}

/// The same, read from the database.
///
/// # Errors
/// What the database says.
pub fn entered_answer(call: &Call, file: &OfferFile) -> Result<Option<Entered>, WebError> {
    Ok(entered(call.l, &file.row, contested_at(call, file)?))
}

fn contested_at(call: &Call, file: &OfferFile) -> Result<Option<DateTime<Utc>>, WebError> {
    let said = db::task::by_dedup(&mut *call.office.read()?, &contest_key(&file.row))?;
    Ok(said.map(|task| task.created_at.and_utc()))
}

/// Words the page: `contested_at` once it was said.
#[must_use]
pub fn page(
    f: Frame,
    action: &str,
    file: &OfferFile,
    station: StationFacts,
    contested_at: Option<DateTime<Utc>>,
) -> ContestPage {
    let l = f.l;
    let row = &file.row;
    let answer = standing_answer(row);
    let by_staff = row.answered_by.filter(|by| *by != AnsweredBy::Link);
    let reason = row.decline_reason.filter(|_| answer == Some(AnswerKind::Decline));
    let question = row.question.as_deref().filter(|_| answer == Some(AnswerKind::Question));
    let rows = [
        Fact::of(l, "letter-fact-offer-number", &row.number),
        answer.and_then(|answer| Fact::of(l, "letter-fact-answer", &l.t(&format!("answer-{answer}")))),
        by_staff.and_then(|by| Fact::of(l, "link-contest-by", &l.t(&format!("answered-by-{by}")))),
        row.answered_at.and_then(|at| Fact::of(l, "link-contest-at", &l.instant(at.and_utc()))),
        reason.and_then(|reason| Fact::of(l, "letter-fact-decline-reason", &l.t(&format!("decline-reason-{reason}")))),
        question.and_then(|question| Fact::of(l, "letter-fact-question", question)),
    ];
    let (title, lede) = match (answer, contested_at) {
        (None, _) => (l.t("link-contest-nothing"), l.t("link-contest-nothing-text")),
        (Some(_), Some(at)) => (l.t("link-contest-said"), l.a("link-contest-said-text", &[("at", &l.instant(at))])),
        (Some(_), None) => (l.t("link-contest-title"), l.t("link-contest-text")),
    };
    ContestPage {
        action: action.to_owned(),
        greeting: l.a("letter-greeting-expert", &[("name", &file.expert)]),
        title,
        lede,
        facts: rows.into_iter().flatten().collect(),
        may_contest: answer.is_some() && contested_at.is_none(),
        station,
        f,
    }
}

/// Shows it.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, file: &OfferFile) -> Answered {
    Answer::page(&page(call.frame(""), &call.path, file, file.station(call)?, contested_at(call, file)?))
}

/// Says that it was not theirs; the page then says so.
///
/// # Errors
/// A fault.
pub fn submit(call: &Call, file: &OfferFile) -> Answered {
    if let Err(error) = contest_answer(&call.office, &file.as_expert(), file.row.id) {
        // Nothing was answered: the page says so.
        refused(error)?;
    }
    Ok(back(call))
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::domain::assignment::{AssignmentState, DeclineReason};
    use crate::domain::need::SeatState;
    use crate::mail::letter::sample as letters;
    use askama::Template;

    #[test]
    fn what_was_entered_is_told_and_may_be_contested_once() {
        for l in sample::languages() {
            let mut file = sample::file(AssignmentState::Declined, SeatState::Free);
            file.row.first_answer = Some(AnswerKind::Question);
            file.row.answered_by = Some(AnsweredBy::Phone);
            file.row.answered_at = Some(letters::now().naive_utc());
            file.row.decline_reason = Some(DeclineReason::Travel);
            let render = |file: &OfferFile, said| {
                let html =
                    page(sample::frame(l), "/l/token", file, letters::need().station, said).render().expect("renders");
                assert!(!html.contains('⟦'), "{html}");
                html
            };
            let fresh = render(&file, None);
            assert!(fresh.contains(&l.t("decline-reason-travel")) && fresh.contains(&l.t("answer-decline")));
            assert!(fresh.contains("action=\"/l/token\" method=\"post\""));
            assert!(!render(&file, Some(letters::now())).contains("<form"));
            let entry = entered(l, &file.row, None).expect("staff entered it");
            assert!(entry.may_contest && entry.text.contains(&l.t("answer-decline")));
            assert!(!entered(l, &file.row, Some(letters::now())).expect("staff entered it").may_contest);
            file.row.answered_by = Some(AnsweredBy::Link);
            assert_eq!(entered(l, &file.row, None), None);
            file.row.state = AssignmentState::Offered;
            file.row.first_answer = None;
            assert!(!render(&file, None).contains("<form"));
        }
    }
}

//! An open offer: what it is about, the answer clock, and the three answers. Accept is one button; decline and question
//! are closed until opened. All post to the page's own address (contract.md, "The answer page").

use super::clock::{Asked, Clock};
use super::contest::{self, Entered};
use super::facts::{self, Fact};
use super::{OfferFile, back, closed, date, refused, theirs, wrong_with_ids};
use crate::actions::answer_assignment::{AnswerInput, answer_assignment};
use crate::domain::assignment::{AnswerKind, AnsweredBy, AssignmentState, DeclineReason, LinkView};
use crate::domain::calendar::beijing_date;
use crate::domain::notice::{NeedFacts, OfferFacts, StationFacts};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::{DateTime, Utc};

/// One of several to choose from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// As posted.
    pub value: &'static str,
    /// As read.
    pub label: String,
    /// A remark under it; may be empty.
    pub note: String,
    /// Whether it is chosen.
    pub checked: bool,
    /// Whether it is suggested; never here.
    pub suggested: bool,
}

/// What was typed into the forms, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// Which of the answers.
    pub kind: Option<AnswerKind>,
    /// Why declined.
    pub reason: String,
    /// Busy until.
    pub busy_until: String,
    /// The word to the station, or the question.
    pub note: String,
    /// What is wrong.
    pub wrong: Wrong,
}

/// A question, as the page tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What was asked.
    pub text: Vec<String>,
    /// When.
    pub asked: String,
    /// The reply; empty while there is none.
    pub reply: Vec<String>,
    /// How things stand: replied when, stopped until when, or that the clock runs again.
    pub state: String,
}

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_offer.html", config = "src/web/askama.toml")]
pub struct OfferPage {
    /// Frame.
    pub f: Frame,
    /// The page's own address.
    pub action: String,
    /// 顾明岚老师，您好：
    pub greeting: String,
    /// The title.
    pub title: String,
    /// The same in pieces.
    pub pieces: Vec<String>,
    /// Who asks.
    pub lede: String,
    /// Whether title and text are hidden until acceptance.
    pub hidden: bool,
    /// Whether the time ran out.
    pub late: bool,
    /// The clock.
    pub clock: Clock,
    /// What it is about.
    pub facts: Vec<Fact>,
    /// The question, if one was asked.
    pub question: Option<Question>,
    /// Whether one may be asked.
    pub may_ask: bool,
    /// Why declined.
    pub reasons: Vec<Choice>,
    /// What was typed for declining: busy until and the word to the station.
    pub busy_until: String,
    /// The first day that may be given.
    pub today: String,
    /// The word to the station.
    pub decline_note: String,
    /// The question as typed.
    pub question_note: String,
    /// Which of the answers is open: `decline`, `question` or nothing.
    pub open: &'static str,
    /// What is wrong.
    pub wrong: Wrong,
    /// An answer that staff entered.
    pub entered: Option<Entered>,
    /// Whom to call.
    pub station: StationFacts,
}

/// What the page is made of.
#[derive(Debug)]
pub struct Seen<'a> {
    /// The need, without what may not be seen yet.
    pub need: &'a NeedFacts,
    /// The offer.
    pub offer: &'a OfferFacts,
    /// Open or open late.
    pub view: LinkView,
    /// The question.
    pub asked: Option<Asked>,
    /// An answer that staff entered.
    pub entered: Option<Entered>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// Words the page.
#[must_use]
pub fn page(f: Frame, action: &str, seen: Seen<'_>, typed: &Typed) -> OfferPage {
    let l = f.l;
    let title = facts::title(l, seen.need);
    let note_of = |kind: AnswerKind| if typed.kind == Some(kind) { typed.note.clone() } else { String::new() };
    let reasons = DeclineReason::ALL.iter().map(|reason| Choice {
        value: reason.as_str(),
        label: l.t(&format!("decline-reason-{reason}")),
        note: if *reason == DeclineReason::Conflict { l.t("link-decline-conflict-note") } else { String::new() },
        checked: typed.reason == reason.as_str(),
        suggested: false,
    });
    let late = seen.view == LinkView::OpenLate;
    OfferPage {
        action: action.to_owned(),
        greeting: l.a("letter-greeting-expert", &[("name", &seen.offer.expert.name)]),
        pieces: facts::pieces(&title),
        title,
        lede: l.a("link-offer-lede", &[("enterprise", &seen.need.enterprise)]),
        hidden: seen.need.title.is_none(),
        late,
        clock: Clock::of(l, seen.offer, seen.view, seen.asked.as_ref(), seen.now),
        facts: facts::of_need(l, seen.need),
        question: seen.asked.as_ref().map(|asked| question(l, seen.offer, asked, seen.now)),
        may_ask: seen.asked.is_none() && !late,
        reasons: reasons.collect(),
        busy_until: typed.busy_until.clone(),
        today: beijing_date(seen.now).to_string(),
        decline_note: note_of(AnswerKind::Decline),
        question_note: note_of(AnswerKind::Question),
        open: match typed.kind {
            Some(kind @ (AnswerKind::Decline | AnswerKind::Question)) => kind.as_str(),
            Some(AnswerKind::Accept) | None => "",
        },
        wrong: typed.wrong.clone(),
        entered: seen.entered,
        station: seen.need.station.clone(),
        f,
    }
}

fn question(l: L, offer: &OfferFacts, asked: &Asked, now: DateTime<Utc>) -> Question {
    let state = match (asked.replied_at, asked.stopped_until(now)) {
        (Some(at), _) => l.a("link-question-replied", &[("at", &l.short_instant(at))]),
        (None, Some(until)) => l.a("link-question-waits", &[("until", &l.short_due(until))]),
        (None, None) => l.t("link-question-runs-again"),
    };
    Question {
        text: facts::paragraphs(offer.question.as_deref().unwrap_or_default()),
        asked: l.short_instant(asked.asked_at),
        reply: facts::paragraphs(offer.reply.as_deref().unwrap_or_default()),
        state,
    }
}

fn worded(call: &Call, file: &OfferFile, typed: &Typed) -> Result<OfferPage, WebError> {
    let (need, offer) = (file.need_facts(call)?, file.offer_facts(call)?);
    let asked = file.row.asked_at.map(|at| Asked {
        asked_at: at.and_utc(),
        replied_at: file.row.replied_at.map(|at| at.and_utc()),
        restarts_at: file.row.clock_restarts_at.map(|at| at.and_utc()),
    });
    let entered = contest::entered_answer(call, file)?;
    let seen = Seen { need: &need, offer: &offer, view: file.view(), asked, entered, now: call.now };
    Ok(page(call.frame(""), &call.path, seen, typed))
}

/// Shows the offer.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, file: &OfferFile) -> Answered {
    Answer::page(&worded(call, file, &Typed::default())?)
}

/// Takes an answer. What was typed is never lost: a form that cannot be taken comes back filled, and an answer that comes
/// too late is told kindly beside what was typed.
///
/// # Errors
/// A fault.
pub fn answer(call: &Call, file: &OfferFile) -> Answered {
    let form = call.form()?;
    let mut typed = Typed {
        kind: form.get("answer").parse().ok(),
        reason: form.get("reason").to_owned(),
        busy_until: form.get("busy_until").to_owned(),
        note: form.get("note").to_owned(),
        wrong: Wrong::none(),
    };
    if matches!(file.view(), LinkView::Open | LinkView::OpenLate) {
        let refusal = match input(call, &typed) {
            Ok(input) => match answer_assignment(&call.office, &file.as_expert(), file.row.id, &input) {
                Ok(_) => return Ok(back(call)),
                Err(error) => refused(error)?,
            },
            Err(refusal) => refusal,
        };
        let note_id = if typed.kind == Some(AnswerKind::Question) { "question-note" } else { "decline-note" };
        let status = match &refusal {
            Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::QuestionAskedBefore if file.row.question.as_deref() == Some(typed.note.trim()) => {
                return Ok(again(call));
            }
            Refusal::QuestionAskedBefore | Refusal::QuestionTooLate => StatusCode::CONFLICT,
            _ => return settled(call, &file.again(call)?, &typed),
        };
        typed.wrong = wrong_with_ids(call, &refusal, &[("note", note_id)]);
        return Answer::page_with(status, &worded(call, &file.again(call)?, &typed)?);
    }
    settled(call, file, &typed)
}

fn input(call: &Call, typed: &Typed) -> Result<AnswerInput, Refusal> {
    let mut problems = Vec::new();
    if typed.kind.is_none() {
        problems.push(FieldProblem::new("answer", "missing"));
    }
    let reason = match typed.reason.trim() {
        "" => None,
        text => text
            .parse::<DeclineReason>()
            .map_err(|_| problems.push(FieldProblem::with("reason", "not-known", text)))
            .ok(),
    };
    let busy_until = Some(typed.busy_until.trim()).filter(|text| !text.is_empty());
    let busy_until = date("busy_until", busy_until).unwrap_or_else(|problem| {
        problems.push(problem);
        None
    });
    match typed.kind {
        Some(answer) if problems.is_empty() => Ok(AnswerInput {
            answer,
            reason: reason.filter(|_| answer == AnswerKind::Decline),
            note: Some(typed.note.clone()),
            busy_until: busy_until.filter(|_| answer == AnswerKind::Decline),
            by: AnsweredBy::Link,
            first_byte_at: call.received_at,
        }),
        _ => Err(Refusal::Invalid(problems)),
    }
}

/// An answer to an offer that is settled: the same answer again is told as recorded, any other beside what was typed.
fn settled(call: &Call, file: &OfferFile, typed: &Typed) -> Answered {
    let same = match typed.kind {
        Some(AnswerKind::Accept) => file.view() == LinkView::Theirs,
        Some(AnswerKind::Decline) => file.row.state == AssignmentState::Declined,
        Some(AnswerKind::Question) => file.row.question.as_deref() == Some(typed.note.trim()),
        None => false,
    };
    if same {
        return Ok(again(call));
    }
    match file.view() {
        LinkView::Theirs => theirs::answered_before(call, file, typed.note.trim()),
        _ => closed::show(call, file, Some(typed.note.trim())),
    }
}

fn again(call: &Call) -> Answer {
    back(call).flash("flash-link-again", &[])
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::mail::letter::sample as letters;
    use askama::Template;
    use chrono::TimeDelta;

    fn html(
        l: L,
        change: impl FnOnce(&mut NeedFacts, &mut OfferFacts, &mut Typed) -> (LinkView, Option<Asked>),
    ) -> String {
        let (mut need, mut offer, mut typed) = (letters::need(), letters::offer(), Typed::default());
        need.contact = None;
        offer.expert.phone = None;
        offer.expert.email = None;
        let (view, asked) = change(&mut need, &mut offer, &mut typed);
        let seen =
            Seen { need: &need, offer: &offer, view, asked, entered: None, now: letters::now() + TimeDelta::hours(20) };
        let html = page(sample::frame(l), "/l/token", seen, &typed).render().expect("renders");
        assert!(!html.contains('⟦'), "{html}");
        assert!(!letters::CONTACTS.iter().any(|secret| html.contains(secret)), "{html}");
        html
    }

    #[test]
    fn an_open_offer_has_three_answers_all_closed_and_posts_to_itself() {
        for l in sample::languages() {
            let html = html(l, |_, _, _| (LinkView::Open, None));
            assert!(!html.contains("<details class=\"act\" name=\"act\" open"));
            assert_eq!(html.matches("action=\"/l/token\" method=\"post\"").count(), 3);
            for kind in AnswerKind::ALL {
                assert_eq!(html.matches(&format!("name=\"answer\" value=\"{kind}\"")).count(), 1, "{kind}");
            }
            for name in ["reason", "busy_until", "note"] {
                assert!(html.contains(&format!("name=\"{name}\"")), "{name}");
            }
            assert!(html.contains("砚石智能装备有限公司") && html.contains("Nordgetriebe GmbH"));
        }
    }

    #[test]
    fn a_confidential_need_shows_the_names_but_neither_title_nor_text() {
        for l in sample::languages() {
            let html = html(l, |need, _, _| {
                need.title = None;
                need.description = None;
                (LinkView::Open, None)
            });
            assert!(html.contains(&l.t("letter-confidential-note")));
            assert!(html.contains("Nordgetriebe GmbH") && !html.contains("啮合"));
        }
    }

    #[test]
    fn a_question_is_shown_with_its_reply_and_is_not_asked_twice() {
        let at = letters::now();
        for l in sample::languages() {
            let stopped = Asked { asked_at: at, replied_at: None, restarts_at: Some(at + TimeDelta::days(2)) };
            let waiting = html(l, |_, offer, _| {
                offer.reply = None;
                (LinkView::Open, Some(stopped.clone()))
            });
            assert!(waiting.contains("样机能否先寄来看看？") && waiting.contains("clock--paused"));
            assert!(!waiting.contains("value=\"question\""));
            let replied = Asked { replied_at: Some(at), ..stopped.clone() };
            assert!(html(l, |_, _, _| (LinkView::Open, Some(replied))).contains("可以，周五前寄到。"));
        }
    }

    #[test]
    fn a_late_offer_may_still_be_taken_and_one_not_delivered_has_no_deadline() {
        for l in sample::languages() {
            let late = html(l, |_, _, _| (LinkView::OpenLate, None));
            assert!(
                late.contains(&l.t("link-offer-late"))
                    && late.contains("value=\"accept\"")
                    && !late.contains("value=\"question\"")
            );
            let waiting = html(l, |_, offer, _| {
                offer.notified_at = None;
                (LinkView::Open, None)
            });
            assert!(waiting.contains(&l.t("link-clock-from-notice")) && !waiting.contains("<time"));
        }
    }

    #[test]
    fn a_form_that_comes_back_is_open_filled_and_says_what_is_wrong() {
        for l in sample::languages() {
            let html = html(l, |_, _, typed| {
                typed.kind = Some(AnswerKind::Decline);
                typed.reason = "travel".into();
                typed.busy_until = "2026-05-01".into();
                typed.note = "下月 <再> 来".into();
                let line = |field: &str| crate::web::form::WrongField { field: field.into(), text: "不行".into() };
                typed.wrong = Wrong { list: vec![line("busy_until"), line("decline-note")] };
                (LinkView::Open, None)
            });
            assert_eq!(html.matches("<details class=\"act\" name=\"act\" open").count(), 1);
            assert!(html.contains("value=\"travel\" checked") && html.contains("value=\"2026-05-01\""));
            assert!(
                html.contains("下月 &#60;再&#62; 来")
                    && html.contains("href=\"#decline-note\"")
                    && html.contains("id=\"decline-note\"")
            );
        }
    }
}

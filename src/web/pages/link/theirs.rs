//! An accepted offer: whom to call, the files, feedback with its three declarations, and the way out; afterwards what was
//! filed, with thanks.
//!
//! Source: Beijing standard, 服务要求 d) and a), 行为准则 c); rules.md, "Feedback, rating, evaluation, closing". What is
//! typed is kept as a draft under the assignment's id.

use super::contest::{self, Entered};
use super::facts::{self, Fact};
use super::offer::Choice;
use super::{OfferFile, back, closed, date, refused};
use crate::actions::file_feedback::{FileFeedback, file_feedback as file};
use crate::actions::keep_draft::{keep_draft as keep, kept_draft};
use crate::actions::release_assignment::release_assignment;
use crate::db;
use crate::db::attachment::AttachmentEntry;
use crate::db::feedback::FeedbackRow;
use crate::domain::assignment::{AssignmentState, LinkView, ReleasedBy};
use crate::domain::calendar::beijing_date;
use crate::domain::feedback::Outcome;
use crate::domain::notice::{NeedFacts, OfferFacts, StationFacts};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::{DateTime, Days, NaiveDate, Utc};

/// The form's name among drafts.
const DRAFT: &str = "feedback";
/// The fields of the feedback form, the declarations last.
const FIELDS: [&str; 8] =
    ["done", "served_on", "hours", "outcome", "follow_up", "no_gift", "no_promotion", "no_touting"];
/// The three declarations (未收受礼金, 未推介有偿服务, 未为所在单位招揽业务).
const DECLARATIONS: [&str; 3] = ["no_gift", "no_promotion", "no_touting"];

/// A file to download.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// Address.
    pub href: String,
    /// Name.
    pub name: String,
    /// Kind and size.
    pub note: String,
}

/// A declaration to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// Field.
    pub name: &'static str,
    /// The expert's own words.
    pub label: String,
    /// Whether it is given.
    pub checked: bool,
    /// What is wrong; may be empty.
    pub error: String,
}

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_theirs.html", config = "src/web/askama.toml")]
pub struct TheirsPage {
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
    /// What was said and could not be taken; empty for nothing.
    pub kept: String,
    /// Whom to call at the enterprise.
    pub contact: Vec<Fact>,
    /// The files.
    pub papers: Vec<Paper>,
    /// What it is about.
    pub facts: Vec<Fact>,
    /// When feedback is due, in words.
    pub due: String,
    /// The same for machines.
    pub due_machine: String,
    /// The feedback as typed.
    pub typed: Fields,
    /// When the draft was kept; empty for never.
    pub kept_at: String,
    /// The latest day of the service.
    pub today: String,
    /// What came of it.
    pub outcomes: Vec<Choice>,
    /// The three declarations.
    pub declarations: Vec<Declaration>,
    /// Whether the form for giving it back is open, not the one for feedback.
    pub releasing: bool,
    /// The reason for giving it back, as typed.
    pub reason: String,
    /// What is wrong.
    pub wrong: Wrong,
    /// An answer that staff entered.
    pub entered: Option<Entered>,
    /// Whom to call at the station.
    pub station: StationFacts,
}

/// The page once feedback is filed.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_done.html", config = "src/web/askama.toml")]
pub struct DonePage {
    /// Frame.
    pub f: Frame,
    /// Headline.
    pub title: String,
    /// Thanks.
    pub lede: String,
    /// What was filed.
    pub facts: Vec<Fact>,
    /// Whom to call.
    pub station: StationFacts,
}

/// What was typed into the page.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// The feedback.
    pub feedback: Fields,
    /// When its draft was kept.
    pub kept_at: Option<DateTime<Utc>>,
    /// The reason for giving it back.
    pub reason: String,
    /// Something said that could not be taken.
    pub kept: String,
    /// Whether it is the form for giving it back that came back.
    pub releasing: bool,
    /// An answer that staff entered.
    pub entered: Option<Entered>,
    /// What is wrong.
    pub wrong: Wrong,
}

/// Words the page.
#[must_use]
pub fn page(
    f: Frame,
    action: &str,
    need: &NeedFacts,
    offer: &OfferFacts,
    files: &[AttachmentEntry],
    typed: Typed,
    now: DateTime<Utc>,
) -> TheirsPage {
    let l = f.l;
    let title = facts::title(l, need);
    let mut feedback = typed.feedback;
    let today = beijing_date(now);
    if feedback.get("served_on").is_empty() {
        feedback.0.retain(|(name, _)| name != "served_on");
        feedback.set("served_on", need.wanted_by.unwrap_or(today).min(today).to_string());
    }
    let outcomes = Outcome::ALL.iter().map(|outcome| Choice {
        value: outcome.as_str(),
        label: l.t(&format!("outcome-{outcome}")),
        note: String::new(),
        checked: feedback.get("outcome") == outcome.as_str(),
        suggested: false,
    });
    let declarations = DECLARATIONS.iter().map(|name| Declaration {
        name,
        label: l.t(&format!("link-declare-{}", name.replace('_', "-"))),
        checked: feedback.checked(name),
        error: typed.wrong.of(name).to_owned(),
    });
    let papers = files.iter().map(|file| Paper {
        href: format!("{action}/files/{}", file.id),
        name: file.name.clone(),
        note: l.a("link-file-size", &[("size", &size(file.size))]),
    });
    TheirsPage {
        action: action.to_owned(),
        greeting: l.a("letter-greeting-expert", &[("name", &offer.expert.name)]),
        pieces: facts::pieces(&title),
        title,
        kept: typed.kept,
        contact: need.contact.as_ref().map(|person| facts::of_person(l, person)).unwrap_or_default(),
        papers: papers.collect(),
        facts: facts::of_need(l, need),
        due: offer.feedback_due_at.map(|at| l.due(at)).unwrap_or_default(),
        due_machine: offer.feedback_due_at.map(|at| at.to_rfc3339()).unwrap_or_default(),
        kept_at: typed.kept_at.map(|at| l.short_instant(at)).unwrap_or_default(),
        today: today.to_string(),
        outcomes: outcomes.collect(),
        declarations: declarations.collect(),
        typed: feedback,
        releasing: typed.releasing,
        entered: typed.entered,
        reason: typed.reason,
        wrong: typed.wrong,
        station: need.station.clone(),
        f,
    }
}

/// Words what was filed.
#[must_use]
pub fn done_page(f: Frame, need: &NeedFacts, expert: &str, filed: &FeedbackRow) -> DonePage {
    let l = f.l;
    let declared =
        [(filed.no_gift, DECLARATIONS[0]), (filed.no_promotion, DECLARATIONS[1]), (filed.no_touting, DECLARATIONS[2])];
    let declared: Vec<String> = declared
        .iter()
        .filter(|(given, _)| *given)
        .map(|(_, name)| l.t(&format!("link-declare-{}", name.replace('_', "-"))))
        .collect();
    let rows = [
        Fact::of(l, "letter-fact-matter", &facts::title(l, need)),
        Fact::of(l, "letter-fact-enterprise", &need.enterprise),
        Fact::of(l, "link-feedback-done", &filed.done),
        Fact::of(l, "link-feedback-served-on", &l.date(filed.served_on)),
        Fact::of(l, "link-feedback-hours", &l.a("link-hours", &[("hours", &figure(filed.hours))])),
        Fact::of(l, "link-feedback-outcome", &l.t(&format!("outcome-{}", filed.outcome))),
        Fact::of(l, "link-feedback-follow-up", filed.follow_up.as_deref().unwrap_or_default()),
        Fact::of(l, "link-feedback-declared", &declared.join("\n")),
        Fact::of(l, "link-feedback-filed", &l.instant(filed.filed_at.and_utc())),
        Fact::of(l, "letter-fact-number", &need.number),
    ];
    DonePage {
        title: l.t("link-done-title"),
        lede: l.a("link-done-lede", &[("name", expert), ("hours", &figure(filed.hours))]),
        facts: rows.into_iter().flatten().collect(),
        station: need.station.clone(),
        f,
    }
}

fn figure(hours: f64) -> String {
    format!("{hours}")
}

/// 82 KB, 1.4 MB.
fn size(bytes: i64) -> String {
    match bytes {
        ..1_000_000 => format!("{} KB", (bytes.max(1) + 999) / 1000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
}

fn worded(call: &Call, file: &OfferFile, mut typed: Typed) -> Result<TheirsPage, WebError> {
    typed.entered = contest::entered_answer(call, file)?;
    let (need, offer) = (file.need_facts(call)?, file.offer_facts(call)?);
    let files = db::attachment::of_need(&mut *call.office.read()?, file.need.id)?;
    Ok(page(call.frame(""), &call.path, &need, &offer, &files, typed, call.now))
}

/// What was kept, as it was typed.
fn drafted(call: &Call, file: &OfferFile) -> Result<Typed, WebError> {
    let draft = kept_draft(&call.office, file.row.id.as_str(), DRAFT)?;
    Ok(draft.map_or_else(Typed::default, |(fields, at)| Typed {
        feedback: Fields(fields),
        kept_at: Some(at),
        ..Typed::default()
    }))
}

/// Shows the accepted offer, or what was filed.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, file: &OfferFile) -> Answered {
    let filed = db::feedback::of_assignment(&mut *call.office.read()?, file.row.id)?;
    match filed {
        Some(filed) => Answer::page(&done_page(call.frame(""), &file.need_facts(call)?, &file.expert, &filed)),
        None => Answer::page(&worded(call, file, drafted(call, file)?)?),
    }
}

/// Says kindly that the offer was accepted before, beside what was just typed.
///
/// # Errors
/// A fault.
pub fn answered_before(call: &Call, file: &OfferFile, kept: &str) -> Answered {
    if file.row.state == AssignmentState::Done {
        return Ok(back(call).flash("flash-link-again", &[]));
    }
    let mut typed = drafted(call, file)?;
    typed.kept = kept.to_owned();
    typed.wrong = Wrong::of_refusal(call.l, &Refusal::AnsweredBefore);
    Answer::page_with(StatusCode::CONFLICT, &worded(call, file, typed)?)
}

/// Files the feedback.
///
/// # Errors
/// A fault.
pub fn file_feedback(call: &Call, offer: &OfferFile) -> Answered {
    let form = call.form()?;
    if offer.view() != LinkView::Theirs {
        return closed::show(call, offer, Some(form.get("done").trim()));
    }
    let (input, unread) = feedback(form, beijing_date(call.now));
    match file(&call.office, &offer.as_expert(), offer.row.id, &input) {
        Ok(()) => Ok(back(call)),
        Err(error) => match refused(error)? {
            Refusal::FeedbackFiled => Ok(back(call).flash("flash-link-again", &[])),
            Refusal::Invalid(mut problems) => {
                problems.retain(|problem| !unread.iter().any(|own| own.field == problem.field));
                problems.extend(unread);
                problems.sort_by_key(|problem| FIELDS.iter().position(|name| *name == problem.field));
                let wrong = Wrong::of_refusal(call.l, &Refusal::Invalid(problems));
                let typed = Typed { feedback: known(form), wrong, ..Typed::default() };
                Answer::form_again(&worded(call, offer, typed)?)
            }
            _ => closed::show(call, &offer.again(call)?, Some(form.get("done").trim())),
        },
    }
}

/// The form as a deed takes it, with what cannot be read. What cannot be read stands for a value the deed refuses too, so
/// that all problems are told at once and nothing is filed.
fn feedback(form: &Fields, today: NaiveDate) -> (FileFeedback, Vec<FieldProblem>) {
    let mut unread = Vec::new();
    let hours = form.get("hours").trim().replace(['，', ',', '。'], ".");
    let hours = if hours.is_empty() {
        unread.push(FieldProblem::new("hours", "missing"));
        f64::NAN
    } else {
        hours.parse::<f64>().unwrap_or_else(|_| {
            unread.push(FieldProblem::new("hours", "wrong-type"));
            f64::NAN
        })
    };
    let served_on = date("served_on", form.opt("served_on")).unwrap_or_else(|problem| {
        unread.push(problem);
        today.checked_add_days(Days::new(1))
    });
    let input = FileFeedback {
        done: form.get("done").to_owned(),
        hours,
        served_on,
        outcome: form.get("outcome").to_owned(),
        follow_up: form.opt("follow_up").map(str::to_owned),
        no_gift: form.checked("no_gift"),
        no_promotion: form.checked("no_promotion"),
        no_touting: form.checked("no_touting"),
    };
    (input, unread)
}

fn known(form: &Fields) -> Fields {
    Fields(form.0.iter().filter(|(name, _)| FIELDS.contains(&name.as_str())).cloned().collect())
}

/// Keeps what is typed: by the button, which leads back to the page, or by the script, which wants no answer.
///
/// # Errors
/// [`Refusal::FileClosed`], [`Refusal::TooLarge`]; a fault.
pub fn keep_draft(call: &Call, offer: &OfferFile) -> Answered {
    let by_script = call.query_value("act").is_some();
    if offer.row.state != AssignmentState::Accepted {
        return if by_script { Err(Refusal::FileClosed.into()) } else { Ok(back(call)) };
    }
    keep(&call.office, offer.row.id.as_str(), DRAFT, &known(call.form()?).0)?;
    Ok(if by_script { Answer::nothing() } else { back(call).flash("flash-link-draft", &[]) })
}

/// 「我无法继续」: gives the seat back.
///
/// # Errors
/// A fault.
pub fn release(call: &Call, offer: &OfferFile) -> Answered {
    let reason = call.form()?.get("reason").to_owned();
    if offer.row.state == AssignmentState::Released {
        return Ok(back(call).flash("flash-link-again", &[]));
    }
    if offer.view() != LinkView::Theirs {
        return closed::show(call, offer, Some(reason.trim()));
    }
    match release_assignment(&call.office, &offer.as_expert(), offer.row.id, ReleasedBy::Expert, &reason) {
        Ok(()) => Ok(back(call)),
        Err(error) => match refused(error)? {
            refusal @ Refusal::Invalid(_) => {
                let wrong = Wrong::of_refusal(call.l, &refusal);
                let typed = Typed { reason, releasing: true, wrong, ..drafted(call, offer)? };
                Answer::form_again(&worded(call, offer, typed)?)
            }
            _ => Ok(back(call).flash("flash-link-again", &[])),
        },
    }
}

#[cfg(test)]
#[path = "theirs_tests.rs"]
mod tests;

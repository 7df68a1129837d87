//! The case of a need (案卷): where it stands, its clock, who was asked, what happened, what was written, and the deeds
//! that are possible now.

use super::clock::{Clock, Until, clock};
use super::deed::{Deed, Tried};
use super::letters::{LetterView, letters};
use super::new::Similar;
use super::seats::{People, SeatView, people, seats};
use super::trail::{EventView, trail};
use super::view::{Fact, NeedView, load};
use super::words::{Tag, need_tag, size, title_pieces};
use crate::actions::finish_task::{is_untold, right_to_finish, waits_for};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::domain::assignment::{AnswerKind, AnsweredBy, AssignmentState, NotifiedBy, ReleasedBy};
use crate::domain::calendar::{beijing_clock, beijing_date};
use crate::domain::feedback::{ConductReport, Outcome};
use crate::domain::need::{CloseReason, NeedState};
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::NeedId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError, status};
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

/// Something a person has to do about the need.
struct TaskView {
    href: String,
    title: String,
    next: String,
    until: Option<Until>,
    finishable: bool,
}

/// What the enterprise said of one service.
struct RatingView {
    score: i32,
    label: String,
    remark: String,
    channel: String,
    reports: String,
}

/// What an expert wrote, and what was said of it.
struct FeedbackView {
    name: String,
    filed: String,
    by: String,
    paragraphs: Vec<String>,
    follow_up: String,
    facts: Vec<Fact>,
    ratings: Vec<RatingView>,
}

/// A paper.
struct PaperView {
    href: String,
    name: String,
    note: String,
}

/// What the deeds may choose from: value and label.
struct Choices {
    notice_channels: Vec<(String, String)>,
    answers: Vec<(String, String)>,
    answer_channels: Vec<(String, String)>,
    released_by: Vec<(String, String)>,
    outcomes: Vec<(String, String)>,
    scores: Vec<(String, String)>,
    conduct: Vec<(String, String)>,
    close_reasons: Vec<(String, String)>,
    colleagues: Vec<(String, String)>,
}

#[derive(askama::Template)]
#[template(path = "pages/need_case.html", config = "src/web/askama.toml")]
struct CasePage {
    f: Frame,
    wrong: Wrong,
    id: String,
    number: String,
    title: String,
    pieces: Vec<String>,
    tag: Tag,
    submitted: String,
    facts: Vec<Fact>,
    description: String,
    may_work: bool,
    choosable: bool,
    clock: Option<Clock>,
    clock_next: String,
    clock_provisional: bool,
    seats: Vec<SeatView>,
    tasks: Vec<TaskView>,
    events: Vec<EventView>,
    cut: bool,
    may_audit: bool,
    letters: Vec<LetterView>,
    papers: Vec<PaperView>,
    feedback: Vec<FeedbackView>,
    closure: Vec<Fact>,
    similar: Vec<Similar>,
    choices: Choices,
    now_local: String,
    today: String,
    contact: (String, String, String),
    retraction: Option<Deed>,
    closing: Option<Deed>,
    correction: Option<Deed>,
    handover: Option<Deed>,
    attachment: Option<Deed>,
}

/// `GET /needs/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`] outside the account's scope; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, call.id("id")?, StatusCode::OK, None)
}

/// The case with a deed that was refused.
///
/// # Errors
/// As [`show`].
pub fn again(call: &Call, id: NeedId, refusal: &Refusal, tried: Tried) -> Answered {
    page(call, id, status(refusal), Some(&tried))
}

fn page(call: &Call, id: NeedId, status: StatusCode, tried: Option<&Tried>) -> Answered {
    let l = call.l;
    let view = load(call, id)?;
    let offers = db::assignment::of_need(&mut *call.office.read()?, id)?;
    let people = people(call, &view, &offers)?;
    let (events, cut) = trail(call, &view, &offers, &people)?;
    let seats = seats(call, &view, &offers, &people, tried)?;
    let open = view.need.state.is_open();
    let works = view.may_work && open;
    let deed = |name: &str, shown: bool| (works && shown).then(|| Deed::new(name, tried));
    let first = offers
        .iter()
        .filter(|row| row.state == AssignmentState::Offered)
        .min_by_key(|row| (row.answer_due_at.is_none(), row.answer_due_at));
    let clock = first.map(|row| clock(l, call.now, row, people.get(&row.expert).map_or("", |expert| &expert.name)));
    let clock_next = first.map(|row| next_words(l, row, &seats)).unwrap_or_default();
    let case = CasePage {
        f: call.frame("needs"),
        wrong: tried.map(|tried| tried.wrong.clone()).unwrap_or_default(),
        id: id.to_string(),
        number: view.need.number.clone(),
        title: view.need.title.clone(),
        pieces: title_pieces(&view.need.title),
        tag: need_tag(l, view.need.state),
        submitted: l.a("need-submitted-at", &[("at", &l.short_instant(view.need.created_at.and_utc()))]),
        facts: view.facts(l),
        description: view.need.description.clone(),
        may_work: view.may_work,
        choosable: works
            && matches!(view.need.state, NeedState::Open | NeedState::Unanswered | NeedState::Offering)
            && has_free_seat(call, id)?,
        clock_provisional: first.is_some_and(|row| row.provisional),
        clock,
        clock_next,
        tasks: tasks(call, &view, &offers)?,
        events,
        cut,
        may_audit: call.staff()?.role.has(Right::Audit),
        letters: letters(call, &view, &people)?,
        papers: papers(call, id)?,
        feedback: feedback(call, id, &offers, &people)?,
        closure: closure(call, id)?,
        similar: view.similar(call)?,
        choices: choices(call, &view)?,
        now_local: beijing_clock(call.now).format("%Y-%m-%dT%H:%M").to_string(),
        today: beijing_date(call.now).to_string(),
        contact: view.contact(),
        retraction: deed("retraction", view.need.state != NeedState::Served),
        closing: deed("closure", true),
        correction: deed("contact", true),
        handover: deed("handover", true),
        attachment: deed("attachment", true),
        seats,
    };
    Answer::page_with(status, &case)
}

fn has_free_seat(call: &Call, id: NeedId) -> Result<bool, WebError> {
    let seats = db::need::seats_of(&mut *call.office.read()?, id)?;
    Ok(seats.iter().any(|seat| seat.state == crate::domain::need::SeatState::Free))
}

/// What happens when the clock runs out.
fn next_words(l: L, row: &AssignmentRow, seats: &[SeatView]) -> String {
    let next =
        seats.iter().find(|seat| seat.offers.iter().any(|offer| offer.id == row.id)).map_or("", |seat| &seat.next);
    if next.is_empty() { l.t("need-clock-then-nobody") } else { l.a("need-clock-then", &[("name", next)]) }
}

fn tasks(call: &Call, view: &NeedView, offers: &[AssignmentRow]) -> Result<Vec<TaskView>, WebError> {
    let l = call.l;
    let role = call.staff()?.role;
    let rows = db::task::open_of_need(&mut *call.office.read()?, view.need.id)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let moved_on = waits_for(row.kind).is_some_and(|state| {
                row.assignment.is_none_or(|id| {
                    offers.iter().find(|offer| offer.id == id).is_none_or(|offer| offer.state != state)
                })
            });
            let untold = offers.iter().any(|offer| row.assignment == Some(offer.id) && is_untold(row.kind, offer));
            let finishable = match right_to_finish(row.kind) {
                Some(right) => role.has(right) && !untold,
                None => moved_on && view.may_work,
            };
            TaskView {
                href: format!("/tasks/{}/done", row.id),
                title: l.t(&format!("task-{}", row.kind)),
                next: l.t(&format!("task-{}-next", row.kind)),
                until: row.due_at.map(|due| {
                    let due = due.and_utc();
                    let left = l.left(call.now, due);
                    Until {
                        kind: if left.is_some() { "soon" } else { "late" },
                        symbol: "clock",
                        words: left
                            .map_or_else(|| l.t("need-task-over"), |left| l.a("need-clock-left", &[("left", &left)])),
                        machine: super::clock::machine(due),
                        instant: l.short_due(due),
                    }
                }),
                finishable,
            }
        })
        .collect())
}

fn papers(call: &Call, id: NeedId) -> Result<Vec<PaperView>, WebError> {
    let rows = db::attachment::of_need(&mut *call.office.read()?, id)?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let kind = row.name.rsplit('.').next().unwrap_or_default().to_uppercase();
            let parts = [kind, size(row.size), call.l.short_instant(row.added_at.and_utc())];
            PaperView { href: format!("/needs/{id}/attachments/{}", row.id), note: call.l.list(&parts), name: row.name }
        })
        .collect())
}

/// Hours as people write them: `2`, `1.5`, `0.25`.
#[must_use]
pub(super) fn hours(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn feedback(call: &Call, id: NeedId, offers: &[AssignmentRow], people: &People) -> Result<Vec<FeedbackView>, WebError> {
    let l = call.l;
    let mut reader = call.office.read()?;
    let rows = db::feedback::of_need(&mut reader, id)?;
    let ratings = db::feedback::ratings_of_need(&mut reader, id)?;
    let rated = |assignment| -> Vec<RatingView> {
        ratings
            .iter()
            .filter(|rating| rating.assignment == assignment)
            .map(|rating| {
                let reports: Vec<String> =
                    rating.conduct.get().iter().map(|report| l.t(&format!("conduct-report-{report}"))).collect();
                RatingView {
                    score: rating.score,
                    label: l.a("need-stars", &[("n", &rating.score.to_string())]),
                    remark: rating.remark.clone().unwrap_or_default(),
                    channel: l.t(&format!("rating-channel-{}", rating.channel)),
                    reports: l.list(&reports),
                }
            })
            .collect()
    };
    let mut views = Vec::new();
    for offer in offers.iter().filter(|offer| matches!(offer.state, AssignmentState::Accepted | AssignmentState::Done))
    {
        let name = people.get(&offer.expert).map(|expert| expert.name.clone()).unwrap_or_default();
        let written = rows.iter().find(|row| row.assignment == offer.id);
        let ratings = rated(offer.id);
        if written.is_none() && ratings.is_empty() {
            continue;
        }
        let mut view = FeedbackView {
            name,
            filed: String::new(),
            by: String::new(),
            paragraphs: Vec::new(),
            follow_up: String::new(),
            facts: Vec::new(),
            ratings,
        };
        if let Some(row) = written {
            let declared = row.no_gift && row.no_promotion && row.no_touting;
            view.filed = l.short_instant(row.filed_at.and_utc());
            view.by = l.t(&format!("filed-by-{}", row.filed_by));
            view.paragraphs =
                row.done.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
            view.follow_up = row.follow_up.clone().unwrap_or_default();
            view.facts = vec![
                Fact::new(l.t("need-feedback-hours"), vec![l.a("need-hours-spent", &[("hours", &hours(row.hours))])]),
                Fact::new(l.t("need-feedback-served"), vec![l.short_date(row.served_on)]),
                Fact::new(l.t("need-feedback-outcome"), vec![l.t(&format!("outcome-{}", row.outcome))]),
                Fact::new(
                    l.t("need-feedback-declared"),
                    vec![l.t(if declared { "need-declared" } else { "need-not-declared" })],
                ),
            ];
        }
        views.push(view);
    }
    Ok(views)
}

fn closure(call: &Call, id: NeedId) -> Result<Vec<Fact>, WebError> {
    let l = call.l;
    let mut reader = call.office.read()?;
    let Some(row) = db::need::closure(&mut reader, id)? else { return Ok(Vec::new()) };
    let by = match row.closed_by {
        Some(account) => {
            db::account::names_of(&mut reader, &[account])?.into_iter().next().map(|(_, name)| name).unwrap_or_default()
        }
        None => String::new(),
    };
    let mut facts = vec![
        Fact::new(
            l.t("need-close-reason"),
            vec![l.t(&format!("close-reason-{}", row.reason)), row.note.unwrap_or_default()],
        ),
        Fact::new(l.t("need-closed-at"), vec![l.short_instant(row.closed_at.and_utc()), by]),
    ];
    if let Some(evaluation) = row.evaluation.map(|kept| kept.get()) {
        let (promptness, expertise, attitude) =
            (evaluation.promptness.to_string(), evaluation.expertise.to_string(), evaluation.attitude.to_string());
        let marks = l.a(
            "need-evaluation-marks",
            &[("promptness", &promptness), ("expertise", &expertise), ("attitude", &attitude)],
        );
        facts.push(Fact::new(l.t("need-evaluation"), vec![marks, evaluation.note.unwrap_or_default()]));
    }
    Ok(facts)
}

fn named<'a>(l: L, prefix: &str, values: impl IntoIterator<Item = &'a str>) -> Vec<(String, String)> {
    values.into_iter().map(|value| (value.to_owned(), l.t(&format!("{prefix}-{value}")))).collect()
}

fn choices(call: &Call, view: &NeedView) -> Result<Choices, WebError> {
    let l = call.l;
    let none = |label: &str| (String::new(), l.t(label));
    let mut colleagues = vec![none("need-choose")];
    if view.may_work && view.need.state.is_open() {
        colleagues.extend(view.colleagues(call)?.into_iter().map(|(id, name)| (id.to_string(), name)));
    }
    let mut close_reasons = vec![none("need-choose")];
    let fitting = CloseReason::ALL
        .iter()
        .filter(|reason| **reason != CloseReason::Served || view.need.state == NeedState::Served);
    close_reasons.extend(named(l, "close-reason", fitting.map(CloseReason::as_str)));
    let mut outcomes = vec![none("need-choose")];
    outcomes.extend(named(l, "outcome", Outcome::ALL.iter().map(Outcome::as_str)));
    let mut scores = vec![none("need-choose")];
    scores.extend((1..=5).rev().map(|score| (score.to_string(), l.t(&format!("need-score-{score}")))));
    Ok(Choices {
        notice_channels: named(l, "notified-by", [NotifiedBy::Phone.as_str(), NotifiedBy::Wechat.as_str()]),
        answers: named(l, "answer", AnswerKind::ALL.iter().map(AnswerKind::as_str)),
        answer_channels: named(
            l,
            "answered-by",
            [AnsweredBy::Phone.as_str(), AnsweredBy::Wechat.as_str(), AnsweredBy::Counter.as_str()],
        ),
        released_by: named(l, "released-by", ReleasedBy::ALL.iter().map(ReleasedBy::as_str)),
        outcomes,
        scores,
        conduct: named(l, "conduct-report", ConductReport::ALL.iter().map(ConductReport::as_str)),
        close_reasons,
        colleagues,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_short() {
        for (value, text) in [(2.0, "2"), (1.5, "1.5"), (0.25, "0.25"), (10.0, "10"), (100.0, "100")] {
            assert_eq!(hours(value), text);
        }
    }
}

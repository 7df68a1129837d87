//! What staff do to a need and its offers from the case page. Each deed leads back to the page; a refused one comes back
//! with everything typed kept.

use super::deed::{Sent, Tried};
use crate::actions::answer_assignment::{AnswerInput, answer_assignment};
use crate::actions::close_need::{CloseNeed, close_need};
use crate::actions::file_feedback::{FileFeedback, file_feedback as file_it};
use crate::actions::finish_task as finishing;
use crate::actions::rate_service::{RateService, conduct_reports, rate_service};
use crate::actions::{
    ActionError, Done, correct_need, correct_opposing, hand_over_needs, record_notice, release_assignment,
    reply_question, retract_need,
};
use crate::db;
use crate::domain::assignment::{AnswerKind, AnsweredBy, NotifiedBy, ReleasedBy};
use crate::domain::feedback::{Evaluation, RatingChannel};
use crate::domain::need::CloseReason;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{AssignmentId, NeedId, TaskId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{DateTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Asia::Shanghai;

/// Back to the case, saying what was done; or the case with the refused form.
fn led_back<T>(call: &Call, need: NeedId, deed: &str, flash: &str, done: Done<T>) -> Answered {
    match done {
        Ok(_) => Ok(Answer::see_other(&format!("/needs/{need}")).flash(flash, &[])),
        Err(ActionError::Refused(refusal @ (Refusal::NotFound | Refusal::NotYours))) => Err(refusal.into()),
        Err(ActionError::Refused(refusal)) => {
            let tried = Tried::new(call.l, deed, call.form()?, &refusal);
            super::case::again(call, need, &refusal, tried)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn wrong<T>(field: &str, code: &'static str) -> Done<T> {
    Err(Refusal::Invalid(vec![FieldProblem::new(field, code)]).into())
}

/// `POST /needs/{id}/retraction`.
///
/// # Errors
/// A fault.
pub fn retract(call: &Call) -> Answered {
    let id: NeedId = call.id("id")?;
    let sent = Sent { name: "retraction", form: call.form()? };
    let done = retract_need::retract_need(&call.office, &call.actor()?, id, sent.get("reason"));
    led_back(call, id, sent.name, "flash-need-retracted", done)
}

fn mark(sent: Sent<'_>, field: &str) -> u8 {
    sent.get(field).trim().parse().unwrap_or(0)
}

/// `POST /needs/{id}/closure`.
///
/// # Errors
/// A fault.
pub fn close(call: &Call) -> Answered {
    let id: NeedId = call.id("id")?;
    let sent = Sent { name: "closure", form: call.form()? };
    let done = match sent.get("reason").parse::<CloseReason>() {
        Ok(reason) => {
            let evaluation = (reason == CloseReason::Served).then(|| Evaluation {
                promptness: mark(sent, "evaluation.promptness"),
                expertise: mark(sent, "evaluation.expertise"),
                attitude: mark(sent, "evaluation.attitude"),
                note: sent.opt("evaluation.note").map(str::to_owned),
            });
            let input = CloseNeed { reason, note: sent.opt("note").map(str::to_owned), evaluation };
            close_need(&call.office, &call.actor()?, id, &input)
        }
        Err(_) => wrong("reason", "missing"),
    };
    led_back(call, id, sent.name, "flash-need-closed", done)
}

/// `POST /needs/{id}/contact`.
///
/// # Errors
/// A fault.
pub fn correct_contact(call: &Call) -> Answered {
    let id: NeedId = call.id("id")?;
    let sent = Sent { name: "contact", form: call.form()? };
    let (name, phone, email) = (sent.get("contact_name"), sent.opt("contact_phone"), sent.opt("contact_email"));
    let done = correct_need::correct_contact(&call.office, &call.actor()?, id, name, phone, email);
    led_back(call, id, sent.name, "flash-need-corrected", done)
}

/// `POST /needs/{id}/opposing`.
///
/// # Errors
/// A fault.
pub fn correct_opposing(call: &Call) -> Answered {
    let id: NeedId = call.id("id")?;
    let sent = Sent { name: "opposing", form: call.form()? };
    let (party, agent) = (sent.opt("opposing_party"), sent.opt("opposing_agent"));
    let done = correct_opposing::correct_opposing(&call.office, &call.actor()?, id, party, agent);
    let flash = match &done {
        Ok(found) if found.to_decide > 0 => "flash-need-opposing-decide",
        Ok(found) if found.voided > 0 => "flash-need-opposing-voided",
        _ => "flash-need-opposing",
    };
    led_back(call, id, sent.name, flash, done)
}

/// `POST /needs/{id}/handover`: this need alone, to a colleague.
///
/// # Errors
/// A fault.
pub fn hand_over(call: &Call) -> Answered {
    let view = super::view::load(call, call.id("id")?)?;
    let sent = Sent { name: "handover", form: call.form()? };
    let done = match sent.get("to").parse() {
        Ok(to) => match hand_over_needs::hand_over_needs(
            &call.office,
            &call.actor()?,
            view.need.owner,
            to,
            Some(view.need.id),
        ) {
            // The need was closed or handed over meanwhile: nothing was moved.
            Ok(0) => Err(Refusal::ChangedMeanwhile.into()),
            other => other,
        },
        Err(_) => wrong("to", "missing"),
    };
    led_back(call, view.need.id, sent.name, "flash-need-handed-over", done)
}

/// The assignment of the address with its need, within the account's scope.
fn offer(call: &Call, id: AssignmentId) -> Result<NeedId, WebError> {
    let row = db::assignment::find(&mut *call.office.read()?, &id)?.ok_or(Refusal::NotFound)?;
    Ok(super::view::load(call, row.need)?.need.id)
}

/// A time as `<input type="datetime-local">` sends it, Beijing time.
#[must_use]
pub fn beijing_instant(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        .into_iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())?;
    Shanghai.from_local_datetime(&local).earliest().map(|at| at.to_utc())
}

/// `POST /assignments/{id}/notice`: the expert was told by phone or WeChat.
///
/// # Errors
/// A fault.
pub fn enter_notice(call: &Call) -> Answered {
    let id: AssignmentId = call.id("id")?;
    let need = offer(call, id)?;
    let name = format!("notice-{id}");
    let sent = Sent { name: &name, form: call.form()? };
    let by = sent.get("channel").parse::<NotifiedBy>().ok().filter(|by| *by != NotifiedBy::Smtp);
    let done = match (by, beijing_instant(sent.get("notified_at"))) {
        (None, _) => wrong("channel", "missing"),
        (_, None) => wrong("notified_at", "not-a-time"),
        (Some(by), Some(at)) => record_notice::enter_notice(&call.office, &call.actor()?, id, by, at),
    };
    led_back(call, need, &name, "flash-need-notice", done)
}

/// `POST /assignments/{id}/answer`: 来电登记, told by phone, WeChat or at the counter.
///
/// # Errors
/// A fault.
pub fn enter_answer(call: &Call) -> Answered {
    let id: AssignmentId = call.id("id")?;
    let need = offer(call, id)?;
    let name = format!("answer-{id}");
    let sent = Sent { name: &name, form: call.form()? };
    let by = sent.get("channel").parse::<AnsweredBy>().ok().filter(|by| *by != AnsweredBy::Link);
    let busy_until = match sent.opt("busy_until").map(str::parse) {
        None => Ok(None),
        Some(Ok(day)) => Ok(Some(day)),
        Some(Err(_)) => Err(()),
    };
    let done = match (sent.get("answer").parse::<AnswerKind>(), by, busy_until) {
        (Err(_), _, _) => wrong("answer", "missing"),
        (_, None, _) => wrong("channel", "missing"),
        (_, _, Err(())) => wrong("busy_until", "not-a-date"),
        (Ok(answer), Some(by), Ok(busy_until)) => {
            let input = AnswerInput {
                answer,
                reason: sent.get("reason").parse().ok(),
                note: sent.opt("note").map(str::to_owned),
                busy_until,
                by,
                first_byte_at: call.received_at,
            };
            answer_assignment(&call.office, &call.actor()?, id, &input).map(drop)
        }
    };
    led_back(call, need, &name, "flash-need-answer", done)
}

/// `POST /assignments/{id}/reply`: to the expert's question.
///
/// # Errors
/// A fault.
pub fn reply(call: &Call) -> Answered {
    let id: AssignmentId = call.id("id")?;
    let need = offer(call, id)?;
    let name = format!("reply-{id}");
    let sent = Sent { name: &name, form: call.form()? };
    let done = reply_question::reply_question(&call.office, &call.actor()?, id, sent.get("text"));
    led_back(call, need, &name, "flash-need-replied", done)
}

/// `POST /assignments/{id}/release`.
///
/// # Errors
/// A fault.
pub fn release(call: &Call) -> Answered {
    let id: AssignmentId = call.id("id")?;
    let need = offer(call, id)?;
    let name = format!("release-{id}");
    let sent = Sent { name: &name, form: call.form()? };
    let done = match sent.get("by").parse::<ReleasedBy>() {
        Ok(by) => release_assignment::release_assignment(&call.office, &call.actor()?, id, by, sent.get("reason")),
        Err(_) => wrong("by", "missing"),
    };
    led_back(call, need, &name, "flash-need-released", done)
}

/// The assignment a form of the need names, if it is the need's.
fn named_offer(call: &Call, need: NeedId) -> Result<AssignmentId, WebError> {
    let id: AssignmentId = call.form()?.get("assignment").parse().map_err(|_| Refusal::NotFound)?;
    let row = db::assignment::find(&mut *call.office.read()?, &id)?
        .filter(|row| row.need == need)
        .ok_or(Refusal::NotFound)?;
    Ok(row.id)
}

/// `POST /needs/{id}/feedback`: the expert's feedback, told to staff.
///
/// # Errors
/// A fault.
pub fn file_feedback(call: &Call) -> Answered {
    let view = super::view::load(call, call.id("id")?)?;
    let id = named_offer(call, view.need.id)?;
    let name = format!("feedback-{id}");
    let sent = Sent { name: &name, form: call.form()? };
    let served_on = match sent.opt("served_on").map(str::parse) {
        None => Ok(None),
        Some(Ok(day)) => Ok(Some(day)),
        Some(Err(_)) => Err(()),
    };
    let done = match served_on {
        Err(()) => wrong("served_on", "not-a-date"),
        Ok(served_on) => {
            let input = FileFeedback {
                done: sent.get("done").to_owned(),
                hours: sent.get("hours").trim().parse().unwrap_or(0.0),
                served_on,
                outcome: sent.get("outcome").to_owned(),
                follow_up: sent.opt("follow_up").map(str::to_owned),
                no_gift: sent.checked("no_gift"),
                no_promotion: sent.checked("no_promotion"),
                no_touting: sent.checked("no_touting"),
            };
            file_it(&call.office, &call.actor()?, id, &input)
        }
    };
    led_back(call, view.need.id, &name, "flash-need-feedback", done)
}

/// `POST /needs/{id}/rating`: 回访, marked as such.
///
/// # Errors
/// A fault.
pub fn rate(call: &Call) -> Answered {
    let view = super::view::load(call, call.id("id")?)?;
    let id = named_offer(call, view.need.id)?;
    let name = format!("rating-{id}");
    let sent = Sent { name: &name, form: call.form()? };
    let conduct: Vec<String> = sent.all("conduct").into_iter().map(str::to_owned).collect();
    let input = RateService {
        score: sent.get("score").parse().unwrap_or(0),
        remark: sent.opt("text").map(str::to_owned),
        conduct: conduct_reports(&conduct)?,
        channel: RatingChannel::Phone,
    };
    let done = rate_service(&call.office, &call.actor()?, id, &input);
    led_back(call, view.need.id, &name, "flash-need-rated", done)
}

/// `POST /tasks/{id}/done`, for tasks no deed finishes; leads back to where it was pressed.
///
/// # Errors
/// [`Refusal::WrongState`] when a deed finishes it; [`Refusal::NotFound`], [`Refusal::NotYours`]; a fault.
pub fn finish_task(call: &Call) -> Answered {
    let id: TaskId = call.id("id")?;
    finishing::finish_task(&call.office, &call.actor()?, id)?;
    let from = call.came_from();
    let back = if from.starts_with("/tasks") { "/desk" } else { from.as_ref() };
    Ok(Answer::see_other(back).flash("flash-task-done", &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_beijing_time() {
        let expected = DateTime::parse_from_rfc3339("2026-05-08T01:40:00Z").expect("an instant").to_utc();
        for text in ["2026-05-08T09:40", "2026-05-08T09:40:00", " 2026-05-08 09:40 "] {
            assert_eq!(beijing_instant(text), Some(expected), "{text}");
        }
        for text in ["", "09:40", "2026-13-08T09:40"] {
            assert_eq!(beijing_instant(text), None, "{text}");
        }
    }
}

//! What is done with an expert's record: review, leave, withdrawal, reading contact data, opening a case.

use super::super::options::Tick;
use super::record::page;
use crate::actions::conduct_case;
use crate::actions::enter_leave::{self, LeaveInput};
use crate::actions::reveal_contact::{self, RevealPurpose};
use crate::actions::review_expert::{self, ReviewDecision};
use crate::actions::{ActionError, readmit_expert, withdraw_expert};
use crate::db::{self, expert_list};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::{CaseKind, IncidentKind};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{AssignmentId, ExpertId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::NaiveDate;

fn back(id: ExpertId, flash: &str, args: &[(&str, &str)]) -> Answered {
    Ok(Answer::see_other(&format!("/experts/{id}")).flash(flash, args))
}

/// The record again with what is wrong; faults and what is not for the reader go their own way.
fn again(call: &Call, id: ExpertId, error: ActionError, renamed: &[(&str, &str)]) -> Answered {
    match error {
        ActionError::Refused(refusal @ (Refusal::NotFound | Refusal::SignInFirst)) => Err(refusal.into()),
        ActionError::Refused(refusal) => {
            let mut wrong = Wrong::of_refusal(call.l, &refusal);
            for field in &mut wrong.list {
                if let Some((_, here)) = renamed.iter().find(|(there, _)| *there == field.field) {
                    (*here).clone_into(&mut field.field);
                }
            }
            page(call, id, call.form()?, wrong, None)
        }
        fault => Err(fault.into()),
    }
}

/// `POST /experts/{id}/review`.
///
/// # Errors
/// A fault; what will not do comes back on the record.
pub fn review(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let form = call.form()?;
    let decided = form
        .get("decision")
        .parse::<ReviewDecision>()
        .map_err(|_| Refusal::Invalid(vec![FieldProblem::new("decision", "missing")]).into())
        .and_then(|decision| {
            review_expert::review_expert(&call.office, &call.actor()?, id, decision, form.get("reason"))
        });
    match decided {
        Ok(()) => back(id, "flash-expert-reviewed", &[]),
        Err(error) => again(call, id, error, &[]),
    }
}

/// `POST /experts/{id}/withdrawal`.
///
/// # Errors
/// A fault; what will not do comes back on the record.
pub fn withdraw(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let reason = call.form()?.opt("withdraw_reason");
    match withdraw_expert::withdraw_expert(&call.office, &call.actor()?, id, reason) {
        Ok(moved) => back(id, "flash-expert-withdrawn", &[("n", &moved.to_string())]),
        Err(error) => again(call, id, error, &[("reason", "withdraw_reason")]),
    }
}

/// `POST /experts/{id}/pause`.
///
/// # Errors
/// A fault; what will not do comes back on the record.
pub fn pause(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let reason = call.form()?.opt("pause_reason");
    match withdraw_expert::pause_expert(&call.office, &call.actor()?, id, reason) {
        Ok(moved) => back(id, "flash-expert-paused", &[("n", &moved.to_string())]),
        Err(error) => again(call, id, error, &[("reason", "pause_reason")]),
    }
}

/// `POST /experts/{id}/resumption`.
///
/// # Errors
/// A fault; what will not do comes back on the record.
pub fn resume(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    match withdraw_expert::resume_expert(&call.office, &call.actor()?, id) {
        Ok(()) => back(id, "flash-expert-resumed", &[]),
        Err(error) => again(call, id, error, &[]),
    }
}

/// `POST /experts/{id}/readmission`: somebody who left applies again.
///
/// # Errors
/// A fault; what will not do comes back on the record.
pub fn readmit(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let reason = call.form()?.get("readmit_reason");
    match readmit_expert::readmit_expert(&call.office, &call.actor()?, id, reason) {
        Ok(()) => back(id, "flash-expert-readmitted", &[]),
        Err(error) => again(call, id, error, &[("reason", "readmit_reason")]),
    }
}

/// `POST /experts/{id}/leave`.
///
/// # Errors
/// A fault; what will not do comes back on the record.
pub fn enter_leave(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    match leave_asked(call.form()?).and_then(|input| enter_leave::enter_leave(&call.office, &call.actor()?, id, &input))
    {
        Ok((_, moved)) => back(id, "flash-leave-entered", &[("n", &moved.to_string())]),
        Err(error) => again(call, id, error, &[("reason", "leave_reason")]),
    }
}

fn leave_asked(form: &Fields) -> Result<LeaveInput, ActionError> {
    let mut problems = Vec::new();
    let mut day = |name: &str| match form.opt(name).map(str::parse::<NaiveDate>) {
        Some(Ok(day)) => Some(day),
        Some(Err(_)) => {
            problems.push(FieldProblem::new(name, "not-a-date"));
            None
        }
        None => {
            problems.push(FieldProblem::new(name, "missing"));
            None
        }
    };
    match (day("from"), day("to")) {
        (Some(from), Some(to)) => Ok(LeaveInput { from, to, reason: form.opt("leave_reason").map(str::to_owned) }),
        _ => Err(Refusal::Invalid(problems).into()),
    }
}

/// `POST /experts/{id}/contact`: the record with contact data in full, once.
///
/// # Errors
/// A fault; what will not do comes back on the record.
pub fn reveal(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let purpose = call.form()?.get("purpose").parse::<RevealPurpose>();
    let open = purpose
        .map_err(|_| Refusal::Invalid(vec![FieldProblem::new("purpose", "missing")]).into())
        .and_then(|purpose| reveal_contact::reveal_contact(&call.office, &call.actor()?, id, purpose));
    match open {
        Ok(revealed) => page(call, id, &Fields::default(), Wrong::none(), Some(revealed)),
        Err(ActionError::Refused(Refusal::NotYours)) => {
            let mut wrong = Wrong::none();
            wrong.list.push(crate::web::form::WrongField {
                field: "contact".to_owned(),
                text: call.l.t("expert-reveal-refused"),
            });
            page(call, id, call.form()?, wrong, None)
        }
        Err(error) => again(call, id, error, &[]),
    }
}

#[derive(askama::Template)]
#[template(path = "pages/expert_case.html", config = "src/web/askama.toml")]
struct CasePage {
    f: Frame,
    id: String,
    name: String,
    firm: String,
    kind: &'static str,
    kind_word: String,
    removal: bool,
    what_happens: Vec<String>,
    incidents: Vec<String>,
    offers: Vec<Tick>,
    form: Fields,
    wrong: Wrong,
}

/// `GET /experts/{id}/case/{kind}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn case_form(call: &Call) -> Answered {
    case_page(call, call.id("id")?, call.id("kind")?, &Fields::default(), Wrong::none())
}

fn case_page(call: &Call, id: ExpertId, kind: CaseKind, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let year_ago = (call.now - chrono::Days::new(365)).naive_utc();
    let incidents: Vec<db::conduct::IncidentRow> = db::conduct::incidents_of(&mut reader, id)?
        .into_iter()
        .filter(|row| row.happened_at >= year_ago && row.withdrawn_at.is_none())
        .collect();
    let weighed: Vec<AssignmentId> =
        incidents.iter().filter(|row| row.kind == IncidentKind::Lapse).filter_map(|row| row.assignment).collect();
    let states = [
        AssignmentState::Lapsed,
        AssignmentState::Undelivered,
        AssignmentState::Done,
        AssignmentState::Accepted,
        AssignmentState::Released,
    ];
    let first = form.0.is_empty();
    let offers = expert_list::offers(&mut reader, call.scope()?, id, &states, 40)?
        .into_iter()
        .filter(|(offer, _)| offer.created_at >= year_ago)
        .map(|(offer, need)| {
            let chosen = if first { weighed.contains(&offer.id) } else { form.has("assignments", offer.id.as_str()) };
            let due = offer.answer_due_at.map_or_else(|| l.t("expert-no-clock"), |at| l.due(at.and_utc()));
            let note = l.a(
                "expert-case-offer-note",
                &[("state", &l.t(&format!("assignment-state-{}", offer.state))), ("due", &due)],
            );
            Tick::new(offer.id.as_str(), format!("{} {}", offer.number, need.title), chosen).noted(note)
        })
        .collect();
    let running = expert_list::busy(&mut reader, &[id])?.first().map_or(0, |(_, count)| *count);
    let mut what_happens = vec![l.t("expert-case-letter"), l.t("expert-case-second")];
    if kind == CaseKind::Removal {
        what_happens.insert(0, l.a("expert-case-suspends", &[("n", &running.to_string())]));
    }
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CasePage {
        f: call.frame("conduct"),
        id: id.to_string(),
        name: row.name,
        firm: row.firm,
        kind: kind.as_str(),
        kind_word: l.t(&format!("case-kind-{kind}")),
        removal: kind == CaseKind::Removal,
        what_happens,
        incidents: incidents
            .iter()
            .map(|row| {
                format!(
                    "{} {}",
                    l.date(beijing_date(row.happened_at.and_utc())),
                    l.t(&format!("incident-{}", row.kind))
                )
            })
            .collect(),
        offers,
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

/// `POST /experts/{id}/case/{kind}`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn open_case(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let kind: CaseKind = call.id("kind")?;
    let form = call.form()?;
    let assignments: Vec<AssignmentId> = form.all("assignments").iter().filter_map(|text| text.parse().ok()).collect();
    match conduct_case::open_case(&call.office, &call.actor()?, id, kind, form.get("grounds"), &assignments) {
        Ok(case) => Ok(Answer::see_other(&format!("/conduct/{case}")).flash("flash-case-opened", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::CaseOpen | Refusal::WrongState))) => {
            case_page(call, id, kind, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

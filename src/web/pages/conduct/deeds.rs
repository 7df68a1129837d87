//! What is done on a case's page: telling, hearing, deciding, the appeal, papers, 移送.

use super::case::{found, page};
use crate::actions::add_attachment::NewFile;
use crate::actions::decide_case::DecideCase;
use crate::actions::file_case_paper::{TransferCase, file_case_papers, transfer_case};
use crate::actions::{ActionError, Done, decide_appeal as appeals, decide_case, hear_expert, tell_case};
use crate::db;
use crate::domain::assignment::NotifiedBy;
use crate::domain::calendar::at_hour;
use crate::domain::conduct::{AppealOutcome, Decision, PaperKind, StatementKind};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{CaseId, PaperId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::Wrong;
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Timelike, Utc};
use std::str::FromStr;

/// A word of a closed list, or that it is missing.
fn word<T: FromStr>(call: &Call, field: &str) -> Done<T> {
    call.form()?.get(field).parse().map_err(|_| Refusal::Invalid(vec![FieldProblem::new(field, "missing")]).into())
}

/// Back to the case; what will not do comes back on it, at the field of that name here.
fn settled(call: &Call, done: Done<()>, flash: &str, renamed: &[(&str, &str)]) -> Answered {
    let id: CaseId = call.id("id")?;
    match done {
        Ok(()) => Ok(Answer::see_other(&format!("/conduct/{id}")).flash(flash, &[])),
        Err(ActionError::Refused(Refusal::NotFound)) => Err(Refusal::NotFound.into()),
        Err(ActionError::Refused(refusal)) => {
            let mut wrong = Wrong::of_refusal(call.l, &refusal);
            for field in &mut wrong.list {
                if let Some((_, here)) = renamed.iter().find(|(there, _)| *there == field.field) {
                    (*here).clone_into(&mut field.field);
                }
            }
            page(call, call.form()?, wrong)
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /conduct/{id}/decision`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault; what will not do comes back on the case.
pub fn decide(call: &Call) -> Answered {
    let id: CaseId = call.id("id")?;
    let form = call.form()?;
    let decided = word::<Decision>(call, "decision").and_then(|decision| {
        let input = DecideCase { decision, reason: form.get("reason"), early: form.checked("early") };
        decide_case::decide_case(&call.office, &call.actor()?, id, &input)
    });
    settled(call, decided, "flash-case-decided", &[])
}

/// `POST /conduct/{id}/appeal`.
///
/// # Errors
/// As [`decide`].
pub fn decide_appeal(call: &Call) -> Answered {
    let id: CaseId = call.id("id")?;
    let form = call.form()?;
    let decided = word::<AppealOutcome>(call, "outcome").and_then(|outcome| {
        appeals::decide_appeal(&call.office, &call.actor()?, id, outcome, form.get("appeal_reason"))
    });
    settled(call, decided, "flash-appeal-decided", &[("reason", "appeal_reason")])
}

/// `POST /conduct/{id}/told`: staff told the expert themselves.
///
/// # Errors
/// As [`decide`].
pub fn told(call: &Call) -> Answered {
    let id: CaseId = call.id("id")?;
    let told = word::<NotifiedBy>(call, "by").and_then(|by| {
        let at = moment(call.form()?.get("at"))
            .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::new("at", "not-a-date")]))?;
        tell_case::enter_case_told(&call.office, &call.actor()?, id, by, at)
    });
    settled(call, told, "flash-case-told", &[])
}

/// `2026-05-08T09:40` in Beijing.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let typed = NaiveDateTime::parse_from_str(text.trim(), "%Y-%m-%dT%H:%M").ok()?;
    at_hour(typed.date(), typed.hour()).checked_add_signed(TimeDelta::minutes(i64::from(typed.minute())))
}

/// `POST /conduct/{id}/statement`: what the expert brought on paper or said in the office.
///
/// # Errors
/// As [`decide`].
pub fn statement(call: &Call) -> Answered {
    let id: CaseId = call.id("id")?;
    let form = call.form()?;
    let kind = {
        let mut reader = call.office.read()?;
        let (case, _) = found(call, &mut reader)?;
        if case.stage.is_open() { StatementKind::Statement } else { StatementKind::Appeal }
    };
    let heard = hear_expert::hear_expert(&call.office, &call.actor()?, id, kind, form.get("words"));
    settled(call, heard, "flash-statement-taken", &[])
}

/// `POST /conduct/{id}/papers`.
///
/// # Errors
/// As [`decide`].
pub fn add_papers(call: &Call) -> Answered {
    let id: CaseId = call.id("id")?;
    let files: Vec<NewFile> =
        call.files()?.iter().map(|file| NewFile { name: file.name.clone(), content: file.bytes.to_vec() }).collect();
    let filed = word::<PaperKind>(call, "kind")
        .and_then(|kind| file_case_papers(&call.office, &call.actor()?, id, kind, &files).map(drop));
    settled(call, filed, "flash-paper-filed", &[])
}

/// `GET /conduct/{id}/papers/{paper}`: a paper, to keep; never shown in place.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn paper(call: &Call) -> Answered {
    let mut reader = call.office.read()?;
    let (case, _) = found(call, &mut reader)?;
    let id: PaperId = call.id("paper")?;
    let row =
        db::case_file::paper(&mut reader, id)?.filter(|row| row.conduct_case == case.id).ok_or(Refusal::NotFound)?;
    Ok(Answer::download(&row.name, &row.media_type, row.content))
}

/// `POST /conduct/{id}/transfer`.
///
/// # Errors
/// As [`decide`].
pub fn transfer(call: &Call) -> Answered {
    let id: CaseId = call.id("id")?;
    let form = call.form()?;
    let passed = form
        .get("on_day")
        .parse::<NaiveDate>()
        .map_err(|_| Refusal::Invalid(vec![FieldProblem::new("on_day", "not-a-date")]).into())
        .and_then(|on_day| {
            let input = TransferCase { authority: form.get("authority"), on_day, reference: form.opt("reference") };
            transfer_case(&call.office, &call.actor()?, id, &input)
        });
    settled(call, passed, "flash-case-transferred", &[])
}

//! Leave an expert takes: what it collides with comes back on the page with the ways out, and only then is it entered.

use super::page::page;
use crate::actions::ActionError;
use crate::actions::enter_leave::{LeaveInput, Taken, end_leave, take_leave};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::AssignmentId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use chrono::NaiveDate;

/// `POST /me/leave`.
///
/// # Errors
/// A fault; what will not do, and what collides, comes back on the page.
pub fn take(call: &Call) -> Answered {
    let id = call.expert()?.id;
    let form = call.form()?;
    let given_back: Vec<AssignmentId> = form.all("given_back").iter().filter_map(|text| text.parse().ok()).collect();
    let done = asked(form)
        .map_err(ActionError::from)
        .and_then(|input| take_leave(&call.office, id, &input, form.checked("settled"), &given_back));
    match done {
        Ok(Taken::Entered(moved)) => {
            Ok(Answer::see_other("/me#leave").flash("flash-leave-entered", &[("n", &moved.to_string())]))
        }
        Ok(Taken::Collides(found)) => page(call, form, Wrong::none(), &found),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::WrongState))) => {
            let mut wrong = Wrong::of_refusal(call.l, &refusal);
            for line in wrong.list.iter_mut().filter(|line| line.field == "reason") {
                "leave_reason".clone_into(&mut line.field);
            }
            page(call, form, wrong, &[])
        }
        Err(error) => Err(error.into()),
    }
}

fn asked(form: &Fields) -> Result<LeaveInput, Refusal> {
    let mut problems = Vec::new();
    let mut day = |name: &str| -> Option<NaiveDate> {
        let found = form.opt(name).map(str::parse);
        match found {
            Some(Ok(day)) => return Some(day),
            Some(Err(_)) => problems.push(FieldProblem::new(name, "not-a-date")),
            None => problems.push(FieldProblem::new(name, "missing")),
        }
        None
    };
    match (day("from"), day("to")) {
        (Some(from), Some(to)) => Ok(LeaveInput { from, to, reason: form.opt("leave_reason").map(str::to_owned) }),
        _ => Err(Refusal::Invalid(problems)),
    }
}

/// `POST /me/leave/{id}/ending`.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::WrongState`] for a leave that is over.
pub fn end(call: &Call) -> Answered {
    end_leave(&call.office, call.expert()?.id, call.id("id")?)?;
    Ok(Answer::see_other("/me#leave").flash("flash-leave-ended", &[]))
}

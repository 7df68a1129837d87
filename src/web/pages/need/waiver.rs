//! A manager's waiver of a conflict: granted on the page that says why somebody may not be asked, and told there after.

use super::candidates::why_page;
use crate::actions::ActionError;
use crate::actions::waive_conflict::waive_conflict;
use crate::db;
use crate::domain::refusal::Refusal;
use crate::ids::{ExpertId, NeedId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError, status};
use crate::web::form::Wrong;

/// `POST /needs/{id}/candidates/{expert}/waiver`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault; what will not do comes back on the page.
pub fn grant(call: &Call) -> Answered {
    let need: NeedId = call.id("id")?;
    let expert: ExpertId = call.id("expert")?;
    let reason = call.form()?.get("reason");
    match waive_conflict(&call.office, &call.actor()?, need, expert, reason) {
        Ok(_) => {
            Ok(Answer::see_other(&format!("/needs/{need}/candidates/{expert}")).flash("flash-conflict-waived", &[]))
        }
        Err(ActionError::Refused(refusal @ (Refusal::NotFound | Refusal::NotYours))) => Err(refusal.into()),
        Err(ActionError::Refused(refusal)) => {
            why_page(call, status(&refusal), reason, Wrong::of_refusal(call.l, &refusal))
        }
        Err(fault) => Err(fault.into()),
    }
}

/// The waivers of an expert for a need, in words; empty where there are none.
///
/// # Errors
/// What the database says.
pub(super) fn told(call: &Call, need: NeedId, expert: ExpertId) -> Result<String, WebError> {
    let mut reader = call.office.read()?;
    let rows = db::relation::waivers_of(&mut reader, need)?;
    let mut told = Vec::new();
    for row in rows.into_iter().filter(|row| row.expert == expert) {
        let who = db::beside::owners_of(&mut reader, &[row.granted_by])?.into_iter().next().map(|(_, name)| name);
        let when = call.l.instant(row.granted_at.and_utc());
        let args = [("reason", row.reason.as_str()), ("who", &who.unwrap_or_default()), ("when", &when)];
        told.push(call.l.a("need-waived", &args));
    }
    Ok(told.join(" "))
}

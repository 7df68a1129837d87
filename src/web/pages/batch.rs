//! `/batch`: several open needs assigned together (批量派单): choose them, look at the plan, change it by hand, send it.
//!
//! What was chosen by hand is in the form: for every seat who is to be asked, and whom the plan had proposed. A plan made
//! anew keeps what differs from the proposal and arranges the rest around it. Nothing is written before 「派出」, and what
//! no longer fits then is told need by need. Deliberately absent: a stored batch; the same choice gives the same plan.

mod choose;
mod outcome;
mod preview;

use crate::actions::assign_batch::{BatchOffer, assign_batch};
use crate::actions::plan_batch::{Pinned, PlanBatch, plan_batch};
use crate::actions::{ActionError, Done};
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::{ExpertId, NeedId, SeatId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, status};
use crate::web::form::{Fields, Wrong, WrongField};
use crate::web::routes::{Access, Route, get, post};
use actix_web::http::StatusCode;

/// Before a seat's id: whom to ask.
const TO: &str = "to.";
/// Before a seat's id: whom the plan proposed.
const WAS: &str = "was.";
/// Before a seat's id: decided by hand in a plan before.
const PIN: &str = "pin.";
/// Before a seat's id: its need.
const OF: &str = "of.";
/// Before a seat's id: who stands behind, ids with spaces between.
const BEHIND: &str = "behind.";

/// The rows of the route table for batches.
#[must_use]
pub fn rows() -> Vec<Route> {
    let work = Access::SignedIn(Right::WorkNeeds);
    vec![get("/batch", work, show), post("/batch", work, plan), post("/batch/offers", work, send)]
}

/// `GET /batch`: the needs that wait.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn show(call: &Call) -> Answered {
    choose::page(call, StatusCode::OK, None, Wrong::none())
}

fn needs_of(form: &Fields) -> Vec<NeedId> {
    let mut needs: Vec<NeedId> = Vec::new();
    for id in form.all("need").into_iter().filter_map(|text| text.parse().ok()) {
        if !needs.contains(&id) {
            needs.push(id);
        }
    }
    needs
}

/// The seats that were decided by hand: those that differ from the proposal, and those that did before.
fn pinned_of(form: &Fields) -> Vec<Pinned> {
    form.0
        .iter()
        .filter_map(|(name, value)| {
            let seat = name.strip_prefix(TO)?;
            let kept = value == form.get(&format!("{WAS}{seat}")) && !form.checked(&format!("{PIN}{seat}"));
            if kept { None } else { Some(Pinned { seat: seat.parse().ok()?, expert_id: value.parse().ok()? }) }
        })
        .collect()
}

/// The offers that are ticked and name somebody.
fn offers_of(form: &Fields) -> Vec<BatchOffer> {
    form.all("seat")
        .into_iter()
        .filter_map(|text| {
            let seat: SeatId = text.parse().ok()?;
            let expert_id: ExpertId = form.get(&format!("{TO}{seat}")).parse().ok()?;
            let need_id: NeedId = form.get(&format!("{OF}{seat}")).parse().ok()?;
            let behind = form.get(&format!("{BEHIND}{seat}")).split_whitespace();
            let reserves = behind.filter_map(|id| id.parse().ok()).filter(|id| *id != expert_id).collect();
            Some(BatchOffer { need_id, seat, expert_id, reserves })
        })
        .collect()
}

/// `POST /batch`: the plan, made anew around what was chosen by hand.
///
/// # Errors
/// A fault; a refusal comes back on the page.
pub fn plan(call: &Call) -> Answered {
    let form = call.form()?;
    let input = PlanBatch { needs: needs_of(form), pinned: pinned_of(form), reserves: None };
    if input.needs.is_empty() {
        let nothing = WrongField { field: "needs".to_owned(), text: call.l.t("batch-nothing-chosen") };
        return choose::page(call, StatusCode::UNPROCESSABLE_ENTITY, Some(&[]), Wrong { list: vec![nothing] });
    }
    planned(call, &input, Wrong::none(), StatusCode::OK)
}

fn planned(call: &Call, input: &PlanBatch, wrong: Wrong, code: StatusCode) -> Answered {
    match plan_batch(&call.office, &call.actor()?, input) {
        Ok(plan) => preview::page(call, code, &plan, wrong),
        Err(ActionError::Refused(refusal @ Refusal::NotYours)) => Err(refusal.into()),
        // What was chosen by hand cannot stand: the plan without it, and why.
        Err(ActionError::Refused(refusal)) if !input.pinned.is_empty() => {
            let without = PlanBatch { pinned: Vec::new(), ..input.clone() };
            planned(call, &without, pin_refused(call, &refusal), status(&refusal))
        }
        Err(ActionError::Refused(refusal)) => {
            let wrong = Wrong::of_refusal(call.l, &refusal);
            choose::page(call, status(&refusal), Some(&input.needs), wrong)
        }
        Err(fault) => Err(fault.into()),
    }
}

fn pin_refused(call: &Call, refusal: &Refusal) -> Wrong {
    let l = call.l;
    let text = match refusal {
        Refusal::NotEligible(rule) => l.a("batch-pin-not-eligible", &[("rule", &l.t(&format!("excluded-{rule}-tag")))]),
        _ => l.t("batch-pin-no-room"),
    };
    Wrong { list: vec![WrongField { field: "plan".to_owned(), text }] }
}

/// `POST /batch/offers`: `do=tomorrow` lets the letters leave at 08:00.
///
/// # Errors
/// A fault; what could not be sent is told need by need.
pub fn send(call: &Call) -> Answered {
    let form = call.form()?;
    let offers = offers_of(form);
    if offers.is_empty() {
        let input = PlanBatch { needs: needs_of(form), pinned: pinned_of(form), reserves: None };
        let nothing = WrongField { field: "plan".to_owned(), text: call.l.t("batch-nothing-ticked") };
        return planned(call, &input, Wrong { list: vec![nothing] }, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let tomorrow = form.get("do") == "tomorrow";
    let outcomes = assign_batch(&call.office, &call.actor()?, &offers, tomorrow)?;
    if outcomes.iter().all(|outcome| outcome.offers.is_ok()) {
        let made: usize = outcomes.iter().map(|outcome| outcome.offers.as_ref().map_or(0, Vec::len)).sum();
        let key = if tomorrow { "flash-batch-sent-tomorrow" } else { "flash-batch-sent" };
        return Ok(Answer::see_other("/batch").flash(key, &[("n", &made.to_string())]));
    }
    outcome::page(call, &outcomes)
}

/// Unwraps what a deed of this page says into the page's own words.
fn refused_text(call: &Call, made: &Done<Vec<crate::ids::AssignmentId>>) -> String {
    let l = call.l;
    match made {
        Ok(_) => String::new(),
        Err(ActionError::Refused(Refusal::NotEligible(rule))) => {
            l.a("need-plan-not-eligible", &[("rule", &l.t(&format!("excluded-{rule}-tag")))])
        }
        Err(ActionError::Refused(refusal)) => l.t(&format!("refused-{}-text", refusal.code())),
        Err(ActionError::Fault(fault)) => {
            tracing::error!(%fault, "an offer of a batch could not be made");
            l.t("batch-broken")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::uuid_v7;

    #[test]
    fn what_differs_from_the_proposal_is_kept_and_what_is_ticked_is_sent() {
        let ids: Vec<[u8; 36]> = (1..=6).map(|n| uuid_v7(n, &[1; 10])).collect();
        let (one, other) = (SeatId::from_minted(ids[0]), SeatId::from_minted(ids[1]));
        let (shen, xu) = (ExpertId::from_minted(ids[2]), ExpertId::from_minted(ids[3]));
        let need = NeedId::from_minted(ids[4]);
        let mut form = Fields::default();
        for (seat, to, was) in [(one, shen, shen), (other, xu, shen)] {
            form.set(&format!("{TO}{seat}"), to.to_string());
            form.set(&format!("{WAS}{seat}"), was.to_string());
            form.set(&format!("{OF}{seat}"), need.to_string());
            form.set(&format!("{BEHIND}{seat}"), format!("{shen} {xu} nonsense"));
        }
        assert_eq!(pinned_of(&form), vec![Pinned { seat: other, expert_id: xu }]);
        form.set(&format!("{PIN}{one}"), "1");
        assert_eq!(pinned_of(&form).len(), 2, "decided before stays decided");
        assert!(offers_of(&form).is_empty(), "nothing is ticked");
        form.set("seat", other.to_string());
        form.set("seat", "not a seat");
        let offer = BatchOffer { need_id: need, seat: other, expert_id: xu, reserves: vec![shen] };
        assert_eq!(offers_of(&form), vec![offer]);
        form.set("need", need.to_string());
        form.set("need", need.to_string());
        assert_eq!(needs_of(&form), vec![need]);
    }
}

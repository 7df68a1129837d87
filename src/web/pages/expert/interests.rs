//! 利益冲突: what an expert's relations are, for whoever keeps the register; a declaration entered; and the check without
//! exposure, which answers yes, no or ask the manager and says nothing else.

use super::super::options::{self, Pick};
use crate::actions::ActionError;
use crate::actions::check_conflict::{ConflictQuestion, MOST_CHECKS, Verdict, check_conflict};
use crate::actions::declare_relation::{RelationInput, declare_relation, end_relation};
use crate::db;
use crate::domain::calendar::beijing_date;
use crate::domain::matching::RelationKind;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::{ExpertId, RelationId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, status};
use crate::web::form::{Fields, Wrong, WrongField};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

struct Declared {
    id: String,
    name: String,
    kind: String,
    note: String,
    when: String,
}

#[derive(askama::Template)]
#[template(path = "pages/expert_interests.html", config = "src/web/askama.toml")]
struct InterestsPage {
    f: Frame,
    id: String,
    name: String,
    firm: String,
    verdict: Option<Verdict>,
    limit: String,
    reads: bool,
    count: String,
    declared: Vec<Declared>,
    kinds: Vec<Pick>,
    form: Fields,
    wrong: Wrong,
}

/// `GET /experts/{id}/interests`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, StatusCode::OK, &Fields::default(), Wrong::none(), None)
}

fn page(call: &Call, status: StatusCode, form: &Fields, wrong: Wrong, verdict: Option<Verdict>) -> Answered {
    let l = call.l;
    let id: ExpertId = call.id("id")?;
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let relations = db::relation::in_force(&mut reader, Some(id))?;
    // Whose adviser or shareholder somebody is, is for those who keep the register.
    let reads = staff.role.has(Right::KeepRegister) && staff.scope.covers_region(&row.region);
    let count = l.a("interests-count", &[("n", &relations.len().to_string())]);
    let told = relations.into_iter().filter(|_| reads).map(|relation| Declared {
        id: relation.id.to_string(),
        kind: l.t(&format!("relation-{}", relation.kind)),
        note: relation.note.unwrap_or_default(),
        when: l.a(
            &format!("interests-by-{}", if relation.declared_by == "expert" { "expert" } else { "staff" }),
            &[("date", &l.date(beijing_date(relation.declared_at.and_utc())))],
        ),
        name: relation.name,
    });
    let page = InterestsPage {
        f: call.frame("experts"),
        id: id.to_string(),
        declared: told.collect(),
        name: row.name,
        firm: row.firm,
        verdict,
        limit: l.a("interests-limit", &[("n", &MOST_CHECKS.1.to_string()), ("all", &MOST_CHECKS.0.to_string())]),
        reads,
        count,
        kinds: options::words(
            l,
            "relation",
            form.get("kind"),
            &l.t("expert-choose"),
            RelationKind::ALL.iter().map(RelationKind::as_str),
        ),
        form: form.clone(),
        wrong,
    };
    let answer = Answer::page_with(status, &page)?;
    Ok(answer.with_header(actix_web::http::header::CACHE_CONTROL, "no-store"))
}

/// The page again with what is wrong; what is not for the reader goes its own way.
fn again(call: &Call, form: &Fields, error: ActionError) -> Answered {
    match error {
        ActionError::Refused(refusal @ (Refusal::NotFound | Refusal::SignInFirst | Refusal::NotYours)) => {
            Err(refusal.into())
        }
        ActionError::Refused(refusal) => {
            let wrong = match &refusal {
                Refusal::TooManyTries => {
                    let text = call.l.t("interests-too-many");
                    Wrong { list: vec![WrongField { field: "party".to_owned(), text }] }
                }
                other => Wrong::of_refusal(call.l, other),
            };
            let mut wrong = wrong;
            for field in wrong.list.iter_mut().filter(|field| field.field == "name") {
                "relation_name".clone_into(&mut field.field);
            }
            page(call, status(&refusal), form, wrong, None)
        }
        fault => Err(fault.into()),
    }
}

/// `POST /experts/{id}/conflict-check`: the page with the answer, once.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn check(call: &Call) -> Answered {
    let form = call.form()?;
    let question =
        ConflictQuestion { party: form.get("party").to_owned(), agent: form.opt("agent").map(str::to_owned) };
    match check_conflict(&call.office, &call.actor()?, call.id("id")?, &question) {
        Ok(verdict) => page(call, StatusCode::OK, form, Wrong::none(), Some(verdict)),
        Err(error) => again(call, form, error),
    }
}

/// `POST /experts/{id}/relations`.
///
/// # Errors
/// A fault; what will not do comes back on the page.
pub fn declare(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let form = call.form()?;
    let input = RelationInput {
        name: form.get("relation_name").to_owned(),
        kind: form.get("kind").to_owned(),
        by_expert: form.checked("by_expert"),
        note: form.opt("note").map(str::to_owned),
    };
    match declare_relation(&call.office, &call.actor()?, id, &input) {
        Ok(_) => Ok(Answer::see_other(&format!("/experts/{id}/interests")).flash("flash-relation-declared", &[])),
        Err(error) => again(call, form, error),
    }
}

/// `POST /relations/{id}/ending`.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::WrongState`]; a fault.
pub fn end(call: &Call) -> Answered {
    let id: RelationId = call.id("id")?;
    let expert = end_relation(&call.office, &call.actor()?, id)?;
    Ok(Answer::see_other(&format!("/experts/{expert}/interests")).flash("flash-relation-ended", &[]))
}

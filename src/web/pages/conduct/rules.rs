//! The policy of conduct as a form: how many of what within how long proposes what, and the deadlines of a case. Setting it
//! makes a new version of the office's policy; the rest of it stays as it is.

use super::super::policy::saved;
use crate::domain::conduct::{ConductRules, IncidentKind, Threshold};
use crate::domain::policy::Policy;
use crate::domain::refusal::Refusal;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

struct Cell {
    id: String,
    label: String,
    value: String,
}

struct Row {
    label: String,
    note: String,
    cells: Vec<Cell>,
}

#[derive(askama::Template)]
#[template(path = "pages/conduct_rules.html", config = "src/web/askama.toml")]
struct RulesPage {
    f: Frame,
    rows: Vec<Row>,
    form: Fields,
    wrong: Wrong,
}

/// The figures beside the table.
const FIGURES: [&str; 5] =
    ["admonitions_to_remove", "admonition_months", "statement_days", "appeal_days", "reentry_months"];

/// `GET /policy/conduct`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let form = as_fields(&call.office.policy()?);
    page(call, &form, Wrong::none())
}

fn as_fields(policy: &Policy) -> Fields {
    let mut form = Fields::default();
    for kind in IncidentKind::ALL {
        let threshold = policy.threshold(*kind);
        for (name, figure) in
            [("months", threshold.months), ("admonish", threshold.admonish), ("remove", threshold.remove)]
        {
            form.set(&format!("{kind}.{name}"), figure.to_string());
        }
    }
    let rules = &policy.conduct;
    let figures = [
        policy.admonitions_to_remove.to_string(),
        rules.admonition_months.to_string(),
        rules.statement_days.to_string(),
        rules.appeal_days.to_string(),
        rules.reentry_months.to_string(),
    ];
    for (name, figure) in FIGURES.iter().zip(figures) {
        form.set(name, figure);
    }
    form
}

/// The policy in force with what the form says of conduct.
fn asked(form: &Fields, mut policy: Policy) -> Result<Policy, Refusal> {
    let mut problems = Vec::new();
    let mut figure = |name: &str| form.figure(name, &mut problems);
    let mut rules = ConductRules::default();
    for kind in IncidentKind::ALL {
        let threshold = Threshold {
            months: figure(&format!("{kind}.months")),
            admonish: figure(&format!("{kind}.admonish")),
            remove: figure(&format!("{kind}.remove")),
        };
        if *kind == IncidentKind::Lapse {
            // The threshold of lapses stands in the policy itself since its first version.
            policy.lapses_to_admonish = i64::from(threshold.admonish);
        }
        let kept = if *kind == IncidentKind::Lapse { Threshold { admonish: 0, ..threshold } } else { threshold };
        rules.thresholds.insert(*kind, kept);
    }
    policy.admonitions_to_remove = i64::from(figure("admonitions_to_remove"));
    rules.admonition_months = figure("admonition_months");
    rules.statement_days = figure("statement_days");
    rules.appeal_days = figure("appeal_days");
    rules.reentry_months = figure("reentry_months");
    policy.conduct = rules;
    if problems.is_empty() { Ok(policy) } else { Err(Refusal::Invalid(problems)) }
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let rows = IncidentKind::ALL
        .iter()
        .map(|kind| Row {
            label: l.t(&format!("incident-{kind}")),
            note: l.t(if kind.is_report() { "conduct-rules-report" } else { "conduct-rules-record" }),
            cells: ["months", "admonish", "remove"]
                .iter()
                .map(|name| {
                    let id = format!("{kind}.{name}");
                    Cell { label: l.t(&format!("conduct-rules-{name}")), value: form.get(&id).to_owned(), id }
                })
                .collect(),
        })
        .collect();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Answer::page_with(status, &RulesPage { f: call.frame("policy"), rows, form: form.clone(), wrong })
}

/// `POST /policy/conduct`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn set(call: &Call) -> Answered {
    let form = call.form()?;
    saved(call, "/policy/conduct", asked(form, call.office.policy()?), |mut wrong| {
        for field in &mut wrong.list {
            if field.field == "lapses_to_admonish" {
                "lapse.admonish".clone_into(&mut field.field);
            }
        }
        page(call, form, wrong)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::refusal::FieldProblem;

    #[test]
    fn the_policy_in_force_comes_back_from_its_own_form() {
        let mut policy = Policy { lapses_to_admonish: 4, reserves: 7, ..Policy::default() };
        policy.conduct.statement_days = 7;
        policy.conduct.thresholds.insert(IncidentKind::NoShow, Threshold { months: 6, admonish: 2, remove: 4 });
        assert_eq!(asked(&as_fields(&policy), policy.clone()), Ok(policy.clone()), "the rest of it stays");
        let mut form = as_fields(&policy);
        form.0.retain(|(name, _)| name != "gift.remove");
        form.set("gift.remove", "many");
        assert_eq!(asked(&form, policy), Err(Refusal::Invalid(vec![FieldProblem::new("gift.remove", "not-a-number")])));
    }
}

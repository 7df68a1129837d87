//! The rules of the register as a form: which service items ask for which licence, and how long what reaches a person is
//! kept. Setting it makes a new version of the office's policy; the rest of it stays as it is.

use super::policy::saved;
use crate::domain::catalogue::CATALOGUE;
use crate::domain::licence::{Licence, LicenceRule, LicenceRules};
use crate::domain::policy::Policy;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::retention::RetentionRules;
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

/// A box of a row.
struct Cell {
    id: String,
    name: String,
    value: &'static str,
    label: String,
    checked: bool,
}

/// A service item.
struct Row {
    label: String,
    cells: Vec<Cell>,
}

#[derive(askama::Template)]
#[template(path = "pages/policy_register.html", config = "src/web/askama.toml")]
struct RegisterPage {
    f: Frame,
    heads: Vec<String>,
    rows: Vec<Row>,
    form: Fields,
    wrong: Wrong,
}

/// `GET /policy/register`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let form = as_fields(&call.office.policy()?);
    page(call, &form, Wrong::none())
}

fn as_fields(policy: &Policy) -> Fields {
    let mut form = Fields::default();
    form.set("contact_days", policy.retention.contact_days.to_string());
    form.set("draft_days", policy.retention.draft_days.to_string());
    for (slug, rule) in &policy.licences.0 {
        for licence in &rule.any_of {
            form.set(&format!("licence.{slug}"), licence.as_str());
        }
        if rule.must_hold {
            form.set(&format!("must.{slug}"), "yes");
        }
    }
    form
}

/// The policy in force with what the form says of the register.
fn asked(form: &Fields, mut policy: Policy) -> Result<Policy, Refusal> {
    let mut problems = Vec::new();
    let mut figure = |name: &str| form.figure(name, &mut problems);
    policy.retention = RetentionRules { contact_days: figure("contact_days"), draft_days: figure("draft_days") };
    let mut rules = LicenceRules::none();
    for item in &CATALOGUE {
        let any_of: Vec<Licence> = Licence::ALL
            .iter()
            .copied()
            .filter(|licence| form.has(&format!("licence.{}", item.slug), licence.as_str()))
            .collect();
        let must_hold = form.checked(&format!("must.{}", item.slug));
        if any_of.is_empty() && must_hold {
            problems.push(FieldProblem::new(format!("must.{}", item.slug), "licence-wanted"));
        }
        if !any_of.is_empty() {
            rules.0.insert(item.slug.to_owned(), LicenceRule { any_of, must_hold });
        }
    }
    policy.licences = rules;
    if problems.is_empty() { Ok(policy) } else { Err(Refusal::Invalid(problems)) }
}

fn rows(l: L, form: &Fields) -> Vec<Row> {
    CATALOGUE
        .iter()
        .map(|item| {
            let field = format!("licence.{}", item.slug);
            let mut cells: Vec<Cell> = Licence::ALL
                .iter()
                .map(|licence| Cell {
                    checked: form.has(&field, licence.as_str()),
                    id: format!("{field}.{licence}"),
                    name: field.clone(),
                    value: licence.as_str(),
                    label: l.t(&format!("licence-{licence}")),
                })
                .collect();
            let must = format!("must.{}", item.slug);
            cells.push(Cell {
                checked: form.checked(&must),
                id: must.clone(),
                name: must,
                value: "yes",
                label: l.t("policy-register-must"),
            });
            Row { label: l.pick(item.zh, item.en).to_owned(), cells }
        })
        .collect()
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut heads: Vec<String> = Licence::ALL.iter().map(|licence| l.t(&format!("licence-{licence}"))).collect();
    heads.push(l.t("policy-register-must"));
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RegisterPage { f: call.frame("policy"), heads, rows: rows(l, form), form: form.clone(), wrong };
    Answer::page_with(status, &page)
}

/// `POST /policy/register`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn set(call: &Call) -> Answered {
    let form = call.form()?;
    saved(call, "/policy/register", asked(form, call.office.policy()?), |wrong| page(call, form, wrong))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn the_policy_in_force_comes_back_from_its_own_form() {
        let mut policy = Policy { reserves: 7, ..Policy::default() };
        policy.retention.contact_days = 400;
        let held = LicenceRule { any_of: vec![Licence::PatentAttorney, Licence::Lawyer], must_hold: true };
        // A form gives them back in their own order.
        for rule in policy.licences.0.values_mut() {
            rule.any_of.sort_unstable();
        }
        policy.licences.0.insert("risk".to_owned(), held);
        assert_eq!(asked(&as_fields(&policy), policy.clone()), Ok(policy));
        let mut form = as_fields(&Policy::default());
        form.set("must.training", "yes");
        form.0.retain(|(name, _)| name != "draft_days");
        let Err(Refusal::Invalid(found)) = asked(&form, Policy::default()) else { panic!("taken") };
        let fields: Vec<&str> = found.iter().map(|problem| problem.field.as_str()).collect();
        assert_eq!(fields, ["draft_days", "must.training"]);
    }

    #[test]
    fn every_word_is_there() {
        for lang in [Lang::Zh, Lang::En] {
            let rows = rows(L(lang), &as_fields(&Policy::default()));
            assert_eq!(rows.len(), CATALOGUE.len());
            let boxes: Vec<&Cell> = rows.iter().flat_map(|row| &row.cells).collect();
            assert!(boxes.iter().all(|one| !one.label.contains('⟦')));
            assert_eq!(boxes.iter().filter(|one| one.checked).count(), 6, "two items by one licence, two by either");
        }
    }
}

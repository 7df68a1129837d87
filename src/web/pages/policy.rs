//! Policy (工作规则): what is in force, a new version, and the years of the calendar at a glance.

use super::super::routes::{Access, Route, get, post};
use super::calendar::{Year, years};
use super::options::{Pick, Tick, picks};
use super::{policy_letters, policy_register};
use crate::actions::ActionError;
use crate::actions::set_policy::{self, POLICY_KEY};
use crate::db;
use crate::db::beside;
use crate::domain::answer_rule::CountingRule;
use crate::domain::calendar::beijing_date;
use crate::domain::policy::Policy;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::AccountId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use std::collections::HashMap;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        get("/policy", SignedIn(Right::Decide), show),
        post("/policy", SignedIn(Right::Decide), set),
        get("/policy/register", SignedIn(Right::Decide), policy_register::show),
        post("/policy/register", SignedIn(Right::Decide), policy_register::set),
    ]
}

struct Version {
    number: i32,
    when: String,
    who: String,
    rule: String,
    current: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/policy.html", config = "src/web/askama.toml")]
struct PolicyPage {
    f: Frame,
    form: Fields,
    wrong: Wrong,
    rules: Vec<Tick>,
    floors: Vec<Pick>,
    versions: Vec<Version>,
    years: Vec<Year>,
    missing: String,
}

/// The figures of a policy and how the form names them; `waking_hours_floor` and the rule stand apart.
const FIGURES: [&str; 8] = [
    "reserves",
    "monthly_cap",
    "open_cap",
    "feedback_working_days",
    "rating_days",
    "rating_reminder_day",
    "lapses_to_admonish",
    "admonitions_to_remove",
];

/// `GET /policy`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let form = as_fields(&call.office.policy()?);
    page(call, &form, Wrong::none())
}

fn as_fields(policy: &Policy) -> Fields {
    let mut form = Fields::default();
    form.set("counting_rule", policy.counting_rule.as_str());
    form.set("waking_hours_floor", policy.waking_hours_floor.map_or_else(String::new, |hours| hours.to_string()));
    let figures: [String; 8] = [
        policy.reserves.to_string(),
        policy.monthly_cap.to_string(),
        policy.open_cap.to_string(),
        policy.feedback_working_days.to_string(),
        policy.rating_days.to_string(),
        policy.rating_reminder_day.to_string(),
        policy.lapses_to_admonish.to_string(),
        policy.admonitions_to_remove.to_string(),
    ];
    for (name, figure) in FIGURES.iter().zip(figures) {
        form.set(name, figure);
    }
    if policy.public_roster {
        form.set("public_roster", "yes");
    }
    policy_letters::fill(&mut form, &policy.letters);
    form
}

/// The policy the form asks for; what it does not ask of conduct stays as `kept`.
fn asked(form: &Fields, kept: &Policy) -> Result<Policy, Refusal> {
    let mut problems = Vec::new();
    let counting_rule = form.get("counting_rule").parse::<CountingRule>().unwrap_or_else(|_| {
        problems.push(FieldProblem::new("counting_rule", "missing"));
        CountingRule::default()
    });
    let mut figure = |name: &str| form.figure(name, &mut problems);
    let signed = |figure: u32| i32::try_from(figure).unwrap_or(i32::MAX);
    let policy = Policy {
        counting_rule,
        waking_hours_floor: if form.opt("waking_hours_floor").is_some() {
            Some(figure("waking_hours_floor"))
        } else {
            None
        },
        reserves: figure("reserves"),
        monthly_cap: signed(figure("monthly_cap")),
        open_cap: signed(figure("open_cap")),
        feedback_working_days: figure("feedback_working_days"),
        rating_days: figure("rating_days"),
        rating_reminder_day: figure("rating_reminder_day"),
        lapses_to_admonish: i64::from(figure("lapses_to_admonish")),
        admonitions_to_remove: i64::from(figure("admonitions_to_remove")),
        public_roster: form.checked("public_roster"),
        letters: policy_letters::read(form, &mut problems),
        conduct: kept.conduct.clone(),
        retention: kept.retention,
        licences: kept.licences.clone(),
    };
    if problems.is_empty() { Ok(policy) } else { Err(Refusal::Invalid(problems)) }
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let rows = db::policy::versions(&mut reader, POLICY_KEY, 20)?;
    let mut accounts: Vec<AccountId> = rows.iter().filter_map(|row| row.set_by).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let versions = rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let policy: Policy = serde_json::from_str(row.value.as_str()).unwrap_or_default();
            Version {
                number: row.version,
                when: l.instant(row.set_at.and_utc()),
                who: row.set_by.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
                rule: l.t(&format!("rule-{}", policy.counting_rule)),
                current: place == 0,
            }
        })
        .collect();
    let missing = call.office.calendar().missing_year(beijing_date(call.now));
    let hours = ["12", "16", "20", "24", "28", "36", "48"];
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = PolicyPage {
        f: call.frame("policy"),
        rules: rules(l, form.get("counting_rule")),
        floors: picks(
            form.get("waking_hours_floor"),
            &l.t("policy-no-floor"),
            floors(form.get("waking_hours_floor"), &hours)
                .into_iter()
                .map(|hours| (hours.clone(), l.a("policy-hours", &[("n", &hours)]))),
        ),
        versions,
        years: years(l, &db::calendar::all(&mut reader)?),
        missing: missing.map_or_else(String::new, |year| l.a("policy-missing-year", &[("year", &year.to_string())])),
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

/// The usual floors, and the one in force if it is none of them.
fn floors(chosen: &str, usual: &[&str]) -> Vec<String> {
    let mut floors: Vec<String> = usual.iter().map(|hours| (*hours).to_owned()).collect();
    if !chosen.is_empty()
        && chosen.bytes().all(|byte| byte.is_ascii_digit())
        && !floors.iter().any(|hours| hours == chosen)
    {
        floors.push(chosen.to_owned());
    }
    floors
}

fn rules(l: L, chosen: &str) -> Vec<Tick> {
    CountingRule::ALL
        .iter()
        .map(|rule| {
            Tick::new(rule.as_str(), l.t(&format!("rule-{rule}")), rule.as_str() == chosen)
                .noted(l.t(&format!("rule-{rule}-text")))
        })
        .collect()
}

/// `POST /policy`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn set(call: &Call) -> Answered {
    saved(call, "/policy", asked(call.form()?, &call.office.policy()?), |wrong| page(call, call.form()?, wrong))
}

/// Sets what a form of the policy asks for and goes back to it; what will not do comes back in the form.
///
/// # Errors
/// A fault, or what the form's page says.
pub(super) fn saved(
    call: &Call,
    back: &'static str,
    asked: Result<Policy, Refusal>,
    form: impl FnOnce(Wrong) -> Answered,
) -> Answered {
    let actor = call.actor()?;
    let set = asked.map_err(ActionError::from).and_then(|policy| set_policy::set_policy(&call.office, &actor, &policy));
    match set {
        Ok(()) => Ok(Answer::see_other(back).flash("flash-policy-set", &[])),
        Err(ActionError::Refused(refusal @ Refusal::Invalid(_))) => form(Wrong::of_refusal(call.l, &refusal)),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn the_policy_in_force_comes_back_from_its_own_form() {
        let policy = Policy { waking_hours_floor: Some(24), monthly_cap: 7, ..Policy::default() };
        assert_eq!(asked(&as_fields(&policy), &policy), Ok(policy));
        let mut form = as_fields(&Policy::default());
        form.0.retain(|(name, _)| name != "reserves");
        form.set("reserves", "several");
        assert_eq!(
            asked(&form, &Policy::default()),
            Err(Refusal::Invalid(vec![FieldProblem::new("reserves", "not-a-number")]))
        );
    }

    #[test]
    fn every_word_is_there() {
        for lang in [Lang::Zh, Lang::En] {
            for name in FIGURES.into_iter().chain(policy_letters::FIGURES) {
                assert!(L(lang).has(&format!("policy-{name}")), "policy-{name}");
            }
            assert!(!rules(L(lang), "civil-code").iter().any(|tick| tick.label.contains('⟦')));
        }
        assert_eq!(floors("30", &["12", "24"]), ["12", "24", "30"]);
    }
}

//! 「排序权重」: how much each signal counts, seen by whoever decides, set as a new version; what was offered keeps its own.

use super::super::routes::{Access, Route, get, post};
use crate::actions::ActionError;
use crate::actions::set_ranking::{RANKING_KEY, in_force, read, set_ranking};
use crate::db;
use crate::db::beside;
use crate::domain::matching::{Signal, Weights};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::AccountId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use crate::web::reasons::points;
use actix_web::http::StatusCode;
use std::collections::HashMap;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![
        get("/policy/ranking", Access::SignedIn(Right::Decide), show),
        post("/policy/ranking", Access::SignedIn(Right::Decide), set),
    ]
}

struct Line {
    name: &'static str,
    label: String,
    hint: String,
    value: String,
    error: String,
}

struct Version {
    number: u32,
    when: String,
    who: String,
    told: String,
    current: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/ranking_weights.html", config = "src/web/askama.toml")]
struct WeightsPage {
    f: Frame,
    lines: Vec<Line>,
    sum: String,
    full: bool,
    shipped: String,
    versions: Vec<Version>,
    wrong: Wrong,
}

/// `GET /policy/ranking`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let weights = in_force(&mut *call.office.read()?)?;
    let mut form = Fields::default();
    for signal in Signal::ALL {
        form.set(signal.as_str(), points(weights.of(*signal)));
    }
    page(call, &form, Wrong::none())
}

/// `POST /policy/ranking`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn set(call: &Call) -> Answered {
    let form = call.form()?;
    match asked(form).map_err(ActionError::from).and_then(|hundredths| {
        let actor = call.actor().map_err(ActionError::from)?;
        set_ranking(&call.office, &actor, hundredths)
    }) {
        Ok(_) => Ok(Answer::see_other("/policy/ranking").flash("flash-ranking-set", &[])),
        Err(ActionError::Refused(refusal @ Refusal::Invalid(_))) => {
            page(call, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

fn asked(form: &Fields) -> Result<[i32; Signal::ALL.len()], Refusal> {
    let mut problems = Vec::new();
    let mut hundredths = [0; Signal::ALL.len()];
    for (signal, weight) in Signal::ALL.iter().zip(&mut hundredths) {
        match form.opt(signal.as_str()).map(in_hundredths) {
            Some(Some(figure)) => *weight = figure,
            Some(None) => problems.push(FieldProblem::new(signal.as_str(), "not-a-number")),
            None => problems.push(FieldProblem::new(signal.as_str(), "missing")),
        }
    }
    if problems.is_empty() { Ok(hundredths) } else { Err(Refusal::Invalid(problems)) }
}

/// `12`, `12.5` or `12.50` as hundredths, as people type it.
fn in_hundredths(text: &str) -> Option<i32> {
    let text = text.trim();
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || whole.len() > 3 || decimals.len() > 2 || (text.contains('.') && !digits(decimals)) {
        return None;
    }
    let cents: i32 = format!("{decimals:0<2}").parse().ok()?;
    Some(whole.parse::<i32>().ok()? * 100 + cents)
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let rows = db::policy::versions(&mut reader, RANKING_KEY, 20)?;
    let mut accounts: Vec<AccountId> = rows.iter().filter_map(|row| row.set_by).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let mut versions = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let Some(weights) = read(row) else { continue };
        versions.push(Version {
            number: weights.version(),
            when: l.instant(row.set_at.and_utc()),
            who: row.set_by.and_then(|id| names.get(&id).cloned()).unwrap_or_default(),
            told: told(l, &weights),
            current: place == 0,
        });
    }
    let sum: i32 = Signal::ALL.iter().filter_map(|signal| in_hundredths(form.get(signal.as_str()))).sum();
    let lines = Signal::ALL.iter().map(|signal| Line {
        name: signal.as_str(),
        label: l.t(&format!("signal-{signal}")),
        hint: l.t(&format!("ranking-hint-{signal}")),
        value: form.get(signal.as_str()).to_owned(),
        error: wrong.of(signal.as_str()).to_owned(),
    });
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = WeightsPage {
        f: call.frame("policy"),
        lines: lines.collect(),
        sum: points(sum),
        full: sum == 10_000,
        shipped: told(l, &Weights::SHIPPED),
        versions,
        wrong,
    };
    Answer::page_with(status, &page)
}

fn told(l: L, weights: &Weights) -> String {
    let parts: Vec<String> = Signal::ALL
        .iter()
        .map(|signal| format!("{} {}", l.t(&format!("signal-{signal}")), points(weights.of(*signal))))
        .collect();
    l.list(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn points_are_read_as_typed() {
        for (text, expected) in [("12", Some(1200)), (" 12.5 ", Some(1250)), ("0.05", Some(5)), ("100", Some(10_000))] {
            assert_eq!(in_hundredths(text), expected, "{text}");
        }
        for text in ["", "-1", "12.345", "12.", "1e2", "many", "1000"] {
            assert_eq!(in_hundredths(text), None, "{text}");
        }
    }

    #[test]
    fn every_signal_has_its_hint() {
        for lang in [Lang::Zh, Lang::En] {
            assert!(Signal::ALL.iter().all(|signal| L(lang).has(&format!("ranking-hint-{signal}"))));
        }
    }
}

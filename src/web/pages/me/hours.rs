//! 志愿服务时长证明: what an expert served, day by day, with its hours, to be printed.
//!
//! The hours are those of the written feedback. Enterprises are not named: the paper is shown to employers.

use super::super::options;
use crate::db::{self, expert_list};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Scope;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use chrono::{Datelike, NaiveDate};
use std::collections::HashMap;

/// The most services a certificate lists.
const MOST: i64 = 2_000;

struct Line {
    day: String,
    number: String,
    what: String,
    hours: String,
}

#[derive(askama::Template)]
#[template(path = "pages/me_hours.html", config = "src/web/askama.toml")]
struct HoursPage {
    f: Frame,
    organiser: String,
    name: String,
    firm: String,
    filed: String,
    from: String,
    to: String,
    from_value: String,
    to_value: String,
    lines: Vec<Line>,
    total: String,
    signed_on: String,
}

/// `GET /me/hours?from=…&to=…`: of this year when nothing is asked.
///
/// # Errors
/// [`Refusal::Invalid`] for dates that are none; a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let id = call.expert()?.id;
    let today = beijing_date(call.now);
    let day = |name: &str, usual: NaiveDate| match call.query_value(name).map(|text| text.parse()) {
        None => Ok(usual),
        Some(Ok(day)) => Ok(day),
        Some(Err(_)) => Err(Refusal::Invalid(vec![FieldProblem::new(name, "not-a-date")])),
    };
    let from = day("from", NaiveDate::from_ymd_opt(today.year(), 1, 1).unwrap_or(today))?;
    let to = day("to", today)?;
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let states = [AssignmentState::Accepted, AssignmentState::Done];
    let needs: HashMap<_, _> = expert_list::offers(&mut reader, &Scope::Everything, id, &states, MOST)?
        .into_iter()
        .map(|(offer, need)| (offer.id, need))
        .collect();
    let mut served = db::feedback::of_expert(&mut reader, id)?;
    served.retain(|one| from <= one.served_on && one.served_on <= to);
    served.sort_by_key(|one| one.served_on);
    let total: f64 = served.iter().map(|one| one.hours).sum();
    let lines = served
        .iter()
        .map(|one| {
            let need = needs.get(&one.assignment);
            let services: Vec<String> = need
                .map(|need| need.services.get().iter().map(|slug| options::service_name(l, slug)).collect())
                .unwrap_or_default();
            Line {
                day: l.date(one.served_on),
                number: need.map_or_else(String::new, |need| need.number.clone()),
                what: l.list(&services),
                hours: format!("{:.1}", one.hours),
            }
        })
        .collect();
    let info = &call.site.info;
    let organiser = if info.organiser.is_empty() { info.name.clone() } else { info.organiser.clone() };
    let page = HoursPage {
        f: call.frame("me"),
        organiser: if organiser.is_empty() { l.t("conduct-letter-office") } else { organiser },
        name: row.name,
        firm: row.firm,
        filed: row.filed_number.unwrap_or_default(),
        from: l.date(from),
        to: l.date(to),
        from_value: from.to_string(),
        to_value: to.to_string(),
        lines,
        total: format!("{total:.1}"),
        signed_on: l.date(today),
    };
    Answer::page(&page)
}

//! The public roster (专家名录), where the centre has switched it on: name, firm, specialties, district, standing; never contact
//! data, never a figure of anybody's work.

use super::expert::{Tag, standing_tag};
use super::options::{self, Pick};
use crate::db::listing::{self, ExpertPick};
use crate::domain::refusal::Refusal;
use crate::domain::standing::Standing;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::routes::{Access, Route, get};

/// How many stand on a page.
const ON_A_PAGE: usize = 50;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![get("/roster", Access::Public, show)]
}

struct Line {
    name: String,
    firm: String,
    services: String,
    region: String,
    standing: Tag,
}

#[derive(askama::Template)]
#[template(path = "pages/roster.html", config = "src/web/askama.toml")]
struct RosterPage {
    f: Frame,
    lines: Vec<Line>,
    regions: Vec<Pick>,
    services: Vec<Pick>,
    next: String,
    first: String,
}

/// `GET /roster`.
///
/// # Errors
/// [`Refusal::NotFound`] while the policy does not open it; a fault.
pub fn show(call: &Call) -> Answered {
    if !call.office.policy()?.public_roster {
        return Err(Refusal::NotFound.into());
    }
    let l = call.l;
    let pick = ExpertPick {
        region: call.query_value("region"),
        service: call.query_value("service"),
        industry: None,
        standing: Some(Standing::Active),
    };
    let before: Option<ExpertId> = call.query_value("before").and_then(|id| id.parse().ok());
    let mut reader = call.office.read()?;
    let most = i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX);
    let mut found = listing::experts(&mut reader, &pick, before, most)?;
    let more = found.len() > ON_A_PAGE;
    found.truncate(ON_A_PAGE);
    let address = |before: Option<&str>| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("region", &pick.region), ("service", &pick.service)] {
            if let Some(value) = value {
                query.append_pair(name, value);
            }
        }
        if let Some(before) = before {
            query.append_pair("before", before);
        }
        format!("/roster?{}", query.finish())
    };
    let next = match found.last() {
        Some(last) if more => address(Some(last.id.as_str())),
        _ => String::new(),
    };
    let names = options::region_names(&mut reader, l)?;
    let all = l.t("expert-all");
    let page = RosterPage {
        f: call.frame(""),
        first: if before.is_some() { address(None) } else { String::new() },
        next,
        regions: options::regions(&mut reader, l, pick.region.as_deref().unwrap_or_default(), &all)?,
        services: options::services(l, pick.service.as_deref().unwrap_or_default(), &all),
        lines: found
            .into_iter()
            .map(|row| {
                let services: Vec<String> =
                    row.services.get().iter().map(|slug| options::service_name(l, slug)).collect();
                Line {
                    services: l.list(&services),
                    region: names.get(&row.region).cloned().unwrap_or(row.region),
                    standing: standing_tag(l, row.standing),
                    name: row.name,
                    firm: row.firm,
                }
            })
            .collect(),
    };
    Answer::page(&page)
}

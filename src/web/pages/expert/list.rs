//! The list of experts: who is on the register, how busy, how prompt, how well rated.

use super::super::options::{self, Pick};
use super::{Figures, Tag, standing_tag};
use crate::actions::contact;
use crate::db::listing::{self, ExpertPick};
use crate::db::{self, expert_list};
use crate::domain::assignment::OfferOutcome;
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::role::Right;
use crate::domain::standing::Standing;
use crate::ids::ExpertId;
use crate::search::{Kind, SearchQuery};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::finding;
use crate::web::frame::Frame;
use chrono::{Datelike, Days};
use std::collections::HashMap;

/// How many experts stand on a page.
const ON_A_PAGE: usize = 50;
/// The last page of a search; whoever pages so far should filter instead.
const LAST_PAGE: usize = 100;

struct Line {
    href: String,
    name: String,
    filed: String,
    firm: String,
    region: String,
    standing: Tag,
    services: String,
    load: String,
    load_kind: &'static str,
    load_points: i64,
    load_of: i64,
    share: String,
    counted: String,
    mark: String,
    marks: String,
}

#[derive(askama::Template)]
#[template(path = "pages/experts.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    lines: Vec<Line>,
    q: String,
    regions: Vec<Pick>,
    services: Vec<Pick>,
    standings: Vec<Pick>,
    count: String,
    previous: String,
    next: String,
    may_keep: bool,
    filtered: bool,
    without_index: bool,
}

/// `GET /experts`.
///
/// # Errors
/// A fault.
pub fn list(call: &Call) -> Answered {
    let l = call.l;
    let asked = |name: &str| call.query_value(name);
    let text = asked("q").map(|text| text.chars().take(200).collect::<String>());
    let pick = ExpertPick {
        region: asked("region"),
        service: asked("service"),
        industry: None,
        standing: asked("standing").and_then(|word| word.parse().ok()),
    };
    let before: Option<ExpertId> = asked("before").and_then(|id| id.parse().ok());
    let page = asked("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, LAST_PAGE);
    let (experts, more, without_index) = match &text {
        Some(text) => searched(call, text, &pick, page)?,
        None => {
            let most = i64::try_from(ON_A_PAGE + 1).unwrap_or(i64::MAX);
            let mut experts = listing::experts(&mut *call.office.read()?, &pick, before, most)?;
            let more = experts.len() > ON_A_PAGE;
            experts.truncate(ON_A_PAGE);
            (experts, more, false)
        }
    };
    let mut reader = call.office.read()?;
    let ids: Vec<ExpertId> = experts.iter().map(|row| row.id).collect();
    let today = beijing_date(call.now);
    let month = today.with_day(1).unwrap_or(today);
    let busy: HashMap<ExpertId, i64> = expert_list::busy(&mut reader, &ids)?.into_iter().collect();
    let asked_this_month: HashMap<ExpertId, i64> =
        expert_list::asked_since(&mut reader, &ids, start_of_day(month).naive_utc())?.into_iter().collect();
    let mut answers: HashMap<ExpertId, Vec<(OfferOutcome, Option<i64>)>> = HashMap::new();
    for (id, outcome, minutes) in expert_list::answers(&mut reader, &ids, today - Days::new(365))? {
        answers.entry(id).or_default().push((outcome, minutes));
    }
    let marks: HashMap<ExpertId, (i64, i64)> = expert_list::marks(&mut reader, &ids)?
        .into_iter()
        .map(|(id, count, sum)| (id, (count, sum.unwrap_or(0))))
        .collect();
    let region_names = options::region_names(&mut reader, l)?;
    let further = match (&text, experts.last()) {
        (Some(_), Some(_)) if more => Some(("page", (page + 1).to_string())),
        (None, Some(last)) if more => Some(("before", last.id.to_string())),
        _ => None,
    };
    let next = further.map_or_else(String::new, |further| address(call, Some(further)));
    let previous = match &text {
        Some(_) if page > 1 => address(call, Some(("page", (page - 1).to_string()))),
        None if before.is_some() => address(call, None),
        _ => String::new(),
    };
    let lines: Vec<Line> = experts
        .into_iter()
        .map(|row| {
            let mut figures = Figures::of(answers.get(&row.id).into_iter().flatten());
            (figures.marks, figures.marks_sum) = marks.get(&row.id).copied().unwrap_or_default();
            let load = (busy.get(&row.id).copied().unwrap_or(0), asked_this_month.get(&row.id).copied().unwrap_or(0));
            line(l, row, figures, load, &region_names)
        })
        .collect();
    let filtered = text.is_some() || pick.region.is_some() || pick.service.is_some() || pick.standing.is_some();
    let all = l.t("expert-all");
    let page = ListPage {
        f: call.frame("experts"),
        count: l.a("expert-count", &[("n", &lines.len().to_string())]),
        lines,
        regions: options::regions(&mut reader, l, pick.region.as_deref().unwrap_or_default(), &all)?,
        services: options::services(l, pick.service.as_deref().unwrap_or_default(), &all),
        standings: options::words(
            l,
            "standing",
            pick.standing.map_or("", |standing| standing.as_str()),
            &all,
            Standing::ALL.iter().map(Standing::as_str),
        ),
        q: text.unwrap_or_default(),
        previous,
        next,
        without_index,
        may_keep: call.account()?.role.has(Right::KeepRegister),
        filtered,
    };
    Answer::page(&page)
}

/// The experts a text finds, best first, whether there are more, and whether the index was missing.
fn searched(
    call: &Call,
    text: &str,
    pick: &ExpertPick,
    page: usize,
) -> Result<(Vec<db::expert::ExpertRow>, bool, bool), WebError> {
    let numbered = numbered(call, text, pick)?;
    let found = finding::find(
        call,
        &SearchQuery {
            kind: Some(Kind::Expert),
            region: pick.region.clone(),
            service: pick.service.clone(),
            state: pick.standing.map(|standing| standing.as_str().to_owned()),
            limit: ON_A_PAGE,
            offset: (page - 1) * ON_A_PAGE,
            counted: false,
            ..finding::query(call, text)?
        },
    )?;
    let mut experts = finding::experts(call, &found)?;
    if page == 1 {
        experts.retain(|row| numbered.iter().all(|known| known.id != row.id));
        experts.splice(0..0, numbered);
    }
    Ok((experts, found.more && page < LAST_PAGE, found.without_index))
}

/// The experts whose telephone number, or its last four digits, was typed (来电登记); only for those who work on needs.
fn numbered(call: &Call, text: &str, pick: &ExpertPick) -> Result<Vec<db::expert::ExpertRow>, WebError> {
    if !call.account()?.role.has(Right::WorkNeeds) {
        return Ok(Vec::new());
    }
    let mut rows = contact::by_number(&call.office.keys, &mut *call.office.read()?, text)?;
    rows.retain(|row| {
        pick.standing.is_none_or(|standing| row.standing == standing)
            && pick.region.as_ref().is_none_or(|region| row.region == *region)
            && pick.service.as_ref().is_none_or(|service| row.services.get().contains(service))
    });
    Ok(rows)
}

/// The same list elsewhere, or from its beginning.
fn address(call: &Call, place: Option<(&str, String)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    let kept = |name: &str, value: &str| name != "before" && name != "page" && !value.is_empty();
    for (name, value) in call.query_pairs().iter().filter(|(name, value)| kept(name, value)) {
        query.append_pair(name, value);
    }
    if let Some((name, value)) = place {
        query.append_pair(name, &value);
    }
    let query = query.finish();
    if query.is_empty() { "/experts".to_owned() } else { format!("/experts?{query}") }
}

fn line(
    l: crate::i18n::L,
    row: db::expert::ExpertRow,
    figures: Figures,
    (busy, month): (i64, i64),
    regions: &HashMap<String, String>,
) -> Line {
    let services = row.services.get();
    let named: Vec<String> = services.iter().take(2).map(|slug| options::service_name(l, slug)).collect();
    let mut told = l.list(&named);
    if services.len() > named.len() {
        told = l.a("expert-and-more", &[("some", &told), ("n", &services.len().to_string())]);
    }
    let cap = i64::from(row.monthly_cap.max(1));
    Line {
        href: format!("/experts/{}", row.id),
        filed: row.filed_number.unwrap_or_default(),
        firm: row.firm,
        region: regions.get(&row.region).cloned().unwrap_or(row.region),
        standing: standing_tag(l, row.standing),
        services: told,
        load: l.a(
            "expert-load-text",
            &[("busy", &busy.to_string()), ("month", &month.to_string()), ("cap", &cap.to_string())],
        ),
        load_kind: if month >= cap { "soon" } else { "" },
        load_points: month.min(cap),
        load_of: cap,
        share: figures.share(),
        counted: if figures.counted() == 0 {
            String::new()
        } else {
            l.a("expert-counted", &[("n", &figures.counted().to_string())])
        },
        mark: figures.mean_mark(),
        marks: if figures.marks == 0 {
            String::new()
        } else {
            l.a("expert-marks", &[("n", &figures.marks.to_string())])
        },
        name: row.name,
    }
}

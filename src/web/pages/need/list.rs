//! The list of needs (需求): search, filters, and rows that say what each one waits for.
//!
//! Found through [`finding`]: only the account's scope is seen, and the page says when the index did not answer.

use super::clock::{OfferTimes, Until, until};
use super::words::{Pick, Tag, need_tag, region_name, regions, service_names};
use crate::db;
use crate::db::need::NeedRow;
use crate::db::need_list::ListedOffer;
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::{beijing_date, day_after, start_of_day};
use crate::domain::catalogue::CATALOGUE;
use crate::domain::need::NeedState;
use crate::domain::role::Right;
use crate::ids::{EnterpriseId, ExpertId, NeedId};
use crate::search::{Kind, SearchQuery};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::finding;
use crate::web::frame::Frame;
use chrono::NaiveDate;
use std::collections::HashMap;

/// Needs on a page.
const PAGE: usize = 20;
/// The last page the index is asked for; whoever pages so far should filter instead.
const LAST_PAGE: usize = 250;

/// One need, in words.
pub struct Line {
    /// Address.
    pub href: String,
    /// Title.
    pub title: String,
    /// Enterprise.
    pub enterprise: String,
    /// Number.
    pub number: String,
    /// Services and region.
    pub services: String,
    /// State.
    pub tag: Tag,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Who is or was asked.
    pub expert: String,
    /// What is left.
    pub until: Until,
}

#[derive(askama::Template)]
#[template(path = "pages/need_list.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    q: String,
    states: Vec<Pick>,
    services: Vec<Pick>,
    regions: Vec<Pick>,
    from: String,
    to: String,
    filtered: bool,
    lines: Vec<Line>,
    paging: String,
    previous: String,
    next: String,
    may_submit: bool,
    without_index: bool,
}

/// What was asked for.
struct Asked {
    text: String,
    state: Option<NeedState>,
    service: Option<&'static str>,
    region: Option<&'static str>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
}

impl Asked {
    /// Values that are not known are left out rather than refused: a list shows what it can.
    fn of(call: &Call) -> Self {
        let day = |name: &str| call.query_value(name).and_then(|text| text.parse::<NaiveDate>().ok());
        let slug = call.query_value("service").unwrap_or_default();
        let code = call.query_value("region").unwrap_or_default();
        Self {
            text: call.query_value("q").unwrap_or_default().chars().take(200).collect(),
            state: call.query_value("state").and_then(|text| text.parse().ok()),
            service: CATALOGUE.iter().find(|item| item.slug == slug).map(|item| item.slug),
            region: crate::domain::region::by_code(&code).map(|region| region.code),
            from: day("from"),
            to: day("to"),
        }
    }

    fn is_narrow(&self) -> bool {
        !self.text.is_empty()
            || self.state.is_some()
            || self.service.is_some()
            || self.region.is_some()
            || self.from.is_some()
            || self.to.is_some()
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
        vec![
            ("q", self.text.clone()),
            ("state", self.state.map(|state| state.to_string()).unwrap_or_default()),
            ("service", self.service.unwrap_or_default().to_owned()),
            ("region", self.region.unwrap_or_default().to_owned()),
            ("from", day(self.from)),
            ("to", day(self.to)),
        ]
    }

    /// The list's address with these filters and one thing more.
    fn address(&self, name: &str, value: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.pairs().iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.append_pair(name, value);
        format!("/needs?{}", query.finish())
    }
}

/// One page of needs, and how to go on.
struct Found {
    rows: Vec<NeedRow>,
    paging: String,
    previous: String,
    next: String,
    without_index: bool,
}

fn found(call: &Call, asked: &Asked) -> Result<Found, WebError> {
    let page = call.query_value("page").and_then(|text| text.parse::<usize>().ok()).unwrap_or(1).clamp(1, LAST_PAGE);
    let offset = (page - 1) * PAGE;
    let found = finding::find(
        call,
        &SearchQuery {
            kind: Some(Kind::Need),
            region: asked.region.map(str::to_owned),
            state: asked.state.map(|state| state.to_string()),
            service: asked.service.map(str::to_owned),
            from: asked.from.map(|day| start_of_day(day).timestamp_micros()),
            to: asked.to.map(|day| start_of_day(day_after(day)).timestamp_micros()),
            limit: PAGE,
            offset,
            ..finding::query(call, &asked.text)?
        },
    )?;
    let rows = finding::needs(call, &found)?;
    let (first, last) = ((offset + 1).to_string(), (offset + found.hits.len()).to_string());
    let paging = match found.total {
        None => call.l.a("need-list-here", &[("n", &rows.len().to_string())]),
        Some(total) if found.hits.is_empty() => call.l.a("need-list-total", &[("total", &total.to_string())]),
        Some(total) => {
            call.l.a("need-list-paging", &[("first", &first), ("last", &last), ("total", &total.to_string())])
        }
    };
    let previous = if page > 1 { asked.address("page", &(page - 1).to_string()) } else { String::new() };
    let more = found.more && page < LAST_PAGE;
    let next = if more { asked.address("page", &(page + 1).to_string()) } else { String::new() };
    Ok(Found { rows, paging, previous, next, without_index: found.without_index })
}

/// Rows as people read them.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn lines(call: &Call, rows: Vec<NeedRow>) -> Result<Vec<Line>, WebError> {
    let l = call.l;
    let mut reader = call.office.read()?;
    let enterprises: Vec<EnterpriseId> = rows.iter().map(|row| row.enterprise).collect();
    let names: HashMap<EnterpriseId, String> =
        db::enterprise::by_ids(&mut reader, &enterprises)?.into_iter().map(|row| (row.id, row.name)).collect();
    let ids: Vec<NeedId> = rows.iter().map(|row| row.id).collect();
    let mut offers: HashMap<NeedId, Vec<ListedOffer>> = HashMap::new();
    for offer in db::need_list::offers_of(&mut reader, &ids)? {
        offers.entry(offer.need).or_default().push(offer);
    }
    let asked: Vec<ExpertId> = offers.values().flatten().map(|offer| offer.expert).collect();
    let experts: HashMap<ExpertId, String> =
        db::expert::by_ids(&mut reader, &asked)?.into_iter().map(|row| (row.id, row.name)).collect();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let of_need = offers.remove(&row.id).unwrap_or_default();
        let mut people: Vec<String> = Vec::new();
        for offer in &of_need {
            let name = experts.get(&offer.expert).cloned().unwrap_or_default();
            if !name.is_empty() && !people.contains(&name) {
                people.push(name);
            }
        }
        // What ends soonest is what the row shows.
        let soonest = of_need
            .iter()
            .filter(|offer| offer.state != AssignmentState::Done)
            .min_by_key(|offer| (offer.answer_due_at.is_none(), offer.answer_due_at));
        let waited_for =
            if row.state.is_open() { soonest.and_then(|offer| until(l, call.now, &times(offer))) } else { None };
        let mut services = service_names(l, &row.services.get());
        services.push(region_name(l, &row.region));
        lines.push(Line {
            href: format!("/needs/{}", row.id),
            title: row.title,
            enterprise: names.get(&row.enterprise).cloned().unwrap_or_default(),
            number: row.number,
            services: services.join(" · "),
            tag: need_tag(l, row.state),
            urgent: row.urgency == crate::domain::need::Urgency::Urgent && row.state.is_open(),
            expert: l.list(&people),
            until: waited_for.unwrap_or_else(|| Until {
                instant: l.short_date(beijing_date(row.created_at.and_utc())),
                symbol: "calendar",
                words: l.t("need-list-submitted"),
                ..Until::default()
            }),
        });
    }
    Ok(lines)
}

fn times(offer: &ListedOffer) -> OfferTimes {
    OfferTimes {
        state: offer.state,
        notified_at: offer.notified_at.map(|at| at.and_utc()),
        answer_due_at: offer.answer_due_at.map(|at| at.and_utc()),
        paused: offer.asked_at.is_some() && offer.replied_at.is_none(),
        feedback_due_at: offer.feedback_due_at.map(|at| at.and_utc()),
    }
}

/// `GET /needs`.
///
/// # Errors
/// A fault when neither index nor database can be read.
pub fn list(call: &Call) -> Answered {
    let l = call.l;
    let asked = Asked::of(call);
    let found = found(call, &asked)?;
    let state = asked.state.map(|state| state.to_string()).unwrap_or_default();
    let mut states = vec![Pick::new("", l.t("need-list-any-state"), &state)];
    states.extend(NeedState::ALL.iter().map(|one| Pick::new(one.as_str(), l.t(&format!("need-state-{one}")), &state)));
    let service = asked.service.unwrap_or_default();
    let mut services = vec![Pick::new("", l.t("need-list-any-service"), service)];
    services.extend(CATALOGUE.iter().map(|item| Pick::new(item.slug, l.pick(item.zh, item.en), service)));
    let region = asked.region.unwrap_or_default();
    let mut places = vec![Pick::new("", l.t("need-list-any-region"), region)];
    places.extend(regions(l, region));
    let day = |date: Option<NaiveDate>| date.map(|date| date.to_string()).unwrap_or_default();
    Answer::page(&ListPage {
        f: call.frame("needs"),
        states,
        services,
        regions: places,
        from: day(asked.from),
        to: day(asked.to),
        filtered: asked.is_narrow(),
        lines: lines(call, found.rows)?,
        paging: found.paging,
        previous: found.previous,
        next: found.next,
        may_submit: call.staff()?.role.has(Right::WorkNeeds),
        without_index: found.without_index,
        q: asked.text,
    })
}

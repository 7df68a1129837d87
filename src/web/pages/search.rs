//! `/search`: one box for needs, experts, enterprises and feedback.
//!
//! Without a kind each shows its best few; with one, a page at a time. Counts beside kinds and filters say what a click
//! would show; each is a link, so the page works from the keyboard and without a script. Everything is found through
//! [`finding`], within the account's scope. Values that are not known are left out rather than refused.

mod asked;
mod hits;
mod narrow;

use crate::domain::role::Right;
use crate::search::{Kind, SearchQuery};
use crate::web::answer::Answer;
use crate::web::api::paging;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::finding::{self, DEEPEST};
use crate::web::frame::Frame;
use crate::web::routes::Access::SignedIn;
use crate::web::routes::{Route, get};
use asked::Asked;
use hits::Line;
use narrow::{Group, Tab};

/// Of each kind, when none is asked for.
const A_FEW: usize = 5;
/// On a page of one kind.
const PAGE: usize = 20;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![get("/search", SignedIn(Right::Read), show)]
}

/// What was found of one kind.
struct Section {
    name: String,
    symbol: &'static str,
    lines: Vec<Line>,
    all_href: String,
    all: String,
}

#[derive(askama::Template)]
#[template(path = "pages/search.html", config = "src/web/askama.toml")]
struct SearchPage {
    f: Frame,
    q: String,
    kind: String,
    kept: Vec<(&'static str, String)>,
    told: String,
    tabs: Vec<Tab>,
    sections: Vec<Section>,
    chosen: Vec<narrow::Chosen>,
    groups: Vec<Group>,
    paging: String,
    previous: String,
    next: String,
    without_index: bool,
    building: String,
    asked_nothing: bool,
    nothing: bool,
    clear_href: String,
}

/// `GET /search`.
///
/// # Errors
/// A fault when neither index nor database can be read.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let asked = Asked::of(call)?;
    let mut page = SearchPage {
        f: call.frame("search"),
        q: asked.text.clone(),
        kind: asked.kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
        kept: asked.kept(),
        told: String::new(),
        tabs: Vec::new(),
        sections: Vec::new(),
        chosen: Vec::new(),
        groups: Vec::new(),
        paging: String::new(),
        previous: String::new(),
        next: String::new(),
        without_index: false,
        building: String::new(),
        asked_nothing: asked.is_nothing(),
        nothing: false,
        clear_href: asked.address(&[
            ("region", ""),
            ("state", ""),
            ("service", ""),
            ("station", ""),
            ("enterprise", ""),
            ("from", ""),
            ("to", ""),
        ]),
    };
    if page.asked_nothing {
        return Answer::page(&page);
    }
    let query = asked.query(call)?;
    let counted = finding::find(call, &SearchQuery { limit: 0, facets: true, ..query.clone() })?;
    page.without_index = counted.without_index;
    if let Some((done, total)) = call.office.index.building() {
        page.building = l.a("search-building", &[("done", &done.to_string()), ("total", &total.to_string())]);
    }
    match asked.kind {
        Some(kind) => one_kind(call, &asked, &query, kind, &mut page)?,
        None => every_kind(call, &asked, &query, &counted, &mut page)?,
    }
    page.nothing = page.sections.iter().all(|section| section.lines.is_empty());
    page.tabs = narrow::tabs(l, &asked, &counted);
    page.chosen = narrow::chosen(call, &asked)?;
    page.groups = narrow::groups(call, &asked, &counted.facets)?;
    page.told = match counted.total {
        Some(total) => l.a("search-told", &[("n", &total.to_string())]),
        None => String::new(),
    };
    Answer::page(&page)
}

fn every_kind(
    call: &Call,
    asked: &Asked,
    query: &SearchQuery,
    counted: &finding::Findings,
    page: &mut SearchPage,
) -> Result<(), WebError> {
    for kind in Kind::ALL {
        let known = counted.facets.of_kind(kind);
        if !counted.without_index && known == 0 {
            continue;
        }
        let few = SearchQuery { kind: Some(kind), limit: A_FEW, counted: false, ..query.clone() };
        let found = finding::find(call, &few)?;
        let lines = hits::lines(call, kind, &found)?;
        if lines.is_empty() {
            continue;
        }
        let all = if found.without_index {
            call.l.t("search-all-of-it")
        } else {
            call.l.a("search-all", &[("n", &known.to_string())])
        };
        page.sections.push(Section {
            name: narrow::kind_name(call.l, kind),
            symbol: narrow::kind_symbol(kind),
            lines,
            all_href: if found.more { asked.address(&[("kind", kind.as_str())]) } else { String::new() },
            all,
        });
    }
    Ok(())
}

fn one_kind(
    call: &Call,
    asked: &Asked,
    query: &SearchQuery,
    kind: Kind,
    page: &mut SearchPage,
) -> Result<(), WebError> {
    let in_range = |text: &str| text.parse::<usize>().ok().filter(|offset| *offset <= DEEPEST);
    // A cursor that is not ours shows the first page.
    let cursor = call.query_value("cursor");
    let offset = paging::place("found", cursor.as_deref(), in_range).ok().flatten().unwrap_or(0);
    let found = finding::find(call, &SearchQuery { limit: PAGE, offset, ..query.clone() })?;
    let lines = hits::lines(call, kind, &found)?;
    let to = |offset: usize| asked.address(&[("cursor", &paging::cursor("found", &offset.to_string()))]);
    let (first, last) = ((offset + 1).to_string(), (offset + found.hits.len()).to_string());
    page.paging = match found.total {
        Some(total) if !found.hits.is_empty() => {
            call.l.a("search-paging", &[("first", &first), ("last", &last), ("total", &total.to_string())])
        }
        _ => String::new(),
    };
    if offset >= PAGE {
        page.previous = to(offset - PAGE);
    }
    if found.more && offset + PAGE <= DEEPEST {
        page.next = to(offset + PAGE);
    }
    page.sections.push(Section {
        name: narrow::kind_name(call.l, kind),
        symbol: narrow::kind_symbol(kind),
        lines,
        all_href: String::new(),
        all: String::new(),
    });
    Ok(())
}

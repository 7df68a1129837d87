//! The needs that wait for somebody, to be ticked.

use crate::actions::plan_batch::MOST_NEEDS;
use crate::db;
use crate::domain::need::Urgency;
use crate::ids::NeedId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::Wrong;
use crate::web::frame::Frame;
use crate::web::pages::need::words::{Tag, need_tag, region_name, service_names};
use actix_web::http::StatusCode;
use std::collections::HashMap;

/// Needs listed at most: twice as many as can be planned together.
const LISTED: i64 = 200;
/// Up to so many are ticked at first.
const TICKED_AT_FIRST: usize = 30;

/// One need that waits.
pub struct Line {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Number.
    pub number: String,
    /// Enterprise.
    pub enterprise: String,
    /// Services and region.
    pub about: String,
    /// State.
    pub tag: Tag,
    /// Whether it is urgent.
    pub urgent: bool,
    /// Since when.
    pub since: String,
    /// Free seats, in words.
    pub seats: String,
    /// Whether it is ticked.
    pub checked: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/batch_choose.html", config = "src/web/askama.toml")]
struct ChoosePage {
    f: Frame,
    wrong: Wrong,
    lines: Vec<Line>,
    say: String,
    most: String,
}

/// The page; `chosen` as ticked before.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn page(call: &Call, code: StatusCode, chosen: Option<&[NeedId]>, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let needs = db::batch::waiting(&mut reader, call.scope()?, LISTED)?;
    let ids: Vec<NeedId> = needs.iter().map(|need| need.id).collect();
    let mut free: HashMap<NeedId, usize> = HashMap::new();
    for seat in db::batch::free_seats(&mut reader, &ids)? {
        *free.entry(seat.need).or_default() += 1;
    }
    let enterprises: Vec<_> = needs.iter().map(|need| need.enterprise).collect();
    let names: HashMap<_, _> = db::batch::enterprise_names(&mut reader, &enterprises)?.into_iter().collect();
    drop(reader);
    let all = needs.len();
    let lines = needs
        .into_iter()
        .map(|need| Line {
            id: need.id.to_string(),
            number: need.number,
            enterprise: names.get(&need.enterprise).cloned().unwrap_or_default(),
            about: format!("{} · {}", l.list(&service_names(l, &need.services.get())), region_name(l, &need.region)),
            tag: need_tag(l, need.state),
            urgent: need.urgency == Urgency::Urgent,
            since: l.short_instant(need.created_at.and_utc()),
            seats: l.a("batch-free-seats", &[("n", &free.get(&need.id).copied().unwrap_or(0).to_string())]),
            checked: chosen.map_or(all <= TICKED_AT_FIRST, |chosen| chosen.contains(&need.id)),
            title: need.title,
        })
        .collect();
    let page = ChoosePage {
        f: call.frame("needs"),
        wrong,
        lines,
        say: l.a("batch-waiting", &[("n", &all.to_string())]),
        most: l.a("batch-most", &[("n", &MOST_NEEDS.to_string())]),
    };
    Answer::page_with(code, &page)
}

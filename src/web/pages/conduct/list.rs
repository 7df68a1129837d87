//! The cases by stage: how many stand where, and what each waits for.

use super::super::super::error::Answered;
use super::super::expert::Tag;
use super::{course, state_tag};
use crate::db::conduct::CaseRow;
use crate::db::expert::ExpertRow;
use crate::db::{beside, conduct_list};
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::CaseStage;
use crate::ids::AccountId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::frame::Frame;
use std::collections::HashMap;

struct Line {
    href: String,
    number: String,
    name: String,
    firm: String,
    kind: String,
    opened: String,
    opened_by: String,
    grounds: String,
    waits: String,
    state: Tag,
    act: bool,
}

struct StageCount {
    href: String,
    label: String,
    note: String,
    n: i64,
    current: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/conduct.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    stages: Vec<StageCount>,
    filtered: String,
    open: Vec<Line>,
    decided: Vec<Line>,
}

/// The most cases under way, and the most decided ones, a page lists.
const MOST: i64 = 100;
const LATEST: i64 = 20;

/// `GET /conduct`.
///
/// # Errors
/// A fault.
pub fn list(call: &Call) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let chosen: Option<CaseStage> = call.query_value("stage").and_then(|text| text.parse().ok());
    let mut reader = call.office.read()?;
    let counts = conduct_list::by_stage(&mut reader, &staff.scope)?;
    let under_way: Vec<CaseStage> = CaseStage::ALL.iter().copied().filter(|stage| *stage != CaseStage::Final).collect();
    let wanted = chosen.map_or_else(|| under_way.clone(), |stage| vec![stage]);
    let open = conduct_list::cases(&mut reader, &staff.scope, &wanted, MOST)?;
    let decided = if chosen.is_none() {
        conduct_list::cases(&mut reader, &staff.scope, &[CaseStage::Final], LATEST)?
    } else {
        Vec::new()
    };
    let mut accounts: Vec<AccountId> = open.iter().chain(&decided).map(|(case, _)| case.opened_by).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let lines = |cases: Vec<(CaseRow, ExpertRow)>| {
        cases
            .into_iter()
            .map(|(case, expert)| Line {
                href: format!("/conduct/{}", case.id),
                state: state_tag(l, &case),
                act: course::waits_for(&case, staff),
                waits: course::waiting(l, &case),
                kind: l.t(&format!("case-kind-{}", case.kind)),
                opened: l.date(beijing_date(case.opened_at.and_utc())),
                opened_by: names.get(&case.opened_by).cloned().unwrap_or_default(),
                grounds: case.grounds.chars().take(80).collect(),
                number: case.number,
                name: expert.name,
                firm: expert.firm,
            })
            .collect()
    };
    let stages = under_way
        .iter()
        .map(|stage| StageCount {
            href: if chosen == Some(*stage) { "/conduct".to_owned() } else { format!("/conduct?stage={stage}") },
            label: l.t(&format!("case-stage-{stage}")),
            note: l.t(&format!("case-stage-{stage}-text")),
            n: counts.iter().find(|(known, _)| known == stage).map_or(0, |(_, n)| *n),
            current: chosen == Some(*stage),
        })
        .collect();
    Answer::page(&ListPage {
        f: call.frame("conduct"),
        stages,
        filtered: chosen.map_or_else(String::new, |stage| l.t(&format!("case-stage-{stage}"))),
        open: lines(open),
        decided: lines(decided),
    })
}

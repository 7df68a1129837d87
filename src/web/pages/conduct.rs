//! Conduct (劝导与除名): the cases, one case with its evidence and its two deciders, and the letter it ends in.

mod case;
mod evidence;
mod letter;

use super::super::routes::{Access, Route, get, post};
use super::expert::Tag;
use crate::db::{beside, conduct_list};
use crate::domain::calendar::beijing_date;
use crate::domain::conduct::CaseState;
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::AccountId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use std::collections::HashMap;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        get("/conduct", SignedIn(Right::Audit), list),
        get("/conduct/{id}", SignedIn(Right::Audit), case::show),
        post("/conduct/{id}/decision", SignedIn(Right::Decide), case::decide),
        get("/conduct/{id}/letter", SignedIn(Right::Audit), letter::show),
    ]
}

struct Line {
    href: String,
    number: String,
    name: String,
    firm: String,
    kind: String,
    opened: String,
    opened_by: String,
    grounds: String,
    state: Tag,
    own: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/conduct.html", config = "src/web/askama.toml")]
struct ListPage {
    f: Frame,
    open: Vec<Line>,
    decided: Vec<Line>,
}

/// The most open cases, and the most decided ones, a page lists.
const MOST: i64 = 100;

/// `GET /conduct`.
///
/// # Errors
/// A fault.
pub fn list(call: &Call) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let open = conduct_list::cases(&mut reader, &staff.scope, CaseState::Open, MOST)?;
    let decided = conduct_list::cases(&mut reader, &staff.scope, CaseState::Decided, MOST)?;
    let mut accounts: Vec<AccountId> = open.iter().chain(&decided).map(|(case, _)| case.opened_by).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let lines = |cases: Vec<(crate::db::conduct::CaseRow, crate::db::expert::ExpertRow)>| {
        cases
            .into_iter()
            .map(|(case, expert)| Line {
                href: format!("/conduct/{}", case.id),
                state: state_tag(l, &case),
                own: case.state == CaseState::Open && case.opened_by == staff.account,
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
    Answer::page(&ListPage { f: call.frame("conduct"), open: lines(open), decided: lines(decided) })
}

/// The tag of a case: open, or how it ended.
fn state_tag(l: L, case: &crate::db::conduct::CaseRow) -> Tag {
    match case.decision {
        None => Tag { kind: "wait", symbol: "wait", text: l.t("conduct-waits") },
        Some(decision) => {
            let kind =
                if decision.standing_after(case.standing_before) == case.standing_before { "ok" } else { "late" };
            Tag { kind, symbol: "check", text: l.t(&format!("decision-{decision}")) }
        }
    }
}

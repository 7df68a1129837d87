//! A plan as an Excel file, and what came back from it as a difference to look at.

use super::grid::Names;
use super::when;
use crate::actions::reseat_duty::{SeatAsked, compare, reseat};
use crate::db;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::i18n::Lang;
use crate::ids::{DutyPlanId, DutyTurnId, ExpertId};
use crate::sheet;
use crate::sheet::duty::{COLUMNS, SeatLine, cells};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use std::collections::HashMap;

struct Line {
    row: u32,
    when: String,
    station: String,
    from: String,
    to: String,
    problem: String,
    /// The name and value of the field that carries the change.
    field: String,
    value: String,
}

#[derive(askama::Template)]
#[template(path = "pages/duty_sheet.html", config = "src/web/askama.toml")]
struct DiffPage {
    f: Frame,
    id: String,
    title: String,
    version: i32,
    lines: Vec<Line>,
    good: usize,
}

/// `GET /duty/plans/{id}/sheet`: the plan as `.xlsx`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn download(call: &Call) -> Answered {
    let l = call.l;
    let (plan, turns) = super::plan::found(call)?;
    let names = Names::of(&mut *call.office.read()?, &turns)?;
    let rows: Vec<Vec<sheet::Cell>> = turns
        .iter()
        .map(|turn| {
            cells(&SeatLine {
                turn: turn.id.to_string(),
                day: turn.day,
                part: l.t(&format!("duty-part-{}", turn.part)),
                station: names.station(turn.station),
                seat: turn.seat,
                expert: turn.expert.map(|id| names.expert(id)).unwrap_or_default(),
                expert_id: turn.expert.map(|id| id.to_string()).unwrap_or_default(),
                state: l.t(&format!("turn-state-{}", turn.state)),
            })
        })
        .collect();
    let headers: Vec<&str> = COLUMNS.iter().map(|(zh, en)| if l.0 == Lang::Zh { *zh } else { *en }).collect();
    let bytes = sheet::write_xlsx(&headers, &rows).map_err(WebError::fault)?;
    let name = format!("{}.xlsx", plan.title);
    Ok(Answer::download(&name, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", bytes))
}

/// `POST /duty/plans/{id}/sheet`: what differs, to be looked at; nothing is changed.
///
/// # Errors
/// [`Refusal::Invalid`] for a file that cannot be read; [`Refusal::WrongState`] once it is published.
pub fn upload(call: &Call) -> Answered {
    let l = call.l;
    let id: DutyPlanId = call.id("id")?;
    let unreadable = |code: &'static str| WebError::from(Refusal::Invalid(vec![FieldProblem::new("file", code)]));
    let file = call.files()?.iter().find(|file| file.field == "file").ok_or_else(|| unreadable("missing"))?;
    let wishes = sheet::duty::read(&file.bytes).map_err(|_| unreadable("not-known"))?;
    let asked: Vec<SeatAsked> = wishes
        .into_iter()
        .map(|wish| SeatAsked { row: wish.row, turn: wish.turn, name: wish.expert, id: wish.expert_id })
        .collect();
    let (version, changes) = compare(&call.office, &call.actor()?, id, &asked)?;
    let mut reader = call.office.read()?;
    let plan = db::duty::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let turns = db::duty_turn::of_plan(&mut reader, id)?;
    let mut names = Names::of(&mut reader, &turns)?;
    let more: Vec<ExpertId> = changes.iter().filter_map(|change| change.to).collect();
    for chunk in more.chunks(500) {
        names.experts.extend(db::expert::by_ids(&mut reader, chunk)?.into_iter().map(|row| (row.id, row.name)));
    }
    drop(reader);
    let by_id: HashMap<DutyTurnId, _> = turns.iter().map(|turn| (turn.id, turn)).collect();
    let nobody = l.t("turn-state-gap");
    let lines: Vec<Line> = changes
        .iter()
        .map(|change| {
            let turn = change.turn.and_then(|id| by_id.get(&id).copied());
            let name = |id: Option<ExpertId>| id.map_or_else(|| nobody.clone(), |id| names.expert(id));
            Line {
                row: change.row,
                when: turn.map(|turn| when(l, turn)).unwrap_or_default(),
                station: turn.map(|turn| names.station(turn.station)).unwrap_or_default(),
                from: name(change.from),
                to: name(change.to),
                problem: change.problem.map(|code| l.t(&format!("duty-bar-{code}"))).unwrap_or_default(),
                field: change.turn.map(|id| format!("seat.{id}")).unwrap_or_default(),
                value: change.to.map_or_else(|| "-".to_owned(), |id| id.to_string()),
            }
        })
        .collect();
    let good = lines.iter().filter(|line| line.problem.is_empty()).count();
    Answer::page(&DiffPage { f: call.frame("duty"), id: id.to_string(), title: plan.title, version, lines, good })
}

/// `POST /duty/plans/{id}/seats`: does what was looked at.
///
/// # Errors
/// What [`reseat`] says.
pub fn apply(call: &Call) -> Answered {
    let id: DutyPlanId = call.id("id")?;
    let form = call.form()?;
    let version = form.get("version").parse().map_err(|_| Refusal::ChangedMeanwhile)?;
    let mut seats: Vec<(DutyTurnId, Option<ExpertId>)> = Vec::new();
    for (name, value) in &form.0 {
        let Some(turn) = name.strip_prefix("seat.").and_then(|id| id.parse().ok()) else { continue };
        let expert = match value.as_str() {
            "-" => None,
            text => Some(text.parse().map_err(|_| Refusal::NotFound)?),
        };
        seats.push((turn, expert));
    }
    let changed = reseat(&call.office, &call.actor()?, id, version, &seats)?;
    Ok(Answer::see_other(&format!("/duty/plans/{id}")).flash("flash-duty-repaired", &[("n", &changed.to_string())]))
}

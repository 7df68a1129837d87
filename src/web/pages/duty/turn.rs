//! One turn: who sits there, what everybody said, who could cover it, and what staff may do.

use super::super::expert::Tag;
use super::super::options::{self, Pick};
use super::grid::{Marks, Names, cell};
use super::{km, when, why};
use crate::actions::ActionError;
use crate::actions::answer_duty::answer_duty;
use crate::actions::cover_duty::{ask_cover, close_turn, free_turn, override_duty, who_could};
use crate::actions::duty_people::conflicts;
use crate::actions::sign_in_duty::{SignedInBy, reconfirm, sign_in};
use crate::actions::swap_duty::decide_swap;
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::domain::assignment::AnsweredBy;
use crate::domain::duty::{ConsentAnswer, TurnState};
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::ids::{DutySwapId, DutyTurnId, ExpertId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use std::collections::HashSet;

struct Said {
    name: String,
    answer: String,
    how: String,
}

struct Could {
    id: String,
    name: String,
    text: String,
    asked: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/duty_turn.html", config = "src/web/askama.toml")]
struct TurnPage {
    f: Frame,
    id: String,
    when: String,
    hours: String,
    station: String,
    event: String,
    wanted: Vec<String>,
    plan: String,
    plan_href: String,
    tag: Tag,
    expert: String,
    expert_href: String,
    why: String,
    marks: Vec<String>,
    said: Vec<Said>,
    could: Vec<Could>,
    people: Vec<Pick>,
    asked_people: Vec<Pick>,
    channels: Vec<Pick>,
    answers: Vec<Pick>,
    may_work: bool,
    to_come: bool,
    gap: bool,
    manned: bool,
    published: bool,
    wrong: Wrong,
}

/// The turn of the address, if the reader may see it.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub(super) fn found(call: &Call) -> Result<TurnRow, WebError> {
    let id: DutyTurnId = call.id("id")?;
    let scope = call.scope()?;
    db::duty_turn::find(&mut *call.office.read()?, &id)?
        .filter(|turn| scope.covers(&turn.region, turn.station))
        .ok_or_else(|| Refusal::NotFound.into())
}

/// `GET /duty/turns/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, &Fields::default(), Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let turn = found(call)?;
    let may_work = call.account()?.role.has(Right::WorkNeeds);
    let mut reader = call.office.read()?;
    let plan = db::duty::find(&mut reader, &turn.plan)?.ok_or(Refusal::NotFound)?;
    let consents = db::duty_consent::of_turn(&mut reader, turn.id)?;
    let ids: Vec<ExpertId> = consents.iter().map(|row| row.expert).chain(turn.expert).collect();
    let known = db::expert::by_ids(&mut reader, &ids)?;
    let names = Names::of(&mut reader, std::slice::from_ref(&turn))?;
    let settled = turn.published && turn.state == TurnState::Agreed && turn.span().ends() > call.now;
    let looked: Vec<&TurnRow> = settled.then_some(&turn).into_iter().collect();
    let marks = Marks { moving: HashSet::new(), conflicts: conflicts(&mut reader, &looked)? };
    drop(reader);
    let name = |id: ExpertId| known.iter().find(|row| row.id == id).map(|row| row.name.clone()).unwrap_or_default();
    let to_come = turn.span().ends() > call.now && turn.state != TurnState::Cancelled;
    let found = if may_work && to_come { who_could(&call.office, &call.actor()?, turn.id, 12)? } else { Vec::new() };
    let asked: HashSet<ExpertId> =
        consents.iter().filter(|row| row.answer == ConsentAnswer::Waiting).map(|row| row.expert).collect();
    let could: Vec<Could> = found
        .iter()
        .map(|one| Could {
            id: one.expert.to_string(),
            name: one.name.clone(),
            text: l.a("duty-could-text", &[("firm", &one.firm), ("km", &km(one.metres)), ("n", &one.load.to_string())]),
            asked: asked.contains(&one.expert),
        })
        .collect();
    let mut people: Vec<(String, String)> = turn.expert.iter().map(|id| (id.to_string(), name(*id))).collect();
    people.extend(found.iter().map(|one| (one.expert.to_string(), one.name.clone())));
    let mut asked_people: Vec<(String, String)> = turn.expert.iter().map(|id| (id.to_string(), name(*id))).collect();
    asked_people.extend(
        consents
            .iter()
            .filter(|row| row.answer != ConsentAnswer::Withdrawn && Some(row.expert) != turn.expert)
            .map(|row| (row.expert.to_string(), name(row.expert))),
    );
    let seat = cell(l, &turn, &names, &marks);
    let mut marks = Vec::new();
    for (at, key) in [
        (turn.reconfirmed_at, "duty-reconfirmed-at"),
        (turn.signed_in_at, "duty-signed-in-at"),
        (turn.missed_at, "duty-missed-at"),
    ] {
        if let Some(at) = at {
            marks.push(l.a(key, &[("at", &l.short_instant(at.and_utc()))]));
        }
    }
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = TurnPage {
        f: call.frame("duty"),
        id: turn.id.to_string(),
        when: when(l, &turn),
        hours: crate::mail::letter::duty_hours(turn.span()),
        station: names.station(turn.station),
        event: turn.event.clone().unwrap_or_default(),
        wanted: turn.wanted.get().iter().map(|slug| options::service_name(l, slug)).collect(),
        plan: plan.title.clone(),
        plan_href: format!("/duty/plans/{}", plan.id),
        tag: Tag {
            kind: match seat.kind {
                "gap" => "late",
                "ask" => "wait",
                other => other,
            },
            symbol: seat.symbol,
            text: seat.state,
        },
        expert: turn.expert.map(name).unwrap_or_default(),
        expert_href: turn.expert.map(|id| format!("/experts/{id}")).unwrap_or_default(),
        why: why(l, &turn),
        marks,
        said: consents
            .iter()
            .map(|row| Said {
                name: name(row.expert),
                answer: l.t(&format!("consent-{}", row.answer)),
                how: row
                    .channel
                    .map(|channel| {
                        let at = row.answered_at.map(|at| l.short_instant(at.and_utc())).unwrap_or_default();
                        format!("{} {at}", l.t(&format!("answered-by-{channel}")))
                    })
                    .unwrap_or_default(),
            })
            .collect(),
        could,
        people: options::picks(form.get("expert"), "", people),
        asked_people: options::picks(form.get("asked"), "", asked_people),
        channels: options::words(
            l,
            "answered-by",
            form.get("channel"),
            &l.t("duty-choose"),
            ["phone", "wechat", "counter"],
        ),
        answers: options::words(l, "consent", form.get("answer"), "", ["yes", "rather-not", "no"]),
        may_work,
        to_come,
        gap: turn.state == TurnState::Gap,
        manned: turn.expert.is_some(),
        published: turn.published,
        wrong,
    };
    Answer::page_with(status, &page)
}

/// `POST /duty/turns/{id}`: what the button says.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault; what will not do comes back on the page.
pub fn act(call: &Call) -> Answered {
    let form = call.form()?;
    let turn = found(call)?;
    let actor = call.actor()?;
    let expert = |field: &str| form.get(field).parse::<ExpertId>().ok();
    let channel = form.get("channel").parse::<AnsweredBy>().ok();
    let done = match form.get("act") {
        "ask" => {
            let experts: Vec<ExpertId> = form.all("expert").into_iter().filter_map(|text| text.parse().ok()).collect();
            ask_cover(&call.office, &actor, turn.id, &experts).map(|()| "flash-duty-cover-asked")
        }
        "override" => match expert("expert") {
            Some(expert) => override_duty(&call.office, &actor, turn.id, expert, channel).map(|()| "flash-duty-seated"),
            None => Err(Refusal::NotFound.into()),
        },
        "answer" => match (expert("asked"), form.get("answer").parse::<ConsentAnswer>(), channel) {
            (Some(expert), Ok(answer), Some(channel)) => {
                answer_duty(&call.office, &actor, expert, &[(turn.id, answer)], channel).map(|_| "flash-duty-answered")
            }
            _ => Err(Refusal::Invalid(vec![crate::domain::refusal::FieldProblem::new("channel", "missing")]).into()),
        },
        "free" => free_turn(&call.office, &actor, turn.id).map(|()| "flash-duty-freed"),
        "close" => close_turn(&call.office, &actor, turn.id).map(|()| "flash-duty-closed"),
        "presence" => sign_in(&call.office, &actor, turn.id, &SignedInBy::Staff).map(|()| "flash-duty-signed-in"),
        "reconfirm" => reconfirm(&call.office, &actor, turn.id).map(|()| "flash-duty-reconfirmed"),
        _ => Err(Refusal::NotFound.into()),
    };
    match done {
        Ok(flash) => Ok(Answer::see_other(&format!("/duty/turns/{}", turn.id)).flash(flash, &[])),
        Err(ActionError::Refused(Refusal::NotFound)) => Err(Refusal::NotFound.into()),
        Err(ActionError::Refused(Refusal::NotEligible(rule))) => {
            page(call, form, Wrong::said(call.l.t(&format!("duty-bar-{rule}"))))
        }
        Err(ActionError::Refused(refusal)) => page(call, form, Wrong::of_refusal(call.l, &refusal)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /duty/changes/{id}`: the office decides on a change both sides agreed to.
///
/// # Errors
/// What [`decide_swap`] says.
pub fn decide(call: &Call) -> Answered {
    let id: DutySwapId = call.id("id")?;
    let allow = call.form()?.get("allow") == "1";
    decide_swap(&call.office, &call.actor()?, id, allow)?;
    let flash = if allow { "flash-duty-swapped" } else { "flash-duty-swap-refused" };
    Ok(Answer::see_other("/duty#changes").flash(flash, &[]))
}

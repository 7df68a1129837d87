//! Duty rotation: plans, turns, what experts say to them, changes of hands.

use super::duty_shape::{
    AnswerBody, ConsentShape, CountShape, CoverBody, DecideSwapBody, DutyQuery, LetterShape, NothingBody, OverrideBody,
    PlanBody, PlanShape, PreviewShape, PublishBody, StandsShape, SubstituteShape, SwapAnswerBody, SwapBody, SwapShape,
    TurnShape,
};
use super::paging::Page;
use crate::actions::answer_duty::answer_duty;
use crate::actions::ask_duty::ask_duty;
use crate::actions::cover_duty::{ask_cover, close_turn, free_turn, override_duty, who_could};
use crate::actions::explain_duty::{explain_duty, sentence};
use crate::actions::plan_duty::{PlanInput, plan_duty, repair_duty, withdraw_plan};
use crate::actions::publish_duty::{preview, publish_duty};
use crate::actions::sign_in_duty::{SignedInBy, sign_in};
use crate::actions::swap_duty::{SwapInput, answer_swap, ask_swap, decide_swap};
use crate::db;
use crate::db::duty::PlanRow;
use crate::db::duty_turn::TurnRow;
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::Refusal;
use crate::ids::{DutyPlanId, DutySwapId, DutyTurnId, ExpertId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{Days, NaiveDateTime};
use std::collections::HashMap;

fn turn_shape(turn: &TurnRow, names: &HashMap<ExpertId, String>) -> TurnShape {
    let utc = |at: Option<NaiveDateTime>| at.map(|at| at.and_utc());
    TurnShape {
        id: turn.id,
        plan: turn.plan,
        station: turn.station,
        day: turn.day,
        part: turn.part,
        begins_at: turn.span().begins(),
        ends_at: turn.span().ends(),
        seat: turn.seat,
        event: turn.event.clone(),
        wanted: turn.wanted.get(),
        state: turn.state,
        expert_id: turn.expert,
        name: turn.expert.and_then(|id| names.get(&id).cloned()),
        published: turn.published,
        why: turn.why.clone(),
        alternates: turn.alternates.get(),
        reconfirmed_at: utc(turn.reconfirmed_at),
        signed_in_at: utc(turn.signed_in_at),
        missed_at: utc(turn.missed_at),
        consents: None,
    }
}

fn names(conn: &mut db::Conn, turns: &[TurnRow]) -> Result<HashMap<ExpertId, String>, WebError> {
    let mut ids: Vec<ExpertId> = turns.iter().filter_map(|turn| turn.expert).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        found.extend(db::expert::by_ids(conn, chunk)?.into_iter().map(|row| (row.id, row.name)));
    }
    Ok(found)
}

fn plan_shape(plan: &PlanRow, turns: Option<Vec<TurnShape>>) -> PlanShape {
    PlanShape {
        id: plan.id,
        title: plan.title.clone(),
        state: plan.state,
        from: plan.from_on,
        to: plan.to_on,
        rules: plan.rules.get(),
        outcome: plan.outcome.get(),
        version: plan.version,
        turns,
    }
}

fn shown(call: &Call, id: DutyPlanId) -> Result<PlanShape, WebError> {
    let mut reader = call.office.read()?;
    let plan = db::duty::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let scope = call.scope()?;
    let turns: Vec<TurnRow> = db::duty_turn::of_plan(&mut reader, id)?
        .into_iter()
        .filter(|turn| scope.covers(&turn.region, turn.station))
        .collect();
    if turns.is_empty() {
        return Err(Refusal::NotFound.into());
    }
    let names = names(&mut reader, &turns)?;
    let told = turns.iter().map(|turn| turn_shape(turn, &names)).collect();
    Ok(plan_shape(&plan, Some(told)))
}

fn turn_shown(call: &Call, id: DutyTurnId) -> Result<TurnShape, WebError> {
    let mut reader = call.office.read()?;
    let scope = call.scope()?;
    let turn = db::duty_turn::find(&mut reader, &id)?
        .filter(|turn| scope.covers(&turn.region, turn.station))
        .ok_or(Refusal::NotFound)?;
    let names = names(&mut reader, std::slice::from_ref(&turn))?;
    let mut shape = turn_shape(&turn, &names);
    let said = db::duty_consent::of_turn(&mut reader, id)?;
    shape.consents = Some(
        said.into_iter()
            .map(|row| ConsentShape {
                expert_id: row.expert,
                answer: row.answer,
                channel: row.channel,
                asked_at: row.asked_at.and_utc(),
                answered_at: row.answered_at.map(|at| at.and_utc()),
            })
            .collect(),
    );
    Ok(shape)
}

/// `GET /api/v1/duty`.
///
/// # Errors
/// [`Refusal::Invalid`] naming a filter.
#[utoipa::path(get, path = "/api/v1/duty", operation_id = "list-duty", tag = "duty", params(DutyQuery),
    responses((status = 200, description = "", body = Page<TurnShape>)))]
pub fn list(call: &Call) -> Answered {
    let asked: DutyQuery = call.query()?;
    let from = asked.from.unwrap_or_else(|| beijing_date(call.now));
    let to = asked.to.or_else(|| from.checked_add_days(Days::new(6))).unwrap_or(from);
    let mut reader = call.office.read()?;
    let turns: Vec<TurnRow> = db::duty_turn::published(&mut reader, call.scope()?, from, to)?
        .into_iter()
        .filter(|turn| asked.station.is_none_or(|station| turn.station == station))
        .filter(|turn| asked.expert.is_none_or(|expert| turn.expert == Some(expert)))
        .collect();
    let names = names(&mut reader, &turns)?;
    let items = turns.iter().map(|turn| turn_shape(turn, &names)).collect();
    Answer::json(&Page { items, next_cursor: None })
}

/// `POST /api/v1/duty/plans`.
///
/// # Errors
/// What [`plan_duty`] says.
#[utoipa::path(post, path = "/api/v1/duty/plans", operation_id = "plan-duty", tag = "duty", request_body = PlanBody,
    responses((status = 201, description = "", body = PlanShape)))]
pub fn plan(call: &Call) -> Answered {
    let body: PlanBody = call.json()?;
    let input = PlanInput { title: body.title, from: body.from, to: body.to, rules: body.rules };
    let id = plan_duty(&call.office, &call.actor()?, &input)?;
    Answer::created(&format!("/api/v1/duty/plans/{id}"), &shown(call, id)?)
}

/// `GET /api/v1/duty/plans`: the newest.
///
/// # Errors
/// A fault.
#[utoipa::path(get, path = "/api/v1/duty/plans", operation_id = "list-duty-plans", tag = "duty",
    responses((status = 200, description = "", body = Page<PlanShape>)))]
pub fn plans(call: &Call) -> Answered {
    let today = beijing_date(call.now);
    let mut reader = call.office.read()?;
    let scope = call.scope()?;
    let mut items = Vec::new();
    for plan in db::duty::newest(&mut reader, today.checked_sub_days(Days::new(400)).unwrap_or(today), 100)? {
        let stations = db::duty_turn::stations_of(&mut reader, plan.id)?;
        if stations.iter().any(|(station, region)| scope.covers(region, *station)) {
            items.push(plan_shape(&plan, None));
        }
    }
    Answer::json(&Page { items, next_cursor: None })
}

/// `GET /api/v1/duty/plans/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/duty/plans/{id}", operation_id = "show-duty-plan", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")),
    responses((status = 200, description = "", body = PlanShape)))]
pub fn show_plan(call: &Call) -> Answered {
    Answer::json(&shown(call, call.id("id")?)?)
}

/// `POST /api/v1/duty/plans/{id}/asking`.
///
/// # Errors
/// What [`ask_duty`] says.
#[utoipa::path(post, path = "/api/v1/duty/plans/{id}/asking", operation_id = "ask-duty", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")), request_body = NothingBody,
    responses((status = 200, description = "", body = CountShape)))]
pub fn ask(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    Answer::json(&CountShape { count: ask_duty(&call.office, &call.actor()?, call.id("id")?)? })
}

/// `POST /api/v1/duty/plans/{id}/repair`.
///
/// # Errors
/// What [`repair_duty`] says.
#[utoipa::path(post, path = "/api/v1/duty/plans/{id}/repair", operation_id = "repair-duty", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")), request_body = NothingBody,
    responses((status = 200, description = "", body = CountShape)))]
pub fn repair(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    Answer::json(&CountShape { count: repair_duty(&call.office, &call.actor()?, call.id("id")?)? })
}

/// `GET /api/v1/duty/plans/{id}/publication`: what publishing would do.
///
/// # Errors
/// What [`preview`] says.
#[utoipa::path(get, path = "/api/v1/duty/plans/{id}/publication", operation_id = "preview-duty", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")),
    responses((status = 200, description = "", body = PreviewShape)))]
pub fn look(call: &Call) -> Answered {
    let found = preview(&call.office, &call.actor()?, call.id("id")?)?;
    let gaps = found.gaps();
    Answer::json(&PreviewShape {
        version: found.version,
        manned: found.outcomes.len() - gaps,
        gaps,
        letters: found.letters.iter().map(|(id, turns)| LetterShape { expert_id: *id, turns: *turns }).collect(),
    })
}

/// `POST /api/v1/duty/plans/{id}/publication`.
///
/// # Errors
/// What [`publish_duty`] says.
#[utoipa::path(post, path = "/api/v1/duty/plans/{id}/publication", operation_id = "publish-duty", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")), request_body = PublishBody,
    responses((status = 200, description = "", body = PlanShape)))]
pub fn publish(call: &Call) -> Answered {
    let body: PublishBody = call.json()?;
    let id: DutyPlanId = call.id("id")?;
    publish_duty(&call.office, &call.actor()?, id, body.version)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/duty/plans/{id}/withdrawal`.
///
/// # Errors
/// What [`withdraw_plan`] says.
#[utoipa::path(post, path = "/api/v1/duty/plans/{id}/withdrawal", operation_id = "withdraw-duty", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")), request_body = NothingBody,
    responses((status = 200, description = "", body = PlanShape)))]
pub fn withdraw(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    let id: DutyPlanId = call.id("id")?;
    withdraw_plan(&call.office, &call.actor()?, id)?;
    Answer::json(&shown(call, id)?)
}

/// `GET /api/v1/duty/turns/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/duty/turns/{id}", operation_id = "show-duty-turn", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")),
    responses((status = 200, description = "", body = TurnShape)))]
pub fn show_turn(call: &Call) -> Answered {
    Answer::json(&turn_shown(call, call.id("id")?)?)
}

/// `GET /api/v1/duty/turns/{id}/substitutes`: who could sit there, best first.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/duty/turns/{id}/substitutes", operation_id = "list-duty-substitutes", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")),
    responses((status = 200, description = "", body = Page<SubstituteShape>)))]
pub fn substitutes(call: &Call) -> Answered {
    let items = who_could(&call.office, &call.actor()?, call.id("id")?, 20)?
        .into_iter()
        .map(|one| SubstituteShape {
            expert_id: one.expert,
            name: one.name,
            distance_km: one.metres.map(|metres| f64::from(metres) / 1_000.0),
            load: one.load,
            fits: one.fits,
        })
        .collect();
    Answer::json(&Page { items, next_cursor: None })
}

/// `GET /api/v1/duty/turns/{id}/experts/{expert_id}`: why them, or why not.
///
/// # Errors
/// [`Refusal::NotFound`] for a turn out of scope, and for an expert who was never considered.
#[utoipa::path(get, path = "/api/v1/duty/turns/{id}/experts/{expert_id}", operation_id = "explain-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn"), ("expert_id" = ExpertId, Path, description = "Who")),
    responses((status = 200, description = "", body = StandsShape)))]
pub fn explain(call: &Call) -> Answered {
    let found = explain_duty(&call.office, &call.actor()?, call.id("id")?, call.id("expert_id")?)?;
    let text = sentence(found.as_ref(), &|key| call.l.t(key));
    let found = found.ok_or(Refusal::NotFound)?;
    Answer::json(&StandsShape {
        place: found.place,
        reasons: found.bars.iter().map(|bar| bar.code.to_owned()).collect(),
        turns_in_the_way: found.bars.iter().filter_map(|bar| bar.turn).collect(),
        rank: found.rank,
        distance_km: f64::from(found.distance) / 10.0,
        load: found.load,
        text,
    })
}

/// `POST /api/v1/duty/turns/{id}/answer`: an expert's answer, entered by staff.
///
/// # Errors
/// What [`answer_duty`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/answer", operation_id = "answer-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = AnswerBody,
    responses((status = 200, description = "", body = TurnShape)))]
pub fn answer(call: &Call) -> Answered {
    let body: AnswerBody = call.json()?;
    let id: DutyTurnId = call.id("id")?;
    answer_duty(&call.office, &call.actor()?, body.expert_id, &[(id, body.answer)], body.channel)?;
    Answer::json(&turn_shown(call, id)?)
}

/// `POST /api/v1/duty/turns/{id}/cover`: asks experts by letter to take a free turn.
///
/// # Errors
/// What [`ask_cover`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/cover", operation_id = "cover-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = CoverBody,
    responses((status = 200, description = "", body = TurnShape)))]
pub fn cover(call: &Call) -> Answered {
    let body: CoverBody = call.json()?;
    let id: DutyTurnId = call.id("id")?;
    ask_cover(&call.office, &call.actor()?, id, &body.experts)?;
    Answer::json(&turn_shown(call, id)?)
}

/// `POST /api/v1/duty/turns/{id}/override`: puts somebody there who said yes.
///
/// # Errors
/// What [`override_duty`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/override", operation_id = "override-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = OverrideBody,
    responses((status = 200, description = "", body = TurnShape)))]
pub fn put(call: &Call) -> Answered {
    let body: OverrideBody = call.json()?;
    let id: DutyTurnId = call.id("id")?;
    override_duty(&call.office, &call.actor()?, id, body.expert_id, body.said_yes_by)?;
    Answer::json(&turn_shown(call, id)?)
}

/// `POST /api/v1/duty/turns/{id}/release`: takes whoever sits there off.
///
/// # Errors
/// What [`free_turn`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/release", operation_id = "free-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = NothingBody,
    responses((status = 200, description = "", body = TurnShape)))]
pub fn free(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    let id: DutyTurnId = call.id("id")?;
    free_turn(&call.office, &call.actor()?, id)?;
    Answer::json(&turn_shown(call, id)?)
}

/// `POST /api/v1/duty/turns/{id}/closure`: the station does not open then.
///
/// # Errors
/// What [`close_turn`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/closure", operation_id = "close-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = NothingBody,
    responses((status = 200, description = "", body = TurnShape)))]
pub fn close(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    let id: DutyTurnId = call.id("id")?;
    close_turn(&call.office, &call.actor()?, id)?;
    Answer::json(&turn_shown(call, id)?)
}

/// `POST /api/v1/duty/turns/{id}/presence`: staff note that the expert is there.
///
/// # Errors
/// What [`sign_in`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/presence", operation_id = "note-duty-presence", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = NothingBody,
    responses((status = 200, description = "", body = TurnShape)))]
pub fn presence(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    let id: DutyTurnId = call.id("id")?;
    sign_in(&call.office, &call.actor()?, id, &SignedInBy::Staff)?;
    Answer::json(&turn_shown(call, id)?)
}

/// `POST /api/v1/duty/turns/{id}/swaps`: a change of hands an expert asked for by phone.
///
/// # Errors
/// What [`ask_swap`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/swaps", operation_id = "swap-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = SwapBody,
    responses((status = 201, description = "", body = SwapShape)))]
pub fn swap(call: &Call) -> Answered {
    let body: SwapBody = call.json()?;
    let input = SwapInput {
        kind: body.kind,
        turn: call.id("id")?,
        other_turn: body.other_turn,
        to: body.to_expert,
        part: body.from_minute.zip(body.to_minute),
    };
    let (id, state) = ask_swap(&call.office, &call.actor()?, body.expert_id, &input, Some(body.channel))?;
    Answer::created(&format!("/api/v1/duty/swaps/{id}"), &SwapShape { id, state })
}

/// `POST /api/v1/duty/swaps/{id}/answer`: the other side's answer by phone.
///
/// # Errors
/// What [`answer_swap`] says.
#[utoipa::path(post, path = "/api/v1/duty/swaps/{id}/answer", operation_id = "answer-duty-swap", tag = "duty",
    params(("id" = DutySwapId, Path, description = "The change")), request_body = SwapAnswerBody,
    responses((status = 200, description = "", body = SwapShape)))]
pub fn swap_answer(call: &Call) -> Answered {
    let body: SwapAnswerBody = call.json()?;
    let id: DutySwapId = call.id("id")?;
    let state = answer_swap(&call.office, &call.actor()?, id, body.expert_id, body.yes, Some(body.channel))?;
    Answer::json(&SwapShape { id, state })
}

/// `POST /api/v1/duty/swaps/{id}/decision`: the office decides.
///
/// # Errors
/// What [`decide_swap`] says.
#[utoipa::path(post, path = "/api/v1/duty/swaps/{id}/decision", operation_id = "decide-duty-swap", tag = "duty",
    params(("id" = DutySwapId, Path, description = "The change")), request_body = DecideSwapBody,
    responses((status = 200, description = "", body = SwapShape)))]
pub fn swap_decision(call: &Call) -> Answered {
    let body: DecideSwapBody = call.json()?;
    let id: DutySwapId = call.id("id")?;
    let state = decide_swap(&call.office, &call.actor()?, id, body.allow)?;
    Answer::json(&SwapShape { id, state })
}

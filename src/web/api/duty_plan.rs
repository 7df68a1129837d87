//! Duty rotation, what stands around a plan: what recent needs propose, what a draft would have done, seats changed by a
//! sheet, and the calls that need no more than an id.

use super::duty_shape::{CountShape, NothingBody, SwapShape};
use super::paging::Page;
use crate::actions::feed_duty::{FeedOf, renew_feed};
use crate::actions::propose_duty::{StationDemand, propose_duty};
use crate::actions::reseat_duty::reseat;
use crate::actions::sign_in_duty::reconfirm;
use crate::actions::swap_duty::withdraw_swap;
use crate::actions::what_if_duty::{Side, what_if_duty};
use crate::db;
use crate::domain::duty::SwapState;
use crate::domain::duty::demand::WEEKS;
use crate::ids::{DutyPlanId, DutySwapId, DutyTurnId, ExpertId, StationId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which station.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DemandQuery {
    /// Only this station; every station that may be seen when left out.
    pub station: Option<StationId>,
}

/// How often a service was asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ServiceCountShape {
    /// Service item.
    pub service: String,
    /// Needs.
    pub needs: u32,
}

/// What the needs around a station propose.
#[derive(Debug, Serialize, ToSchema)]
pub struct DemandShape {
    /// Which station.
    pub station: StationId,
    /// Its name.
    pub name: String,
    /// Whole weeks looked back on.
    pub weeks: u32,
    /// Needs whose enterprise is nearest to it.
    pub needs: u32,
    /// Of those, how many came in on a weekend; counted on Monday mornings.
    pub weekend: u32,
    /// Monday to Friday: mornings, afternoons.
    #[schema(value_type = Vec<Vec<u32>>)]
    pub half_days: Vec<[u32; 2]>,
    /// Services, most first.
    pub services: Vec<ServiceCountShape>,
    /// Experts proposed for each half-day turn.
    pub seats: u8,
    /// Experts proposed for each turn of a whole day.
    pub seats_by_day: u8,
    /// Services proposed as wanted.
    pub wanted: Vec<String>,
}

fn demand_shape(one: StationDemand) -> DemandShape {
    let found = one.demand;
    DemandShape {
        station: one.station,
        name: one.name,
        weeks: WEEKS,
        needs: found.needs,
        weekend: found.weekend,
        half_days: found.half_days.to_vec(),
        seats: found.seats,
        seats_by_day: found.seats_by_day(),
        services: found.services.into_iter().map(|(service, needs)| ServiceCountShape { service, needs }).collect(),
        wanted: found.wanted,
    }
}

/// `GET /api/v1/duty/demand`: what the last quarter's needs propose, station by station.
///
/// # Errors
/// What [`propose_duty`] says; [`Refusal::Invalid`](crate::domain::refusal::Refusal::Invalid) naming the filter.
#[utoipa::path(get, path = "/api/v1/duty/demand", operation_id = "propose-duty", tag = "duty", params(DemandQuery),
    responses((status = 200, description = "", body = Page<DemandShape>)))]
pub fn demand(call: &Call) -> Answered {
    let asked: DemandQuery = call.query()?;
    let scope = call.scope()?;
    let stations: Vec<StationId> = match asked.station {
        Some(one) => vec![one],
        None => db::station::all(&mut *call.office.read()?)?
            .into_iter()
            .filter(|row| scope.covers(&row.region, row.id))
            .map(|row| row.id)
            .collect(),
    };
    let items = propose_duty(&call.office, &call.actor()?, &stations)?.into_iter().map(demand_shape).collect();
    Answer::json(&Page { items, next_cursor: None })
}

/// What one rota would have done for the needs.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedShape {
    /// Needs replayed.
    pub needs: usize,
    /// Those for which a turn came at all.
    pub reached: usize,
    /// Those whose expert knows one of the services.
    pub known: usize,
    /// Median wait for the turn, minutes.
    pub wait_minutes: i64,
    /// Mean way between expert and enterprise, kilometres.
    pub distance_km: f64,
    /// Experts on the rota.
    pub experts: usize,
    /// The most turns anybody has.
    pub most: usize,
    /// The Gini coefficient of their turns; 0 is all alike.
    pub gini: f64,
}

/// The draft, beside the rota that stood.
#[derive(Debug, Serialize, ToSchema)]
pub struct WhatIfDutyShape {
    /// By the plan.
    pub plan: TriedShape,
    /// By the rota of the time.
    pub before: TriedShape,
}

fn tried_shape(side: &Side) -> TriedShape {
    let thousandths = |number: u64| f64::from(u32::try_from(number).unwrap_or(u32::MAX)) / 1_000.0;
    TriedShape {
        needs: side.needs,
        reached: side.reached,
        known: side.known,
        wait_minutes: side.wait_minutes,
        distance_km: thousandths(side.metres),
        experts: side.experts,
        most: side.most,
        gini: thousandths(side.gini_permille),
    }
}

/// `GET /api/v1/duty/plans/{id}/what-if`: last quarter's needs replayed against the draft.
///
/// # Errors
/// What [`what_if_duty`] says.
#[utoipa::path(get, path = "/api/v1/duty/plans/{id}/what-if", operation_id = "try-duty", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")),
    responses((status = 200, description = "", body = WhatIfDutyShape)))]
pub fn what_if(call: &Call) -> Answered {
    let found = what_if_duty(&call.office, &call.actor()?, call.id("id")?)?;
    Answer::json(&WhatIfDutyShape { plan: tried_shape(&found.plan), before: tried_shape(&found.before) })
}

/// Who is proposed for a turn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatBody {
    /// Which turn.
    pub turn: DutyTurnId,
    /// Who; nobody when left out.
    #[serde(default)]
    pub expert_id: Option<ExpertId>,
}

/// Who is proposed for turns of a plan that is not published.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeatsBody {
    /// The version that was looked at.
    pub version: i32,
    /// The turns to change; what is not named stays.
    pub seats: Vec<SeatBody>,
}

/// `POST /api/v1/duty/plans/{id}/seats`: proposes by hand, all or nothing.
///
/// # Errors
/// What [`reseat`] says.
#[utoipa::path(post, path = "/api/v1/duty/plans/{id}/seats", operation_id = "reseat-duty", tag = "duty",
    params(("id" = DutyPlanId, Path, description = "The plan")), request_body = SeatsBody,
    responses((status = 200, description = "", body = CountShape)))]
pub fn seats(call: &Call) -> Answered {
    let body: SeatsBody = call.json()?;
    let seats: Vec<_> = body.seats.iter().map(|one| (one.turn, one.expert_id)).collect();
    Answer::json(&CountShape { count: reseat(&call.office, &call.actor()?, call.id("id")?, body.version, &seats)? })
}

/// `POST /api/v1/duty/turns/{id}/reconfirmation`: the expert said again that they will come.
///
/// # Errors
/// What [`reconfirm`] says.
#[utoipa::path(post, path = "/api/v1/duty/turns/{id}/reconfirmation", operation_id = "reconfirm-duty", tag = "duty",
    params(("id" = DutyTurnId, Path, description = "The turn")), request_body = NothingBody,
    responses((status = 200, description = "", body = CountShape)))]
pub fn again(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    reconfirm(&call.office, &call.actor()?, call.id("id")?)?;
    Answer::json(&CountShape { count: 1 })
}

/// `POST /api/v1/duty/swaps/{id}/withdrawal`: whoever asked takes the wish back.
///
/// # Errors
/// What [`withdraw_swap`] says.
#[utoipa::path(post, path = "/api/v1/duty/swaps/{id}/withdrawal", operation_id = "withdraw-duty-swap", tag = "duty",
    params(("id" = DutySwapId, Path, description = "The change")), request_body = NothingBody,
    responses((status = 200, description = "", body = SwapShape)))]
pub fn swap_back(call: &Call) -> Answered {
    let NothingBody {} = call.json()?;
    let id: DutySwapId = call.id("id")?;
    withdraw_swap(&call.office, &call.actor()?, id)?;
    Answer::json(&SwapShape { id, state: SwapState::Withdrawn })
}

/// Whose calendar gets an address; an expert's is given to the expert alone.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedBody {
    /// Which station's.
    pub station: StationId,
}

/// The address of a calendar.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedShape {
    /// Where it is read; older addresses open nothing any more.
    pub address: String,
}

/// `POST /api/v1/duty/feeds`: makes the address of a station's calendar, or a new one that closes those before it.
///
/// # Errors
/// What [`renew_feed`] says.
#[utoipa::path(post, path = "/api/v1/duty/feeds", operation_id = "renew-duty-feed", tag = "duty", request_body = FeedBody,
    responses((status = 200, description = "", body = FeedShape)))]
pub fn feed(call: &Call) -> Answered {
    let body: FeedBody = call.json()?;
    let token = renew_feed(&call.office, &call.actor()?, FeedOf::Station(body.station))?;
    Answer::json(&FeedShape { address: call.absolute(&format!("/l/{token}/calendar.ics")) })
}

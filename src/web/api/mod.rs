//! JSON, `/api/v1` (contract.md): one file a noun.
//!
//! Handlers read the call, name what cannot be taken by its field, and leave every change to a deed. Reads are within
//! the account's scope; what lies outside does not exist (404). `Idempotency-Key` on POST is dealt with before the
//! handler. Deliberately absent: business rules, and words, which are `api.ftl`'s.

pub mod assembly;
pub mod assignment;
pub mod audit;
pub mod batch;
pub mod calendar;
pub mod candidate;
pub mod conduct;
pub mod conduct_shape;
pub mod conflict;
pub mod dashboard;
pub mod docs;
pub mod duty;
pub mod duty_plan;
pub mod duty_shape;
pub mod expert;
pub mod feedback;
pub mod need;
pub mod openapi;
pub mod paging;
pub mod register;
pub mod search;
pub mod shape;
pub mod suggest;
pub mod words;

use super::routes::Access::{Api, Open, Public};
use super::routes::{Route, get, patch, post};
use crate::domain::role::Right::{Audit, Decide, KeepRegister, Read, WorkNeeds};

/// The rows of the table that answer JSON.
#[must_use]
pub fn routes() -> Vec<Route> {
    vec![
        get("/api/openapi.json", Open, openapi::serve),
        get("/api/docs", Public, docs::show),
        // ---- needs ------------------------------------------------------------------------------------------------
        get("/api/v1/needs", Api(Read), need::list),
        post("/api/v1/needs", Api(WorkNeeds), need::submit),
        post("/api/v1/needs/suggest", Api(Read), suggest::suggest),
        get("/api/v1/needs/{id}", Api(Read), need::show),
        get("/api/v1/needs/{id}/candidates", Api(Read), candidate::list),
        get("/api/v1/needs/{id}/candidates/{expert_id}", Api(Read), candidate::show),
        post("/api/v1/needs/{id}/assignments", Api(WorkNeeds), candidate::assign),
        post("/api/v1/needs/{id}/offers", Api(WorkNeeds), candidate::assign_all),
        post("/api/v1/needs/{id}/retraction", Api(WorkNeeds), need::retract),
        post("/api/v1/needs/{id}/closure", Api(WorkNeeds), need::close),
        post("/api/v1/needs/{id}/feedback", Api(WorkNeeds), feedback::file),
        post("/api/v1/needs/{id}/ratings", Api(WorkNeeds), feedback::rate),
        post("/api/v1/needs/{id}/candidates/{expert_id}/waiver", Api(Decide), conflict::waive),
        post("/api/v1/needs/{id}/opposing", Api(WorkNeeds), conflict::opposing),
        get("/api/v1/ranking", Api(Read), conflict::ranking),
        post("/api/v1/ranking", Api(Decide), conflict::set),
        // ---- assignments ------------------------------------------------------------------------------------------
        get("/api/v1/assignments", Api(Read), assignment::list),
        get("/api/v1/assignments/{id}", Api(Read), assignment::show),
        post("/api/v1/assignments/{id}/answer", Api(WorkNeeds), assignment::answer),
        post("/api/v1/assignments/{id}/notice", Api(WorkNeeds), assignment::notice),
        post("/api/v1/assignments/{id}/reply", Api(WorkNeeds), assignment::reply),
        post("/api/v1/assignments/{id}/release", Api(WorkNeeds), assignment::release),
        post("/api/v1/batches", Api(WorkNeeds), batch::plan),
        post("/api/v1/batches/offers", Api(WorkNeeds), batch::offers),
        // ---- experts and conduct ----------------------------------------------------------------------------------
        get("/api/v1/experts", Api(Read), expert::list),
        post("/api/v1/experts", Api(KeepRegister), expert::register),
        get("/api/v1/experts/{id}", Api(Read), expert::show),
        patch("/api/v1/experts/{id}", Api(KeepRegister), expert::change),
        post("/api/v1/experts/{id}/leaves", Api(WorkNeeds), expert::leave),
        post("/api/v1/experts/{id}/conflict-check", Api(WorkNeeds), conflict::check),
        get("/api/v1/experts/{id}/relations", Api(KeepRegister), conflict::relations),
        post("/api/v1/experts/{id}/relations", Api(WorkNeeds), conflict::declare),
        post("/api/v1/relations/{id}/ending", Api(KeepRegister), conflict::end),
        post("/api/v1/experts/{id}/review", Api(KeepRegister), expert::review),
        post("/api/v1/experts/{id}/documents", Api(KeepRegister), expert::add_document),
        post("/api/v1/experts/{id}/withdrawal", Api(KeepRegister), expert::withdraw),
        post("/api/v1/experts/{id}/admonitions", Api(Decide), conduct::admonish),
        post("/api/v1/experts/{id}/removal", Api(Decide), conduct::remove),
        get("/api/v1/conduct-cases", Api(Audit), conduct::list),
        get("/api/v1/conduct-ledger", Api(Audit), conduct::ledger),
        get("/api/v1/conduct-cases/{id}", Api(Audit), conduct::show),
        post("/api/v1/conduct-cases/{id}/told", Api(Decide), conduct::told),
        post("/api/v1/conduct-cases/{id}/statement", Api(Decide), conduct::statement),
        post("/api/v1/conduct-cases/{id}/decision", Api(Decide), conduct::decide),
        post("/api/v1/conduct-cases/{id}/appeal", Api(Decide), conduct::appeal),
        post("/api/v1/conduct-cases/{id}/appeal-decision", Api(Decide), conduct::review),
        post("/api/v1/conduct-cases/{id}/transfer", Api(Decide), conduct::transfer),
        // ---- duty ---------------------------------------------------------------------------------------------------
        get("/api/v1/duty", Api(Read), duty::list),
        get("/api/v1/duty/plans", Api(Read), duty::plans),
        post("/api/v1/duty/plans", Api(KeepRegister), duty::plan),
        get("/api/v1/duty/plans/{id}", Api(Read), duty::show_plan),
        post("/api/v1/duty/plans/{id}/asking", Api(KeepRegister), duty::ask),
        post("/api/v1/duty/plans/{id}/repair", Api(KeepRegister), duty::repair),
        get("/api/v1/duty/plans/{id}/publication", Api(KeepRegister), duty::look),
        post("/api/v1/duty/plans/{id}/publication", Api(KeepRegister), duty::publish),
        post("/api/v1/duty/plans/{id}/withdrawal", Api(KeepRegister), duty::withdraw),
        get("/api/v1/duty/turns/{id}", Api(Read), duty::show_turn),
        get("/api/v1/duty/turns/{id}/substitutes", Api(WorkNeeds), duty::substitutes),
        get("/api/v1/duty/turns/{id}/experts/{expert_id}", Api(Read), duty::explain),
        post("/api/v1/duty/turns/{id}/answer", Api(WorkNeeds), duty::answer),
        post("/api/v1/duty/turns/{id}/cover", Api(WorkNeeds), duty::cover),
        post("/api/v1/duty/turns/{id}/override", Api(WorkNeeds), duty::put),
        post("/api/v1/duty/turns/{id}/release", Api(WorkNeeds), duty::free),
        post("/api/v1/duty/turns/{id}/closure", Api(WorkNeeds), duty::close),
        post("/api/v1/duty/turns/{id}/presence", Api(WorkNeeds), duty::presence),
        post("/api/v1/duty/turns/{id}/swaps", Api(WorkNeeds), duty::swap),
        post("/api/v1/duty/swaps/{id}/answer", Api(WorkNeeds), duty::swap_answer),
        post("/api/v1/duty/swaps/{id}/decision", Api(WorkNeeds), duty::swap_decision),
        get("/api/v1/duty/demand", Api(Read), duty_plan::demand),
        get("/api/v1/duty/plans/{id}/what-if", Api(KeepRegister), duty_plan::what_if),
        post("/api/v1/duty/plans/{id}/seats", Api(KeepRegister), duty_plan::seats),
        post("/api/v1/duty/turns/{id}/reconfirmation", Api(WorkNeeds), duty_plan::again),
        post("/api/v1/duty/swaps/{id}/withdrawal", Api(WorkNeeds), duty_plan::swap_back),
        post("/api/v1/duty/feeds", Api(WorkNeeds), duty_plan::feed),
        // ---- calendar and service ---------------------------------------------------------------------------------
        get("/api/v1/calendar/imports", Api(Read), calendar::list),
        post("/api/v1/calendar/imports", Api(Decide), calendar::import),
        get("/api/v1/calendar/imports/{id}", Api(Read), calendar::show),
        post("/api/v1/calendar/imports/{id}/decision", Api(Decide), calendar::decide),
        get("/api/v1/outages", Api(Read), calendar::outages),
        post("/api/v1/outages", Api(Decide), calendar::enter),
        get("/api/v1/outages/{id}", Api(Read), calendar::outage),
        // ---- everything by one question -----------------------------------------------------------------------------
        get("/api/v1/search", Api(Read), search::search),
        // ---- figures and trail ------------------------------------------------------------------------------------
        get("/api/v1/dashboard/answers", Api(Read), dashboard::answers),
        get("/api/v1/dashboard/desk", Api(Read), dashboard::desk),
        get("/api/v1/audit", Api(Audit), audit::list),
        get("/api/v1/audit/roots", Api(Audit), audit::roots),
    ]
}

//! Staff pages around a need (需求): the list, the form, the case, choosing experts, papers to print.
//!
//! Everything is read within the account's scope; what lies outside is not found. Changes are the actions'. A form that
//! is refused comes back on the same page with everything typed kept.

pub mod acts;
pub mod candidates;
pub mod case;
pub mod clock;
pub mod deed;
pub mod files;
pub mod form;
pub mod kept;
pub mod letters;
pub mod list;
pub mod new;
pub mod plan;
pub mod print;
pub mod ranking;
pub mod seats;
pub mod similar;
pub mod trail;
pub mod view;
pub mod waiver;
#[cfg(test)]
mod walk_tests;
pub mod words;

use crate::domain::role::Right;
use crate::web::routes::Access::SignedIn;
use crate::web::routes::{BodyLimit, Route, get, post};

/// The rows of the table for needs.
#[must_use]
pub fn rows() -> Vec<Route> {
    let read = SignedIn(Right::Read);
    let work = SignedIn(Right::WorkNeeds);
    vec![
        get("/needs", read, list::list),
        get("/needs/new", work, new::show),
        post("/needs/new", work, new::submit),
        post("/needs/new/suggest", work, new::suggest_again),
        post("/needs/new/draft", work, new::keep_draft),
        post("/needs/new/draft/removal", work, new::drop_draft),
        post("/needs/suggest", work, similar::suggest),
        get("/needs/{id}", read, case::show),
        get("/needs/{id}/candidates", read, candidates::show),
        post("/needs/{id}/candidates", work, candidates::preview),
        get("/needs/{id}/candidates/{expert}", read, candidates::why),
        post("/needs/{id}/candidates/{expert}/waiver", SignedIn(Right::Decide), waiver::grant),
        post("/needs/{id}/assignments", work, candidates::assign),
        get("/needs/{id}/receipt", work, print::receipt),
        get("/needs/{id}/record", read, print::record),
        post("/needs/{id}/retraction", work, acts::retract),
        post("/needs/{id}/closure", work, acts::close),
        post("/needs/{id}/contact", work, acts::correct_contact),
        post("/needs/{id}/opposing", work, acts::correct_opposing),
        post("/needs/{id}/handover", work, acts::hand_over),
        post("/needs/{id}/feedback", work, acts::file_feedback),
        post("/needs/{id}/rating", work, acts::rate),
        post("/needs/{id}/attachments", work, files::add).takes(BodyLimit::FILE),
        get("/needs/{id}/attachments/{file}", read, files::download),
        post("/assignments/{id}/notice", work, acts::enter_notice),
        post("/assignments/{id}/answer", work, acts::enter_answer),
        post("/assignments/{id}/reply", work, acts::reply),
        post("/assignments/{id}/release", work, acts::release),
        get("/letters/{id}", read, letters::show),
        post("/tasks/{id}/done", read, acts::finish_task),
    ]
}

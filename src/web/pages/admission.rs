//! Admission at the managing centre (审核与材料): who waits, which papers end soon, and one applicant's papers against the
//! conditions of the standard, with the review beside them.
//!
//! Contract: managers only, within their part of the city. What a sentence of the conditions asks, what the file says of
//! it and what would satisfy it stand side by side; the page never decides. Opening a file is written down.

mod papers;
mod queue;
mod review;

pub use papers::{asked as asked_document, file_answer, on_the_form as document_form};
pub use queue::named;
pub use review::{days, judged_kind};

use crate::domain::role::Right;
use crate::web::routes::{Access, BodyLimit, Route, get, post};

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    let keeps = Access::SignedIn(Right::KeepRegister);
    vec![
        get("/experts/applications", keeps, queue::applications),
        get("/experts/expiring", keeps, queue::expiring),
        get("/experts/{id}/admission", keeps, review::show),
        post("/experts/{id}/review", keeps, review::submit),
        post("/experts/{id}/documents", keeps, papers::add).takes(BodyLimit::FILE),
        get("/experts/{id}/documents/{document}", keeps, papers::download),
        post("/experts/{id}/documents/{document}", keeps, papers::decide),
        get("/experts/{id}/forms/{kind}", keeps, papers::print),
    ]
}

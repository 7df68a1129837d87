//! The expert's own page (专家个人页): what is open, papers and their days, leave, terms, address, hours, data, and the way out.
//!
//! Contract: a link by mail leads in ([`door`]), then a session; GET changes nothing; every form works without scripts, and
//! a form that came back loses nothing. Whatever collides with leave is told before anything is written. Ratings are shown
//! in groups of five or more. Deliberately absent: answering an offer, which is its own link's page.

mod deeds;
mod door;
mod hours;
mod leave;
mod page;

use crate::web::routes::{Access, BodyLimit, Route, get, post};

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::{Expert, Link, Public};
    vec![
        get("/me/sign-in", Public, door::form),
        post("/me/sign-in", Public, door::submit),
        get("/me/enter/{secret}", Link, door::show),
        post("/me/enter/{secret}", Link, door::enter),
        get("/me/email/{secret}", Link, door::email_form),
        post("/me/email/{secret}", Link, door::email_confirm),
        get("/me/objection/{secret}", Link, door::objection_form),
        post("/me/objection/{secret}", Link, door::object),
        get("/me", Expert, page::show),
        post("/me/leave", Expert, leave::take),
        post("/me/leave/{id}/ending", Expert, leave::end),
        post("/me/terms", Expert, deeds::terms),
        post("/me/pause", Expert, deeds::pause),
        post("/me/resumption", Expert, deeds::resume),
        post("/me/email", Expert, deeds::email),
        post("/me/documents", Expert, deeds::hand_in).takes(BodyLimit::FILE),
        get("/me/documents/{id}", Expert, deeds::download),
        post("/me/data", Expert, deeds::data),
        get("/me/hours", Expert, hours::show),
        get("/me/forms/{kind}", Expert, deeds::print),
        post("/me/withdrawal", Expert, deeds::withdraw),
    ]
}

//! Experts on the register: the list, the record, the forms, what is done with an expert, and the service file.

mod deeds;
mod dossier;
mod erasure;
mod figures;
mod file;
mod form;
mod incidents;
mod interests;
mod list;
mod record;

pub use dossier::{IncidentLine, RatedLine, incident_line, rated_line};
pub use figures::Figures;

use super::super::routes::{Access, Route, get, post};
use crate::domain::contact::{Email, Phone};
use crate::domain::role::Right;
use crate::domain::standing::Standing;
use crate::i18n::L;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    use Access::SignedIn;
    vec![
        get("/experts", SignedIn(Right::Read), list::list),
        post("/experts", SignedIn(Right::KeepRegister), form::add),
        get("/experts/new", SignedIn(Right::KeepRegister), form::new_form),
        get("/experts/{id}", SignedIn(Right::Read), record::show),
        post("/experts/{id}", SignedIn(Right::KeepRegister), form::change),
        get("/experts/{id}/edit", SignedIn(Right::KeepRegister), form::edit_form),
        post("/experts/{id}/review", SignedIn(Right::KeepRegister), deeds::review),
        post("/experts/{id}/withdrawal", SignedIn(Right::KeepRegister), deeds::withdraw),
        post("/experts/{id}/pause", SignedIn(Right::KeepRegister), deeds::pause),
        post("/experts/{id}/resumption", SignedIn(Right::KeepRegister), deeds::resume),
        post("/experts/{id}/readmission", SignedIn(Right::KeepRegister), deeds::readmit),
        get("/experts/{id}/incidents", SignedIn(Right::WorkNeeds), incidents::show),
        post("/experts/{id}/incidents", SignedIn(Right::WorkNeeds), incidents::report),
        post("/incidents/{id}/finding", SignedIn(Right::Decide), incidents::find),
        post("/experts/{id}/leave", SignedIn(Right::WorkNeeds), deeds::enter_leave),
        post("/experts/{id}/contact", SignedIn(Right::WorkNeeds), deeds::reveal),
        get("/experts/{id}/case/{kind}", SignedIn(Right::Decide), deeds::case_form),
        post("/experts/{id}/case/{kind}", SignedIn(Right::Decide), deeds::open_case),
        get("/experts/{id}/interests", SignedIn(Right::WorkNeeds), interests::show),
        post("/experts/{id}/conflict-check", SignedIn(Right::WorkNeeds), interests::check),
        post("/experts/{id}/relations", SignedIn(Right::WorkNeeds), interests::declare),
        post("/relations/{id}/ending", SignedIn(Right::KeepRegister), interests::end),
        get("/experts/{id}/erasure", SignedIn(Right::Decide), erasure::form),
        post("/experts/{id}/erasure", SignedIn(Right::Decide), erasure::erase),
        get("/experts/{id}/dossier", SignedIn(Right::Audit), dossier::show),
        get("/experts/{id}/file", SignedIn(Right::Audit), file::show),
    ]
}

/// A state as a tag: kind, symbol, word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// `late`, `soon`, `ok`, `wait` or nothing.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// Word.
    pub text: String,
}

/// The tag of a standing.
#[must_use]
pub fn standing_tag(l: L, standing: Standing) -> Tag {
    let (kind, symbol) = match standing {
        Standing::Active => ("ok", "check"),
        Standing::Applied | Standing::Reviewing => ("wait", "wait"),
        Standing::Paused => ("soon", "pause"),
        Standing::Suspended | Standing::Removed => ("late", "alert"),
        Standing::Withdrawn => ("", "minus"),
    };
    Tag { kind, symbol, text: l.t(&format!("standing-{standing}")) }
}

/// A mail address with only its first letter and domain.
#[must_use]
pub fn masked_email(text: &str) -> String {
    text.parse::<Email>().map_or_else(|_| "***".to_owned(), |email| email.masked())
}

/// A telephone number with its middle hidden; empty when there is none.
#[must_use]
pub fn masked_phone(text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| {
        text.parse::<Phone>().map_or_else(|_| "****".to_owned(), |phone| phone.masked())
    })
}

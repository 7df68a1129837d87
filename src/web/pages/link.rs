//! The pages behind sealed links (专属链接): an expert's offer, 「非本人操作」, an enterprise's progress and its rating.
//!
//! Contract: GET and HEAD show and change nothing; POST to the page's own address acts and leads back to it. The link is
//! the only proof: no session, no form token, no script needed. A genuine link of an earlier round opens the same page, so
//! a reminder never breaks the letter before it. What the link may show follows the state at this moment
//! (rules.md, "The answer"). Deliberately absent: deeds (those are `actions`), staff pages.

pub mod clock;
pub mod closed;
pub mod contest;
pub mod facts;
pub mod offer;
pub mod rate;
#[cfg(test)]
mod sample;
pub mod status;
pub mod theirs;
pub mod why;

use crate::actions::{ActionError, Actor, compose_notice};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::domain::assignment::{AssignmentState, LinkView, link_view};
use crate::domain::need::SeatState;
use crate::domain::notice::{NeedFacts, OfferFacts, StationFacts};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{AssignmentId, AttachmentId, NeedId};
use crate::seal::{Link, Purpose};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::Wrong;
use crate::web::routes::{Access, Route, get, post};
use chrono::NaiveDate;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![
        get("/l/{token}", Access::Link, show),
        post("/l/{token}", Access::Link, act),
        get("/l/{token}/files/{id}", Access::Link, file),
        get("/l/{token}/why", Access::Link, why),
    ]
}

/// `GET /l/{token}`: what the link is for, as it stands now.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault.
pub fn show(call: &Call) -> Answered {
    let link = opened(call)?;
    match link.purpose {
        Purpose::Answer => {
            let file = OfferFile::read(call, &link)?;
            match file.view() {
                LinkView::Open | LinkView::OpenLate => offer::show(call, &file),
                LinkView::Theirs => theirs::show(call, &file),
                LinkView::SeatTaken | LinkView::Closed => closed::show(call, &file, None),
            }
        }
        Purpose::NotMine => contest::show(call, &OfferFile::read(call, &link)?),
        Purpose::Rate => rate::show(call, &OfferFile::read(call, &link)?),
        Purpose::Status => status::show(call, need_of(call, &link)?),
    }
}

/// `GET /l/{token}/why`: what the ranking rested on, the expert's own part only.
///
/// # Errors
/// [`Refusal::LinkUnknown`], [`Refusal::NotFound`]; a fault.
pub fn why(call: &Call) -> Answered {
    let link = opened(call)?;
    if link.purpose != Purpose::Answer {
        return Err(Refusal::NotFound.into());
    }
    why::show(call, &OfferFile::read(call, &link)?)
}

/// `POST /l/{token}`: what the button says.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; a fault.
pub fn act(call: &Call) -> Answered {
    let link = opened(call)?;
    match link.purpose {
        Purpose::Answer => {
            let file = OfferFile::read(call, &link)?;
            let deed = match call.query_value("act") {
                Some(deed) => deed,
                None => call.form()?.get("act").to_owned(),
            };
            match deed.as_str() {
                "feedback" => theirs::file_feedback(call, &file),
                "draft" => theirs::keep_draft(call, &file),
                "release" => theirs::release(call, &file),
                "contest" => contest::submit(call, &file),
                _ => offer::answer(call, &file),
            }
        }
        Purpose::NotMine => contest::submit(call, &OfferFile::read(call, &link)?),
        Purpose::Rate => rate::submit(call, &OfferFile::read(call, &link)?),
        Purpose::Status => status::retract(call, need_of(call, &link)?),
    }
}

/// `GET /l/{token}/files/{id}`: a file of the need, only while the need is the expert's.
///
/// # Errors
/// [`Refusal::LinkUnknown`], [`Refusal::FileClosed`], [`Refusal::NotFound`]; a fault.
pub fn file(call: &Call) -> Answered {
    let link = opened(call)?;
    if link.purpose != Purpose::Answer {
        return Err(Refusal::NotFound.into());
    }
    let offer = OfferFile::read(call, &link)?;
    if offer.view() != LinkView::Theirs {
        return Err(Refusal::FileClosed.into());
    }
    let id: AttachmentId = call.id("id")?;
    let row = db::attachment::find(&mut *call.office.read()?, &id)?
        .filter(|row| row.need == offer.need.id)
        .ok_or(Refusal::NotFound)?;
    // The type was sniffed when the file came in; one the browser could run is not among those taken.
    Ok(Answer::download(&row.name, &row.media_type, row.content))
}

fn opened(call: &Call) -> Result<Link, WebError> {
    call.office.keys.open_link(call.param("token"), call.now).ok_or_else(|| call.link_unknown())
}

fn need_of(call: &Call, link: &Link) -> Result<NeedRow, WebError> {
    let id: NeedId = link.subject.parse().map_err(|_| call.link_unknown())?;
    db::need::find(&mut *call.office.read()?, &id)?.ok_or_else(|| call.link_unknown())
}

/// An offer with its need and seat, as they stand now.
#[derive(Debug, Clone)]
pub struct OfferFile {
    /// The offer.
    pub row: AssignmentRow,
    /// Its need.
    pub need: NeedRow,
    /// Where its seat stands.
    pub seat: SeatState,
    /// The expert's name.
    pub expert: String,
    /// Whether the expert may still take a seat.
    pub may_serve: bool,
}

impl OfferFile {
    fn read(call: &Call, link: &Link) -> Result<Self, WebError> {
        let id: AssignmentId = link.subject.parse().map_err(|_| call.link_unknown())?;
        Self::of(call, id)
    }

    /// The same offer as it stands after a deed that was refused.
    fn again(&self, call: &Call) -> Result<Self, WebError> {
        Self::of(call, self.row.id)
    }

    fn of(call: &Call, id: AssignmentId) -> Result<Self, WebError> {
        let mut reader = call.office.read()?;
        let row = db::assignment::find(&mut reader, &id)?.ok_or_else(|| call.link_unknown())?;
        let need = db::need::find(&mut reader, &row.need)?.ok_or_else(|| call.link_unknown())?;
        let seat = db::need::seat(&mut reader, row.seat)?.ok_or_else(|| call.link_unknown())?;
        let expert = db::expert::find(&mut reader, &row.expert)?;
        let may_serve = expert.as_ref().is_some_and(|expert| expert.standing.may_serve());
        Ok(Self { row, need, seat: seat.state, expert: expert.map(|one| one.name).unwrap_or_default(), may_serve })
    }

    /// What the holder of the offer's link may see. A lapsed offer of a need that is closed may not be taken any more, nor
    /// by whoever has left the register.
    #[must_use]
    pub const fn view(&self) -> LinkView {
        match link_view(self.row.state, self.seat) {
            LinkView::OpenLate if !self.need.state.is_open() || !self.may_serve => LinkView::Closed,
            view => view,
        }
    }

    /// What may be said of the need: contacts only while it is the expert's, the text of a confidential need not before.
    ///
    /// # Errors
    /// What the database says.
    pub fn need_facts(&self, call: &Call) -> Result<NeedFacts, WebError> {
        let theirs = matches!(self.row.state, AssignmentState::Accepted | AssignmentState::Done);
        Ok(compose_notice::need_facts(&call.office, &mut *call.office.read()?, &self.need, theirs, !theirs)?)
    }

    /// What may be said of the offer.
    ///
    /// # Errors
    /// What the database says.
    pub fn offer_facts(&self, call: &Call) -> Result<OfferFacts, WebError> {
        Ok(compose_notice::offer_facts(&call.office, &mut *call.office.read()?, &self.row, false)?)
    }

    /// The station to call.
    ///
    /// # Errors
    /// What the database says.
    pub fn station(&self, call: &Call) -> Result<StationFacts, WebError> {
        Ok(self.need_facts(call)?.station)
    }

    /// The expert of the offer, as deeds know them.
    #[must_use]
    pub const fn as_expert(&self) -> Actor {
        Actor::Expert(self.row.expert)
    }
}

/// The refusal of a deed; a fault goes on its way.
fn refused(error: ActionError) -> Result<Refusal, WebError> {
    match error {
        ActionError::Refused(refusal) => Ok(refusal),
        ActionError::Fault(fault) => Err(fault.into()),
    }
}

/// Back to the page, which says how things stand now.
fn back(call: &Call) -> Answer {
    Answer::see_other(&call.path)
}

/// The date of a field; `None` when it is empty, a problem when it is none.
fn date(name: &str, value: Option<&str>) -> Result<Option<NaiveDate>, FieldProblem> {
    match value {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| FieldProblem::new(name, "wrong-type")),
    }
}

/// A refusal for a form whose fields carry other ids than their names.
fn wrong_with_ids(call: &Call, refusal: &Refusal, ids: &[(&str, &str)]) -> Wrong {
    let mut wrong = Wrong::of_refusal(call.l, refusal);
    for line in &mut wrong.list {
        if let Some((_, id)) = ids.iter().find(|(name, _)| *name == line.field) {
            line.field = (*id).to_owned();
        }
    }
    wrong
}

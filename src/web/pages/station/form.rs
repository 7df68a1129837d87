//! The form of a station, new or changed, and its automatic mode.

use super::super::options::{self, Pick};
use crate::actions::ActionError;
use crate::actions::keep_station::{self, StationInput};
use crate::db;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::StationId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

#[derive(askama::Template)]
#[template(path = "pages/station_form.html", config = "src/web/askama.toml")]
struct FormPage {
    f: Frame,
    action: String,
    fresh: bool,
    name: String,
    regions: Vec<Pick>,
    form: Fields,
    wrong: Wrong,
}

/// `GET /stations/new`.
///
/// # Errors
/// A fault.
pub fn new_form(call: &Call) -> Answered {
    page(call, None, &Fields::default(), Wrong::none())
}

/// `GET /stations/{id}/edit`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn edit_form(call: &Call) -> Answered {
    let id: StationId = call.id("id")?;
    let row = db::station::find(&mut *call.office.read()?, &id)?.ok_or(Refusal::NotFound)?;
    let mut form = Fields::default();
    form.set("name", row.name);
    form.set("region", row.region);
    form.set("address", row.address);
    form.set("phone", row.phone);
    form.set("supervision_phone", row.supervision_phone);
    form.set("lat", row.lat.map_or_else(String::new, |degrees| degrees.to_string()));
    form.set("lon", row.lon.map_or_else(String::new, |degrees| degrees.to_string()));
    if row.automatic {
        form.set("automatic", "1");
    }
    page(call, Some(id), &form, Wrong::none())
}

fn page(call: &Call, id: Option<StationId>, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let name = match &id {
        Some(id) => db::station::find(&mut reader, id)?.ok_or(Refusal::NotFound)?.name,
        None => String::new(),
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = FormPage {
        f: call.frame("stations"),
        action: id.map_or_else(|| "/stations".to_owned(), |id| format!("/stations/{id}")),
        fresh: id.is_none(),
        name,
        regions: options::regions(&mut reader, l, form.get("region"), &l.t("expert-choose"))?,
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

fn asked(form: &Fields) -> Result<StationInput, Refusal> {
    let mut problems = Vec::new();
    let mut degrees = |name: &str| {
        let typed = form.opt(name)?;
        let found = typed.parse::<f64>().ok();
        if found.is_none() {
            problems.push(FieldProblem::with(name, "not-a-number", typed));
        }
        found
    };
    let (lat, lon) = (degrees("lat"), degrees("lon"));
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems));
    }
    Ok(StationInput {
        name: form.get("name").to_owned(),
        region: form.get("region").to_owned(),
        address: form.get("address").to_owned(),
        phone: form.get("phone").to_owned(),
        supervision_phone: form.get("supervision_phone").to_owned(),
        lat,
        lon,
        automatic: Some(form.checked("automatic")),
    })
}

/// `POST /stations`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn add(call: &Call) -> Answered {
    let form = call.form()?;
    let actor = call.actor()?;
    match asked(form)
        .map_err(ActionError::from)
        .and_then(|input| keep_station::add_station(&call.office, &actor, &input))
    {
        Ok(id) => Ok(Answer::see_other(&format!("/stations/{id}")).flash("flash-station-added", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::NotYours))) => {
            page(call, None, form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /stations/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault; what will not do comes back as the form.
pub fn change(call: &Call) -> Answered {
    let id: StationId = call.id("id")?;
    let form = call.form()?;
    let actor = call.actor()?;
    let changed = asked(form)
        .map_err(ActionError::from)
        .and_then(|input| keep_station::change_station(&call.office, &actor, id, &input));
    match changed {
        Ok(()) => Ok(Answer::see_other(&format!("/stations/{id}")).flash("flash-station-changed", &[])),
        Err(ActionError::Refused(refusal @ (Refusal::Invalid(_) | Refusal::NotYours))) => {
            page(call, Some(id), form, Wrong::of_refusal(call.l, &refusal))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /stations/{id}/automatic`.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotYours`]; a fault.
pub fn set_automatic(call: &Call) -> Answered {
    let id: StationId = call.id("id")?;
    let on = call.form()?.get("automatic") == "1";
    keep_station::set_automatic(&call.office, &call.actor()?, id, on)?;
    let flash = if on { "flash-station-automatic" } else { "flash-station-by-hand" };
    Ok(Answer::see_other(&format!("/stations/{id}")).flash(flash, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unticked_box_switches_the_automatic_mode_off() {
        let mut form = Fields::default();
        form.set("name", "中关村工作站");
        form.set("lat", "39.98");
        let input = asked(&form).expect("reads");
        assert_eq!((input.automatic, input.lat, input.lon), (Some(false), Some(39.98), None));
        form.set("lon", "east");
        assert!(asked(&form).is_err());
    }
}

//! Papers to print: the receipt an enterprise takes along (受理回执) and the record of a service (服务记录表) with its lines
//! for signatures.
//!
//! The receipt carries the sealed link to the matter's progress as a QR code, so only those who work on needs get it.

use super::case::hours;
use super::view::{NeedView, load, masked_phone};
use super::words::{region_name, service_names};
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::contact::masked_name;
use crate::domain::need::Mode;
use crate::i18n::L;
use crate::seal::Purpose;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use chrono::TimeDelta;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};

/// Days a sealed link opens (rules.md, "The answer").
const LINK_DAYS: i64 = 90;

/// A box to tick on paper.
struct PaperBox {
    label: String,
    ticked: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/need_receipt.html", config = "src/web/askama.toml")]
struct ReceiptPage {
    f: Frame,
    back: String,
    number: String,
    title: String,
    enterprise: String,
    contact: String,
    services: Vec<String>,
    station: String,
    station_place: String,
    phone: String,
    supervision: String,
    submitted: String,
    drawing: String,
    address: String,
    printed: String,
}

#[derive(askama::Template)]
#[template(path = "pages/need_record.html", config = "src/web/askama.toml")]
struct RecordPage {
    f: Frame,
    back: String,
    number: String,
    station: String,
    enterprise: String,
    region: String,
    contact: String,
    phone: String,
    services: Vec<String>,
    modes: Vec<PaperBox>,
    matter: String,
    expert: String,
    firm: String,
    answered: String,
    served: String,
    done: String,
    result: String,
    satisfaction: Vec<PaperBox>,
    declared: String,
    supervision: String,
    printed: String,
}

/// A QR code (ISO/IEC 18004) as SVG without its prologue; empty for an address that is too long.
#[must_use]
pub fn qr(address: &str) -> String {
    let Ok(code) = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M) else { return String::new() };
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(180, 180).quiet_zone(true).build();
    drawing.find("<svg").and_then(|start| drawing.get(start..)).unwrap_or_default().to_owned()
}

fn supervision(call: &Call, view: &NeedView) -> String {
    let own = view.station.supervision_phone.trim();
    if own.is_empty() { call.site.info.supervision_phone.clone() } else { own.to_owned() }
}

/// `GET /needs/{id}/receipt`.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::NotFound`] outside the account's scope; a fault.
pub fn receipt(call: &Call) -> Answered {
    let l = call.l;
    let view = load(call, call.id("id")?)?;
    let token =
        call.office.keys.seal_link(Purpose::Status, view.need.id.as_str(), 0, call.now + TimeDelta::days(LINK_DAYS));
    let address = call.absolute(&format!("/l/{token}"));
    Answer::page(&ReceiptPage {
        f: call.frame("needs"),
        back: format!("/needs/{}", view.need.id),
        number: view.need.number.clone(),
        title: view.need.title.clone(),
        enterprise: view.enterprise.name.clone(),
        contact: view.need.contact_name.clone(),
        services: service_names(l, &view.need.services.get()),
        station: view.station.name.clone(),
        station_place: view.station.address.clone(),
        phone: view.station.phone.clone(),
        supervision: supervision(call, &view),
        submitted: l.instant(view.need.created_at.and_utc()),
        drawing: qr(&address),
        address,
        printed: l.instant(call.now),
    })
}

/// The offer the record is of: the one named, else the last one taken.
fn recorded<'a>(call: &Call, offers: &'a [AssignmentRow]) -> Option<&'a AssignmentRow> {
    let asked = call.query_value("assignment");
    let mut taken =
        offers.iter().filter(|offer| matches!(offer.state, AssignmentState::Accepted | AssignmentState::Done));
    match asked {
        Some(id) => taken.find(|offer| offer.id.as_str() == id),
        None => taken.next(),
    }
}

/// Told and answered, in a sentence.
fn answered(l: L, offer: &AssignmentRow) -> String {
    let (Some(told), Some(at)) = (offer.notified_at, offer.answered_at) else { return String::new() };
    let (told, at) = (told.and_utc(), at.and_utc());
    let took = l.span((at - told).num_minutes().max(0));
    let key = if offer.late { "need-record-answered-late" } else { "need-record-answered" };
    l.a(key, &[("told", &l.instant(told)), ("at", &l.instant(at)), ("took", &took)])
}

/// `GET /needs/{id}/record`, of the assignment in `?assignment=` or the last one taken.
///
/// # Errors
/// [`crate::domain::refusal::Refusal::NotFound`] outside the account's scope; a fault.
pub fn record(call: &Call) -> Answered {
    let view = load(call, call.id("id")?)?;
    Answer::page(&record_page(call, &view)?)
}

fn record_page(call: &Call, view: &NeedView) -> Result<RecordPage, WebError> {
    let l = call.l;
    let mut reader = call.office.read()?;
    let offers = db::assignment::of_need(&mut reader, view.need.id)?;
    let offer = recorded(call, &offers);
    let expert = match offer {
        Some(offer) => db::expert::find(&mut reader, &offer.expert)?,
        None => None,
    };
    let feedback = match offer {
        Some(offer) => db::feedback::of_assignment(&mut reader, offer.id)?,
        None => None,
    };
    let score = db::feedback::ratings_of_need(&mut reader, view.need.id)?
        .into_iter()
        .rfind(|rating| offer.is_some_and(|offer| offer.id == rating.assignment))
        .map(|rating| rating.score);
    let modes = Mode::ALL
        .iter()
        .map(|mode| PaperBox { label: l.t(&format!("mode-{mode}")), ticked: *mode == view.need.mode })
        .collect();
    let satisfaction = (1..=5)
        .rev()
        .map(|mark| PaperBox { label: l.t(&format!("need-score-{mark}")), ticked: score == Some(mark) })
        .collect();
    let mut result: Vec<String> = Vec::new();
    let mut declared = String::new();
    let mut served = String::new();
    if let Some(row) = &feedback {
        result.push(l.t(&format!("outcome-{}", row.outcome)));
        result.extend(row.follow_up.clone());
        served = l.a("need-record-served", &[("day", &l.date(row.served_on)), ("hours", &hours(row.hours))]);
        if row.no_gift && row.no_promotion && row.no_touting {
            declared = l.t("need-record-declared");
        }
    }
    Ok(RecordPage {
        f: call.frame("needs"),
        back: format!("/needs/{}", view.need.id),
        number: view.need.number.clone(),
        station: view.station.name.clone(),
        enterprise: view.enterprise.name.clone(),
        region: region_name(l, &view.need.region),
        contact: masked_name(&view.need.contact_name),
        phone: view.reach.phone.as_deref().map(masked_phone).unwrap_or_default(),
        services: service_names(l, &view.need.services.get()),
        modes,
        matter: view.need.title.clone(),
        expert: expert.as_ref().map(|expert| expert.name.clone()).unwrap_or_default(),
        firm: expert.map(|expert| expert.firm).unwrap_or_default(),
        answered: offer.map(|offer| answered(l, offer)).unwrap_or_default(),
        served,
        done: feedback.map(|row| row.done).unwrap_or_default(),
        result: result.join(l.pick("。", ". ")),
        satisfaction,
        declared: if declared.is_empty() { l.t("need-record-declare") } else { declared },
        supervision: supervision(call, view),
        printed: l.instant(call.now),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_drawn_without_prologue_style_or_script() {
        let drawing = qr("https://zhipai.example/l/AQIBkLSiERF6vI3vASNFZ4mrAAAD0J3vY2FuJ3QgYmUgcmVhbA");
        assert!(drawing.starts_with("<svg") && drawing.ends_with("</svg>"), "{drawing}");
        assert!(!drawing.contains("style") && !drawing.contains("<script") && !drawing.contains("<?xml"));
        assert_eq!(qr(&"x".repeat(5_000)), "");
    }
}

//! A need as typed, taken apart and checked: every field that cannot be taken is named at once.

use super::SubmitNeed;
use crate::domain::contact::{Email, Phone};
use crate::domain::need::{Form, Mode, Urgency};
use crate::domain::place::Point;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::uscc::Uscc;
use crate::domain::{catalogue, region};
use chrono::NaiveDate;

/// What was typed, once it holds.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) uscc: Option<Uscc>,
    pub(super) enterprise_region: &'static str,
    pub(super) contact_name: String,
    pub(super) contact_phone: Option<Phone>,
    pub(super) contact_email: Option<Email>,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) services: Vec<String>,
    pub(super) industries: Vec<String>,
    pub(super) region: &'static str,
    pub(super) point: Option<Point>,
    pub(super) mode: Mode,
    pub(super) form: Form,
    pub(super) language: String,
    pub(super) urgency: Urgency,
    pub(super) opposing_party: Option<String>,
    pub(super) opposing_agent: Option<String>,
    pub(super) seats: i32,
    pub(super) specialties: Vec<Option<String>>,
}

/// The languages a service may be asked for in.
pub const LANGUAGES: [&str; 7] = ["zh", "en", "ja", "ko", "de", "fr", "ru"];

pub(super) fn check(input: &SubmitNeed, today: NaiveDate) -> Result<Checked, Refusal> {
    let mut p = Problems::default();
    let name = p.text("enterprise.name", &input.enterprise.name, 120);
    let uscc = parsed(&mut p, "enterprise.uscc", input.enterprise.uscc.as_deref(), "not-a-uscc");
    let enterprise_region = place(&mut p, "enterprise.region", &input.enterprise.region);
    let contact_name = p.text("enterprise.contact_name", &input.enterprise.contact_name, 60);
    let contact_phone =
        parsed(&mut p, "enterprise.contact_phone", input.enterprise.contact_phone.as_deref(), "not-a-phone");
    let contact_email =
        parsed(&mut p, "enterprise.contact_email", input.enterprise.contact_email.as_deref(), "not-an-email");
    let title = p.text("title", &input.title, 120);
    let description = p.text("description", &input.description, 8_000);
    if input.services.is_empty() {
        p.add(FieldProblem::new("services", "missing"));
    }
    let mut services: Vec<String> = Vec::new();
    for wanted in &input.services {
        match catalogue::named(wanted) {
            Some(item) if !services.iter().any(|slug| slug == item.slug) => services.push(item.slug.to_owned()),
            Some(_) => {}
            None => p.add(FieldProblem::with("services", "not-a-service", wanted)),
        }
    }
    if input.industries.len() > 10 {
        p.add(FieldProblem::with("industries", "too-many", 10));
    }
    let industries: Vec<String> =
        input.industries.iter().filter_map(|industry| p.optional("industries", Some(industry), 40)).collect();
    let region = place(&mut p, "region", &input.region);
    let point = match (input.lat, input.lon) {
        (Some(lat), Some(lon)) => Point::new(lat, lon).map_or_else(
            |_| {
                p.add(FieldProblem::new("lat", "out-of-range"));
                None
            },
            Some,
        ),
        (None, None) => None,
        (None, Some(_)) => {
            p.add(FieldProblem::new("lat", "missing"));
            None
        }
        (Some(_), None) => {
            p.add(FieldProblem::new("lon", "missing"));
            None
        }
    };
    let mode = word(&mut p, "mode", Some(input.mode.as_str()), Mode::Online, "not-a-mode");
    if input.mode.trim().is_empty() {
        p.add(FieldProblem::new("mode", "missing"));
    }
    let usual = if mode == Mode::Training { Form::Training } else { Form::Consultation };
    let form = word(&mut p, "form", input.form.as_deref(), usual, "not-known");
    let urgency = word(&mut p, "urgency", input.urgency.as_deref(), Urgency::Normal, "not-known");
    let language = input.language.as_deref().map(str::trim).filter(|code| !code.is_empty()).unwrap_or("zh").to_owned();
    if !LANGUAGES.contains(&language.as_str()) {
        p.add(FieldProblem::with("language", "not-a-language", &language));
    }
    if input.wanted_by.is_some_and(|day| day < today) {
        p.add(FieldProblem::new("wanted_by", "in-the-past"));
    }
    if input.expected_hours.is_some_and(|hours| !(1..=200).contains(&hours)) {
        p.add(FieldProblem::with("expected_hours", "out-of-range", "1–200"));
    }
    let seats = input.seats.unwrap_or(1);
    if !(1..=20).contains(&seats) {
        p.add(FieldProblem::with("seats", "out-of-range", "1–20"));
    }
    if input.specialties.len() > usize::try_from(seats).unwrap_or(0) {
        p.add(FieldProblem::with("specialties", "too-many", seats));
    }
    let mut specialties = Vec::new();
    for wanted in &input.specialties {
        let wanted = wanted.as_deref().map(str::trim).filter(|text| !text.is_empty());
        let item = wanted.and_then(catalogue::named);
        if let (Some(text), None) = (wanted, item) {
            p.add(FieldProblem::with("specialties", "not-a-service", text));
        }
        specialties.push(item.map(|item| item.slug.to_owned()));
    }
    let opposing_party = p.optional("opposing_party", input.opposing_party.as_deref(), 200);
    let opposing_agent = p.optional("opposing_agent", input.opposing_agent.as_deref(), 200);
    p.settle()?;
    Ok(Checked {
        name,
        uscc,
        enterprise_region,
        contact_name,
        contact_phone,
        contact_email,
        title,
        description,
        services,
        industries,
        region,
        point,
        mode,
        form,
        language,
        urgency,
        opposing_party,
        opposing_agent,
        seats,
        specialties,
    })
}

/// The parsed value of a field that may be left empty.
pub(in crate::actions) fn parsed<T: std::str::FromStr>(
    p: &mut Problems,
    field: &str,
    value: Option<&str>,
    code: &'static str,
) -> Option<T> {
    let text = value.map(str::trim).filter(|text| !text.is_empty())?;
    let found = text.parse().ok();
    if found.is_none() {
        p.add(FieldProblem::with(field, code, text));
    }
    found
}

/// The code of a region that must be given by name or code.
pub(in crate::actions) fn place(p: &mut Problems, field: &str, value: &str) -> &'static str {
    if value.trim().is_empty() {
        p.add(FieldProblem::new(field, "missing"));
    } else if let Some(found) = region::named(value) {
        return found.code;
    } else {
        p.add(FieldProblem::with(field, "not-a-region", value.trim()));
    }
    region::CITY
}

/// A word of a closed list, or `usual` when it is left out.
pub(in crate::actions) fn word<T: std::str::FromStr + Copy>(
    p: &mut Problems,
    field: &str,
    value: Option<&str>,
    usual: T,
    code: &'static str,
) -> T {
    match value.map(str::trim).filter(|text| !text.is_empty()) {
        None => usual,
        Some(text) => text.parse().unwrap_or_else(|_| {
            p.add(FieldProblem::with(field, code, text));
            usual
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_is_named_at_once() {
        let today = NaiveDate::from_ymd_opt(2026, 5, 8).expect("a date");
        let input = SubmitNeed {
            services: vec!["nothing".into()],
            region: "火星".into(),
            mode: "teleport".into(),
            wanted_by: today.pred_opt(),
            ..SubmitNeed::default()
        };
        let Err(Refusal::Invalid(problems)) = check(&input, today) else { panic!("refused") };
        let fields: Vec<&str> = problems.iter().map(|problem| problem.field.as_str()).collect();
        for field in
            ["enterprise.name", "enterprise.region", "title", "description", "services", "region", "mode", "wanted_by"]
        {
            assert!(fields.contains(&field), "{field} in {fields:?}");
        }
    }
}

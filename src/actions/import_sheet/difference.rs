//! What a row of a sheet would change: field by field, what is on record and what would stand there.

use crate::actions::register_expert::ExpertInput;
use crate::domain::contact::Phone;

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field's name, as the API names it.
    pub field: &'static str,
    /// What is on record; masked where it tells how to reach somebody.
    pub old: String,
    /// What would stand there.
    pub new: String,
}

/// A field of a record as text.
pub(super) type Named = (&'static str, String);

/// The fields in which two versions differ.
pub(super) fn differences(old: &[Named], new: &[Named]) -> Vec<Difference> {
    old.iter()
        .zip(new)
        .filter(|((_, old), (_, new))| old != new)
        .map(|((field, old), (_, new))| Difference { field, old: shown(field, old), new: shown(field, new) })
        .collect()
}

fn shown(field: &str, text: &str) -> String {
    match field {
        "phone" if !text.is_empty() => text.parse::<Phone>().map_or_else(|_| "****".to_owned(), |phone| phone.masked()),
        _ => text.to_owned(),
    }
}

/// An expert's record as texts, in the order of the sheet's columns; the address is what the record was found by.
pub(super) fn named(input: &ExpertInput) -> Vec<Named> {
    let number = |number: Option<i32>| number.map_or_else(String::new, |number| number.to_string());
    let degrees = |degrees: Option<f64>| degrees.map_or_else(String::new, |degrees| degrees.to_string());
    let papers = |of: &dyn Fn(&crate::actions::register_expert::QualificationInput) -> String| {
        let mut texts: Vec<String> = input.qualifications.iter().map(of).collect();
        texts.retain(|text| !text.is_empty());
        texts.join("、")
    };
    vec![
        ("name", input.name.clone()),
        ("firm", input.firm.clone()),
        ("firm_type", input.firm_type.clone().unwrap_or_default()),
        ("phone", input.phone.clone().unwrap_or_default()),
        ("region", input.region.clone()),
        ("lat", degrees(input.lat)),
        ("lon", degrees(input.lon)),
        ("qualification", papers(&|one| one.kind.clone())),
        ("number", papers(&|one| one.number.clone().unwrap_or_default())),
        ("valid_until", papers(&|one| one.valid_until.map_or_else(String::new, |day| day.to_string()))),
        ("years", input.years.to_string()),
        ("services", input.services.join("、")),
        ("industries", input.industries.join("、")),
        ("languages", input.languages.join("、")),
        ("modes", input.modes.join("、")),
        ("bio", input.bio.clone()),
        ("max_distance_km", number(input.max_distance_km)),
        ("monthly_cap", number(input.monthly_cap)),
    ]
}

//! The form of a new need as fields: its choices with what is ticked and what the text suggests, and the way back from
//! typed fields to a deed's input.
//!
//! Names of fields are the API's (`enterprise.name`, `services`, …), so that a refusal's fields are the form's. What
//! cannot be read as a number or a date is handed on as a value out of range, so that every problem is told at once.

use super::words::{Choice, Pick};
use crate::actions::submit_need::{EnterpriseInput, LANGUAGES, SubmitNeed};
use crate::domain::catalogue::CATALOGUE;
use crate::domain::need::{Form, Mode, Urgency};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::region;
use crate::i18n::L;
use crate::search::Suggestion;
use crate::web::form::Fields;
use crate::web::reasons::industry_name;
use chrono::NaiveDate;

/// At most so many services are marked.
pub const MOST_SUGGESTED: usize = 5;

/// The services a text suggests strongly enough to be marked, best first.
#[must_use]
pub fn marked(suggestion: &Suggestion) -> Vec<(&str, f32)> {
    suggestion
        .services
        .iter()
        .take(suggestion.likely().min(MOST_SUGGESTED))
        .map(|(slug, score)| (slug.as_str(), *score))
        .collect()
}

/// The words of the text that speak for an item.
fn words_for(l: L, suggestion: &Suggestion, slug: &str) -> String {
    let at = suggestion.services.iter().position(|(known, _)| known == slug);
    at.and_then(|at| suggestion.words.get(at)).map(|words| l.list(words)).unwrap_or_default()
}

/// The catalogue as checkboxes, the basic or the special items.
#[must_use]
pub fn services(l: L, form: &Fields, suggestion: &Suggestion, special: bool) -> Vec<Choice> {
    let suggested = marked(suggestion);
    CATALOGUE
        .iter()
        .filter(|item| item.special == special)
        .map(|item| Choice {
            value: item.slug.to_owned(),
            label: l.pick(item.zh, item.en).to_owned(),
            note: words_for(l, suggestion, item.slug),
            checked: form.has("services", item.slug),
            suggested: suggested.iter().any(|(slug, _)| *slug == item.slug),
        })
        .collect()
}

/// Industries as checkboxes: those of the region chosen, ticked or suggested; and all others.
#[must_use]
pub fn industries(l: L, form: &Fields, suggestion: &Suggestion) -> (Vec<Choice>, Vec<Choice>) {
    let local: &[&str] = region::named(form.get("region")).map_or(&[], |region| region.industries);
    let (mut near, mut other) = (Vec::new(), Vec::new());
    for name in region::industries() {
        let choice = Choice {
            value: name.to_owned(),
            label: industry_name(l, name).to_owned(),
            note: String::new(),
            checked: form.has("industries", name),
            suggested: suggestion.industries.iter().any(|one| one == name),
        };
        if choice.checked || choice.suggested || local.contains(&name) { near.push(choice) } else { other.push(choice) }
    }
    (near, other)
}

fn radios(values: &[&str], key: &str, chosen: &str, l: L) -> Vec<Choice> {
    values
        .iter()
        .map(|value| Choice {
            value: (*value).to_owned(),
            label: l.t(&format!("{key}-{value}")),
            note: String::new(),
            checked: *value == chosen,
            suggested: false,
        })
        .collect()
}

/// The channels as radios.
#[must_use]
pub fn modes(l: L, form: &Fields) -> Vec<Choice> {
    let values: Vec<&str> = Mode::ALL.iter().map(Mode::as_str).collect();
    radios(&values, "mode", form.get("mode"), l)
}

/// How pressing, as radios.
#[must_use]
pub fn urgencies(l: L, form: &Fields) -> Vec<Choice> {
    let values: Vec<&str> = Urgency::ALL.iter().map(Urgency::as_str).collect();
    let chosen = form.opt("urgency").unwrap_or(Urgency::Normal.as_str());
    radios(&values, "urgency", chosen, l)
}

/// The standard's 服务形式; nothing chosen means as the channel says.
#[must_use]
pub fn forms(l: L, form: &Fields) -> Vec<Pick> {
    let chosen = form.get("form");
    let mut picks = vec![Pick::new("", l.t("need-form-as-usual"), chosen)];
    picks.extend(Form::ALL.iter().map(|one| Pick::new(one.as_str(), l.t(&format!("form-{one}")), chosen)));
    picks
}

/// The languages a service may be asked for in.
#[must_use]
pub fn languages(l: L, form: &Fields) -> Vec<Pick> {
    let chosen = form.opt("language").unwrap_or("zh");
    LANGUAGES.iter().map(|code| Pick::new(*code, l.t(&format!("language-{code}")), chosen)).collect()
}

/// The industries ticked and those written, each once.
fn industries_of(form: &Fields) -> Vec<String> {
    let mut all: Vec<String> = form.all("industries").into_iter().map(str::to_owned).collect();
    for piece in form.get("industries_more").split(['、', '，', ',', '；', ';', '\n']) {
        let piece = piece.trim();
        if !piece.is_empty() && !all.iter().any(|known| known == piece) {
            all.push(piece.to_owned());
        }
    }
    all
}

fn owned(form: &Fields, name: &str) -> Option<String> {
    form.opt(name).map(str::to_owned)
}

/// A whole number; what is none becomes −1, which every range refuses.
fn whole(form: &Fields, name: &str) -> Option<i32> {
    form.opt(name).map(|text| text.parse().unwrap_or(-1))
}

/// What was typed, as the deed takes it.
#[must_use]
pub fn read(form: &Fields) -> SubmitNeed {
    SubmitNeed {
        enterprise: EnterpriseInput {
            name: form.get("enterprise.name").to_owned(),
            uscc: owned(form, "enterprise.uscc"),
            region: form.get("enterprise.region").to_owned(),
            contact_name: form.get("enterprise.contact_name").to_owned(),
            contact_phone: owned(form, "enterprise.contact_phone"),
            contact_email: owned(form, "enterprise.contact_email"),
        },
        title: form.get("title").to_owned(),
        description: form.get("description").to_owned(),
        services: form.all("services").into_iter().map(str::to_owned).collect(),
        industries: industries_of(form),
        region: form.get("region").to_owned(),
        lat: None,
        lon: None,
        mode: form.get("mode").to_owned(),
        form: owned(form, "form"),
        language: owned(form, "language"),
        urgency: owned(form, "urgency"),
        wanted_by: form.opt("wanted_by").map(|text| text.parse().unwrap_or(NaiveDate::MIN)),
        expected_hours: whole(form, "expected_hours"),
        confidential: form.checked("confidential"),
        opposing_party: owned(form, "opposing_party"),
        opposing_agent: owned(form, "opposing_agent"),
        seats: whole(form, "seats"),
        specialties: form
            .get("specialties")
            .trim_end()
            .lines()
            .map(|line| Some(line.trim()).filter(|line| !line.is_empty()).map(str::to_owned))
            .collect(),
        consent: form.checked("consent"),
        station: form.opt("station").and_then(|text| text.parse().ok()),
    }
}

/// The refusal as the form tells it: a date that could not be read is said to be none.
#[must_use]
pub fn as_typed(form: &Fields, refusal: Refusal) -> Refusal {
    let unread = form.opt("wanted_by").is_some_and(|text| text.parse::<NaiveDate>().is_err());
    match refusal {
        Refusal::Invalid(problems) if unread => {
            Refusal::Invalid(
                problems
                    .into_iter()
                    .map(|problem| {
                        if problem.field == "wanted_by" {
                            FieldProblem::new("wanted_by", "not-a-date")
                        } else {
                            problem
                        }
                    })
                    .collect(),
            )
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_was_typed_is_read_and_comes_back() {
        let form = fields(&[
            ("enterprise.name", "云岫传感科技有限公司"),
            ("services", "dispute"),
            ("services", "search"),
            ("industries", "传感器"),
            ("industries_more", "传感器、精密仪器, "),
            ("region", "110116"),
            ("mode", "onsite"),
            ("expected_hours", "two"),
            ("wanted_by", "soon"),
        ]);
        let input = read(&form);
        assert_eq!(input.industries, ["传感器", "精密仪器"]);
        assert_eq!((input.expected_hours, input.seats), (Some(-1), None));
        let refused = Refusal::Invalid(vec![
            FieldProblem::new("wanted_by", "in-the-past"),
            FieldProblem::new("title", "missing"),
        ]);
        let Refusal::Invalid(problems) = as_typed(&form, refused) else { panic!("refused") };
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["not-a-date", "missing"]);
        let l = L(Lang::Zh);
        let none = Suggestion::default();
        assert_eq!(services(l, &form, &none, false).iter().filter(|choice| choice.checked).count(), 2);
        assert_eq!(modes(l, &form).iter().filter(|choice| choice.checked).count(), 1);
        let (near, other) = industries(L(Lang::Zh), &form, &none);
        assert!(near.iter().any(|choice| choice.value == "传感器" && choice.checked));
        assert!(!other.iter().any(|choice| choice.value == "传感器"));
    }

    #[test]
    fn a_text_marks_services_but_ticks_none() {
        let suggestion = crate::search::suggest("收到专利侵权警告函，需判断是否侵权并准备回函\n对方要求停止销售。");
        let form = fields(&[]);
        let marked = services(L(Lang::Zh), &form, &suggestion, false);
        assert!(marked.iter().any(|choice| choice.value == "dispute" && choice.suggested), "{suggestion:?}");
        assert!(marked.iter().all(|choice| !choice.checked));
    }
}

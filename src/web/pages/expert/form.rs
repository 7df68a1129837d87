//! The form of an expert's record, new or changed. What was typed comes back with every problem beside its field.

use super::super::options::{self, Pick, Tick};
use crate::actions::ActionError;
use crate::actions::register_expert::{self, ExpertInput, QualificationInput};
use crate::actions::reveal_contact::{RevealPurpose, reveal_contact};
use crate::actions::submit_need::LANGUAGES;
use crate::db;
use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, field_sentence};
use crate::web::form::{Fields, Wrong, WrongField};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use std::str::FromStr;

/// How many qualifications the form has room for at least, and at most.
const PAPERS: (usize, usize) = (6, 40);

/// What stands for a kind of firm that was not chosen.
const NOT_CHOSEN: &str = "not-chosen";

/// How many lines for qualifications the form shows: room for all that are filled in, and more.
pub(in crate::web::pages) fn lines_shown(form: &Fields) -> usize {
    let filled = (0..PAPERS.1).rev().find(|n| form.opt(&format!("qualifications.{n}.type")).is_some());
    filled.map_or(PAPERS.0, |n| (n + 2).clamp(PAPERS.0, PAPERS.1))
}

/// One line for a qualification.
pub(in crate::web::pages) struct PaperFields {
    pub n: usize,
    pub kind_id: String,
    pub kind: String,
    pub kind_error: String,
    pub number_id: String,
    pub number: String,
    pub number_error: String,
    pub until_id: String,
    pub until: String,
    pub until_error: String,
    pub issued_id: String,
    pub issued: String,
    pub issued_error: String,
    pub level_id: String,
    pub level: String,
    pub level_error: String,
}

#[derive(askama::Template)]
#[template(path = "pages/expert_form.html", config = "src/web/askama.toml")]
struct FormPage {
    f: Frame,
    /// Where it is sent.
    action: String,
    /// Whom it changes; empty for somebody new.
    name: String,
    fresh: bool,
    back: String,
    form: Fields,
    wrong: Wrong,
    firm_types: Vec<Pick>,
    regions: Vec<Pick>,
    services: Vec<Tick>,
    languages: Vec<Tick>,
    modes: Vec<Tick>,
    standings: Vec<Pick>,
    papers: Vec<PaperFields>,
    industries: Vec<&'static str>,
}

/// `GET /experts/new`.
///
/// # Errors
/// A fault.
pub fn new_form(call: &Call) -> Answered {
    let mut form = Fields::default();
    form.set("languages", "zh");
    page(call, None, &form, Wrong::none())
}

/// `GET /experts/{id}/edit`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn edit_form(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    // The form shows contact data in full, so the reading is written down.
    reveal_contact(&call.office, &call.actor()?, id, RevealPurpose::Manage)?;
    let form = as_fields(&register_expert::as_input(&call.office, id)?);
    page(call, Some(id), &form, Wrong::none())
}

fn page(call: &Call, id: Option<ExpertId>, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let mut reader = call.office.read()?;
    let name = match &id {
        Some(id) => db::expert::find(&mut reader, id)?.ok_or(Refusal::NotFound)?.name,
        None => String::new(),
    };
    let address = id.map_or_else(|| "/experts".to_owned(), |id| format!("/experts/{id}"));
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let papers = (0..lines_shown(form)).map(|n| paper_fields(n, form, &wrong)).collect();
    let standings = if id.is_some() {
        Vec::new()
    } else {
        options::words(l, "standing", form.get("standing"), "", ["applied", "active"])
    };
    let page = FormPage {
        f: call.frame("experts"),
        fresh: id.is_none(),
        back: address.clone(),
        action: address,
        name,
        firm_types: options::words(
            l,
            "firm-type",
            form.get("firm_type"),
            &l.t("expert-choose"),
            FirmType::ALL.iter().map(FirmType::as_str),
        ),
        regions: options::regions(&mut reader, l, form.get("region"), &l.t("expert-choose"))?,
        services: options::service_ticks(l, &form.all("services")),
        languages: LANGUAGES
            .iter()
            .map(|code| Tick::new(code, l.t(&format!("language-{code}")), form.has("languages", code)))
            .collect(),
        modes: Mode::ALL
            .iter()
            .map(|mode| Tick::new(mode.as_str(), l.t(&format!("mode-{mode}")), form.has("modes", mode.as_str())))
            .collect(),
        standings,
        papers,
        industries: crate::domain::region::industries(),
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

/// The fields of the n-th line for a qualification.
pub(in crate::web::pages) fn paper_fields(n: usize, form: &Fields, wrong: &Wrong) -> PaperFields {
    let id = |field: &str| format!("qualifications.{n}.{field}");
    let (kind_id, number_id, until_id) = (id("type"), id("number"), id("valid_until"));
    let (issued_id, level_id) = (id("issued_on"), id("level"));
    PaperFields {
        n: n + 1,
        kind: form.get(&kind_id).to_owned(),
        kind_error: wrong.of(&kind_id).to_owned(),
        number: form.get(&number_id).to_owned(),
        number_error: wrong.of(&number_id).to_owned(),
        until: form.get(&until_id).to_owned(),
        until_error: wrong.of(&until_id).to_owned(),
        issued: form.get(&issued_id).to_owned(),
        issued_error: wrong.of(&issued_id).to_owned(),
        level: form.get(&level_id).to_owned(),
        level_error: wrong.of(&level_id).to_owned(),
        issued_id,
        level_id,
        kind_id,
        number_id,
        until_id,
    }
}

/// The form as it would be filled in for a record.
fn as_fields(input: &ExpertInput) -> Fields {
    let mut form = Fields::default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    form.set("name", input.name.clone());
    form.set("firm", input.firm.clone());
    form.set("firm_type", text(&input.firm_type));
    form.set("email", input.email.clone());
    form.set("phone", text(&input.phone));
    form.set("region", input.region.clone());
    form.set("lat", input.lat.map_or_else(String::new, |degrees| degrees.to_string()));
    form.set("lon", input.lon.map_or_else(String::new, |degrees| degrees.to_string()));
    form.set("years", input.years.to_string());
    form.set("industries", input.industries.join("、"));
    form.set("bio", input.bio.clone());
    form.set("max_distance_km", input.max_distance_km.map_or_else(String::new, |km| km.to_string()));
    form.set("monthly_cap", input.monthly_cap.map_or_else(String::new, |cap| cap.to_string()));
    for (name, values) in [("services", &input.services), ("languages", &input.languages), ("modes", &input.modes)] {
        for value in values {
            form.set(name, value.clone());
        }
    }
    for (n, paper) in input.qualifications.iter().enumerate() {
        form.set(&format!("qualifications.{n}.type"), paper.kind.clone());
        form.set(&format!("qualifications.{n}.number"), text(&paper.number));
        form.set(
            &format!("qualifications.{n}.valid_until"),
            paper.valid_until.map_or_else(String::new, |day| day.to_string()),
        );
        form.set(
            &format!("qualifications.{n}.issued_on"),
            paper.issued_on.map_or_else(String::new, |day| day.to_string()),
        );
        form.set(&format!("qualifications.{n}.level"), text(&paper.level));
    }
    form
}

/// What the form asks for, with the problems of fields that are no numbers or dates, and, for each qualification kept,
/// the line of the form it stands on (empty lines are left out).
pub(in crate::web::pages) fn asked(form: &Fields) -> (ExpertInput, Vec<FieldProblem>, Vec<usize>) {
    let mut problems = Vec::new();
    let text = |name: &str| form.opt(name).map(str::to_owned);
    let mut papers = Vec::new();
    let mut lines = Vec::new();
    for n in 0..PAPERS.1 {
        let field = |part: &str| format!("qualifications.{n}.{part}");
        let kind = form.get(&field("type")).trim().to_owned();
        let number = text(&field("number"));
        let until = parsed(form, &field("valid_until"), "not-a-date", &mut problems);
        let issued = parsed(form, &field("issued_on"), "not-a-date", &mut problems);
        if !kind.is_empty() || number.is_some() || until.is_some() {
            let level = text(&field("level"));
            papers.push(QualificationInput { kind, number, valid_until: until, issued_on: issued, level });
            lines.push(n);
        }
    }
    let owned = |name: &str| form.all(name).into_iter().map(str::to_owned).collect::<Vec<String>>();
    let input = ExpertInput {
        name: form.get("name").to_owned(),
        firm: form.get("firm").to_owned(),
        // Nothing chosen is no word of the list, so the office says so with everything else that is wrong.
        firm_type: Some(form.opt("firm_type").unwrap_or(NOT_CHOSEN).to_owned()),
        email: form.get("email").to_owned(),
        phone: text("phone"),
        region: form.get("region").to_owned(),
        lat: parsed(form, "lat", "not-a-number", &mut problems),
        lon: parsed(form, "lon", "not-a-number", &mut problems),
        qualifications: papers,
        years: parsed(form, "years", "not-a-number", &mut problems).unwrap_or(0),
        services: owned("services"),
        industries: form
            .get("industries")
            .split(['、', ',', '，', ';', '；', '\n'])
            .map(str::trim)
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect(),
        languages: owned("languages"),
        modes: owned("modes"),
        bio: form.get("bio").to_owned(),
        max_distance_km: parsed(form, "max_distance_km", "not-a-number", &mut problems),
        monthly_cap: parsed(form, "monthly_cap", "not-a-number", &mut problems),
        standing: text("standing"),
    };
    (input, problems, lines)
}

fn parsed<T: FromStr>(form: &Fields, name: &str, code: &'static str, problems: &mut Vec<FieldProblem>) -> Option<T> {
    let typed = form.opt(name)?;
    let found = typed.parse().ok();
    if found.is_none() {
        problems.push(FieldProblem::with(name, code, typed));
    }
    found
}

/// The field of the form a problem belongs to: a qualification's line rather than its place among those kept.
pub(in crate::web::pages) fn on_the_form(mut problem: FieldProblem, lines: &[usize]) -> FieldProblem {
    if problem.field == "firm_type" && problem.detail.as_deref() == Some(NOT_CHOSEN) {
        return FieldProblem::new("firm_type", "missing");
    }
    let mut parts = problem.field.splitn(3, '.');
    if let (Some("qualifications"), Some(place), Some(part)) = (parts.next(), parts.next(), parts.next())
        && let Some(line) = place.parse::<usize>().ok().and_then(|place| lines.get(place))
    {
        problem.field = format!("qualifications.{line}.{part}");
    }
    problem
}

/// Does the deed with what the form asks for, or shows the form again with every problem there is.
fn submit<T>(
    call: &Call,
    id: Option<ExpertId>,
    deed: impl FnOnce(&ExpertInput) -> Result<T, ActionError>,
    done: impl FnOnce(T) -> Answered,
) -> Answered {
    let form = call.form()?;
    let (input, problems, lines) = asked(form);
    let unread = !problems.is_empty();
    // A form that cannot be read is not handed on, so its other problems are told the next time.
    let ended = if unread { Err(Refusal::Invalid(problems).into()) } else { deed(&input) };
    match ended {
        Ok(value) => done(value),
        Err(ActionError::Refused(Refusal::Invalid(problems))) => {
            let list = problems
                .into_iter()
                .map(|problem| if unread { problem } else { on_the_form(problem, &lines) })
                .map(|problem| WrongField { text: field_sentence(call.l, &problem), field: problem.field })
                .collect();
            page(call, id, form, Wrong { list })
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /experts`.
///
/// # Errors
/// A fault; what will not do comes back as the form.
pub fn add(call: &Call) -> Answered {
    let actor = call.actor()?;
    submit(
        call,
        None,
        |input| register_expert::register_expert(&call.office, &actor, input),
        |id| Ok(Answer::see_other(&format!("/experts/{id}")).flash("flash-expert-added", &[])),
    )
}

/// `POST /experts/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault; what will not do comes back as the form.
pub fn change(call: &Call) -> Answered {
    let id: ExpertId = call.id("id")?;
    let actor = call.actor()?;
    submit(
        call,
        Some(id),
        |input| register_expert::change_expert(&call.office, &actor, id, input),
        |()| Ok(Answer::see_other(&format!("/experts/{id}")).flash("flash-expert-changed", &[])),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_from_its_own_form() {
        let input = ExpertInput {
            name: "江叙白".to_owned(),
            firm: "明砥律师事务所".to_owned(),
            firm_type: Some("law-firm".to_owned()),
            email: "jiang@example.test".to_owned(),
            region: "110108".to_owned(),
            lat: Some(39.98),
            lon: Some(116.32),
            qualifications: vec![QualificationInput {
                kind: "律师".to_owned(),
                valid_until: "2027-01-31".parse().ok(),
                issued_on: "2022-01-31".parse().ok(),
                ..QualificationInput::default()
            }],
            years: 12,
            services: vec!["policy".to_owned(), "risk".to_owned()],
            industries: vec!["人工智能".to_owned(), "新材料".to_owned()],
            languages: vec!["zh".to_owned()],
            monthly_cap: Some(4),
            ..ExpertInput::default()
        };
        let (back, problems, lines) = asked(&as_fields(&input));
        assert_eq!((problems, lines), (Vec::new(), vec![0]));
        assert_eq!(serde_json::to_value(back).expect("json"), serde_json::to_value(input).expect("json"));
    }

    #[test]
    fn a_problem_is_told_on_the_line_it_was_typed_on() {
        let mut form = as_fields(&ExpertInput::default());
        form.0.clear();
        form.set("firm_type", "other");
        form.set("qualifications.2.number", "1101");
        form.set("years", "many");
        let (_, problems, lines) = asked(&form);
        assert_eq!(problems, [FieldProblem::with("years", "not-a-number", "many")]);
        let moved = on_the_form(FieldProblem::new("qualifications.0.type", "missing"), &lines);
        assert_eq!(moved.field, "qualifications.2.type");
    }
}

//! The public page on which an expert applies (报名), and the two forms to be printed: 推荐表 for the employer's seal, 承诺书 to
//! be signed.
//!
//! Contract: works without scripts on a phone; whatever an address is to the office, the answer is the same. Every
//! application counts against the sender's address (`web::limits`). Deliberately absent: review.

mod paper;

pub use paper::{PaperForm, paper_page};

use super::expert::form::{PaperFields, asked, lines_shown, on_the_form, paper_fields};
use super::options::{self, Pick, Tick};
use crate::actions::ActionError;
use crate::actions::add_attachment::NewFile;
use crate::actions::apply_expert::{Application, CONSENT, apply_expert};
use crate::actions::hand_in_document::DocumentInput;
use crate::actions::submit_need::LANGUAGES;
use crate::domain::document::DocumentKind;
use crate::domain::expert::FirmType;
use crate::domain::need::Mode;
use crate::domain::refusal::Refusal;
use crate::domain::selection::Condition;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, field_sentence};
use crate::web::form::{Fields, Wrong, WrongField};
use crate::web::frame::Frame;
use crate::web::routes::{Access, BodyLimit, Route, get, post};
use actix_web::http::StatusCode;

/// The rows of the table.
#[must_use]
pub fn rows() -> Vec<Route> {
    vec![
        get("/apply", Access::Public, form),
        post("/apply", Access::Public, submit).takes(BodyLimit::FILE),
        get("/apply/done", Access::Public, done),
        get("/apply/forms/{kind}", Access::Public, blank),
    ]
}

/// The papers an application may bring: the field of its file, and what it is.
const FILES: [(&str, DocumentKind); 4] = [
    ("recommendation_file", DocumentKind::Recommendation),
    ("pledge_file", DocumentKind::Pledge),
    ("consent_file", DocumentKind::Consent),
    ("proof_file", DocumentKind::Proof),
];

struct FileField {
    name: &'static str,
    label: String,
    hint: String,
    error: String,
}

struct Asked {
    clause: &'static str,
    source: &'static str,
    force: String,
}

#[derive(askama::Template)]
#[template(path = "pages/apply.html", config = "src/web/askama.toml")]
struct ApplyPage {
    f: Frame,
    form: Fields,
    wrong: Wrong,
    firm_types: Vec<Pick>,
    regions: Vec<Pick>,
    services: Vec<Tick>,
    languages: Vec<Tick>,
    modes: Vec<Tick>,
    papers: Vec<PaperFields>,
    files: Vec<FileField>,
    conditions: Vec<Asked>,
    industries: Vec<&'static str>,
    consent_version: &'static str,
}

#[derive(askama::Template)]
#[template(path = "pages/apply_done.html", config = "src/web/askama.toml")]
struct DonePage {
    f: Frame,
}

/// `GET /apply`.
///
/// # Errors
/// A fault.
pub fn form(call: &Call) -> Answered {
    let mut form = Fields::default();
    form.set("languages", "zh");
    page(call, &form, Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let token = call.csrf()?;
    let mut reader = call.office.read()?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ApplyPage {
        f: call.frame("").with_csrf(token),
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
        papers: (0..lines_shown(form).min(3)).map(|n| paper_fields(n, form, &wrong)).collect(),
        files: FILES
            .iter()
            .map(|(name, kind)| FileField {
                name,
                label: l.t(&format!("document-{kind}")),
                hint: l.t(&format!("apply-file-{kind}")),
                error: wrong.of(name).to_owned(),
            })
            .collect(),
        conditions: Condition::ALL
            .iter()
            .map(|condition| Asked {
                clause: condition.clause(),
                source: condition.source(),
                force: l.t(&format!("force-{}", condition.force())),
            })
            .collect(),
        industries: crate::domain::region::industries(),
        consent_version: CONSENT,
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

/// `POST /apply`.
///
/// # Errors
/// [`Refusal::TooManyTries`]; a fault; what will not do comes back as the form.
pub fn submit(call: &Call) -> Answered {
    let key = format!("apply:{}", call.ip);
    call.site.limits.may_try(call.ip, &key, call.now)?;
    let form = call.form()?;
    let (record, problems, lines) = asked(form);
    let ended = if problems.is_empty() {
        apply_expert(&call.office, &application(call, form, record)?)
    } else {
        Err(Refusal::Invalid(problems.clone()).into())
    };
    match ended {
        Ok(_) => {
            // Each may send letters, so each counts, whether it was taken or not.
            let _ = call.site.limits.failed(call.ip, &key, call.now, Refusal::NotFound);
            Ok(Answer::see_other("/apply/done"))
        }
        Err(ActionError::Refused(Refusal::Invalid(found))) => {
            let list = found
                .into_iter()
                .map(|problem| if problems.is_empty() { on_the_form(problem, &lines) } else { problem })
                .map(|problem| WrongField { text: field_sentence(call.l, &problem), field: problem.field })
                .collect();
            page(call, form, Wrong { list })
        }
        Err(error) => Err(error.into()),
    }
}

fn application(
    call: &Call,
    form: &Fields,
    record: crate::actions::register_expert::ExpertInput,
) -> Result<Application, Refusal> {
    let mut papers = Vec::new();
    for upload in call.files()? {
        let Some((field, kind)) = FILES.iter().find(|(field, _)| *field == upload.field) else { continue };
        let input = DocumentInput {
            kind: kind.to_string(),
            name: String::new(),
            number: None,
            level: None,
            issued_on: None,
            valid_until: None,
            // The printed 推荐表 carries the sentence, so whoever seals it promises support.
            supports: *kind == DocumentKind::Recommendation && form.checked("supports"),
        };
        papers.push((input, NewFile { name: upload.name.clone(), content: upload.bytes.to_vec() }, *field));
    }
    Ok(Application { record, consents: form.get("consent") == CONSENT, language: call.l.0.short().to_owned(), papers })
}

/// `GET /apply/done`.
///
/// # Errors
/// A fault.
pub fn done(call: &Call) -> Answered {
    Answer::page(&DonePage { f: call.frame("") })
}

/// `GET /apply/forms/{kind}`: 推荐表 or 承诺书 without a name on it.
///
/// # Errors
/// [`Refusal::NotFound`] for any other kind.
pub fn blank(call: &Call) -> Answered {
    paper_page(call, call.id("kind")?, None, "/apply")
}

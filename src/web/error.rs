//! Errors on their way out: a refusal with its reason (4xx, told in the reader's language), or a fault (5xx, told as no
//! more than that; the log holds the rest).
//!
//! JSON errors are RFC 9457 problem details; pages get `templates/error.html`.

use super::answer::Answer;
use super::call::{Call, Visitor};
use super::frame::Frame;
use crate::actions::{ActionError, Fault, FaultKind};
use crate::db::DbFault;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::i18n::L;
use actix_web::http::{Method, StatusCode, header};
use serde::Serialize;
use std::fmt;

/// Why a handler has no answer.
#[derive(Debug)]
pub enum WebError {
    /// The office says no.
    Refused(Refusal),
    /// The machine broke.
    Fault(String),
    /// There is no room left on the disk: nothing was taken on.
    Full(String),
    /// The database cannot be reached or is too busy: nothing was taken on, try again soon.
    Unavailable(String),
    /// First go there (a local path): sign in, or set up the second factor.
    Elsewhere(String),
    /// The address is known, but not for this method; the methods it has.
    WrongMethod(String),
}

/// What every handler gives back.
pub type Answered = Result<Answer, WebError>;

impl WebError {
    /// A fault with what went wrong, for the log.
    #[must_use]
    pub fn fault(why: impl fmt::Display) -> Self {
        Self::Fault(why.to_string())
    }

    /// The status it is told with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::Refused(refusal) => status(refusal),
            Self::Fault(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Full(_) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Elsewhere(_) => StatusCode::SEE_OTHER,
            Self::WrongMethod(_) => StatusCode::METHOD_NOT_ALLOWED,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.code(),
            Self::WrongMethod(_) => "wrong-method",
            Self::Full(_) => "storage-full",
            Self::Unavailable(_) => "unavailable",
            Self::Fault(_) | Self::Elsewhere(_) => "fault",
        }
    }
}

impl From<Refusal> for WebError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}
impl From<ActionError> for WebError {
    fn from(error: ActionError) -> Self {
        match error {
            ActionError::Refused(refusal) => Self::Refused(refusal),
            ActionError::Fault(fault) => match fault.kind() {
                FaultKind::Full => Self::Full(fault.to_string()),
                FaultKind::Unreachable | FaultKind::Busy | FaultKind::Transient => Self::Unavailable(fault.to_string()),
                FaultKind::Broken => Self::fault(fault),
            },
        }
    }
}
impl From<Fault> for WebError {
    fn from(fault: Fault) -> Self {
        Self::fault(fault)
    }
}
impl From<DbFault> for WebError {
    fn from(fault: DbFault) -> Self {
        ActionError::from(fault).into()
    }
}
impl From<diesel::result::Error> for WebError {
    fn from(error: diesel::result::Error) -> Self {
        ActionError::from(error).into()
    }
}
impl From<crate::search::IndexFault> for WebError {
    fn from(fault: crate::search::IndexFault) -> Self {
        Self::fault(fault)
    }
}
impl From<askama::Error> for WebError {
    fn from(error: askama::Error) -> Self {
        Self::fault(error)
    }
}

/// The status a refusal is told with (RFC 9110).
#[must_use]
pub const fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::NotFound | Refusal::LinkUnknown => StatusCode::NOT_FOUND,
        Refusal::NotYours | Refusal::FormExpired => StatusCode::FORBIDDEN,
        Refusal::SignInFirst | Refusal::WrongPassword | Refusal::WrongCode => StatusCode::UNAUTHORIZED,
        Refusal::TooManyTries => StatusCode::TOO_MANY_REQUESTS,
        Refusal::FileClosed => StatusCode::GONE,
        Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::CONFLICT,
    }
}

/// What is wrong with one field, as a sentence.
#[must_use]
pub fn field_sentence(l: L, problem: &FieldProblem) -> String {
    let detail = problem.detail.as_deref().unwrap_or_default();
    let key = format!("field-{}", problem.code);
    if l.has(&key) { l.a(&key, &[("detail", detail)]) } else { l.a("field-not-known", &[("detail", detail)]) }
}

/// One field of an RFC 9457 answer.
#[derive(Debug, Serialize)]
struct FieldError<'a> {
    field: &'a str,
    code: &'a str,
    message: String,
}

/// RFC 9457.
#[derive(Debug, Serialize)]
struct Problem<'a> {
    r#type: String,
    title: String,
    status: u16,
    detail: String,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'static str>,
    errors: Vec<FieldError<'a>>,
    request_id: &'a str,
}

/// The error page.
#[derive(askama::Template)]
#[template(path = "error.html", config = "src/web/askama.toml")]
struct ErrorPage {
    f: Frame,
    title: String,
    text: String,
    fields: Vec<String>,
    request_id: String,
    home: &'static str,
}

/// The answer that tells an error to whoever called.
#[must_use]
pub fn told(call: &Call, error: &WebError) -> Answer {
    if let WebError::Fault(why) | WebError::Full(why) | WebError::Unavailable(why) = error {
        tracing::error!(route = call.route, request_id = %call.request_id, %why, "a call could not be answered");
    }
    if call.wants_json() {
        return problem(call, error);
    }
    match error {
        WebError::Elsewhere(path) => return Answer::see_other(path),
        WebError::Refused(Refusal::SignInFirst) => return Answer::see_other(&sign_in_path(call)),
        _ => {}
    }
    let (title, text, fields) = words(call.l, error);
    let home = match call.visitor {
        Visitor::Account(_) => "/desk",
        Visitor::Expert(_) => "/me",
        Visitor::AwaitingCode(_) | Visitor::Nobody => "/sign-in",
    };
    let page = ErrorPage {
        f: call.frame(""),
        title,
        text,
        fields: fields.into_iter().map(|field| field.message).collect(),
        request_id: call.request_id.clone(),
        home,
    };
    finish(Answer::page_with(error.status(), &page).unwrap_or_else(|_| bare(error.status())), error)
}

fn sign_in_path(call: &Call) -> String {
    if call.route.starts_with("/me") {
        return "/me/sign-in".to_owned();
    }
    if matches!(call.visitor, Visitor::AwaitingCode(_)) {
        return "/sign-in/code".to_owned();
    }
    if call.method == Method::GET && call.path != "/" {
        let then: String = form_urlencoded::byte_serialize(call.path_and_query().as_bytes()).collect();
        format!("/sign-in?then={then}")
    } else {
        "/sign-in".to_owned()
    }
}

fn problem(call: &Call, error: &WebError) -> Answer {
    let (title, detail, errors) = words(call.l, error);
    let body = Problem {
        r#type: format!("{}/api/docs#{}", call.office.settings.base_url, error.code()),
        title,
        status: error.status().as_u16(),
        detail,
        code: error.code(),
        rule: match error {
            WebError::Refused(Refusal::NotEligible(rule)) => Some(rule),
            _ => None,
        },
        errors,
        request_id: &call.request_id,
    };
    let answer = Answer::json_with(error.status(), &body)
        .map(|answer| answer.with_header(header::CONTENT_TYPE, "application/problem+json"))
        .unwrap_or_else(|_| bare(error.status()));
    finish(answer, error)
}

fn finish(answer: Answer, error: &WebError) -> Answer {
    match error {
        WebError::WrongMethod(allowed) => answer.with_header(header::ALLOW, allowed),
        WebError::Full(_) | WebError::Unavailable(_) => answer.with_header(header::RETRY_AFTER, "5"),
        WebError::Refused(Refusal::TooManyTries) => answer.with_header(header::RETRY_AFTER, "60"),
        WebError::Refused(Refusal::SignInFirst) => answer.with_header(header::WWW_AUTHENTICATE, "Bearer"),
        _ => answer,
    }
}

/// The answer when even the words fail.
#[must_use]
pub fn bare(status: StatusCode) -> Answer {
    Answer { status, ..Answer::text(status.canonical_reason().unwrap_or("error")) }
}

fn words(l: L, error: &WebError) -> (String, String, Vec<FieldError<'_>>) {
    let code = error.code();
    let stem = match error {
        WebError::Refused(_) => format!("refused-{code}"),
        _ => format!("web-{code}"),
    };
    let fields = match error {
        WebError::Refused(Refusal::Invalid(problems)) => problems
            .iter()
            .map(|problem| FieldError {
                field: &problem.field,
                code: problem.code,
                message: field_sentence(l, problem),
            })
            .collect(),
        _ => Vec::new(),
    };
    (l.t(&stem), l.t(&format!("{stem}-text")), fields)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn statuses_are_as_promised() {
        let table = [
            (Refusal::Invalid(Vec::new()), 422),
            (Refusal::NotFound, 404),
            (Refusal::LinkUnknown, 404),
            (Refusal::NotYours, 403),
            (Refusal::SignInFirst, 401),
            (Refusal::TooManyTries, 429),
            (Refusal::SeatTaken, 409),
            (Refusal::WrongState, 409),
            (Refusal::FileClosed, 410),
            (Refusal::TooLarge, 413),
            (Refusal::FormExpired, 403),
        ];
        for (refusal, expected) in table {
            assert_eq!(status(&refusal).as_u16(), expected, "{}", refusal.code());
        }
    }

    #[test]
    fn every_error_has_a_title_and_a_sentence() {
        for lang in [Lang::Zh, Lang::En] {
            for code in Refusal::CODES {
                assert!(
                    L(lang).has(&format!("refused-{code}")) && L(lang).has(&format!("refused-{code}-text")),
                    "{code}"
                );
            }
            for key in ["web-storage-full", "web-storage-full-text", "web-unavailable", "web-unavailable-text"] {
                assert!(L(lang).has(key), "{key}");
            }
            for key in ["web-fault", "web-fault-text", "web-wrong-method", "web-wrong-method-text"] {
                assert!(L(lang).has(key), "{key}");
            }
        }
    }
}

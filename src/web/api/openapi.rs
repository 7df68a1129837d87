//! The API's description: OpenAPI 3.1, collected from the handlers themselves and served at `/api/openapi.json`.
//!
//! Contract: every `/api/v1` row of the table of routes is in the document and nothing else is (a test holds this).
//! What is the same everywhere is added here once: the token, `Idempotency-Key` on POST, the problem document of every
//! refusal, `Location` on 201. Summaries are `api.ftl`'s, in English; `/api/docs` tells the same in either language.

use crate::i18n::{L, Lang};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use actix_web::http::StatusCode;
use serde::Serialize;
use std::sync::OnceLock;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, Required, ResponseBuilder};
use utoipa::{OpenApi, ToSchema};

/// The name of the token in the document.
const TOKEN: &str = "token";

/// One field that could not be taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldErrorShape {
    /// Its path in the body, or its name in the query.
    pub field: String,
    /// What is wrong: a stable code.
    pub code: String,
    /// The same in the language asked for.
    pub message: String,
}

/// A refusal or fault (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemShape {
    /// Where the code is explained.
    pub r#type: String,
    /// In a few words.
    pub title: String,
    /// The status again.
    pub status: u16,
    /// In a sentence or two.
    pub detail: String,
    /// A stable code.
    pub code: String,
    /// With `not-eligible`: the rule that says no.
    pub rule: Option<String>,
    /// Every field that could not be taken.
    pub errors: Vec<FieldErrorShape>,
    /// Names this call in the service's log.
    pub request_id: String,
}

#[derive(OpenApi)]
#[openapi(
    paths(
        super::need::submit, super::need::list, super::need::show, super::suggest::suggest, super::need::retract,
        super::need::close,
        super::candidate::list, super::candidate::show, super::candidate::assign, super::candidate::assign_all,
        super::assignment::list, super::assignment::show, super::assignment::answer, super::assignment::notice,
        super::assignment::reply, super::assignment::release,
        super::batch::plan, super::batch::offers,
        super::expert::list, super::expert::register, super::expert::show, super::expert::change, super::expert::leave,
        super::expert::review, super::expert::add_document, super::expert::withdraw,
        super::conduct::admonish, super::conduct::remove, super::conduct::show, super::conduct::decide,
        super::conduct::list, super::conduct::ledger, super::conduct::told, super::conduct::statement,
        super::conduct::appeal, super::conduct::review, super::conduct::transfer,
        super::feedback::file, super::feedback::rate,
        super::search::search,
        super::dashboard::answers, super::dashboard::desk,
        super::audit::list,
        super::audit::roots,
        super::calendar::list, super::calendar::import, super::calendar::show, super::calendar::decide,
        super::calendar::outages, super::calendar::enter, super::calendar::outage,
        super::conflict::check, super::conflict::relations, super::conflict::declare, super::conflict::end,
        super::conflict::waive, super::conflict::opposing, super::conflict::ranking, super::conflict::set,
        super::duty::list, super::duty::plan, super::duty::plans, super::duty::show_plan, super::duty::ask,
        super::duty::repair, super::duty::look, super::duty::publish, super::duty::withdraw, super::duty::show_turn,
        super::duty::substitutes, super::duty::answer, super::duty::cover, super::duty::put, super::duty::free,
        super::duty::close, super::duty::presence, super::duty::swap, super::duty::swap_answer,
        super::duty::swap_decision, super::duty::explain,
        super::duty_plan::demand, super::duty_plan::what_if, super::duty_plan::seats, super::duty_plan::again,
        super::duty_plan::swap_back, super::duty_plan::feed,
    ),
    components(schemas(ProblemShape, super::audit::EventShape, super::audit::RootShape)),
    tags((name = "needs"), (name = "assignments"), (name = "experts"), (name = "conduct"), (name = "feedback"),
        (name = "duty"), (name = "calendar"), (name = "search"), (name = "dashboard"), (name = "audit"))
)]
struct Collected;

/// The operations of a path with their methods.
pub(super) fn operations(item: &mut PathItem) -> Vec<(&'static str, &mut Operation)> {
    [("GET", &mut item.get), ("POST", &mut item.post), ("PATCH", &mut item.patch)]
        .into_iter()
        .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
        .collect()
}

/// The document.
#[must_use]
pub fn document() -> Document {
    let l = L(Lang::En);
    let mut document = Collected::openapi();
    document.info.title = l.t("api-title");
    document.info.description = Some(l.t("api-intro"));
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    document.servers = Some(vec![utoipa::openapi::Server::new("/")]);
    document.security = Some(vec![SecurityRequirement::new(TOKEN, Vec::<String>::new())]);
    if let Some(components) = &mut document.components {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(l.t("api-token"))).build();
        components.security_schemes.insert(TOKEN.to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
        for (name, schema) in &mut components.schemas {
            refer(name, schema);
        }
    }
    for tag in document.tags.iter_mut().flatten() {
        tag.description = Some(l.t(&format!("api-tag-{}", tag.name)));
    }
    for item in document.paths.paths.values_mut() {
        for (method, operation) in operations(item) {
            complete(l, method, operation);
        }
    }
    document
}

/// Lets a page of a list refer to its rows' shape instead of repeating it.
fn refer(name: &str, schema: &mut RefOr<Schema>) {
    if let (Some(of), RefOr::T(Schema::Object(page))) = (name.strip_prefix("Page_"), schema) {
        let rows = ArrayBuilder::new().items(Ref::from_schema_name(of)).description(Some("The rows."));
        page.properties.insert("items".to_owned(), rows.into());
    }
}

/// Adds to an operation what is the same everywhere.
fn complete(l: L, method: &str, operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    operation.summary = Some(l.t(&format!("api-{id}")));
    operation.description = Some(l.t(&format!("api-{id}-text")));
    if method == "POST" {
        let key = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .required(Required::False)
            .description(Some(l.t("api-key")))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(255))))
            .build();
        operation.parameters.get_or_insert_default().push(key.into());
    }
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else { continue };
        response.description = l.t(&format!("api-status-{status}"));
        if status == "201" {
            let location = HeaderBuilder::new()
                .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
                .description(Some(l.t("api-location")))
                .build();
            response.headers.insert("Location".to_owned(), location.into());
        }
    }
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemShape"))).build();
    let refused =
        ResponseBuilder::new().description(l.t("api-problem")).content("application/problem+json", problem).build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(refused));
}

/// The document as text, for `/api/openapi.json` and `zhipai openapi`.
#[must_use]
pub fn text() -> &'static str {
    static TEXT: OnceLock<String> = OnceLock::new();
    TEXT.get_or_init(|| {
        document().to_pretty_json().unwrap_or_else(|error| {
            tracing::error!(%error, "the API's description cannot be written");
            "{}".to_owned()
        })
    })
}

/// `GET /api/openapi.json`.
///
/// # Errors
/// None.
pub fn serve(_: &Call) -> Answered {
    Ok(Answer::new(StatusCode::OK, "application/json; charset=utf-8", text()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_of_routes_and_the_document_say_the_same() {
        let rows: BTreeSet<(String, String)> = crate::web::routes::table()
            .into_iter()
            .filter(|row| row.path.starts_with("/api/v1"))
            .map(|row| (row.method.to_string(), row.path.to_owned()))
            .collect();
        let mut told = BTreeSet::new();
        for (path, item) in &mut document().paths.paths {
            for (method, _) in operations(item) {
                told.insert((method.to_owned(), path.clone()));
            }
        }
        assert!(!rows.is_empty());
        assert_eq!(rows, told);
    }

    #[test]
    fn every_call_is_named_once_and_says_what_it_answers() {
        let mut ids = BTreeSet::new();
        for item in document().paths.paths.values_mut() {
            for (method, operation) in operations(item) {
                let id = operation.operation_id.clone().expect("an id");
                assert!(ids.insert(id.clone()), "{id} twice");
                for text in [&operation.summary, &operation.description] {
                    assert!(
                        text.as_deref().is_some_and(|text| !text.is_empty() && !text.contains('⟦')),
                        "{id}: {text:?}"
                    );
                }
                assert!(operation.responses.responses.contains_key("default"), "{id}");
                assert_eq!(operation.request_body.is_some(), method != "GET", "{id}");
            }
        }
    }

    #[test]
    fn it_is_openapi_3_1_without_loose_ends() {
        let value: serde_json::Value = serde_json::from_str(text()).expect("JSON");
        assert!(value["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", value["openapi"]);
        for line in text().lines().filter(|line| line.contains("\"$ref\"")) {
            let name = line.rsplit('/').next().unwrap_or_default().trim_matches(['"', ',']);
            assert!(value["components"]["schemas"].get(name).is_some(), "{name} is not in the document");
        }
        assert_eq!(value["components"]["schemas"]["SubmitNeed"]["additionalProperties"], false);
        assert_eq!(value["components"]["schemas"]["ExpertPatch"]["required"], serde_json::Value::Null);
        assert_eq!(value["components"]["schemas"]["NeedState"]["enum"][0], "open");
    }
}

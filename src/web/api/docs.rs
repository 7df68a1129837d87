//! `/api/docs`: the API to read, made from the same document that programs read, in Chinese and English, without a
//! script.
//!
//! The document says which calls, fields and values there are; what they mean is said in the reader's language by
//! `api.ftl`: `api-<operation>`, `api-<operation>-text`, and `api-field-<name>` for every name of a field. The codes of
//! refusals are anchors, because a problem's `type` points at them.

use super::openapi;
use crate::domain::refusal::Refusal;
use crate::i18n::L;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, status};
use crate::web::frame::Frame;
use serde_json::Value;
use std::sync::OnceLock;

/// One field of a body or answer, or one parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Field {
    name: String,
    kind: String,
    /// The shape it is made of, without `#schema-`.
    shape: String,
    values: Vec<String>,
    required: bool,
    text: String,
}

/// One call.
#[derive(Debug)]
struct Operation {
    id: String,
    method: String,
    path: String,
    title: String,
    text: String,
    parameters: Vec<Field>,
    body: String,
    status: String,
    answer: String,
    items: String,
}

/// The calls of one noun.
#[derive(Debug)]
struct Group {
    name: String,
    title: String,
    operations: Vec<Operation>,
}

/// One shape.
#[derive(Debug)]
struct Shape {
    name: String,
    fields: Vec<Field>,
    values: Vec<String>,
}

/// One code of a problem.
#[derive(Debug)]
struct Code {
    code: String,
    status: u16,
    title: String,
    text: String,
}

#[derive(askama::Template)]
#[template(path = "pages/api_docs.html", config = "src/web/askama.toml")]
struct DocsPage {
    f: Frame,
    example: String,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
    codes: Vec<Code>,
}

/// Every reason to say no, once.
const REFUSALS: &[Refusal] = &[
    Refusal::Invalid(Vec::new()),
    Refusal::NotFound,
    Refusal::NotYours,
    Refusal::SignInFirst,
    Refusal::WrongPassword,
    Refusal::WrongCode,
    Refusal::TooManyTries,
    Refusal::FormExpired,
    Refusal::LinkUnknown,
    Refusal::SeatTaken,
    Refusal::FileClosed,
    Refusal::AnsweredBefore,
    Refusal::QuestionAskedBefore,
    Refusal::QuestionTooLate,
    Refusal::NoQuestion,
    Refusal::NotEligible(""),
    Refusal::NoFreeSeat,
    Refusal::NeedClosed,
    Refusal::NotReadyToClose,
    Refusal::WrongState,
    Refusal::NoticeRecorded,
    Refusal::FeedbackFiled,
    Refusal::RatedBefore,
    Refusal::CaseOpen,
    Refusal::AnotherManager,
    Refusal::DecisionDoesNotFit,
    Refusal::HearingRuns,
    Refusal::CitySigns,
    Refusal::AppealOver,
    Refusal::ReentryTooEarly,
    Refusal::KeyReused,
    Refusal::AddressTaken,
    Refusal::ChangedMeanwhile,
    Refusal::TooLarge,
    Refusal::Backwards,
];

/// The document as JSON, read once.
fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| serde_json::from_str(openapi::text()).unwrap_or_default())
}

/// What stands at the end of these names; `null` where one of them is missing.
fn at<'a>(value: &'a Value, names: &[&str]) -> &'a Value {
    const NOTHING: &Value = &Value::Null;
    let mut found = value;
    for name in names {
        found = found.get(name).unwrap_or(NOTHING);
    }
    found
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts_of(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text_of).collect()
}

fn entries(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}

/// The name of the shape a schema refers to, also inside a list or beside `null`.
fn shape_of(schema: &Value) -> String {
    if let Some(reference) = at(schema, &["$ref"]).as_str() {
        return reference.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if at(schema, &["items"]).is_object() {
        return shape_of(at(schema, &["items"]));
    }
    let alternatives = at(schema, &["oneOf"])
        .as_array()
        .into_iter()
        .flatten()
        .chain(at(schema, &["anyOf"]).as_array().into_iter().flatten());
    alternatives.map(shape_of).find(|name| !name.is_empty()).unwrap_or_default()
}

/// A schema in a word: `text`, `date`, `list of …`.
fn kind_of(l: L, schema: &Value) -> String {
    if at(schema, &["items"]).is_object() {
        let of = match shape_of(at(schema, &["items"])) {
            shape if shape.is_empty() => kind_of(l, at(schema, &["items"])),
            shape => shape,
        };
        return l.a("api-kind-list", &[("of", &of)]);
    }
    let shape = shape_of(schema);
    if !shape.is_empty() {
        return shape;
    }
    let kind = match at(schema, &["type"]) {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default(),
        one => one.as_str().unwrap_or_default(),
    };
    let key = match (kind, at(schema, &["format"]).as_str().unwrap_or_default()) {
        ("string", "date") => "date",
        ("string", "date-time") => "instant",
        ("string", "uuid") => "id",
        ("string", _) => "text",
        ("integer", _) => "whole",
        ("number", _) => "number",
        ("boolean", _) => "truth",
        _ => "object",
    };
    l.t(&format!("api-kind-{key}"))
}

fn field(l: L, name: &str, schema: &Value, required: bool) -> Field {
    Field {
        name: name.to_owned(),
        kind: kind_of(l, schema),
        shape: shape_of(schema),
        values: texts_of(at(schema, &["enum"])),
        required,
        text: l.t(&format!("api-field-{name}")),
    }
}

fn fields(l: L, schema: &Value) -> Vec<Field> {
    let required = texts_of(at(schema, &["required"]));
    entries(at(schema, &["properties"])).map(|(name, schema)| field(l, name, schema, required.contains(name))).collect()
}

fn operation(l: L, path: &str, method: &str, told: &Value) -> Operation {
    let id = text_of(at(told, &["operationId"]));
    let mut parameters = Vec::new();
    for parameter in
        at(told, &["parameters"]).as_array().into_iter().flatten().filter(|one| at(one, &["in"]) != "header")
    {
        let name = text_of(at(parameter, &["name"]));
        parameters.push(field(l, &name, at(parameter, &["schema"]), at(parameter, &["required"]) == true));
    }
    let (code, answered) = entries(at(told, &["responses"]))
        .find(|(code, _)| code.starts_with('2'))
        .map_or((String::new(), Value::Null), |(code, answered)| (code.clone(), answered.clone()));
    let schema = at(&answered, &["content", "application/json", "schema"]);
    let answer = shape_of(schema);
    let items = shape_of(at(document(), &["components", "schemas", &answer, "properties", "items"]));
    Operation {
        title: l.t(&format!("api-{id}")),
        text: l.t(&format!("api-{id}-text")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        parameters,
        body: shape_of(at(told, &["requestBody", "content", "application/json", "schema"])),
        status: code,
        answer,
        items,
        id,
    }
}

fn groups(l: L) -> Vec<Group> {
    let mut groups = Vec::new();
    for tag in at(document(), &["tags"]).as_array().into_iter().flatten() {
        let name = text_of(at(tag, &["name"]));
        let mut operations = Vec::new();
        for (path, methods) in entries(at(document(), &["paths"])) {
            for (method, told) in entries(methods).filter(|(_, told)| texts_of(at(told, &["tags"])).contains(&name)) {
                operations.push(operation(l, path, method, told));
            }
        }
        groups.push(Group { title: l.t(&format!("api-tag-{name}")), name, operations });
    }
    groups
}

/// Every shape but the envelopes of lists, which are told once in the introduction.
fn shapes(l: L) -> Vec<Shape> {
    let mut shapes = Vec::new();
    for (name, schema) in
        entries(at(document(), &["components", "schemas"])).filter(|(name, _)| !name.starts_with("Page_"))
    {
        shapes.push(Shape { name: name.clone(), fields: fields(l, schema), values: texts_of(at(schema, &["enum"])) });
    }
    shapes
}

fn codes(l: L) -> Vec<Code> {
    let mut codes = Vec::new();
    for refusal in REFUSALS {
        let code = refusal.code();
        codes.push(Code {
            code: code.to_owned(),
            status: status(refusal).as_u16(),
            title: l.t(&format!("refused-{code}")),
            text: l.t(&format!("refused-{code}-text")),
        });
    }
    for (code, status) in [("wrong-method", 405), ("fault", 500)] {
        let (title, text) = (l.t(&format!("web-{code}")), l.t(&format!("web-{code}-text")));
        codes.push(Code { code: code.to_owned(), status, title, text });
    }
    codes
}

/// `GET /api/docs`.
///
/// # Errors
/// A fault when the page cannot be written.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let address = call.absolute("/api/v1/needs?state=open&limit=20");
    let example = format!("curl -H 'Authorization: Bearer TOKEN' '{address}'");
    Answer::page(&DocsPage { f: call.frame(""), example, groups: groups(l), shapes: shapes(l), codes: codes(l) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn everything_the_document_names_is_said_in_both_languages() {
        let mut missing = std::collections::BTreeSet::new();
        for lang in [Lang::Zh, Lang::En] {
            let l = L(lang);
            let told = shapes(l).into_iter().flat_map(|shape| shape.fields);
            let asked =
                groups(l).into_iter().flat_map(|group| group.operations).flat_map(|operation| operation.parameters);
            for field in told.chain(asked) {
                for text in [&field.text, &field.kind] {
                    if text.is_empty() || text.contains('⟦') {
                        missing.insert(format!("{lang:?} {}: {text}", field.name));
                    }
                }
            }
            for group in groups(l) {
                assert!(!group.operations.is_empty(), "{}", group.name);
                for operation in group.operations {
                    assert!(!operation.title.contains('⟦') && !operation.text.contains('⟦'), "{}", operation.id);
                    assert!(!operation.answer.is_empty() && operation.status.starts_with("20"), "{}", operation.id);
                }
            }
            assert!(codes(l).iter().all(|code| !code.title.contains('⟦') && !code.text.contains('⟦')));
        }
        assert!(missing.is_empty(), "{missing:#?}");
    }

    #[test]
    fn every_code_a_problem_may_point_at_is_an_anchor() {
        let told: Vec<&str> = REFUSALS.iter().map(Refusal::code).collect();
        assert_eq!(told, Refusal::CODES);
    }

    fn frame(l: L) -> Frame {
        Frame {
            l,
            lang: l.0.tag(),
            theme: "auto",
            large: false,
            here: "",
            csrf: String::new(),
            nav: Vec::new(),
            nav_more: Vec::new(),
            who: None,
            switch_lang_href: String::new(),
            switch_lang_label: "",
            large_href: String::new(),
            theme_href: String::new(),
            banners: Vec::new(),
            flash: None,
            site: crate::web::frame::SiteInfo::default(),
        }
    }

    #[test]
    fn lists_and_shapes_are_followed() {
        let l = L(Lang::En);
        let all = groups(l);
        let list = all
            .iter()
            .flat_map(|group| &group.operations)
            .find(|operation| operation.id == "list-needs")
            .expect("there");
        assert_eq!((list.items.as_str(), list.method.as_str()), ("NeedShape", "GET"));
        let need = shapes(l).into_iter().find(|shape| shape.name == "NeedShape").expect("there");
        let state = need.fields.iter().find(|field| field.name == "state").expect("there");
        assert_eq!(state.shape, "NeedState");
        let due = need.fields.iter().find(|field| field.name == "wanted_by").expect("there");
        assert!(!due.shape.contains("Need"));
    }

    #[test]
    fn the_page_is_whole_in_both_languages() {
        use askama::Template;
        for lang in [Lang::Zh, Lang::En] {
            let l = L(lang);
            let page =
                DocsPage { f: frame(l), example: "curl".into(), groups: groups(l), shapes: shapes(l), codes: codes(l) };
            let html = page.render().expect("renders");
            assert!(!html.contains('⟦'));
            for anchor in ["id=\"op-submit-need\"", "id=\"schema-NeedShape\"", "id=\"not-eligible\"", "id=\"fault\""] {
                assert!(html.contains(anchor), "{anchor}");
            }
        }
    }
}

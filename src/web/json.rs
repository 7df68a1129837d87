//! JSON bodies and typed queries: what cannot be taken is told by its field's path.

use crate::domain::refusal::{FieldProblem, Refusal};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

fn invalid(field: impl Into<String>, code: &'static str, detail: Option<String>) -> Refusal {
    let field = field.into();
    let field = if field.is_empty() || field == "." { "body".to_owned() } else { field };
    Refusal::Invalid(vec![FieldProblem { field, code, detail }])
}

/// Reads a body of type `application/json`.
///
/// # Errors
/// [`Refusal::Invalid`] with the path of the field.
pub fn read<T: DeserializeOwned>(content_type: Option<&str>, body: &[u8]) -> Result<T, Refusal> {
    let kind = content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !(kind == "application/json" || kind.ends_with("+json")) {
        return Err(invalid("body", "wrong-media-type", None));
    }
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        told(&path, error.inner())
    })?;
    reader.end().map_err(|_| invalid("body", "not-json", None))?;
    Ok(value)
}

/// Reads a value from names and values: numbers and truth values are read from their text, empty texts count as absent.
///
/// # Errors
/// [`Refusal::Invalid`] with the name of the field.
pub fn from_pairs<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Refusal> {
    let texts: Map<String, Value> = pairs
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .map(|(name, value)| (name.clone(), Value::String(value.trim().to_owned())))
        .collect();
    // A value is first taken as text, as almost all are; then, field by field, as the number or truth value it spells.
    let mut values = texts;
    for _ in 0..=values.len() {
        match serde_path_to_error::deserialize::<_, T>(Value::Object(values.clone())) {
            Ok(value) => return Ok(value),
            Err(error) => {
                let path = error.path().to_string();
                let spelled = match values.get(&path) {
                    Some(Value::String(text)) => {
                        serde_json::from_str::<Value>(text).ok().filter(|value| value.is_number() || value.is_boolean())
                    }
                    _ => None,
                };
                match spelled {
                    Some(value) => values.insert(path, value),
                    None => return Err(told(&path, error.inner())),
                };
            }
        }
    }
    Err(invalid("query", "wrong-type", None))
}

/// serde's error as a field's problem. serde tells kinds of errors apart by their wording only.
fn told(path: &str, error: &serde_json::Error) -> Refusal {
    use serde_json::error::Category;
    let said = error.to_string();
    match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => return invalid("body", "not-json", None),
        Category::Data => {}
    }
    let quoted = said.split('`').nth(1).unwrap_or_default();
    let below = |name: &str| if path.is_empty() || path == "." { name.to_owned() } else { format!("{path}.{name}") };
    if said.starts_with("missing field") {
        invalid(below(quoted), "missing", None)
    } else if said.starts_with("unknown field") {
        let field = if path.rsplit('.').next() == Some(quoted) { path.to_owned() } else { below(quoted) };
        invalid(field, "unknown-field", None)
    } else if said.starts_with("unknown variant") {
        invalid(path, "not-known", Some(quoted.to_owned()))
    } else {
        invalid(path, "wrong-type", None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Enterprise {
        name: String,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Body {
        enterprise: Enterprise,
        hours: Option<u8>,
        mode: Option<crate::domain::need::Mode>,
    }

    #[test]
    fn each_problem_names_its_field() {
        let table: [(&str, &str, &str); 8] = [
            (r#"{"enterprise":{"name":"a","nmae":1}}"#, "enterprise.nmae", "unknown-field"),
            (r#"{"enterprise":{}}"#, "enterprise.name", "missing"),
            (r#"{"enterprise":{"name":7}}"#, "enterprise.name", "wrong-type"),
            (r#"{"enterprise":{"name":"a"},"hours":300}"#, "hours", "wrong-type"),
            (r#"{"enterprise":{"name":"a"},"mode":"fax"}"#, "mode", "not-known"),
            (r#"{"enterprise":{"name":"a"},"extra":1}"#, "extra", "unknown-field"),
            (r#"{"enterprise""#, "body", "not-json"),
            (r#"{"enterprise":{"name":"a"}} x"#, "body", "not-json"),
        ];
        for (text, field, code) in table {
            let Err(Refusal::Invalid(found)) = read::<Body>(Some("application/json"), text.as_bytes()) else {
                panic!("{text} was taken")
            };
            assert_eq!((found[0].field.as_str(), found[0].code), (field, code), "{text}");
        }
        assert!(read::<Body>(Some("text/plain"), b"{}").is_err());
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(deny_unknown_fields)]
    struct Query {
        q: Option<String>,
        limit: Option<u32>,
        late: Option<bool>,
    }

    #[test]
    fn queries_are_typed() {
        let pairs = |text: &str| -> Vec<(String, String)> {
            form_urlencoded::parse(text.as_bytes()).map(|(a, b)| (a.into_owned(), b.into_owned())).collect()
        };
        assert_eq!(
            from_pairs(&pairs("q=123&limit=20&late=true")),
            Ok(Query { q: Some("123".into()), limit: Some(20), late: Some(true) })
        );
        assert_eq!(from_pairs(&pairs("q=&limit=")), Ok(Query { q: None, limit: None, late: None }));
        let Err(Refusal::Invalid(found)) = from_pairs::<Query>(&pairs("limit=many")) else { panic!("taken") };
        assert_eq!((found[0].field.as_str(), found[0].code), ("limit", "wrong-type"));
        let Err(Refusal::Invalid(found)) = from_pairs::<Query>(&pairs("page=2")) else { panic!("taken") };
        assert_eq!((found[0].field.as_str(), found[0].code), ("page", "unknown-field"));
    }
}

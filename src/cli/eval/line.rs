//! One object of a `.jsonl` file, read kindly: absent and null are alike, a single text stands for a list of one, and a
//! wrong type says where it stands.

use serde_json::Map;
use serde_json::Value;
use std::path::Path;

/// What parts the items of a list written as one text.
const BETWEEN: [char; 6] = ['、', ',', '，', ';', '；', '\n'];
/// Under which names an item that is an object holds its text.
const NAMES: [&str; 5] = ["slug", "name", "type", "zh", "code"];

/// One line of a file.
#[derive(Debug)]
pub(super) struct Line {
    place: String,
    fields: Map<String, Value>,
}

/// Reads a file of objects, one a line; empty lines are passed over.
pub(super) fn lines(file: &Path) -> Result<Vec<Line>, String> {
    let text = text_of(file)?;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let place = format!("{}:{}", file.display(), number + 1);
        match serde_json::from_str(line) {
            Ok(Value::Object(fields)) => found.push(Line { place, fields }),
            Ok(_) => return Err(format!("{place}: expected one JSON object a line")),
            Err(error) => return Err(format!("{place}: not JSON: {}", told(&error))),
        }
    }
    if found.is_empty() { Err(format!("{}: holds no line", file.display())) } else { Ok(found) }
}

/// serde counts lines within the text it was given, which was one line.
fn told(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.split_once(" at line ") {
        Some((what, _)) => format!("{what} at column {}", error.column()),
        None => text,
    }
}

/// The text of a file, without a byte-order mark.
pub(super) fn text_of(file: &Path) -> Result<String, String> {
    let bytes = std::fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let text = String::from_utf8(bytes).map_err(|_| format!("{}: not UTF-8", file.display()))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned())
}

impl Line {
    /// File and line, for whoever has to mend it.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    fn wrong(&self, field: &str, expected: &str) -> String {
        format!("{}: {field}: expected {expected}", self.place)
    }

    fn value(&self, field: &str) -> Option<&Value> {
        self.fields.get(field).filter(|value| !value.is_null())
    }

    /// A text; numbers are taken as they are written.
    pub(super) fn text(&self, field: &str) -> Result<Option<String>, String> {
        match self.value(field) {
            None => Ok(None),
            Some(value) => match written(value) {
                Some(text) => Ok(Some(text).filter(|text| !text.is_empty())),
                None => Err(self.wrong(field, "text")),
            },
        }
    }

    /// A text, or the text under `name` of an object.
    pub(super) fn name(&self, field: &str) -> Result<Option<String>, String> {
        match self.value(field) {
            Some(Value::Object(_)) => Ok(self.value(field).and_then(named).filter(|text| !text.is_empty())),
            _ => self.text(field),
        }
    }

    /// A list of texts: a list of texts or of objects that name themselves, or one text with several in it.
    pub(super) fn texts(&self, field: &str) -> Result<Vec<String>, String> {
        let mut found = Vec::new();
        match self.value(field) {
            None => {}
            Some(Value::Array(items)) => {
                for item in items.iter().filter(|item| !item.is_null()) {
                    found.push(named(item).ok_or_else(|| self.wrong(field, "a list of texts"))?);
                }
            }
            Some(value) => {
                let text = written(value).ok_or_else(|| self.wrong(field, "a list of texts"))?;
                found.extend(text.split(BETWEEN).map(|part| part.trim().to_owned()));
            }
        }
        found.retain(|text| !text.is_empty());
        Ok(found)
    }

    /// A list of texts or of objects with these fields, each item as its texts in that order.
    pub(super) fn records<const N: usize>(
        &self,
        field: &str,
        names: [&str; N],
    ) -> Result<Vec<[Option<String>; N]>, String> {
        let Some(Value::Array(items)) = self.value(field) else {
            let texts = self.texts(field)?;
            return Ok(texts.into_iter().map(first).collect());
        };
        let mut found = Vec::new();
        for item in items.iter().filter(|item| !item.is_null()) {
            if let Value::Object(fields) = item {
                found.push(names.map(|name| fields.get(name).and_then(written).filter(|text| !text.is_empty())));
            } else {
                let text = written(item).ok_or_else(|| self.wrong(field, "texts or objects"))?;
                found.push(first(text));
            }
        }
        Ok(found)
    }

    /// A number, or a text that is one.
    pub(super) fn number(&self, field: &str) -> Result<Option<f64>, String> {
        let read = match self.value(field) {
            None => return Ok(None),
            Some(Value::Number(number)) => number.as_f64(),
            Some(Value::String(text)) if text.trim().is_empty() => return Ok(None),
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(_) => None,
        };
        read.filter(|number| number.is_finite()).map(Some).ok_or_else(|| self.wrong(field, "a number"))
    }

    /// True or false.
    pub(super) fn flag(&self, field: &str) -> Result<Option<bool>, String> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::Number(number)) if number.as_i64() == Some(0) => Ok(Some(false)),
            Some(Value::Number(number)) if number.as_i64() == Some(1) => Ok(Some(true)),
            Some(_) => Err(self.wrong(field, "true or false")),
        }
    }
}

fn first<const N: usize>(text: String) -> [Option<String>; N] {
    let mut record = [const { None }; N];
    if let Some(head) = record.first_mut() {
        *head = Some(text);
    }
    record
}

fn written(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn named(value: &Value) -> Option<String> {
    match value {
        Value::Object(fields) => NAMES.iter().find_map(|name| fields.get(*name).and_then(written)),
        _ => written(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> Line {
        let Ok(Value::Object(fields)) = serde_json::from_str(text) else { panic!("an object") };
        Line { place: "f:1".to_owned(), fields }
    }

    #[test]
    fn what_people_write_for_a_list_is_one() {
        let line = line(r#"{"a":["x",{"type":"y"},null,3],"b":"x、y；z","c":null,"d":{"x":1},"e":""}"#);
        assert_eq!(line.texts("a").unwrap(), ["x", "y", "3"]);
        assert_eq!(line.texts("b").unwrap(), ["x", "y", "z"]);
        assert!(line.texts("c").unwrap().is_empty() && line.texts("e").unwrap().is_empty());
        assert_eq!(line.texts("d").unwrap_err(), "f:1: d: expected a list of texts");
        assert_eq!(line.records("a", ["type"]).unwrap().len(), 3);
    }

    #[test]
    fn wrong_types_say_where_they_stand() {
        let line = line(r#"{"id":7,"lat":"39.9","on_leave":"maybe","title":[1],"enterprise":{"name":"甲公司"}}"#);
        assert_eq!(line.text("id").unwrap().as_deref(), Some("7"));
        assert_eq!(line.number("lat").unwrap(), Some(39.9));
        assert_eq!(line.name("enterprise").unwrap().as_deref(), Some("甲公司"));
        assert_eq!(line.flag("on_leave").unwrap_err(), "f:1: on_leave: expected true or false");
        assert_eq!(line.text("title").unwrap_err(), "f:1: title: expected text");
    }
}

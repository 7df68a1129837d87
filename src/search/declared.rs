//! `index/schema.toml`: the fields of the index as a domain person reads them, and what a match in each weighs.
//!
//! Contract: the file is built into the binary and read once; a test holds it to the fields [`schema`](super::schema) builds.
//! Deliberately absent: building fields from it. What tantivy needs to know of a field is more than the file should say.

use std::sync::LazyLock;

use serde::Deserialize;

const FILE: &str = include_str!("../../index/schema.toml");

/// How a field holds its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// Terms cut by the analyzer, with their frequencies.
    Text,
    /// Whole values.
    Exact,
    /// A number.
    Number,
    /// Returned with a hit, not searched.
    Stored,
}

/// One field of the file.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// What is in it.
    pub holds: String,
    /// How it holds its values.
    pub form: Form,
    /// For text: how it is cut.
    #[serde(default)]
    pub analyzer: Option<String>,
    /// What a match weighs.
    #[serde(default)]
    pub boost: Option<f32>,
    /// Kept as a column.
    #[serde(default)]
    pub sorted: bool,
}

/// The file.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of the fields.
    pub version: u32,
    /// The fields, in order.
    #[serde(rename = "field")]
    pub fields: Vec<Declared>,
}

/// The fields as declared; none if the file cannot be read, which a test excludes.
#[must_use]
pub fn plan() -> &'static Plan {
    static PLAN: LazyLock<Plan> = LazyLock::new(|| toml::from_str(FILE).unwrap_or_default());
    &PLAN
}

/// What a match in a field weighs; 1 where the file does not say.
#[must_use]
pub fn boost(field: &str) -> f32 {
    plan().fields.iter().find(|declared| declared.name == field).and_then(|declared| declared.boost).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::schema;
    use tantivy::schema::FieldType;

    #[test]
    fn the_file_says_what_the_index_has() {
        let declared: Plan = toml::from_str(FILE).unwrap();
        assert_eq!(&declared, plan());
        assert_eq!(declared.version, schema::SCHEMA_V, "raise both together");
        let (built, _) = schema::schema();
        let names: Vec<&str> = built.fields().map(|(_, entry)| entry.name()).collect();
        assert_eq!(names, declared.fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>());
        for ((_, entry), field) in built.fields().zip(&declared.fields) {
            let form = match entry.field_type() {
                // Lengths are kept where matches are weighed by them.
                FieldType::Str(options) => match options.get_indexing_options() {
                    None => Form::Stored,
                    Some(how) if how.fieldnorms() && how.index_option().has_freq() => Form::Text,
                    Some(_) => Form::Exact,
                },
                _ => Form::Number,
            };
            assert_eq!(form, field.form, "{}", field.name);
            assert_eq!(entry.is_fast(), field.sorted, "{}", field.name);
            assert_eq!(field.analyzer.is_some(), field.form == Form::Text, "{}", field.name);
            assert!(!field.holds.is_empty() && field.boost.is_none_or(|boost| boost > 0.0 && boost <= 1.0));
        }
        assert!(boost("grams") < boost("words"), "words read better as a reason");
    }
}

//! The deeds on a case page: each its own small form, whose fields carry the deed's name before a dot.
//!
//! `closure.note` and `retraction.reason` stand on one page; ids stay unique, a refusal finds its field, and what was
//! typed into a refused deed comes back while the others are as they were.

use super::words::Pick;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::i18n::L;
use crate::web::form::{Fields, Wrong};

/// A deed that was tried and refused.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The deed's name.
    pub name: String,
    /// What was typed.
    pub form: Fields,
    /// What is wrong, fields with the deed's name before them.
    pub wrong: Wrong,
}

impl Tried {
    /// A deed that was refused.
    #[must_use]
    pub fn new(l: L, name: &str, form: &Fields, refusal: &Refusal) -> Self {
        let told = match refusal {
            Refusal::Invalid(problems) => Refusal::Invalid(
                problems
                    .iter()
                    .map(|problem| FieldProblem { field: format!("{name}.{}", problem.field), ..problem.clone() })
                    .collect(),
            ),
            other => other.clone(),
        };
        Self { name: name.to_owned(), form: form.clone(), wrong: Wrong::of_refusal(l, &told) }
    }
}

/// One deed of the page.
#[derive(Debug, Clone, Default)]
pub struct Deed {
    /// Its name.
    pub name: String,
    /// Whether it stands open: it was just refused.
    pub open: bool,
    form: Fields,
    wrong: Wrong,
}

impl Deed {
    /// The deed of that name, with what was typed if it is the one that was refused.
    #[must_use]
    pub fn new(name: impl Into<String>, tried: Option<&Tried>) -> Self {
        let name = name.into();
        match tried.filter(|tried| tried.name == name) {
            Some(tried) => Self { name, open: true, form: tried.form.clone(), wrong: tried.wrong.clone() },
            None => Self { name, ..Self::default() },
        }
    }

    /// The name and id of a field.
    #[must_use]
    pub fn id(&self, field: &str) -> String {
        format!("{}.{field}", self.name)
    }

    /// What was typed into a field.
    #[must_use]
    pub fn value(&self, field: &str) -> String {
        self.form.get(&self.id(field)).to_owned()
    }

    /// What was typed into a field, or what it begins with.
    #[must_use]
    pub fn value_or(&self, field: &str, first: &str) -> String {
        if self.open { self.value(field) } else { first.to_owned() }
    }

    /// Whether a box with that value is ticked.
    #[must_use]
    pub fn ticked(&self, field: &str, value: &str) -> bool {
        self.form.has(&self.id(field), value)
    }

    /// The lines of a `<select>`, with what was chosen.
    #[must_use]
    pub fn picks(&self, field: &str, options: &[(String, String)]) -> Vec<Pick> {
        let chosen = self.value(field);
        options.iter().map(|(value, label)| Pick::new(value, label, &chosen)).collect()
    }

    /// The sentence beside a field; empty when there is nothing wrong with it.
    #[must_use]
    pub fn error(&self, field: &str) -> &str {
        self.wrong.of(&self.id(field))
    }
}

/// The fields of one deed in a form as sent: read without the name before the dot.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The deed's name.
    pub name: &'a str,
    /// The form.
    pub form: &'a Fields,
}

impl<'a> Sent<'a> {
    /// A field as typed.
    #[must_use]
    pub fn get(&self, field: &str) -> &'a str {
        self.form.get(&format!("{}.{field}", self.name))
    }

    /// A field, trimmed; `None` when it is empty.
    #[must_use]
    pub fn opt(&self, field: &str) -> Option<&'a str> {
        self.form.opt(&format!("{}.{field}", self.name))
    }

    /// Every value of a field.
    #[must_use]
    pub fn all(&self, field: &str) -> Vec<&'a str> {
        self.form.all(&format!("{}.{field}", self.name))
    }

    /// Whether a box is ticked.
    #[must_use]
    pub fn checked(&self, field: &str) -> bool {
        self.form.checked(&format!("{}.{field}", self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;

    #[test]
    fn only_the_refused_deed_comes_back_as_typed() {
        let mut form = Fields::default();
        form.set("retraction.reason", "企业来电撤回");
        let refusal = Refusal::Invalid(vec![FieldProblem::with("reason", "too-long", 500)]);
        let tried = Tried::new(L(Lang::Zh), "retraction", &form, &refusal);
        let deed = Deed::new("retraction", Some(&tried));
        assert!(deed.open && !deed.error("reason").is_empty());
        assert_eq!(deed.value("reason"), "企业来电撤回");
        assert_eq!(tried.wrong.list[0].field, "retraction.reason");
        let other = Deed::new("closure", Some(&tried));
        assert!(!other.open && other.value("reason").is_empty() && other.error("reason").is_empty());
        assert_eq!(other.value_or("at", "09:40"), "09:40");
        assert_eq!(Sent { name: "retraction", form: &form }.get("reason"), "企业来电撤回");
    }
}

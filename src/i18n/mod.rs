//! Words: Chinese first, English complete. One Fluent file a room, the same names in both languages.
//!
//! A missing key shows itself on the page and fails the test that every key exists in both languages with the same
//! arguments. Deliberately absent: any rule; numbers and dates come in as they should be said.

mod answer_rule;
pub mod dates;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use rust_embed::RustEmbed;
use std::sync::OnceLock;
use unic_langid::LanguageIdentifier;

#[derive(RustEmbed)]
#[folder = "src/i18n/"]
#[include = "*.ftl"]
struct Files;

/// A language the office speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 中文, the source language.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The tag for `lang=` and the folder of its words.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The short form kept with accounts and in addresses.
    #[must_use]
    pub const fn short(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }

    /// The other language.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// The language of a tag such as `en-GB`; Chinese for everything that is not English.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        if tag.trim().to_ascii_lowercase().starts_with("en") { Self::En } else { Self::Zh }
    }
}

struct Words {
    zh: FluentBundle<FluentResource>,
    en: FluentBundle<FluentResource>,
}

/// A language tag; an unreadable one is the undetermined language, whose plural rules count nothing.
fn tag(text: &str) -> LanguageIdentifier {
    text.parse().unwrap_or_default()
}

fn words() -> &'static Words {
    static WORDS: OnceLock<Words> = OnceLock::new();
    WORDS.get_or_init(|| {
        let mut zh = FluentBundle::new_concurrent(vec![tag("zh-CN")]);
        let mut en = FluentBundle::new_concurrent(vec![tag("en")]);
        for path in Files::iter() {
            let Some(file) = Files::get(&path) else { continue };
            let text = String::from_utf8_lossy(&file.data).into_owned();
            let resource = match FluentResource::try_new(text) {
                Ok(resource) => resource,
                Err((resource, errors)) => {
                    tracing::error!(%path, ?errors, "a file of words has lines that cannot be read");
                    resource
                }
            };
            let bundle = if path.starts_with("en/") { &mut en } else { &mut zh };
            if let Err(errors) = bundle.add_resource(resource) {
                tracing::error!(%path, ?errors, "a word is defined twice");
            }
        }
        // Without this, every inserted value is wrapped in invisible direction marks.
        zh.set_use_isolating(false);
        en.set_use_isolating(false);
        Words { zh, en }
    })
}

/// Speaks one language: the handle that pages and letters carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct L(pub Lang);

impl L {
    /// The text of a key.
    #[must_use]
    pub fn t(&self, key: &str) -> String {
        self.say(key, None)
    }

    /// The text of a key with its arguments. A whole number is given as its digits and is counted by plural rules.
    #[must_use]
    pub fn a(&self, key: &str, args: &[(&str, &str)]) -> String {
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, argument(value));
        }
        self.say(key, Some(&fluent))
    }

    /// Whether there is such a key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.bundle().has_message(key)
    }

    /// The text in the handle's language of something that has both.
    #[must_use]
    pub const fn pick<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        match self.0 {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// Names joined as the language joins them.
    #[must_use]
    pub fn list<S: AsRef<str>>(&self, names: &[S]) -> String {
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        names.join(self.pick("、", ", "))
    }

    fn bundle(&self) -> &'static FluentBundle<FluentResource> {
        match self.0 {
            Lang::Zh => &words().zh,
            Lang::En => &words().en,
        }
    }

    fn say(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle = self.bundle();
        let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) else {
            tracing::error!(key, language = self.0.tag(), "a word is missing");
            return format!("⟦{key}⟧");
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "a word lacks an argument");
        }
        text
    }
}

fn argument(value: &str) -> FluentValue<'_> {
    let digits = !value.is_empty() && value.len() <= 9 && value.bytes().all(|byte| byte.is_ascii_digit());
    match value.parse::<i64>() {
        Ok(number) if digits && (value.len() == 1 || !value.starts_with('0')) => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

/// Every key of a language with the names of its arguments, for the completeness test.
#[must_use]
pub fn keys(lang: Lang) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    for path in Files::iter().filter(|path| path.starts_with(lang.tag())) {
        let Some(file) = Files::get(&path) else { continue };
        let mut key = String::new();
        for line in String::from_utf8_lossy(&file.data).lines() {
            if let Some((name, _)) =
                line.split_once(" =").filter(|_| line.starts_with(|c: char| c.is_ascii_alphabetic()))
            {
                name.clone_into(&mut key);
                found.push((key.clone(), Vec::new()));
            }
            if let Some((last, arguments)) = found.last_mut().filter(|(last, _)| *last == key) {
                let _ = last;
                for piece in line.split('$').skip(1) {
                    let name: String =
                        piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_' || *c == '-').collect();
                    if !arguments.contains(&name) {
                        arguments.push(name);
                    }
                }
            }
        }
    }
    for (_, arguments) in &mut found {
        arguments.sort();
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_said_in_both_languages_with_the_same_arguments() {
        let (zh, en) = (keys(Lang::Zh), keys(Lang::En));
        // Chinese has no plural, so it may leave a number out that English needs; it never knows more than English.
        let knows = |all: &[(String, Vec<String>)], key: &str, arguments: &[String]| {
            all.iter().any(|(other, known)| other == key && arguments.iter().all(|argument| known.contains(argument)))
        };
        let missing_en: Vec<_> = zh.iter().filter(|(key, arguments)| !knows(&en, key, arguments)).collect();
        let missing_zh: Vec<_> = en.iter().filter(|(key, _)| !knows(&zh, key, &[])).collect();
        assert!(missing_en.is_empty() && missing_zh.is_empty(), "only zh: {missing_en:?}\nonly en: {missing_zh:?}");
        let mut names: Vec<_> = zh.iter().map(|(key, _)| key).collect();
        names.dedup();
        assert_eq!(names.len(), zh.len(), "a key is defined twice");
    }

    #[test]
    fn every_refusal_has_words() {
        for code in crate::domain::refusal::Refusal::CODES {
            for lang in [Lang::Zh, Lang::En] {
                assert!(L(lang).has(&format!("refused-{code}")), "refused-{code} in {lang:?}");
            }
        }
    }
}

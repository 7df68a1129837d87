//! How to reach a person: addresses and telephone numbers that are well-formed by construction, and their masked forms.
//!
//! Source: RFC 5321 §4.5.3.1 (lengths) and §4.1.2 (dot-string local part); the mainland numbering plan (1xx mobile,
//! area codes 010, 02x and 03xx–09xx). Deliberately absent: quoted local parts, address literals and non-ASCII addresses,
//! which the offices' relays do not carry; whether anybody answers.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// A mail address; its domain is in lower case.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

/// What is wrong with a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailError {
    /// Nothing was given.
    Empty,
    /// There is no @, or more than one.
    At,
    /// What stands before the @ is empty, longer than 64, or has a character or dot that may not stand there.
    Local,
    /// What stands behind the @ is no domain name with at least two labels.
    Domain,
    /// Longer than 254 characters.
    TooLong,
}

impl EmailError {
    /// The stable code, part of a translation key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "email-empty",
            Self::At => "email-at",
            Self::Local => "email-local",
            Self::Domain => "email-domain",
            Self::TooLong => "email-too-long",
        }
    }
}

impl fmt::Display for EmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "no address given",
            Self::At => "an address has exactly one @",
            Self::Local => "the part before the @ is not well-formed",
            Self::Domain => "the part behind the @ is not a domain name",
            Self::TooLong => "an address has at most 254 characters",
        })
    }
}
impl std::error::Error for EmailError {}

impl Email {
    /// The address as letters are sent to it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The address in lower case throughout: the key for finding a person, for no provider tells cases apart.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// `z***@x.example`: the first letter and the domain.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or(("", ""));
        let first: String = local.chars().take(1).collect();
        format!("{first}***@{domain}")
    }
}

fn local_is_sound(local: &str) -> bool {
    let sound = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(sound))
}

fn domain_is_sound(domain: &str) -> bool {
    let sound = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let top = domain.rsplit('.').next().unwrap_or_default();
    domain.contains('.') && domain.split('.').all(sound) && top.len() >= 2 && !top.chars().all(|c| c.is_ascii_digit())
}

impl FromStr for Email {
    type Err = EmailError;

    fn from_str(text: &str) -> Result<Self, EmailError> {
        let folded: String = text.trim().nfkc().collect();
        if folded.is_empty() {
            return Err(EmailError::Empty);
        }
        if folded.len() > 254 {
            return Err(EmailError::TooLong);
        }
        let (local, domain) = folded.split_once('@').ok_or(EmailError::At)?;
        if domain.contains('@') {
            return Err(EmailError::At);
        }
        if !local_is_sound(local) {
            return Err(EmailError::Local);
        }
        if !domain_is_sound(domain) {
            return Err(EmailError::Domain);
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase())))
    }
}

/// A mainland telephone number: `13800138000`, `010-62770000`, `010-62770000-801`, `400-810-0000`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Phone(String);

/// What is wrong with a telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneError {
    /// Nothing was given.
    Empty,
    /// It has something else than digits, spaces, hyphens, brackets, a leading + and an extension.
    Character(char),
    /// A landline number without its area code.
    AreaCode,
    /// Digits of which no mainland number consists.
    Number,
}

impl PhoneError {
    /// The stable code, part of a translation key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "phone-empty",
            Self::Character(_) => "phone-character",
            Self::AreaCode => "phone-area-code",
            Self::Number => "phone-number",
        }
    }
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no number given"),
            Self::Character(found) => write!(f, "{found:?} does not belong in a telephone number"),
            Self::AreaCode => f.write_str("a landline number needs its area code, such as 010-62770000"),
            Self::Number => f.write_str("not a mainland telephone number"),
        }
    }
}
impl std::error::Error for PhoneError {}

impl Phone {
    /// The number in its one written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A mobile number, which a short message can reach.
    #[must_use]
    pub fn is_mobile(&self) -> bool {
        self.0.starts_with('1')
    }

    /// The last four digits, by which the desk finds who is calling; of the number, not of its extension.
    #[must_use]
    pub fn last_four(&self) -> &str {
        let (number, _) = self.split_extension();
        number.get(number.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// `138****8000`, `010-****0000`, `400-****0000`: enough to recognise, not enough to call.
    #[must_use]
    pub fn masked(&self) -> String {
        let prefix: String = if self.is_mobile() {
            self.0.chars().take(3).collect()
        } else {
            self.0.chars().take_while(|c| *c != '-').chain(['-']).collect()
        };
        format!("{prefix}****{}", self.last_four())
    }

    fn split_extension(&self) -> (&str, &str) {
        match self.0.match_indices('-').nth(1) {
            Some((at, _)) if !self.0.starts_with(['4', '8']) => {
                (self.0.get(..at).unwrap_or_default(), self.0.get(at + 1..).unwrap_or_default())
            }
            _ => (&self.0, ""),
        }
    }
}

/// Digits of a number without country code and separators, in their one written form.
fn written(digits: &str) -> Result<String, PhoneError> {
    let length = digits.len();
    let split = |at: usize| {
        let (area, number) = digits.split_at(at);
        if number.starts_with(['0', '1']) { Err(PhoneError::Number) } else { Ok(format!("{area}-{number}")) }
    };
    match digits.as_bytes() {
        [b'1', b'3'..=b'9', ..] if length == 11 => Ok(digits.to_owned()),
        [b'4' | b'8', b'0', b'0', ..] if length == 10 => {
            let (service, rest) = digits.split_at(3);
            let (middle, last) = rest.split_at(3);
            Ok(format!("{service}-{middle}-{last}"))
        }
        [b'0', b'1', b'0', ..] | [b'0', b'2', ..] if length == 11 => split(3),
        [b'0', b'3'..=b'9', ..] if length == 11 || length == 12 => split(4),
        [b'2'..=b'9', ..] if length == 7 || length == 8 => Err(PhoneError::AreaCode),
        _ => Err(PhoneError::Number),
    }
}

/// The number and its extension: behind 转, 分机, ext, x or #, or behind a hyphen that follows a whole number.
fn split_extension_off(folded: &str) -> (&str, &str) {
    for mark in ["转", "分机", "ext.", "ext", "x", "#"] {
        if let Some((number, extension)) = folded.split_once(mark) {
            return (number, extension);
        }
    }
    if let Some((number, extension)) = folded.rsplit_once('-')
        && (1..=6).contains(&extension.len())
        && digits_of(number).is_ok_and(|digits| digits.starts_with('0') && written(&digits).is_ok())
        && digits_of(folded).is_ok_and(|digits| written(&digits).is_err())
    {
        return (number, extension);
    }
    (folded, "")
}

/// The digits, without +86 or 0086; a bracketed (0) behind the country code is dropped.
fn digits_of(number: &str) -> Result<String, PhoneError> {
    let mut text = number.trim();
    let mut international = false;
    for country in ["+86", "0086"] {
        if let Some(rest) = text.strip_prefix(country) {
            text = rest;
            international = true;
            break;
        }
    }
    let text = if international { text.replacen("(0)", "", 1) } else { text.to_owned() };
    let mut digits = String::new();
    for character in text.chars() {
        match character {
            '0'..='9' => digits.push(character),
            ' ' | '-' | '(' | ')' | '.' | '\u{2010}'..='\u{2015}' => {}
            other => return Err(PhoneError::Character(other)),
        }
    }
    if international && !digits.starts_with(['0', '1', '4', '8'])
        || international && digits.starts_with("10") && digits.len() == 10
    {
        digits.insert(0, '0');
    }
    Ok(digits)
}

impl FromStr for Phone {
    type Err = PhoneError;

    fn from_str(text: &str) -> Result<Self, PhoneError> {
        let folded: String = text.trim().nfkc().flat_map(char::to_lowercase).collect();
        if folded.is_empty() {
            return Err(PhoneError::Empty);
        }
        let (number, extension) = split_extension_off(&folded);
        let number = written(&digits_of(number)?)?;
        let extension = extension.trim();
        if extension.is_empty() {
            return Ok(Self(number));
        }
        if let Some(found) = extension.chars().find(|c| !c.is_ascii_digit()) {
            return Err(PhoneError::Character(found));
        }
        if extension.len() > 6 || number.starts_with(['1', '4', '8']) {
            return Err(PhoneError::Number);
        }
        Ok(Self(format!("{number}-{extension}")))
    }
}

/// Surnames of two characters, for masking.
const COMPOUND_SURNAMES: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "长孙", "宇文", "夏侯",
    "端木", "轩辕", "澹台", "申屠",
];

/// A person's name as strangers see it: `张*`, `欧阳*`, `J*`; empty stays empty.
#[must_use]
pub fn masked_name(name: &str) -> String {
    let name = name.trim();
    if name.is_empty() {
        return String::new();
    }
    for surname in COMPOUND_SURNAMES {
        if name.starts_with(surname) && name != *surname {
            return format!("{surname}*");
        }
    }
    let first: String = name.chars().take(1).collect();
    format!("{first}*")
}

macro_rules! text_newtype {
    ($name:ident, $error:ident) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        /// Masked: what is debugged may end in a log.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.masked())
            }
        }
        impl TryFrom<String> for $name {
            type Error = $error;
            fn try_from(text: String) -> Result<Self, $error> {
                text.parse()
            }
        }
        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}
text_newtype!(Email, EmailError);
text_newtype!(Phone, PhoneError);

#[cfg(test)]
mod tests;

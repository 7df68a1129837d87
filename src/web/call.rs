//! One call: everything a handler may know of a request, and nothing it could do to the transport.
//!
//! Contract: a `Call` lives on one blocking thread, inside `dispatch`. Reading a form, a file or a JSON body never
//! panics and refuses what it does not understand, naming the field. Deliberately absent: the response.

use super::error::{Answered, WebError};
use super::form::{Fields, Parsed, Upload};
use super::frame::Frame;
use super::json;
use super::server::Site;
use super::session::Ticket;
use crate::actions::sign_in::{Known, KnownExpert};
use crate::actions::{Actor, Office};
use crate::domain::refusal::Refusal;
use crate::domain::role::{Scope, Staff};
use crate::i18n::L;
use actix_web::cookie::Cookie;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

/// How somebody showed who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// By a session's cookie.
    Session,
    /// By an API token with these scopes.
    Token {
        /// The token's id.
        id: crate::ids::TokenId,
        /// `read`, `write`.
        scopes: Vec<String>,
    },
}

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// Who it is, without secrets.
    pub known: Known,
    /// How they showed it.
    pub by: Credential,
}

/// Who calls.
#[derive(Debug, Clone, Default)]
pub enum Visitor {
    /// Nobody we know.
    #[default]
    Nobody,
    /// Password given, six digits still to come.
    AwaitingCode(Box<Known>),
    /// An account.
    Account(Box<SignedIn>),
    /// An expert, by a link from a letter.
    Expert(Box<KnownExpert>),
}

/// One call.
pub struct Call {
    /// The office.
    pub office: Arc<Office>,
    /// The site it is reached through.
    pub site: Arc<Site>,
    /// Method; HEAD is told apart by [`is_head`](Self::is_head) and otherwise answered as GET.
    pub method: Method,
    /// The route's pattern, for logs and figures; never the path of a sealed link.
    pub route: &'static str,
    /// The path as asked for.
    pub path: String,
    /// Body, within the route's limit.
    pub body: Bytes,
    /// Who calls.
    pub visitor: Visitor,
    /// The language to answer in.
    pub l: L,
    /// When the first byte came, by the office's clock: what counts for an answer in time.
    pub received_at: DateTime<Utc>,
    /// Now, when the handler began.
    pub now: DateTime<Utc>,
    /// Where it came from; behind a trusted proxy, as that says.
    pub ip: IpAddr,
    /// Names this call in the log and in the answer.
    pub request_id: String,
    pub(super) query: String,
    pub(super) params: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) head: bool,
    pub(super) api: bool,
    pub(super) ticket: RefCell<Option<Ticket>>,
    pub(super) cookies: RefCell<Vec<Cookie<'static>>>,
    pub(super) parsed: OnceCell<Result<Parsed, Refusal>>,
}

impl Call {
    /// A part of the path; empty when the route has none of that name.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// An id in the path.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] when it is malformed.
    pub fn id<T: FromStr>(&self, name: &str) -> Result<T, Refusal> {
        self.param(name).parse().map_err(|_| Refusal::NotFound)
    }

    /// A header's text, if there is one.
    #[must_use]
    pub fn header(&self, name: HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// A cookie's value.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.headers.get_all(header::COOKIE).filter_map(|value| value.to_str().ok()).find_map(|line| {
            line.split(';').find_map(|pair| {
                let (known, value) = pair.trim().split_once('=')?;
                (known == name).then(|| value.trim_matches('"').to_owned())
            })
        })
    }

    /// Sets a cookie with the answer.
    pub fn set_cookie(&self, cookie: Cookie<'static>) {
        self.cookies.borrow_mut().push(cookie);
    }

    /// Whether only the headers are asked for; nothing may change then.
    #[must_use]
    pub const fn is_head(&self) -> bool {
        self.head
    }

    /// Path and query as asked for.
    #[must_use]
    pub fn path_and_query(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// Name and value of everything in the query, without the page's own switches (language, theme, type size).
    #[must_use]
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes())
            .filter(|(name, _)| !super::locale::SWITCHES.contains(&name.as_ref()))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    /// One value of the query, trimmed; `None` when it is absent or empty.
    #[must_use]
    pub fn query_value(&self, name: &str) -> Option<String> {
        self.query_pairs()
            .into_iter()
            .find(|(known, value)| known == name && !value.trim().is_empty())
            .map(|(_, value)| value.trim().to_owned())
    }

    /// The query as a value: every field of `T` is an `Option`, a text, a number or a bool; empty values count as
    /// absent.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        json::from_pairs(&self.query_pairs())
    }

    /// The fields of the form, in order; empty when the body is none.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the body cannot be read.
    pub fn form(&self) -> Result<&Fields, Refusal> {
        self.parsed().map(|parsed| &parsed.fields)
    }

    /// The files of the form, those without a name and content left out.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] when the body cannot be read.
    pub fn files(&self) -> Result<&[Upload], Refusal> {
        self.parsed().map(|parsed| parsed.files.as_slice())
    }

    fn parsed(&self) -> Result<&Parsed, Refusal> {
        self.parsed
            .get_or_init(|| Parsed::read(self.header(header::CONTENT_TYPE).unwrap_or_default(), &self.body))
            .as_ref()
            .map_err(Clone::clone)
    }

    /// The JSON body. `T` says `#[serde(deny_unknown_fields)]`.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with the field's path and `unknown-field`, `wrong-type`, `missing`, `not-known`, or
    /// `not-json`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        json::read(self.header(header::CONTENT_TYPE), &self.body)
    }

    /// The account that has signed in.
    ///
    /// # Errors
    /// [`Refusal::SignInFirst`].
    pub fn account(&self) -> Result<&Known, Refusal> {
        match &self.visitor {
            Visitor::Account(signed_in) => Ok(&signed_in.known),
            Visitor::AwaitingCode(_) | Visitor::Expert(_) | Visitor::Nobody => Err(Refusal::SignInFirst),
        }
    }

    /// The expert who came in by a link.
    ///
    /// # Errors
    /// [`Refusal::SignInFirst`].
    pub fn expert(&self) -> Result<&KnownExpert, Refusal> {
        match &self.visitor {
            Visitor::Expert(known) => Ok(known),
            Visitor::Account(_) | Visitor::AwaitingCode(_) | Visitor::Nobody => Err(Refusal::SignInFirst),
        }
    }

    /// The account that has signed in, as deeds know it.
    ///
    /// # Errors
    /// [`Refusal::SignInFirst`].
    pub fn staff(&self) -> Result<&Staff, Refusal> {
        self.account().map(|known| &known.staff)
    }

    /// On whose behalf a deed of this call is done.
    ///
    /// # Errors
    /// [`Refusal::SignInFirst`].
    pub fn actor(&self) -> Result<Actor, Refusal> {
        self.staff().map(|staff| Actor::Staff(staff.clone()))
    }

    /// What the account may see.
    ///
    /// # Errors
    /// [`Refusal::SignInFirst`].
    pub fn scope(&self) -> Result<&Scope, Refusal> {
        self.staff().map(|staff| &staff.scope)
    }

    /// The frame of a page in the section `here` (the first segment of its address: `desk`, `needs`, …).
    #[must_use]
    pub fn frame(&self, here: &'static str) -> Frame {
        Frame::of(self, here)
    }

    /// The form token of the visitor's session; a visitor without a session gets one with the answer.
    ///
    /// # Errors
    /// A fault when the session cannot be kept.
    pub fn csrf(&self) -> Result<String, WebError> {
        super::session::csrf(self)
    }

    /// The error for a sealed link that cannot be opened: unknown, or too many unknown ones from this address. Links
    /// that open are never limited.
    #[must_use]
    pub fn link_unknown(&self) -> WebError {
        self.site.limits.unknown_link(self.ip).into()
    }

    /// Whether errors are to be told as JSON.
    #[must_use]
    pub fn wants_json(&self) -> bool {
        self.api
            || self
                .header(header::ACCEPT)
                .is_some_and(|accept| accept.contains("json") && !accept.contains("text/html"))
    }

    /// The address of a file of ours with its content's hash.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        super::assets::address(name)
    }

    /// The absolute address of a local path.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.office.settings.base_url)
    }

    /// The local page the form was sent from (`Referer`, ours only), else this path.
    #[must_use]
    pub fn came_from(&self) -> Cow<'_, str> {
        let own = self.header(header::REFERER).and_then(|from| {
            let rest = from.split_once("://").map(|(_, rest)| rest)?;
            let host = self.header(header::HOST)?;
            rest.strip_prefix(host).filter(|path| is_local(path))
        });
        own.map_or_else(|| Cow::Owned(self.path_and_query()), Cow::Borrowed)
    }
}

/// Whether a path stays on this site: `/x`, but not `//x` or `/\x`, and no control characters.
#[must_use]
pub fn is_local(path: &str) -> bool {
    path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\") && !path.chars().any(char::is_control)
}

/// A handler for what does not exist.
///
/// # Errors
/// Always [`Refusal::NotFound`].
pub fn not_found(_: &Call) -> Answered {
    Err(Refusal::NotFound.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_local_paths_are_followed() {
        for (path, local) in [
            ("/desk", true),
            ("/needs?x=//a", true),
            ("//evil", false),
            ("/\\evil", false),
            ("https://evil", false),
            ("/a\nb", false),
            ("", false),
        ] {
            assert_eq!(is_local(path), local, "{path:?}");
        }
    }
}

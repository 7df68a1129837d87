//! From a request to an answer: who calls, in which language, whether they may, and only then the handler.
//!
//! Everything here runs on a blocking thread. Contract: whatever happens, there is an answer; refusals and faults are
//! told in the caller's language, as a page or as JSON.

use super::answer::Answer;
use super::call::{Call, Credential, SignedIn, Visitor};
use super::error::{Answered, WebError, told};
use super::routes::{Access, Handler};
use super::server::Site;
use super::{csrf, idempotency, locale, session};
use crate::actions::{Office, sign_in};
use crate::domain::refusal::Refusal;
use crate::domain::role::{Right, Role};
use crate::i18n::L;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderMap};
use actix_web::web::Bytes;
use chrono::{DateTime, Utc};
use std::cell::{OnceCell, RefCell};
use std::net::IpAddr;
use std::sync::Arc;

/// The pattern of paths that do not exist: whoever asks is told so, and no form token is looked for.
pub const NOWHERE: &str = "(none)";

/// What the table says of the route that was found.
#[derive(Debug, Clone, Copy)]
pub struct Matched {
    /// Pattern.
    pub route: &'static str,
    /// Who may call.
    pub access: Access,
    /// What answers.
    pub handler: Handler,
}

/// A request, collected.
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path.
    pub path: String,
    /// Query, without the question mark.
    pub query: String,
    /// Parts of the path.
    pub params: Vec<(String, String)>,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, or that it was too large.
    pub body: Result<Bytes, Refusal>,
    /// Where it came from.
    pub ip: IpAddr,
    /// When.
    pub received_at: DateTime<Utc>,
    /// Its name.
    pub request_id: String,
    /// The methods the path has, when the asked one is not among them.
    pub allowed: Option<String>,
}

/// Answers a request.
#[must_use]
pub fn answer(office: Arc<Office>, site: Arc<Site>, matched: Matched, request: Request) -> Answer {
    let (body, too_large) = match request.body {
        Ok(body) => (body, None),
        Err(refusal) => (Bytes::new(), Some(refusal)),
    };
    let head = request.method == Method::HEAD;
    let api = matches!(matched.access, Access::Api(_) | Access::Metrics) || request.path.starts_with("/api/v");
    let mut call = Call {
        now: office.now(),
        office,
        site,
        method: if head { Method::GET } else { request.method },
        route: matched.route,
        path: request.path,
        body,
        visitor: Visitor::Nobody,
        l: L::default(),
        received_at: request.received_at,
        ip: request.ip,
        request_id: request.request_id,
        query: request.query,
        params: request.params,
        headers: request.headers,
        head,
        api,
        ticket: RefCell::new(None),
        cookies: RefCell::new(Vec::new()),
        parsed: OnceCell::new(),
    };
    let recognised = recognise(&mut call, matched.access);
    locale::decide(&mut call);
    let answered = recognised.and_then(|()| match (too_large, request.allowed) {
        (_, Some(methods)) => Err(WebError::WrongMethod(methods)),
        (Some(refusal), None) => Err(refusal.into()),
        (None, None) => {
            if matched.route != NOWHERE {
                admit(&call, matched.access)?;
            }
            handle(&mut call, matched)
        }
    });
    let mut answer = match answered {
        Ok(answer) => answer,
        Err(error) => told(&call, &error),
    };
    answer.cookies.splice(0..0, call.cookies.take());
    answer
}

fn handle(call: &mut Call, matched: Matched) -> Answered {
    if matches!(matched.access, Access::Api(_)) && call.method == Method::POST {
        return idempotency::once(call, matched);
    }
    (matched.handler)(call)
}

/// Finds out who calls, as far as the route wants to know.
fn recognise(call: &mut Call, access: Access) -> Result<(), WebError> {
    match access {
        Access::Open | Access::Link | Access::Metrics => Ok(()),
        Access::Api(_) => recognise_token(call),
        Access::Demo if bearer(call).is_some() => recognise_token(call),
        Access::Public | Access::Account | Access::Expert | Access::SignedIn(_) | Access::Demo => {
            session::look_up(call)
        }
    }
}

/// The bearer token of a call (RFC 6750, 2.1).
#[must_use]
pub fn bearer(call: &Call) -> Option<String> {
    let (scheme, token) = call.header(header::AUTHORIZATION)?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
}

fn recognise_token(call: &mut Call) -> Result<(), WebError> {
    let Some(token) = bearer(call) else { return Ok(()) };
    if let Some((row, known)) = sign_in::by_token(&call.office, &token)? {
        let by = Credential::Token { id: row.id, scopes: row.scopes.get() };
        call.visitor = Visitor::Account(Box::new(SignedIn { known, by }));
    }
    Ok(())
}

/// Whether the visitor may call the route at all.
fn admit(call: &Call, access: Access) -> Result<(), WebError> {
    let changes = call.method != Method::GET;
    match access {
        Access::Open => Ok(()),
        Access::Metrics => super::health::may_measure(call),
        Access::Link => {
            if changes {
                csrf::check_origin(call)?;
            }
            Ok(())
        }
        Access::Public => form_is_ours(call, changes),
        Access::Account => {
            call.account()?;
            form_is_ours(call, changes)
        }
        Access::Expert => {
            call.expert()?;
            form_is_ours(call, changes)
        }
        Access::SignedIn(right) => {
            has(call, right)?;
            second_factor_is_set(call)?;
            form_is_ours(call, changes)
        }
        Access::Api(right) => may_call(call, right, changes),
        Access::Demo => {
            if call.site.demo.is_none() {
                return Err(Refusal::NotFound.into());
            }
            if bearer(call).is_some() {
                return if changes { may_call(call, Right::Administer, true) } else { Ok(()) };
            }
            form_is_ours(call, changes)
        }
    }
}

fn form_is_ours(call: &Call, changes: bool) -> Result<(), WebError> {
    if changes { Ok(csrf::check(call)?) } else { Ok(()) }
}

fn has(call: &Call, right: Right) -> Result<(), Refusal> {
    if call.account()?.role.has(right) { Ok(()) } else { Err(Refusal::NotYours) }
}

fn may_call(call: &Call, right: Right, changes: bool) -> Result<(), WebError> {
    let Visitor::Account(signed_in) = &call.visitor else { return Err(Refusal::SignInFirst.into()) };
    let Credential::Token { id, scopes } = &signed_in.by else { return Err(Refusal::SignInFirst.into()) };
    call.site.limits.api_call(id.as_str())?;
    let scope = if changes { "write" } else { "read" };
    if !scopes.iter().any(|known| known == scope) {
        return Err(Refusal::NotYours.into());
    }
    Ok(has(call, right)?)
}

/// Where the operator asks for it, everybody but liaisons sets up a second factor before anything else.
fn second_factor_is_set(call: &Call) -> Result<(), WebError> {
    let known = call.account()?;
    if call.office.settings.second_factor && known.role != Role::Liaison && !known.has_second_factor {
        return Err(WebError::Elsewhere("/account/second-factor".to_owned()));
    }
    Ok(())
}

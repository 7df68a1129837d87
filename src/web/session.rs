//! Sessions at the door: the cookie, who it stands for, and the form token that goes with it.
//!
//! The cookie holds a 256-bit secret, the database its SHA-256. Over https it is `__Host-zhipai` (Secure, HttpOnly,
//! SameSite=Lax, Path=/; RFC 6265bis); a site set to plain http uses `zhipai` without Secure and says so in a banner.
//! A visitor who has not signed in has a session only once a form needs a token. Deliberately absent: how sessions are
//! opened and ended, which is `actions::sign_in`.

use super::call::{Call, Credential, SignedIn, Visitor};
use super::error::WebError;
use crate::actions::sign_in::{self, Opened};
use actix_web::cookie::{Cookie, SameSite, time};

/// The session behind a call: its hash and its form token.
#[derive(Debug, Clone)]
pub struct Ticket {
    /// SHA-256 of the cookie's secret.
    pub hash: String,
    /// The form token.
    pub csrf: String,
}

/// The cookie's name.
#[must_use]
pub const fn cookie_name(plain_http: bool) -> &'static str {
    if plain_http { "zhipai" } else { "__Host-zhipai" }
}

fn cookie(plain_http: bool, value: String, max_age: time::Duration) -> Cookie<'static> {
    Cookie::build(cookie_name(plain_http), value)
        .path("/")
        .http_only(true)
        .secure(!plain_http)
        .same_site(SameSite::Lax)
        .max_age(max_age)
        .finish()
}

/// Finds out whose session the cookie is, and says so in the call.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn look_up(call: &mut Call) -> Result<(), WebError> {
    let Some(secret) = call.cookie(cookie_name(call.site.plain_http)) else { return Ok(()) };
    let Some(resumed) = sign_in::resume(&call.office, &secret, call.site.terms, !call.is_head())? else {
        return Ok(());
    };
    call.ticket.replace(Some(Ticket { hash: resumed.hash, csrf: resumed.csrf }));
    call.visitor = match resumed.known {
        None => resumed.expert.map_or(Visitor::Nobody, |expert| Visitor::Expert(Box::new(expert))),
        Some(known) if resumed.awaiting_code => Visitor::AwaitingCode(Box::new(known)),
        Some(known) => Visitor::Account(Box::new(SignedIn { known, by: Credential::Session })),
    };
    Ok(())
}

/// The form token of the visitor's session, opening one for a visitor without.
///
/// # Errors
/// A fault when the session cannot be kept.
pub fn csrf(call: &Call) -> Result<String, WebError> {
    if let Some(ticket) = call.ticket.borrow().as_ref() {
        return Ok(ticket.csrf.clone());
    }
    if call.is_head() {
        return Ok(String::new());
    }
    let opened = sign_in::open_anonymous(&call.office)?;
    let token = opened.csrf.clone();
    begin(call, opened);
    Ok(token)
}

/// Hands the visitor a session just opened, in place of any other.
pub fn begin(call: &Call, opened: Opened) {
    let left = (opened.expires_at - call.now).num_seconds().max(0);
    call.set_cookie(cookie(call.site.plain_http, opened.secret, time::Duration::seconds(left)));
    call.ticket.replace(Some(Ticket { hash: opened.hash, csrf: opened.csrf }));
}

/// Takes the visitor's cookie away.
pub fn forget(call: &Call) {
    call.set_cookie(cookie(call.site.plain_http, String::new(), time::Duration::ZERO));
    call.ticket.replace(None);
}

//! Forms from elsewhere are refused: a token per session, and what the browser says of where a request comes from.
//!
//! Unsafe requests that a cookie vouches for carry the session's token in the field `csrf` or the header
//! `X-CSRF-Token`, and must come from our own pages by `Sec-Fetch-Site`, or by `Origin` where that is absent. Sealed
//! links carry their own proof and no session, so they are only checked for their origin, and a mail client that says
//! nothing of it is let in. Requests with a bearer token need neither: no browser adds one by itself.

use super::call::Call;
use crate::domain::refusal::Refusal;
use actix_web::http::header::{self, HeaderName};
use sha2::{Digest, Sha256};

/// The hidden field.
pub const FIELD: &str = "csrf";

const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether what the browser says of the origin allows the request; saying nothing does.
#[must_use]
pub fn origin_allows(fetch_site: Option<&str>, origin: Option<&str>, host: Option<&str>, base_url: &str) -> bool {
    if let Some(site) = fetch_site {
        return matches!(site, "same-origin" | "none");
    }
    match origin {
        None => true,
        Some(origin) => {
            let own = host.is_some_and(|host| origin.split_once("://").is_some_and(|(_, rest)| rest == host));
            own || base_url.trim_end_matches('/') == origin
        }
    }
}

/// Checks where a request comes from.
///
/// # Errors
/// [`Refusal::FormExpired`].
pub fn check_origin(call: &Call) -> Result<(), Refusal> {
    let allowed = origin_allows(
        call.header(SEC_FETCH_SITE),
        call.header(header::ORIGIN),
        call.header(header::HOST),
        &call.office.settings.base_url,
    );
    if allowed { Ok(()) } else { Err(Refusal::FormExpired) }
}

/// Checks the token of a form.
///
/// # Errors
/// [`Refusal::FormExpired`] when there is no session, no token, or another's.
pub fn check(call: &Call) -> Result<(), Refusal> {
    check_origin(call)?;
    let expected = call.ticket.borrow().as_ref().map(|ticket| ticket.csrf.clone()).ok_or(Refusal::FormExpired)?;
    let given = match call.header(HEADER) {
        Some(token) => token.to_owned(),
        None => call.form()?.get(FIELD).to_owned(),
    };
    // Hashes are compared, so that the time taken says nothing of the token.
    if Sha256::digest(given.as_bytes()) == Sha256::digest(expected.as_bytes()) {
        Ok(())
    } else {
        Err(Refusal::FormExpired)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_pages_may_post() {
        let base = "https://zhipai.example";
        let table: [(Option<&str>, Option<&str>, bool); 8] = [
            (Some("same-origin"), Some("https://zhipai.example"), true),
            (Some("none"), None, true),
            (Some("cross-site"), Some("https://zhipai.example"), false),
            (Some("same-site"), None, false),
            (None, None, true),
            (None, Some("https://zhipai.example"), true),
            (None, Some("https://evil.example"), false),
            (None, Some("null"), false),
        ];
        for (site, origin, allowed) in table {
            assert_eq!(origin_allows(site, origin, Some("zhipai.example"), base), allowed, "{site:?} {origin:?}");
        }
    }
}

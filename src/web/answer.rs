//! Answers: what a handler gives back, before it becomes an HTTP response.
//!
//! Contract: an [`Answer`] is complete except for the headers every response carries (`headers.rs`) and the cookies the
//! call itself wants to set. Deliberately absent: any choice of words.

use super::error::{Answered, WebError};
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use serde::Serialize;

/// A response in the making.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: StatusCode,
    /// Headers of this answer alone.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Body.
    pub body: Bytes,
    /// Cookies to set.
    pub cookies: Vec<Cookie<'static>>,
}

impl Answer {
    /// An answer of that status and media type.
    #[must_use]
    pub fn new(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static(media_type))],
            body: body.into(),
            cookies: Vec::new(),
        }
    }

    /// A page: 200.
    ///
    /// # Errors
    /// A fault when the template cannot be written.
    pub fn page<T: askama::Template>(template: &T) -> Answered {
        Self::page_with(StatusCode::OK, template)
    }

    /// A page with another status: 422 for a form that came back.
    ///
    /// # Errors
    /// A fault when the template cannot be written.
    pub fn page_with<T: askama::Template>(status: StatusCode, template: &T) -> Answered {
        Ok(Self::new(status, "text/html; charset=utf-8", template.render()?))
    }

    /// A form that came back with problems: 422.
    ///
    /// # Errors
    /// A fault when the template cannot be written.
    pub fn form_again<T: askama::Template>(template: &T) -> Answered {
        Self::page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
    }

    /// JSON: 200.
    ///
    /// # Errors
    /// A fault when the value cannot be written.
    pub fn json<T: Serialize>(value: &T) -> Answered {
        Self::json_with(StatusCode::OK, value)
    }

    /// JSON: 201 with the address of what was made.
    ///
    /// # Errors
    /// A fault when the value cannot be written.
    pub fn created<T: Serialize>(location: &str, value: &T) -> Answered {
        Ok(Self::json_with(StatusCode::CREATED, value)?.with_header(header::LOCATION, location))
    }

    /// JSON with any status.
    ///
    /// # Errors
    /// A fault when the value cannot be written.
    pub fn json_with<T: Serialize>(status: StatusCode, value: &T) -> Answered {
        Ok(Self::new(status, "application/json; charset=utf-8", serde_json::to_vec(value).map_err(WebError::fault)?))
    }

    /// Go there next, by GET (303): after every form that was taken.
    #[must_use]
    pub fn see_other(to: &str) -> Self {
        Self::new(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", Bytes::new()).with_header(header::LOCATION, to)
    }

    /// Plain text: 200.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, "text/plain; charset=utf-8", text.into())
    }

    /// Nothing to show: 204.
    #[must_use]
    pub fn nothing() -> Self {
        Self { status: StatusCode::NO_CONTENT, headers: Vec::new(), body: Bytes::new(), cookies: Vec::new() }
    }

    /// A file to keep, never shown in place (RFC 6266, the name in UTF-8 by RFC 8187).
    #[must_use]
    pub fn download(name: &str, media_type: &str, body: impl Into<Bytes>) -> Self {
        let plain: String = name
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' })
            .collect();
        let mut encoded = String::new();
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_') {
                encoded.push(char::from(byte));
            } else {
                encoded.push_str(&format!("%{byte:02X}"));
            }
        }
        Self { status: StatusCode::OK, headers: Vec::new(), body: body.into(), cookies: Vec::new() }
            .with_header(header::CONTENT_TYPE, media_type)
            .with_header(
                header::CONTENT_DISPOSITION,
                &format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"),
            )
    }

    /// With one more header; a value that no header may carry is left out.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.retain(|(known, _)| *known != name);
            self.headers.push((name, value));
        }
        self
    }

    /// With a cookie.
    #[must_use]
    pub fn with_cookie(mut self, cookie: Cookie<'static>) -> Self {
        self.cookies.push(cookie);
        self
    }

    /// With a line the next page says once: a key of the words and its arguments, which are figures, numbers and names
    /// we chose, never free text.
    #[must_use]
    pub fn flash(self, key: &str, args: &[(&str, &str)]) -> Self {
        let mut text = form_urlencoded::Serializer::new(String::new());
        text.append_pair("key", key);
        for (name, value) in args {
            text.append_pair(name, value);
        }
        let cookie = Cookie::build(super::frame::FLASH, text.finish())
            .path("/")
            .http_only(true)
            .same_site(actix_web::cookie::SameSite::Lax)
            .max_age(actix_web::cookie::time::Duration::minutes(2))
            .finish();
        self.with_cookie(cookie)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_download_carries_its_name_in_both_forms() {
        let answer = Answer::download("服务记录 1.csv", "text/csv", "a");
        let value = answer.headers.iter().find(|(name, _)| *name == header::CONTENT_DISPOSITION).expect("header");
        assert_eq!(
            value.1.to_str().expect("ascii"),
            "attachment; filename=\"_____1.csv\"; filename*=UTF-8''%E6%9C%8D%E5%8A%A1%E8%AE%B0%E5%BD%95%201.csv"
        );
    }

    #[test]
    fn a_header_cannot_be_split() {
        let answer = Answer::see_other("/desk\r\nSet-Cookie: a=b");
        assert!(answer.headers.iter().all(|(name, _)| *name != header::LOCATION));
    }
}

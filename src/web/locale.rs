//! Language, theme and type size: real links that keep the page (`?lang=en`, `?theme=dark`, `?large=1`), remembered in
//! cookies.
//!
//! The language of a page is that of the link just followed, else the cookie's, else the account's, else the first one
//! of `Accept-Language` we speak, else Chinese. The API goes by `Accept-Language` first.

use super::call::Call;
use crate::i18n::{L, Lang};
use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::header;

/// Names in a query that belong to the frame and not to the page.
pub const SWITCHES: [&str; 3] = ["lang", "theme", "large"];

/// The languages of an `Accept-Language` header, best first (RFC 9110, 12.5.4).
#[must_use]
pub fn accepted(header: &str) -> Option<Lang> {
    let mut best: Option<(f32, Lang)> = None;
    for part in header.split(',') {
        let mut pieces = part.trim().split(';');
        let tag = pieces.next().unwrap_or_default().trim().to_ascii_lowercase();
        let weight =
            pieces.find_map(|piece| piece.trim().strip_prefix("q=")?.trim().parse::<f32>().ok()).unwrap_or(1.0);
        let language = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en") => Lang::En,
            _ => continue,
        };
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, language));
        }
    }
    best.map(|(_, language)| language)
}

fn spoken(tag: &str) -> Option<Lang> {
    match tag {
        "zh" | "zh-CN" => Some(Lang::Zh),
        "en" => Some(Lang::En),
        _ => None,
    }
}

/// One of the page's switches in the query.
#[must_use]
pub fn switch(call: &Call, name: &str) -> Option<String> {
    form_urlencoded::parse(call.query.as_bytes()).find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

/// Decides the language of a call, and remembers a switch just used.
pub fn decide(call: &mut Call) {
    let accept = call.header(header::ACCEPT_LANGUAGE).and_then(accepted);
    let account = call
        .account()
        .map(|known| &known.language)
        .or_else(|_| call.expert().map(|known| &known.language))
        .ok()
        .map(|language| Lang::of(language));
    if call.api {
        call.l = L(accept.or(account).unwrap_or_default());
        return;
    }
    let switched = switch(call, "lang").as_deref().and_then(spoken);
    let remembered = call.cookie("lang").as_deref().and_then(spoken);
    call.l = L(switched.or(remembered).or(account).or(accept).unwrap_or_default());
    if let Some(language) = switched {
        remember(call, "lang", language.short());
    }
    if let Some(theme) = switch(call, "theme").filter(|theme| matches!(theme.as_str(), "light" | "dark" | "auto")) {
        remember(call, "theme", &theme);
    }
    if let Some(large) = switch(call, "large") {
        remember(call, "large", if large == "1" { "1" } else { "0" });
    }
}

fn remember(call: &Call, name: &'static str, value: &str) {
    let kept = Cookie::build(name, value.to_owned())
        .path("/")
        .http_only(true)
        .secure(!call.site.plain_http)
        .same_site(SameSite::Lax)
        .max_age(time::Duration::days(365))
        .finish();
    call.set_cookie(kept);
}

/// The theme: `light`, `dark`, or `auto`.
#[must_use]
pub fn theme(call: &Call) -> &'static str {
    match switch(call, "theme").or_else(|| call.cookie("theme")).as_deref() {
        Some("light") => "light",
        Some("dark") => "dark",
        _ => "auto",
    }
}

/// Whether type is large.
#[must_use]
pub fn large(call: &Call) -> bool {
    switch(call, "large").or_else(|| call.cookie("large")).as_deref() == Some("1")
}

/// The page's own address with one switch set; for a form that came back, the address of the page it came from.
#[must_use]
pub fn with_switch(call: &Call, name: &str, value: &str) -> String {
    let own =
        if call.method == actix_web::http::Method::GET { call.path_and_query() } else { call.came_from().into_owned() };
    let (path, query) = own.split_once('?').unwrap_or((&own, ""));
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (known, given) in
        form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| !SWITCHES.contains(&known.as_ref()))
    {
        pairs.append_pair(&known, &given);
    }
    pairs.append_pair(name, value);
    format!("{path}?{}", pairs.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_language_we_speak_wins() {
        for (header, expected) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::Zh)),
            ("en-GB,en;q=0.9", Some(Lang::En)),
            ("fr, en;q=0.5, zh;q=0.7", Some(Lang::Zh)),
            ("en;q=0", None),
            ("ja", None),
            ("", None),
        ] {
            assert_eq!(accepted(header), expected, "{header}");
        }
    }
}

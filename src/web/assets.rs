//! Our own files: style sheets, scripts and pictures, inside the binary, under addresses that carry their content's
//! hash, so that a browser may keep them for good.

use super::answer::Answer;
use super::call::Call;
use super::error::Answered;
use crate::domain::refusal::Refusal;
use actix_web::http::{StatusCode, header};
use rust_embed::RustEmbed;
use std::collections::HashMap;
use std::sync::OnceLock;

#[derive(RustEmbed)]
#[folder = "src/web/static/"]
struct Files;

/// Name to the first 16 hexadecimal digits of the content's SHA-256.
fn hashes() -> &'static HashMap<String, String> {
    static HASHES: OnceLock<HashMap<String, String>> = OnceLock::new();
    HASHES.get_or_init(|| {
        Files::iter()
            .filter_map(|name| {
                let hash: String = crate::seal::fingerprint(&Files::get(&name)?.data).chars().take(16).collect();
                Some((name.into_owned(), hash))
            })
            .collect()
    })
}

/// The address of a file.
#[must_use]
pub fn address(name: &str) -> String {
    match hashes().get(name) {
        Some(hash) => format!("/assets/{hash}/{name}"),
        None => {
            tracing::error!(name, "there is no such file among ours");
            format!("/assets/none/{name}")
        }
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// `GET /assets/{hash}/{name}`.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn serve(call: &Call) -> Answered {
    let name = call.param("name");
    let known = hashes().get(name).is_some_and(|hash| hash == call.param("hash"));
    let file = Files::get(name).filter(|_| known).ok_or(Refusal::NotFound)?;
    Ok(Answer::new(StatusCode::OK, media_type(name), file.data.into_owned())
        .with_header(header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
}

/// `GET /favicon.ico`: the mark.
///
/// # Errors
/// None.
pub fn favicon(_: &Call) -> Answered {
    Ok(Answer::see_other(&address("mark.svg")))
}

/// `GET /robots.txt`: nothing here is for search engines.
///
/// # Errors
/// None.
pub fn robots(_: &Call) -> Answered {
    Ok(Answer::text("User-agent: *\nDisallow: /\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_frame_loads_is_there() {
        for name in ["zhipai.css", "components.css", "matters.css", "app.js", "mark.svg"] {
            assert!(!address(name).contains("/none/"), "{name}");
        }
    }
}

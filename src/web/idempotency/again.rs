//! The answer of a call whose deed is done and whose own answer was lost in a crash: what was made, as it stands now.
//!
//! Contract: nothing is changed; the resource is read through its own GET route, for the same visitor. A call that makes
//! something answers with 201 and its address, any other with the resource its path belongs to.

use super::super::answer::Answer;
use super::super::call::Call;
use super::super::error::{Answered, WebError};
use super::super::routes::table;
use crate::domain::refusal::Refusal;
use actix_web::http::header;
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

/// Where what a route makes is found.
fn made_at(route: &str, made: &str) -> Option<String> {
    let place = match route {
        "/api/v1/needs" => "needs",
        "/api/v1/needs/{id}/assignments" => "assignments",
        "/api/v1/experts" => "experts",
        "/api/v1/experts/{id}/admonitions" | "/api/v1/experts/{id}/removal" => "conduct-cases",
        "/api/v1/calendar/imports" => "calendar/imports",
        "/api/v1/outages" => "outages",
        _ => return None,
    };
    (!made.is_empty()).then(|| format!("/api/v1/{place}/{made}"))
}

/// Tells again what a call did. `made` is the id its deed noted.
///
/// # Errors
/// What reading the resource says; [`Refusal::ChangedMeanwhile`] when there is none to read.
pub fn told_again(call: &Call, made: &str) -> Answered {
    match made_at(call.route, made) {
        Some(address) => {
            let answer = read(call, &address)?;
            Ok(Answer { status: StatusCode::CREATED, ..answer }.with_header(header::LOCATION, &address))
        }
        None => {
            let parent = call.path.rsplit_once('/').map(|(parent, _)| parent).unwrap_or_default();
            read(call, parent)
        }
    }
}

/// Answers `GET address` for the visitor of `call`.
fn read(call: &Call, address: &str) -> Answered {
    let found = table().into_iter().filter(|row| row.method == Method::GET).find_map(|row| {
        let params = matched(row.path, address)?;
        Some((row, params))
    });
    let (row, params) = found.ok_or(WebError::Refused(Refusal::ChangedMeanwhile))?;
    let reading = Call {
        office: Arc::clone(&call.office),
        site: Arc::clone(&call.site),
        method: Method::GET,
        route: row.path,
        path: address.to_owned(),
        body: Bytes::new(),
        visitor: call.visitor.clone(),
        l: call.l,
        received_at: call.received_at,
        now: call.now,
        ip: call.ip,
        request_id: call.request_id.clone(),
        query: String::new(),
        params,
        headers: call.headers.clone(),
        head: false,
        api: true,
        ticket: RefCell::new(None),
        cookies: RefCell::new(Vec::new()),
        parsed: OnceCell::new(),
    };
    (row.handler)(&reading)
}

/// The named parts of a path, if it is of that pattern.
fn matched(pattern: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
    let mut params = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(params),
            (Some(part), Some(text)) => match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
                Some(name) => params.push((name.to_owned(), text.to_owned())),
                None if part == text => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_has_a_route_to_be_read_by() {
        let posts = table().into_iter().filter(|row| row.method == Method::POST && row.path.starts_with("/api/v1/"));
        for row in posts {
            let Some(address) = made_at(row.path, "0190b4a2-1111-7abc-8def-0123456789ab") else { continue };
            let read =
                table().into_iter().any(|row| row.method == Method::GET && matched(row.path, &address).is_some());
            assert!(read, "{address}");
        }
        assert_eq!(matched("/api/v1/needs/{id}", "/api/v1/needs/7"), Some(vec![("id".to_owned(), "7".to_owned())]));
        assert_eq!(matched("/api/v1/needs/{id}", "/api/v1/needs"), None);
        assert_eq!(made_at("/api/v1/needs", ""), None);
    }
}

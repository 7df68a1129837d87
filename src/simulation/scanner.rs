//! A mail scanner: opens every link of a letter by GET and by HEAD through the real handlers, and counts what changed.

use crate::actions::{Done, Fault, Office};
use crate::domain::refusal::Refusal;
use crate::mail::links::links_in;
use crate::web::Site;
use crate::web::dispatch::{self, Matched, Request};
use crate::web::routes::Access;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

/// Opens every sealed link of a letter. Answers how many were opened.
///
/// # Errors
/// A fault, when a genuine link is answered with one.
pub fn scan(office: &Arc<Office>, site: &Arc<Site>, text: &str) -> Done<usize> {
    let mut opened = 0;
    for link in links_in(text) {
        let Some((_, token)) = link.split_once("/l/") else { continue };
        for method in [Method::GET, Method::HEAD] {
            let request = Request {
                method,
                path: format!("/l/{token}"),
                query: String::new(),
                params: vec![("token".to_owned(), token.to_owned())],
                headers: HeaderMap::new(),
                body: Ok::<Bytes, Refusal>(Bytes::new()),
                ip: IpAddr::V4(Ipv4Addr::LOCALHOST),
                received_at: office.now(),
                request_id: "scan".to_owned(),
                allowed: None,
            };
            let matched = Matched { route: "/l/{token}", access: Access::Link, handler: crate::web::pages::link::show };
            let answer = dispatch::answer(Arc::clone(office), Arc::clone(site), matched, request);
            if answer.status.is_server_error() {
                return Err(Fault::new(format!("a link was answered with {}", answer.status)).into());
            }
            opened += 1;
        }
    }
    Ok(opened)
}

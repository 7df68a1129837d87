//! The one place that knows actix: from sockets to `dispatch` and back.
//!
//! Bodies are collected up to the route's limit, work is done on blocking threads, and the log has one line a request:
//! method, the route's pattern, status and time, never the path of a sealed link or a query. On SIGTERM requests under
//! way are finished.

use super::answer::Answer;
use super::demo::DemoHooks;
use super::dispatch::{self, Matched, NOWHERE, Request};
use super::error::bare;
use super::frame::SiteInfo;
use super::headers;
use super::limits::Limits;
use super::network::{Network, visitor_address};
use super::routes::{Access, BodyLimit, Route, table};
use crate::actions::Office;
use crate::actions::sign_in::Terms;
use crate::domain::refusal::Refusal;
use crate::telemetry::metrics::Metrics;
use actix_web::dev::{Server, ServerHandle};
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, guard, middleware, web};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a body may take to arrive.
const BODY_TIME: Duration = Duration::from_mins(2);

/// The site the office is reached through.
pub struct Site {
    /// What the footer says.
    pub info: SiteInfo,
    /// Whether the site is reached by plain http: cookies without Secure, and a banner.
    pub plain_http: bool,
    /// Whether letters cannot leave.
    pub mail_off: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<Network>,
    /// The demo's own pages, in the demo.
    pub demo: Option<Arc<dyn DemoHooks>>,
    /// The token that reads `/metrics` from elsewhere.
    pub metrics_token: Option<SecretString>,
    /// How long sessions live.
    pub terms: Terms,
    /// How often one may try.
    pub limits: Limits,
    /// The figures.
    pub metrics: Arc<Metrics>,
    /// Names this run of the process.
    pub run: String,
}

impl Site {
    /// A site with the defaults of the service; `run` names this run of the process (any random text).
    #[must_use]
    pub fn new(run: String) -> Self {
        Self {
            info: SiteInfo::default(),
            plain_http: false,
            mail_off: false,
            trusted_proxies: Vec::new(),
            demo: None,
            metrics_token: None,
            terms: Terms::SERVICE,
            limits: Limits::new(false),
            metrics: Arc::new(Metrics::default()),
            run,
        }
    }

    /// The same site as a demo: plain http, long sessions, free tokens.
    #[must_use]
    pub fn with_demo(mut self, hooks: Arc<dyn DemoHooks>) -> Self {
        self.demo = Some(hooks);
        self.plain_http = true;
        self.terms = Terms::DEMO;
        self.limits = Limits::new(true);
        self
    }
}

/// A server about to run.
pub struct Serving {
    /// Runs until it is stopped; await it in an actix or tokio runtime.
    pub server: Server,
    /// Stops it: `handle.stop(true)` finishes requests under way.
    pub handle: ServerHandle,
    /// The port it listens on.
    pub port: u16,
}

#[derive(Clone)]
struct Shared {
    office: Arc<Office>,
    site: Arc<Site>,
}

/// Routes of one path.
#[derive(Clone)]
struct Place {
    path: &'static str,
    rows: Vec<Route>,
    allowed: String,
}

/// Paths in the order they are tried: a literal segment before `{name}`, `{rest:.*}` last.
fn places() -> Vec<Place> {
    let mut by_path: BTreeMap<Vec<(u8, &'static str)>, Place> = BTreeMap::new();
    for row in table() {
        let key: Vec<(u8, &'static str)> = row
            .path
            .split('/')
            .map(|segment| match segment {
                rest if rest.contains(":.*") => (2, segment),
                part if part.starts_with('{') => (1, segment),
                _ => (0, segment),
            })
            .collect();
        let place =
            by_path.entry(key).or_insert_with(|| Place { path: row.path, rows: Vec::new(), allowed: String::new() });
        place.rows.push(row);
    }
    let mut places: Vec<Place> = by_path.into_values().collect();
    for place in &mut places {
        let mut methods: Vec<&str> = place.rows.iter().map(|row| row.method.as_str()).collect();
        if methods.contains(&"GET") {
            methods.push("HEAD");
        }
        place.allowed = methods.join(", ");
    }
    places
}

/// What ends a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// SIGTERM or SIGINT to the process, or its handle.
    Signal,
    /// Its handle only: one process may hold several servers, and one signal must not end them all.
    Handle,
}

/// Builds the server on a listener that is already bound (port 0 for a free one); `workers` 0 is one per processor.
///
/// # Errors
/// What the operating system says.
pub fn serve(
    office: Arc<Office>,
    site: Arc<Site>,
    listener: TcpListener,
    workers: usize,
    ending: Ending,
) -> std::io::Result<Serving> {
    let port = listener.local_addr()?.port();
    let processors = std::thread::available_parallelism().map_or(2, usize::from);
    let shared = Shared { office, site };
    let places = Arc::new(places());
    let http = HttpServer::new(move || {
        let mut app = App::new().wrap(middleware::Compress::default());
        for place in places.iter() {
            app = app.service(resource(place, &shared));
        }
        app.default_service(web::to(endpoint(&shared, None, nowhere(Access::Public), None)))
    })
    .workers(if workers == 0 { processors } else { workers })
    .shutdown_timeout(20)
    .client_request_timeout(Duration::from_secs(15))
    .keep_alive(Duration::from_secs(65))
    .listen(listener)?;
    let server = if ending == Ending::Handle { http.disable_signals() } else { http }.run();
    Ok(Serving { handle: server.handle(), server, port })
}

fn resource(place: &Place, shared: &Shared) -> actix_web::Resource {
    let mut resource = web::resource(place.path);
    for row in &place.rows {
        let matched = Matched { route: row.path, access: row.access, handler: row.handler };
        let to = endpoint(shared, Some(row.body), matched, None);
        let route = match row.method {
            Method::GET => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
            _ => web::method(row.method.clone()),
        };
        resource = resource.route(route.to(to));
    }
    let access = match place.rows.first() {
        Some(row) if matches!(row.access, Access::Api(_)) => row.access,
        _ => Access::Open,
    };
    resource.default_service(web::to(endpoint(shared, None, nowhere(access), Some(place.allowed.clone()))))
}

/// For paths that do not exist, and methods a path does not have.
const fn nowhere(access: Access) -> Matched {
    Matched { route: NOWHERE, access, handler: super::call::not_found }
}

type Answering = std::pin::Pin<Box<dyn Future<Output = HttpResponse>>>;

fn endpoint(
    shared: &Shared,
    limit: Option<BodyLimit>,
    matched: Matched,
    allowed: Option<String>,
) -> impl Fn(HttpRequest, web::Payload) -> Answering + Clone + 'static {
    let shared = shared.clone();
    move |request: HttpRequest, payload: web::Payload| -> Answering {
        let (shared, allowed) = (shared.clone(), allowed.clone());
        Box::pin(respond(shared, limit, matched, allowed, request, payload))
    }
}

async fn respond(
    shared: Shared,
    limit: Option<BodyLimit>,
    matched: Matched,
    allowed: Option<String>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let started = Instant::now();
    let received_at = shared.office.now();
    let request_id: String = crate::seal::hex(&shared.office.chance.bytes::<8>());
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |address| address.ip());
    let limit = limit.map_or(0, |BodyLimit(limit)| limit);
    let body = match tokio::time::timeout(BODY_TIME, payload.to_bytes_limited(limit)).await {
        Ok(Ok(Ok(bytes))) => Ok(bytes),
        Ok(Ok(Err(_)) | Err(_)) if allowed.is_some() || matched.route == NOWHERE => Ok(web::Bytes::new()),
        Ok(Err(_)) => Err(Refusal::TooLarge),
        Ok(Ok(Err(_))) | Err(_) => return finished(&shared, &request_id, bare(StatusCode::REQUEST_TIMEOUT)),
    };
    let method = request.method().clone();
    let collected = Request {
        method: method.clone(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        params: request.match_info().iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        headers: request.headers().clone(),
        body,
        ip: visitor_address(peer, forwarded(request.headers()).as_deref(), &shared.site.trusted_proxies),
        received_at,
        request_id: request_id.clone(),
        allowed,
    };
    let (office, site) = (Arc::clone(&shared.office), Arc::clone(&shared.site));
    let answer = match web::block(move || dispatch::answer(office, site, matched, collected)).await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(%error, route = matched.route, request_id, "a call ended without an answer");
            bare(StatusCode::INTERNAL_SERVER_ERROR)
        }
    };
    let (status, took) = (answer.status.as_u16(), started.elapsed());
    shared.site.metrics.request(method.as_str(), matched.route, status, took);
    if matched.access != Access::Open {
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(%method, route = matched.route, status, milliseconds, request_id, "answered a request");
    }
    finished(&shared, &request_id, answer)
}

fn forwarded(headers: &HeaderMap) -> Option<String> {
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").filter_map(|value| value.to_str().ok()).collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

fn finished(shared: &Shared, request_id: &str, answer: Answer) -> HttpResponse {
    let mut response = HttpResponse::new(answer.status);
    for (name, value) in answer.headers {
        response.headers_mut().append(name, value);
    }
    headers::add(response.headers_mut(), shared.site.plain_http, request_id);
    for cookie in &answer.cookies {
        if let Err(error) = response.add_cookie(cookie) {
            tracing::error!(%error, "a cookie could not be set");
        }
    }
    response.set_body(actix_web::body::BoxBody::new(answer.body))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(path: &str) -> String {
        let segments: Vec<&str> = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect();
        segments.join("/")
    }

    #[test]
    fn a_literal_segment_is_tried_before_a_named_one_and_no_row_stands_twice() {
        let places = places();
        let at = |path: &str| places.iter().position(|place| place.path == path);
        assert!(at("/accounts/new").is_some());
        assert!(at("/demo/{rest:.*}") > at("/accounts"));
        for place in &places {
            let mut methods: Vec<&str> = place.rows.iter().map(|row| row.method.as_str()).collect();
            methods.sort_unstable();
            methods.dedup();
            assert_eq!(methods.len(), place.rows.len(), "{}", place.path);
            assert!(place.path.starts_with('/'));
        }
        let mut shapes: Vec<String> = places.iter().map(|place| shape(place.path)).collect();
        shapes.sort();
        let count = shapes.len();
        shapes.dedup();
        assert_eq!(shapes.len(), count, "the same path stands with two names for one segment");
    }
}

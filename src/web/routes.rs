//! The one table of routes: what the service answers, to whom, and how large a body it takes.
//!
//! A handler is a plain function `fn(&Call) -> Answered`. `dispatch` looks the visitor up, asks for the access named
//! here, checks the form's token, and only then calls it. GET routes also answer HEAD (same headers, no body, no
//! effect). A literal segment wins over `{name}`, whatever the order of rows.

use super::call::Call;
use super::error::Answered;
use super::{api, assets, demo, health, pages};
use crate::domain::role::Right;
use actix_web::http::Method;

/// Who may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Anybody, and nobody is looked up: static files, health.
    Open,
    /// Anybody; who has signed in is known.
    Public,
    /// Whoever holds a sealed link (`/l/…`): no session, no form token; the link itself is the proof.
    Link,
    /// Whoever has signed in, whatever the role.
    Account,
    /// An expert who came in by a link from a letter.
    Expert,
    /// Whoever has signed in and has the right.
    SignedIn(Right),
    /// An API token whose account has the right; GET asks for the scope `read`, everything else for `write`.
    Api(Right),
    /// The demo's own pages: 404 elsewhere. A POST takes an administrator's token or the page's own form.
    Demo,
    /// Prometheus: own address or token.
    Metrics,
}

/// How many bytes a body may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimit(pub usize);

impl BodyLimit {
    /// Forms.
    pub const FORM: Self = Self(256 * 1024);
    /// JSON.
    pub const JSON: Self = Self(1024 * 1024);
    /// Forms with a file of at most 20 MB (rules.md, "Defaults") or a sheet.
    pub const FILE: Self = Self(22 * 1024 * 1024);
}

/// What answers.
pub type Handler = fn(&Call) -> Answered;

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Route {
    /// Method.
    pub method: Method,
    /// Path with `{name}` segments; `{rest:.*}` takes all that follows.
    pub path: &'static str,
    /// Who may call.
    pub access: Access,
    /// How large the body may be.
    pub body: BodyLimit,
    /// What answers.
    pub handler: Handler,
}

impl Route {
    /// The same row for bodies of another size.
    #[must_use]
    pub const fn takes(mut self, body: BodyLimit) -> Self {
        self.body = body;
        self
    }
}

const fn row(method: Method, path: &'static str, access: Access, handler: Handler) -> Route {
    let body = if matches!(access, Access::Api(_)) { BodyLimit::JSON } else { BodyLimit::FORM };
    Route { method, path, access, body, handler }
}
/// A row for GET (and HEAD).
#[must_use]
pub const fn get(path: &'static str, access: Access, handler: Handler) -> Route {
    row(Method::GET, path, access, handler)
}
/// A row for POST.
#[must_use]
pub const fn post(path: &'static str, access: Access, handler: Handler) -> Route {
    row(Method::POST, path, access, handler)
}

/// A row for PATCH.
#[must_use]
pub const fn patch(path: &'static str, access: Access, handler: Handler) -> Route {
    row(Method::PATCH, path, access, handler)
}

/// Every route.
#[must_use]
pub fn table() -> Vec<Route> {
    use Access::{Account, Demo, Metrics, Open, Public, SignedIn};
    let mut rows = vec![
        // ---- the machine's own ------------------------------------------------------------------------------------
        get("/healthz", Open, health::alive),
        get("/readyz", Open, health::ready),
        get("/metrics", Metrics, health::metrics),
        get("/robots.txt", Open, assets::robots),
        get("/favicon.ico", Open, assets::favicon),
        get("/assets/{hash}/{name}", Open, assets::serve),
        // ---- the door ---------------------------------------------------------------------------------------------
        get("/", Public, pages::sign_in::home),
        get("/sign-in", Public, pages::sign_in::form),
        post("/sign-in", Public, pages::sign_in::submit),
        get("/sign-in/code", Public, pages::sign_in::code_form),
        post("/sign-in/code", Public, pages::sign_in::code_submit),
        post("/sign-out", Public, pages::sign_in::sign_out),
        get("/forgotten", Public, pages::password::forgotten_form),
        post("/forgotten", Public, pages::password::forgotten_submit),
        get("/password/{secret}", Public, pages::password::reset_form),
        post("/password/{secret}", Public, pages::password::reset_submit),
        get("/first/{secret}", Public, pages::password::first_form),
        post("/first/{secret}", Public, pages::password::first_submit),
        // ---- one's own account ------------------------------------------------------------------------------------
        get("/account", Account, pages::account::own),
        post("/account/password", Account, pages::account::change_password),
        post("/account/leave", Account, pages::account::set_leave),
        get("/account/second-factor", Account, pages::account::second_factor),
        post("/account/second-factor", Account, pages::account::enrol_second_factor),
        post("/account/tokens", Account, pages::account::add_token),
        post("/account/tokens/{id}/revocation", Account, pages::account::revoke_token),
        // ---- accounts (administrators) ----------------------------------------------------------------------------
        get("/accounts", SignedIn(Right::Administer), pages::accounts::list),
        get("/accounts/new", SignedIn(Right::Administer), pages::accounts::new_form),
        post("/accounts", SignedIn(Right::Administer), pages::accounts::add),
        post("/accounts/{id}/disabling", SignedIn(Right::Administer), pages::accounts::disable),
        post("/accounts/{id}/leave", SignedIn(Right::Administer), pages::accounts::set_leave),
        post("/accounts/{id}/link", SignedIn(Right::Administer), pages::accounts::new_link),
        post("/accounts/{id}/second-factor", SignedIn(Right::Administer), pages::accounts::drop_second_factor),
        // ---- the demo's own (404 elsewhere) -----------------------------------------------------------------------
        get("/demo", Demo, demo::answer),
        get("/demo/{rest:.*}", Demo, demo::answer),
        post("/demo/{rest:.*}", Demo, demo::answer),
    ];
    // ---- pages: desk, needs, experts, stations, board, conduct, policy, audit, sheets, sealed links -------------------
    rows.extend(pages::routes());
    // ---- JSON, /api/v1, /api/openapi.json, /api/docs ------------------------------------------------------------------
    rows.extend(api::routes());
    rows
}

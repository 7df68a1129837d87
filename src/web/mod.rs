//! The web: one table of routes, plain functions behind it.
//!
//! A handler is `fn(&Call) -> Answered`; it runs on a blocking thread and may take its time with the database.
//!
//! ```text
//! pub fn show(call: &Call) -> Answered {
//!     let need: NeedId = call.id("id")?;                        // 404 when malformed
//!     let row = db::need::find(&mut *call.office.read()?, &need)?.ok_or(Refusal::NotFound)?;
//!     Answer::page(&ShowPage { f: call.frame("needs"), row })   // struct with #[derive(Template)], field `f: Frame`
//! }
//! pub fn submit(call: &Call) -> Answered {
//!     let form = call.form()?;                                  // Fields: get, opt, all, checked, has
//!     match submit_need::submit(&call.office, &call.actor()?, …) {
//!         Ok(done) => Ok(Answer::see_other(&format!("/needs/{}", done.id)).flash("flash-need-submitted", &[("number", &done.number)])),
//!         Err(ActionError::Refused(refusal)) => Answer::form_again(&FormPage { f: call.frame("needs"), wrong: Wrong::of_refusal(call.l, &refusal), … }),
//!         Err(fault) => Err(fault.into()),
//!     }
//! }
//! pub fn api(call: &Call) -> Answered {
//!     let body: NewNeed = call.json()?;                         // deny_unknown_fields; problems name their field
//!     Answer::created("/api/v1/needs/…", &answer)
//! }
//! ```
//!
//! A row in the table names method, path, [`routes::Access`] and handler: `get("/needs/{id}", SignedIn(Right::Read),
//! need::show)`. Session, API token, role, form token (`<input name="csrf">`, macro `m::csrf(f.csrf)`), idempotency key
//! and body limit are dealt with before the handler runs; errors are turned into pages or problem+json after it. Pages
//! that visitors without an account post from call `call.csrf()?` and `f.with_csrf(…)`. Sealed link pages
//! ([`routes::Access::Link`]) need no token and answer `Err(call.link_unknown())` for a link that does not open.
//! `call.received_at` is when the first byte came: what counts for an answer in time.
//!
//! A page's field passed to a macro must not bear the name of one of the macro's parameters (`label`, `name`, `value`,
//! `hint`, `error`, `kind`, …): askama binds the parameters one after the other, and the first would hide it. Problems
//! of fields are said after their label where the words have `label-<field>`.
//!
//! Pages belong in `pages/`, listed in `pages::routes`; JSON in `api/`, listed in `api::routes`. Deliberately absent:
//! business changes (those are `actions`) and anything that speaks to actix outside `server`.

pub mod answer;
pub mod api;
pub mod assets;
pub mod call;
pub mod csrf;
pub mod demo;
pub mod dispatch;
pub mod error;
pub mod finding;
pub mod form;
pub mod frame;
pub mod headers;
pub mod health;
pub mod idempotency;
pub mod json;
pub mod limits;
pub mod locale;
pub mod network;
pub mod pages;
pub mod reasons;
pub mod routes;
pub mod server;
pub mod session;

#[cfg(test)]
mod door_tests;

pub use answer::Answer;
pub use call::{Call, Visitor};
pub use error::{Answered, WebError};
pub use form::{Fields, Upload, Wrong};
pub use frame::{Frame, SiteInfo};
pub use server::{Ending, Serving, Site, serve};

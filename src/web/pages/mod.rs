//! Pages: one file a noun. Each is a struct with the frame `f` and a template beside it in `templates/pages/`.

pub mod account;
pub mod accounts;
pub mod admission;
pub mod apply;
pub mod audit;
pub mod batch;
pub mod board;
pub mod calendar;
pub mod conduct;
pub mod desk;
pub mod duty;
pub mod expert;
pub mod link;
pub mod mail;
mod mail_waiting;
pub mod me;
pub mod need;
pub mod options;
pub mod password;
pub mod policy;
mod policy_letters;
mod policy_register;
pub mod ranking_weights;
pub mod roster;
pub mod search;
pub mod sheet_rows;
mod sheet_template;
pub mod sheet_work;
pub mod sheets;
pub mod sign_in;
pub mod station;
pub mod trail;
pub mod what_if;

use super::routes::Route;

/// The rows of the table that answer pages, beside the door's and the accounts'.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut rows = Vec::new();
    rows.extend(link::rows());
    rows.extend(need::rows());
    rows.extend(admission::rows());
    rows.extend(apply::rows());
    rows.extend(me::rows());
    rows.extend(roster::rows());
    rows.extend(audit::rows());
    rows.extend(batch::rows());
    rows.extend(board::rows());
    rows.extend(calendar::rows());
    rows.extend(conduct::rows());
    rows.extend(desk::rows());
    rows.extend(duty::rows());
    rows.extend(expert::rows());
    rows.extend(mail::rows());
    rows.extend(policy::rows());
    rows.extend(search::rows());
    rows.extend(ranking_weights::rows());
    rows.extend(sheets::rows());
    rows.extend(station::rows());
    rows.extend(what_if::rows());
    rows
}

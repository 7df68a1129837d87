//! Pages: one file a noun. Each is a struct with the frame `f` and a template beside it in `templates/pages/`.

pub mod account;
pub mod accounts;
pub mod board;
pub mod desk;
pub mod link;
pub mod password;
pub mod sign_in;

use super::routes::Route;

/// The rows of the table that answer pages, beside the door's and the accounts'.
#[must_use]
pub fn routes() -> Vec<Route> {
    let mut rows = Vec::new();
    rows.extend(board::rows());
    rows.extend(desk::rows());
    rows.extend(link::rows());
    rows
}

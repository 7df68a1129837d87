//! JSON, `/api/v1` (contract.md): one file a noun.

use super::routes::Route;

/// The rows of the table that answer JSON.
#[must_use]
pub fn routes() -> Vec<Route> {
    Vec::new()
}

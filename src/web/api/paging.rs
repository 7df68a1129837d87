//! Pages of lists: `limit`, an opaque `cursor`, `next_cursor`.
//!
//! A cursor says after which row to go on, or after how many where the order is by relevance. It is readable by nobody
//! but us and holds no secret; one of another list, or one that was changed, is refused by name.

use crate::domain::refusal::{FieldProblem, Refusal};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;

/// How many rows a page has when nothing is said.
pub const USUAL: u32 = 50;
/// The most rows a page may have.
pub const MOST: u32 = 200;

/// One page of a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Asks for what follows; `null` on the last page.
    pub next_cursor: Option<String>,
}

/// How many rows were asked for, at most `most`.
///
/// # Errors
/// [`Refusal::Invalid`] naming `limit`.
pub fn limit(asked: Option<u32>, usual: u32, most: u32) -> Result<usize, Refusal> {
    let asked = asked.unwrap_or(usual);
    if !(1..=most).contains(&asked) {
        return Err(Refusal::Invalid(vec![FieldProblem::with("limit", "out-of-range", format!("1–{most}"))]));
    }
    Ok(asked as usize)
}

/// Writes a cursor of the list `of`.
#[must_use]
pub fn cursor(of: &str, place: &str) -> String {
    URL_SAFE_NO_PAD.encode(format!("{of}:{place}"))
}

/// Reads a cursor of the list `of`.
///
/// # Errors
/// [`Refusal::Invalid`] naming `cursor`.
pub fn place<T>(of: &str, cursor: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Result<Option<T>, Refusal> {
    let Some(cursor) = cursor else { return Ok(None) };
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let found = text.as_deref().and_then(|text| text.strip_prefix(of)?.strip_prefix(':')).and_then(read);
    found.map(Some).ok_or_else(|| Refusal::Invalid(vec![FieldProblem::with("cursor", "not-known", cursor)]))
}

/// A page of `limit` rows out of up to one more, which only says that there is more.
#[must_use]
pub fn cut<T>(mut rows: Vec<T>, limit: usize, cursor_after: impl FnOnce(&T) -> String) -> (Vec<T>, Option<String>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(cursor_after) } else { None };
    (rows, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_and_another_list_does_not_take_it() {
        let text = cursor("needs", "40");
        assert_eq!(place("needs", Some(&text), |at| at.parse::<u32>().ok()), Ok(Some(40)));
        assert!(place("experts", Some(&text), |at| at.parse::<u32>().ok()).is_err());
        for forged in ["", "%%%", "bmVlZHM6eA"] {
            let Err(Refusal::Invalid(found)) = place("needs", Some(forged), |at| at.parse::<u32>().ok()) else {
                panic!("{forged}")
            };
            assert_eq!(found[0].field, "cursor");
        }
        assert_eq!(place("needs", None, |at| at.parse::<u32>().ok()), Ok(None));
    }

    #[test]
    fn the_row_too_many_only_says_that_there_is_more() {
        assert_eq!(cut(vec![1, 2, 3], 2, |last| format!("after {last}")), (vec![1, 2], Some("after 2".to_owned())));
        assert_eq!(cut(vec![1, 2], 2, |last| format!("after {last}")), (vec![1, 2], None));
    }

    #[test]
    fn limits_are_named_when_they_do_not_fit() {
        assert_eq!(limit(None, 50, 200), Ok(50));
        for wrong in [0, 201] {
            let Err(Refusal::Invalid(found)) = limit(Some(wrong), 50, 200) else { panic!("{wrong}") };
            assert_eq!(found[0].field, "limit");
        }
    }
}

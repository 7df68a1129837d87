//! Regions: the tree in force.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::regions;
use diesel::prelude::*;

/// One region of the tree.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = regions, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct RegionRow {
    /// Code.
    pub code: String,
    /// Parent.
    pub parent: Option<String>,
    /// Name.
    pub name: String,
    /// Name en.
    pub name_en: String,
    /// Lat.
    pub lat: f64,
    /// Lon.
    pub lon: f64,
    /// Industries.
    pub industries: JsonText<Vec<String>>,
}

row_deeds!(RegionRow, regions, code: String);

/// The whole tree.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<RegionRow>> {
    regions::table.order(regions::code).select(cols::<RegionRow>()).load(conn)
}

/// The codes of a region and everything below it, however deep.
///
/// # Errors
/// What the database says.
pub fn subtree(conn: &mut Conn, code: &str) -> QueryResult<Vec<String>> {
    let pairs: Vec<(String, Option<String>)> = regions::table.select((regions::code, regions::parent)).load(conn)?;
    let mut found = vec![code.to_owned()];
    let mut next = 0;
    while let Some(parent) = found.get(next).cloned() {
        found.extend(pairs.iter().filter(|(_, above)| above.as_deref() == Some(&parent)).map(|(code, _)| code.clone()));
        next += 1;
    }
    Ok(found)
}

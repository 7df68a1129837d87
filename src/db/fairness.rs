//! Whom the fairness watch looks at: the experts who can be asked, and the names behind places.
//!
//! Contract: within a [`Scope`]; a district sees the experts whose home it is. Deliberately absent: offers, which
//! `actions::answer_book` holds.

use super::JsonText;
use super::conn::{Backend, Conn};
use super::schema::experts;
use crate::domain::role::Scope;
use crate::domain::standing::Standing;
use crate::ids::ExpertId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// An expert who can be asked.
#[derive(Debug, Clone, Queryable)]
pub struct OnRegister {
    /// Who.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// Home region.
    pub region: String,
    /// Slugs of the service items.
    pub services: JsonText<Vec<String>>,
    /// Since when.
    pub created_at: NaiveDateTime,
}

/// The experts in good standing within the scope, and within a region if one is given, in the order of their ids.
///
/// # Errors
/// What the database says.
pub fn on_register(conn: &mut Conn, scope: &Scope, region: Option<&str>) -> QueryResult<Vec<OnRegister>> {
    let mut query = experts::table
        .filter(experts::standing.eq(Standing::Active))
        .select((experts::id, experts::name, experts::firm, experts::region, experts::services, experts::created_at))
        .into_boxed::<Backend>();
    if let Scope::Regions(codes) = scope {
        query = query.filter(experts::region.eq_any(codes));
    }
    if let Some(region) = region {
        query = query.filter(experts::region.eq(region.to_owned()));
    }
    query.order(experts::id).load(conn)
}

//! Searching without an index: plain containment, newest first, while the index is being built.
//!
//! Contract: within a [`Scope`], as the index is; experts are everybody's. Bounded: of a scope wider than a station only the
//! newest needs are looked through, so that a table of a million rows is never read for one question. A filter a kind knows
//! nothing of finds nothing of that kind, as in the index. Deliberately absent: ranking, pinyin, other wordings, counts.

use super::conn::{Backend, Conn};
use super::listing::{anywhere, listed};
use super::schema::{enterprises, experts, feedback, needs};
use crate::domain::need::NeedState;
use crate::domain::role::Scope;
use crate::domain::standing::Standing;
use crate::ids::EnterpriseId;
use crate::ids::ExpertId;
use crate::ids::FeedbackId;
use crate::ids::NeedId;
use crate::ids::StationId;
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// So many of the newest needs are looked through.
const LOOKED_THROUGH: i64 = 50_000;

/// What to look for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// These characters; empty: everything.
    pub text: String,
    /// Of this region's code.
    pub region: Option<String>,
    /// In this state.
    pub state: Option<NeedState>,
    /// In this standing.
    pub standing: Option<Standing>,
    /// By state at all: a kind that knows no such state has nothing to show.
    pub by_state: bool,
    /// With this service item.
    pub service: Option<String>,
    /// With this industry.
    pub industry: Option<String>,
    /// Of this station.
    pub station: Option<StationId>,
    /// Of this enterprise.
    pub enterprise: Option<EnterpriseId>,
    /// Submitted at or after this.
    pub from: Option<NaiveDateTime>,
    /// Submitted before this.
    pub to: Option<NaiveDateTime>,
    /// How many to skip.
    pub offset: i64,
    /// The most to answer.
    pub limit: i64,
}

/// When the oldest need came that is looked through; `None` when all are.
fn oldest_looked_through(conn: &mut Conn) -> QueryResult<Option<NaiveDateTime>> {
    needs::table.order(needs::created_at.desc()).offset(LOOKED_THROUGH).select(needs::created_at).first(conn).optional()
}

/// The needs of a scope that are looked through.
fn within<'a>(conn: &mut Conn, scope: &Scope, wanted: &Wanted) -> QueryResult<needs::BoxedQuery<'a, Backend>> {
    let mut query = needs::table.into_boxed::<Backend>();
    match scope {
        Scope::Station(station) => query = query.filter(needs::station.eq(*station)),
        Scope::Regions(codes) => query = query.filter(needs::region.eq_any(codes.clone())),
        Scope::Everything => {}
    }
    let narrow = matches!(scope, Scope::Station(_)) || wanted.enterprise.is_some();
    if !narrow && let Some(oldest) = oldest_looked_through(conn)? {
        query = query.filter(needs::created_at.gt(oldest));
    }
    if let Some(state) = wanted.state {
        query = query.filter(needs::state.eq(state));
    }
    if let Some(region) = &wanted.region {
        query = query.filter(needs::region.eq(region.clone()));
    }
    if let Some(service) = &wanted.service {
        query = query.filter(needs::services.like(listed(service)).escape('\\'));
    }
    if let Some(industry) = &wanted.industry {
        query = query.filter(needs::industries.like(listed(industry)).escape('\\'));
    }
    if let Some(station) = wanted.station {
        query = query.filter(needs::station.eq(station));
    }
    if let Some(enterprise) = wanted.enterprise {
        query = query.filter(needs::enterprise.eq(enterprise));
    }
    if let Some(from) = wanted.from {
        query = query.filter(needs::created_at.ge(from));
    }
    if let Some(to) = wanted.to {
        query = query.filter(needs::created_at.lt(to));
    }
    Ok(query)
}

/// Needs with the text in title, description, number or the enterprise's name.
///
/// # Errors
/// What the database says.
pub fn needs(conn: &mut Conn, scope: &Scope, wanted: &Wanted) -> QueryResult<Vec<NeedId>> {
    if wanted.by_state && wanted.state.is_none() {
        return Ok(Vec::new());
    }
    let mut query = within(conn, scope, wanted)?;
    if !wanted.text.is_empty() {
        let pattern = anywhere(&wanted.text);
        let of_enterprise =
            enterprises::table.filter(enterprises::name.like(pattern.clone()).escape('\\')).select(enterprises::id);
        query = query.filter(
            needs::title
                .like(pattern.clone())
                .escape('\\')
                .or(needs::description.like(pattern.clone()).escape('\\'))
                .or(needs::number.like(pattern).escape('\\'))
                .or(needs::enterprise.eq_any(of_enterprise)),
        );
    }
    query
        .order((needs::created_at.desc(), needs::id.desc()))
        .offset(wanted.offset)
        .limit(wanted.limit)
        .select(needs::id)
        .load(conn)
}

/// Feedback with the text in what was done.
///
/// # Errors
/// What the database says.
pub fn feedback(conn: &mut Conn, scope: &Scope, wanted: &Wanted) -> QueryResult<Vec<FeedbackId>> {
    if wanted.industry.is_some() || (wanted.by_state && wanted.state.is_none()) {
        return Ok(Vec::new());
    }
    let mut query = feedback::table.inner_join(needs::table.on(needs::id.eq(feedback::need))).into_boxed::<Backend>();
    match scope {
        Scope::Station(station) => query = query.filter(needs::station.eq(*station)),
        Scope::Regions(codes) => query = query.filter(needs::region.eq_any(codes.clone())),
        Scope::Everything => {}
    }
    if let Some(oldest) = oldest_looked_through(conn)? {
        query = query.filter(needs::created_at.gt(oldest));
    }
    if let Some(region) = &wanted.region {
        query = query.filter(needs::region.eq(region.clone()));
    }
    if let Some(state) = wanted.state {
        query = query.filter(needs::state.eq(state));
    }
    if let Some(service) = &wanted.service {
        query = query.filter(needs::services.like(listed(service)).escape('\\'));
    }
    if let Some(station) = wanted.station {
        query = query.filter(needs::station.eq(station));
    }
    if let Some(enterprise) = wanted.enterprise {
        query = query.filter(needs::enterprise.eq(enterprise));
    }
    if let Some(from) = wanted.from {
        query = query.filter(feedback::filed_at.ge(from));
    }
    if let Some(to) = wanted.to {
        query = query.filter(feedback::filed_at.lt(to));
    }
    query
        .filter(feedback::done.like(anywhere(&wanted.text)).escape('\\'))
        .order((feedback::filed_at.desc(), feedback::id.desc()))
        .offset(wanted.offset)
        .limit(wanted.limit)
        .select(feedback::id)
        .load(conn)
}

/// Experts with the text in name, firm, bio or the number on file.
///
/// # Errors
/// What the database says.
pub fn experts(conn: &mut Conn, wanted: &Wanted) -> QueryResult<Vec<ExpertId>> {
    let of_others = wanted.station.is_some() || wanted.enterprise.is_some();
    if of_others || (wanted.by_state && wanted.standing.is_none()) {
        return Ok(Vec::new());
    }
    let mut query = experts::table.into_boxed::<Backend>();
    if !wanted.text.is_empty() {
        let pattern = anywhere(&wanted.text);
        query = query.filter(
            experts::name
                .like(pattern.clone())
                .escape('\\')
                .or(experts::firm.like(pattern.clone()).escape('\\'))
                .or(experts::bio.like(pattern.clone()).escape('\\'))
                .or(experts::filed_number.assume_not_null().like(pattern).escape('\\')),
        );
    }
    if let Some(region) = &wanted.region {
        query = query.filter(experts::region.eq(region.clone()));
    }
    if let Some(service) = &wanted.service {
        query = query.filter(experts::services.like(listed(service)).escape('\\'));
    }
    if let Some(industry) = &wanted.industry {
        query = query.filter(experts::industries.like(listed(industry)).escape('\\'));
    }
    if let Some(standing) = wanted.standing {
        query = query.filter(experts::standing.eq(standing));
    }
    if let Some(from) = wanted.from {
        query = query.filter(experts::created_at.ge(from));
    }
    if let Some(to) = wanted.to {
        query = query.filter(experts::created_at.lt(to));
    }
    query.order(experts::id.desc()).offset(wanted.offset).limit(wanted.limit).select(experts::id).load(conn)
}

/// Enterprises with the text in the name or the 统一社会信用代码: those of the scope's regions, and those with a need in
/// the scope.
///
/// # Errors
/// What the database says.
pub fn enterprises(conn: &mut Conn, scope: &Scope, wanted: &Wanted) -> QueryResult<Vec<EnterpriseId>> {
    if wanted.by_state || wanted.service.is_some() || wanted.industry.is_some() {
        return Ok(Vec::new());
    }
    let mut query = enterprises::table.into_boxed::<Backend>();
    match scope {
        Scope::Everything => {}
        Scope::Regions(codes) => {
            let served = needs::table.filter(needs::region.eq_any(codes.clone())).select(needs::enterprise).distinct();
            query = query.filter(enterprises::region.eq_any(codes.clone()).or(enterprises::id.eq_any(served)));
        }
        Scope::Station(station) => {
            let served = needs::table.filter(needs::station.eq(*station)).select(needs::enterprise).distinct();
            query = query.filter(enterprises::id.eq_any(served));
        }
    }
    if !wanted.text.is_empty() {
        let pattern = anywhere(&wanted.text);
        let code = anywhere(&wanted.text.to_uppercase());
        query = query.filter(
            enterprises::name
                .like(pattern)
                .escape('\\')
                .or(enterprises::uscc.assume_not_null().like(code).escape('\\')),
        );
    }
    if let Some(region) = &wanted.region {
        query = query.filter(enterprises::region.eq(region.clone()));
    }
    if let Some(station) = wanted.station {
        let served = needs::table.filter(needs::station.eq(station)).select(needs::enterprise).distinct();
        query = query.filter(enterprises::id.eq_any(served));
    }
    if let Some(enterprise) = wanted.enterprise {
        query = query.filter(enterprises::id.eq(enterprise));
    }
    if let Some(from) = wanted.from {
        query = query.filter(enterprises::created_at.ge(from));
    }
    if let Some(to) = wanted.to {
        query = query.filter(enterprises::created_at.lt(to));
    }
    query.order(enterprises::id.desc()).offset(wanted.offset).limit(wanted.limit).select(enterprises::id).load(conn)
}

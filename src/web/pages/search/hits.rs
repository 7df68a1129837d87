//! What was found, as lines: where it leads, its name with what was found marked, what stands beside it, and a few words of
//! the text around the find.

use super::super::expert::standing_tag;
use super::super::need::words::{need_tag, region_name, service_names};
use crate::db;
use crate::db::enterprise::EnterpriseRow;
use crate::domain::calendar::beijing_date;
use crate::domain::role::Scope;
use crate::ids::EnterpriseId;
use crate::search::{Kind, Piece, marked, snippet};
use crate::web::call::Call;
use crate::web::error::WebError;
use crate::web::finding::{self, Findings};
use std::collections::HashMap;

/// How much of a text is shown, in characters.
const SHOWN: usize = 110;

/// A word with its tint and icon.
pub struct Mark {
    /// Tint.
    pub kind: &'static str,
    /// Icon.
    pub symbol: &'static str,
    /// Word.
    pub text: String,
}

/// One thing found.
pub struct Line {
    /// Address.
    pub href: String,
    /// Title or name.
    pub title: Vec<Piece>,
    /// State or standing.
    pub tag: Option<Mark>,
    /// What stands beside it.
    pub about: Vec<Piece>,
    /// A few words of the text.
    pub text: Vec<Piece>,
}

/// The lines of what was found of one kind.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn lines(call: &Call, kind: Kind, found: &Findings) -> Result<Vec<Line>, WebError> {
    match kind {
        Kind::Need => needs(call, found),
        Kind::Feedback => feedback(call, found),
        Kind::Expert => experts(call, found),
        Kind::Enterprise => enterprises(call, found),
    }
}

fn needs(call: &Call, found: &Findings) -> Result<Vec<Line>, WebError> {
    let l = call.l;
    let rows = finding::needs(call, found)?;
    let ids: Vec<EnterpriseId> = rows.iter().map(|row| row.enterprise).collect();
    let names: HashMap<EnterpriseId, String> =
        db::enterprise::by_ids(&mut *call.office.read()?, &ids)?.into_iter().map(|row| (row.id, row.name)).collect();
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let tag = need_tag(l, row.state);
        let mut about = vec![row.number.clone()];
        about.extend(names.get(&row.enterprise).cloned());
        about.push(region_name(l, &row.region));
        about.push(l.short_date(beijing_date(row.created_at.and_utc())));
        lines.push(Line {
            href: format!("/needs/{}", row.id),
            title: marked(&row.title, &found.highlights),
            tag: Some(Mark { kind: tag.kind, symbol: tag.symbol, text: tag.text }),
            about: marked(&about.join(" · "), &found.highlights),
            text: snippet(&row.description, &found.highlights, SHOWN),
        });
    }
    Ok(lines)
}

fn feedback(call: &Call, found: &Findings) -> Result<Vec<Line>, WebError> {
    let mut lines = Vec::new();
    for (text, need) in finding::feedback(call, found)? {
        let about = [need.number.clone(), call.l.short_date(beijing_date(text.filed_at.and_utc()))];
        lines.push(Line {
            href: format!("/needs/{}", need.id),
            title: marked(&need.title, &found.highlights),
            tag: None,
            about: marked(&about.join(" · "), &found.highlights),
            text: snippet(&text.done, &found.highlights, SHOWN),
        });
    }
    Ok(lines)
}

fn experts(call: &Call, found: &Findings) -> Result<Vec<Line>, WebError> {
    let l = call.l;
    let mut lines = Vec::new();
    for row in finding::experts(call, found)? {
        let tag = standing_tag(l, row.standing);
        let services = service_names(l, &row.services.get());
        let mut about = vec![row.firm.clone(), region_name(l, &row.region)];
        about.extend(row.filed_number.clone());
        about.push(services.iter().take(3).cloned().collect::<Vec<_>>().join(l.pick("、", ", ")));
        lines.push(Line {
            href: format!("/experts/{}", row.id),
            title: marked(&row.name, &found.highlights),
            tag: Some(Mark { kind: tag.kind, symbol: tag.symbol, text: tag.text }),
            about: marked(&about.join(" · "), &found.highlights),
            text: snippet(&row.bio, &found.highlights, SHOWN),
        });
    }
    Ok(lines)
}

fn enterprises(call: &Call, found: &Findings) -> Result<Vec<Line>, WebError> {
    let l = call.l;
    let mut lines = Vec::new();
    for (row, needs) in finding::enterprises(call, found)? {
        let mut about = vec![region_name(l, &row.region)];
        about.extend(row.uscc.clone());
        about.push(l.a("search-needs-of", &[("n", &needs.to_string())]));
        lines.push(Line {
            href: format!("/search?kind=need&enterprise={}", row.id),
            title: marked(&row.name, &found.highlights),
            tag: None,
            about: marked(&about.join(" · "), &found.highlights),
            text: Vec::new(),
        });
    }
    Ok(lines)
}

/// Of these enterprises those the account may see.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn may_see(call: &Call, rows: Vec<EnterpriseRow>) -> Result<Vec<EnterpriseRow>, WebError> {
    let scope = call.scope()?;
    let ids: Vec<EnterpriseId> = rows.iter().map(|row| row.id).collect();
    let served = db::indexed::needs_counted(&mut *call.office.read()?, scope, &ids)?;
    let seen = |row: &EnterpriseRow| {
        *scope == Scope::Everything || scope.covers_region(&row.region) || served.iter().any(|(id, _)| *id == row.id)
    };
    Ok(rows.into_iter().filter(seen).collect())
}

//! A sheet of enterprises: found by 统一社会信用代码, else by normalised name.
//!
//! Deliberately absent: contacts. Who to talk to is told, with consent, when a need is submitted.

use super::difference::{Named, differences};
use super::{ImportReport, Kept, Taken, take_rows};
use crate::actions::submit_need::{parsed, place};
use crate::actions::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::enterprise::EnterpriseRow;
use crate::domain::firm;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::uscc::Uscc;
use crate::ids::EnterpriseId;

/// A row of a sheet of enterprises.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnterpriseRecord {
    /// Registered name.
    pub name: String,
    /// 统一社会信用代码 (GB 32100), where known.
    pub uscc: Option<String>,
    /// Region, by name or code.
    pub region: String,
}

/// Takes a sheet of enterprises; the one of that code or name is changed where it differs.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault, and then nothing of the sheet stays.
pub fn import_enterprises(
    office: &Office,
    actor: &Actor,
    rows: &[(usize, EnterpriseRecord)],
    dry_run: bool,
) -> Done<ImportReport> {
    take_rows(office, actor, ("enterprises", rows), dry_run, |tx, row, _| take_enterprise(tx, actor, row))
}

fn named(row: &EnterpriseRow) -> Vec<Named> {
    vec![("name", row.name.clone()), ("uscc", row.uscc.clone().unwrap_or_default()), ("region", row.region.clone())]
}

pub(super) fn take_enterprise(tx: &mut Tx<'_>, actor: &Actor, row: &EnterpriseRecord) -> Done<Taken> {
    let mut p = Problems::default();
    let name = p.text("name", &row.name, 120);
    let uscc: Option<Uscc> = parsed(&mut p, "uscc", row.uscc.as_deref(), "not-a-uscc");
    let region = place(&mut p, "region", &row.region);
    p.settle()?;
    if !actor.scope().covers_region(region) {
        return Err(Refusal::NotYours.into());
    }
    let code = uscc.map(|uscc| uscc.as_str().to_owned());
    let key = firm::normalised(&name);
    let of_name = db::enterprise::by_key(tx.conn, &key)?;
    let of_code = match &code {
        Some(code) => db::enterprise::by_uscc(tx.conn, code)?,
        None => None,
    };
    let known = match (of_code, of_name) {
        (Some(by_code), Some(by_name)) if by_code.id != by_name.id => {
            return Err(Refusal::Invalid(vec![FieldProblem::with("name", "conflicting", &by_code.name)]).into());
        }
        (Some(by_code), _) => Some(by_code),
        (None, Some(by_name)) if code.is_some() && by_name.uscc.is_some() => {
            return Err(Refusal::Invalid(vec![FieldProblem::with("uscc", "conflicting", &by_name.name)]).into());
        }
        (None, by_name) => by_name,
    };
    let Some(known) = known else {
        let row = EnterpriseRow {
            id: EnterpriseId::from_minted(tx.mint()),
            name,
            name_key: key,
            uscc: code,
            region: region.to_owned(),
            created_at: tx.now.naive_utc(),
        };
        db::enterprise::insert(tx.conn, &row)?;
        tx.changed("enterprise", row.id.as_str())?;
        return Ok(Taken { kept: Kept::Created, name: row.name, fields: Vec::new() });
    };
    // A name that only writes the same firm otherwise is no change of name.
    let renamed = known.name_key != key;
    let row = EnterpriseRow {
        name: if renamed { name } else { known.name.clone() },
        name_key: key,
        uscc: code.or_else(|| known.uscc.clone()),
        region: region.to_owned(),
        ..known.clone()
    };
    if !renamed && row.uscc == known.uscc && row.region == known.region {
        return Ok(Taken { kept: Kept::Unchanged, name: row.name, fields: Vec::new() });
    }
    db::enterprise::save(tx.conn, &row)?;
    tx.changed("enterprise", row.id.as_str())?;
    let fields = differences(&named(&known), &named(&row));
    Ok(Taken { kept: Kept::Changed, name: row.name, fields })
}

//! Experts, stations, enterprises and needs leave the office as the rows of a sheet; each export is in the trail.
//!
//! Contract: what an actor may not see is not there; contact data is masked for everybody but managers and the command
//! line (rules.md, "Who sees contact data"). Deliberately absent: columns and files, which are the caller's.

use super::contact::{self, Contact};
use super::import_sheet::{EnterpriseRecord, SUBJECT, StationRecord};
use super::keep_station::StationInput;
use super::register_expert::{ExpertInput, as_typed};
use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::need::NeedRow;
use crate::db::need_export;
use crate::domain::calendar::{day_after, start_of_day};
use crate::domain::contact::{Email, Phone, masked_name};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::{Right, Role};
use crate::ids::{EnterpriseId, ExpertId, StationId};
use chrono::NaiveDate;
use serde_json::json;
use std::collections::HashMap;

/// The most needs one export holds; a longer period is refused, not cut.
pub const MOST_NEEDS: i64 = 200_000;

/// A need as it is exported.
#[derive(Debug, Clone)]
pub struct ExportedNeed {
    /// The need; the contact's name masked where the actor may not see it.
    pub need: NeedRow,
    /// The enterprise's name.
    pub enterprise: String,
    /// The station's name.
    pub station: String,
    /// How to reach the enterprise, masked where the actor may not see it.
    pub contact: Contact,
}

/// Whether the actor sees contact data in full.
#[must_use]
pub fn sees_contacts(actor: &Actor) -> bool {
    match actor {
        Actor::Staff(staff) => staff.role == Role::Manager,
        Actor::Operator => true,
        Actor::Expert(_) | Actor::Enterprise(_) | Actor::Desk => false,
    }
}

fn written_down(tx: &mut Tx<'_>, actor: &Actor, kind: &str, rows: usize) -> Done<()> {
    let detail = json!({"kind": kind, "rows": rows, "masked": !sees_contacts(actor)});
    tx.event(SUBJECT, actor, Event::SheetExported, &detail)
}

/// The ledger of admonitions and removals (台账) leaves as a file of so many rows; it holds no contact data.
///
/// # Errors
/// A fault.
pub fn ledger_exported(office: &Office, actor: &Actor, rows: usize) -> Done<()> {
    let detail = json!({"kind": "conduct-ledger", "rows": rows});
    office.write(|tx| tx.event(SUBJECT, actor, Event::SheetExported, &detail))
}

fn masked_email(text: &str) -> String {
    text.parse::<Email>().map_or_else(|_| "***".to_owned(), |email| email.masked())
}

fn masked_phone(text: &str) -> String {
    text.parse::<Phone>().map_or_else(|_| "****".to_owned(), |phone| phone.masked())
}

/// Every expert on the register, by age.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn export_experts(office: &Office, actor: &Actor) -> Done<Vec<ExpertInput>> {
    actor.needs(Right::Read)?;
    let open = sees_contacts(actor);
    office.write(|tx| {
        let mut papers: HashMap<ExpertId, Vec<db::expert::QualificationRow>> = HashMap::new();
        for row in db::expert::all_qualifications(tx.conn)? {
            papers.entry(row.expert).or_default().push(row);
        }
        let mut contacts = contact::of_everybody(&office.keys, tx.conn)?;
        let rows: Vec<ExpertInput> = db::expert::all(tx.conn)?
            .into_iter()
            .map(|row| {
                let mut of_row = papers.remove(&row.id).unwrap_or_default();
                of_row.sort_by(|a, b| (&a.kind, &a.number).cmp(&(&b.kind, &b.number)));
                let contact = contacts.remove(&row.id).unwrap_or_default();
                let mut input = as_typed(row, contact, of_row);
                if !open {
                    input.email = masked_email(&input.email);
                    input.phone = input.phone.as_deref().map(masked_phone);
                }
                input
            })
            .collect();
        written_down(tx, actor, "experts", rows.len())?;
        Ok(rows)
    })
}

/// Every station, by name, with its head.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn export_stations(office: &Office, actor: &Actor) -> Done<Vec<StationRecord>> {
    actor.needs(Right::Read)?;
    let open = sees_contacts(actor);
    office.write(|tx| {
        let mut heads: HashMap<StationId, (String, String)> = HashMap::new();
        for account in db::account::all(tx.conn)? {
            if let Some(station) = account.station.filter(|_| account.head && account.disabled_at.is_none()) {
                let email = if open { account.email } else { masked_email(&account.email) };
                heads.entry(station).or_insert((account.name, email));
            }
        }
        let rows: Vec<StationRecord> = db::station::all(tx.conn)?
            .into_iter()
            .map(|row| StationRecord {
                head: heads.remove(&row.id),
                station: StationInput {
                    name: row.name,
                    region: row.region,
                    address: row.address,
                    phone: row.phone,
                    supervision_phone: row.supervision_phone,
                    lat: row.lat,
                    lon: row.lon,
                    automatic: Some(row.automatic),
                },
            })
            .collect();
        written_down(tx, actor, "stations", rows.len())?;
        Ok(rows)
    })
}

/// The enterprises of the actor's regions, by name; a liaison has none to export but those in needs.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault.
pub fn export_enterprises(office: &Office, actor: &Actor) -> Done<Vec<EnterpriseRecord>> {
    actor.needs(Right::Read)?;
    let scope = actor.scope();
    office.write(|tx| {
        let rows: Vec<EnterpriseRecord> = db::enterprise::all(tx.conn)?
            .into_iter()
            .filter(|row| scope.covers_region(&row.region))
            .map(|row| EnterpriseRecord { name: row.name, uscc: row.uscc, region: row.region })
            .collect();
        written_down(tx, actor, "enterprises", rows.len())?;
        Ok(rows)
    })
}

/// The needs submitted from `from` to `to` (Beijing dates, both inclusive) within the actor's scope, by age.
///
/// # Errors
/// [`Refusal::Invalid`] when the period is turned round or holds more than [`MOST_NEEDS`]; a fault.
pub fn export_needs(office: &Office, actor: &Actor, from: NaiveDate, to: NaiveDate) -> Done<Vec<ExportedNeed>> {
    actor.needs(Right::Read)?;
    if to < from {
        return Err(Refusal::Invalid(vec![FieldProblem::new("to", "out-of-range")]).into());
    }
    let scope = actor.scope();
    let open = sees_contacts(actor);
    let period = (start_of_day(from).naive_utc(), start_of_day(day_after(to)).naive_utc());
    office.write(|tx| {
        let needs = need_export::submitted_within(tx.conn, &scope, period, MOST_NEEDS + 1)?;
        if i64::try_from(needs.len()).unwrap_or(i64::MAX) > MOST_NEEDS {
            return Err(Refusal::Invalid(vec![FieldProblem::with("to", "too-many", MOST_NEEDS)]).into());
        }
        let stations: HashMap<StationId, String> =
            db::station::all(tx.conn)?.into_iter().map(|row| (row.id, row.name)).collect();
        let mut ids: Vec<EnterpriseId> = needs.iter().map(|need| need.enterprise).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut enterprises: HashMap<EnterpriseId, String> = HashMap::new();
        for chunk in ids.chunks(500) {
            enterprises.extend(db::enterprise::by_ids(tx.conn, chunk)?.into_iter().map(|row| (row.id, row.name)));
        }
        let rows: Vec<ExportedNeed> = needs
            .into_iter()
            .map(|mut need| {
                let mut contact = contact::of_need(&office.keys, &need);
                if !open {
                    need.contact_name = masked_name(&need.contact_name);
                    contact.phone = contact.phone.as_deref().map(masked_phone);
                    contact.email = contact.email.as_deref().map(masked_email);
                }
                ExportedNeed {
                    enterprise: enterprises.get(&need.enterprise).cloned().unwrap_or_default(),
                    station: stations.get(&need.station).cloned().unwrap_or_default(),
                    need,
                    contact,
                }
            })
            .collect();
        written_down(tx, actor, "needs", rows.len())?;
        Ok(rows)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_managers_and_the_command_line_see_contacts() {
        assert!(sees_contacts(&Actor::Operator));
        assert!(!sees_contacts(&Actor::Desk));
        assert_eq!(masked_phone("13800138000"), "138****8000");
        assert_eq!(masked_phone("12330"), "****");
        assert_eq!(masked_email("jiang@example.test"), "j***@example.test");
    }
}

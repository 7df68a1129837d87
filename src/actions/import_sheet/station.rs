//! A sheet of stations; the head named beside one gets an account without a password.

use super::difference::{Difference, Named, differences};
use super::{ImportReport, Kept, Taken, take_rows};
use crate::actions::keep_station::{self, StationInput};
use crate::actions::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::account::AccountRow;
use crate::db::station::StationRow;
use crate::domain::contact::Email;
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::region;
use crate::domain::role::Role;
use crate::ids::{AccountId, StationId};
use serde_json::json;

/// A row of a sheet of stations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct StationRecord {
    /// The station.
    pub station: StationInput,
    /// 站长: name and address.
    pub head: Option<(String, String)>,
}

/// Takes a sheet of stations; the one of that name is changed where a filled cell differs. A head nobody knows gets a
/// liaison's account without a password, and is named in the report so that an administrator makes the link.
///
/// # Errors
/// [`Refusal::NotYours`]; a fault, and then nothing of the sheet stays.
pub fn import_stations(
    office: &Office,
    actor: &Actor,
    rows: &[(usize, StationRecord)],
    dry_run: bool,
) -> Done<ImportReport> {
    take_rows(office, actor, ("stations", rows), dry_run, |tx, row, report| take_station(tx, actor, row, report))
}

pub(super) fn take_station(
    tx: &mut Tx<'_>,
    actor: &Actor,
    row: &StationRecord,
    report: &mut ImportReport,
) -> Done<Taken> {
    let known = db::station::by_name(tx.conn, row.station.name.trim())?;
    let (id, mut kept, mut fields) = match known {
        None => (keep_station::within(tx, actor, &row.station)?, Kept::Created, Vec::new()),
        Some(known) => {
            let mut input = row.station.clone();
            if input.lat.is_none() && input.lon.is_none() {
                (input.lat, input.lon) = (known.lat, known.lon);
            }
            let changed = keep_station::change_within(tx, actor, known.id, &input)?;
            let fields = if changed { differences(&on_record(&known), &named(&input)) } else { Vec::new() };
            (known.id, if changed { Kept::Changed } else { Kept::Unchanged }, fields)
        }
    };
    if let Some((name, email)) = &row.head
        && let Some(head) = keep_head(tx, actor, id, name, email)?
    {
        report.heads.extend(head.waits_for_link);
        if kept != Kept::Created {
            kept = Kept::Changed;
            fields.push(Difference { field: "head_name", old: String::new(), new: name.clone() });
        }
    }
    Ok(Taken { kept, name: row.station.name.trim().to_owned(), fields })
}

fn on_record(row: &StationRow) -> Vec<Named> {
    named(&StationInput {
        name: row.name.clone(),
        region: row.region.clone(),
        address: row.address.clone(),
        phone: row.phone.clone(),
        supervision_phone: row.supervision_phone.clone(),
        lat: row.lat,
        lon: row.lon,
        automatic: None,
    })
}

fn named(input: &StationInput) -> Vec<Named> {
    let degrees = |degrees: Option<f64>| degrees.map_or_else(String::new, |degrees| degrees.to_string());
    let code = region::named(&input.region).map_or(input.region.trim(), |found| found.code);
    vec![
        ("region", code.to_owned()),
        ("address", input.address.trim().to_owned()),
        // A station's numbers are published (公示), so they are shown.
        ("station_phone", input.phone.trim().to_owned()),
        ("supervision_phone", input.supervision_phone.trim().to_owned()),
        ("lat", degrees(input.lat)),
        ("lon", degrees(input.lon)),
    ]
}

/// What became of a head's account.
struct Head {
    /// Name and address, when the account is new and has no password.
    waits_for_link: Option<(String, String)>,
}

/// Sees to it that the head has an account of that station, flagged; `None` when all was so already.
fn keep_head(tx: &mut Tx<'_>, actor: &Actor, station: StationId, name: &str, email: &str) -> Done<Option<Head>> {
    let mut p = Problems::default();
    let name = p.text("head_name", name, 60);
    let address = email.parse::<Email>().ok();
    if address.is_none() {
        p.add(FieldProblem::new("head_email", "not-an-email"));
    }
    p.settle()?;
    let address = address.map(|found| found.key()).unwrap_or_default();
    match db::account::by_email(tx.conn, &address)? {
        Some(known) if known.station == Some(station) && known.head => Ok(None),
        Some(mut known) if known.role == Role::Liaison && known.station == Some(station) => {
            known.head = true;
            db::account::save(tx.conn, &known)?;
            tx.event(&format!("account:{}", known.id), actor, Event::AccountKept, &json!({"head": true}))?;
            Ok(Some(Head { waits_for_link: None }))
        }
        Some(_) => Err(Refusal::Invalid(vec![FieldProblem::new("head_email", "taken")]).into()),
        None => {
            let row = AccountRow {
                id: AccountId::from_minted(tx.mint()),
                role: Role::Liaison,
                name: name.clone(),
                email: address.clone(),
                phone: None,
                password_hash: None,
                station: Some(station),
                region: None,
                head: true,
                on_leave_until: None,
                language: "zh".to_owned(),
                totp_secret: None,
                totp_last_step: None,
                disabled_at: None,
                created_at: tx.now.naive_utc(),
            };
            db::account::insert(tx.conn, &row)?;
            let detail = json!({"made": true, "role": row.role, "head": true});
            tx.event(&format!("account:{}", row.id), actor, Event::AccountKept, &detail)?;
            Ok(Some(Head { waits_for_link: Some((name, address)) }))
        }
    }
}

//! A work station (工作站) is entered or changed; its automatic mode is switched.
//!
//! Source: Beijing standard, chapter 7 (工作站: a head, an address, telephones for advice and for complaints). Telephones
//! are kept as the office writes them, for hotlines such as 12330 have no area code. Deliberately absent: accounts (those
//! are `account`'s, and `import_sheet`'s for a new station's head).

use super::submit_need::place;
use super::{Actor, Done, Office, Tx};
use crate::db;
use crate::db::station::StationRow;
use crate::domain::event::Event;
use crate::domain::place::Point;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::StationId;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A station as typed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StationInput {
    /// Name, unlike every other station's.
    pub name: String,
    /// Region, by name or code.
    pub region: String,
    /// Where to come to.
    pub address: String,
    /// For advice.
    pub phone: String,
    /// 监督电话: for complaints.
    pub supervision_phone: String,
    /// Latitude, degrees.
    #[serde(default)]
    pub lat: Option<f64>,
    /// Longitude, degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    /// Whether new needs ask the best experts by themselves; as before when left out, off for a new station.
    #[serde(default)]
    pub automatic: Option<bool>,
}

/// The telephone as the office writes it: digits, blanks, `+ - ( ) 转`, at least five digits (12330).
fn telephone(p: &mut Problems, field: &str, value: &str) -> String {
    let text = p.text(field, value, 40);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let sound = text.chars().all(|c| c.is_ascii_digit() || " +-()（）转、/".contains(c));
    if !text.is_empty() && (!sound || digits < 5) {
        p.add(FieldProblem::with(field, "not-a-phone", &text));
    }
    text
}

fn check(tx: &mut Tx<'_>, actor: &Actor, input: &StationInput, known: Option<&StationRow>) -> Done<StationRow> {
    let mut p = Problems::default();
    let name = p.text("name", &input.name, 80);
    let region = place(&mut p, "region", &input.region);
    let address = p.text("address", &input.address, 200);
    let phone = telephone(&mut p, "phone", &input.phone);
    let supervision_phone = telephone(&mut p, "supervision_phone", &input.supervision_phone);
    let point = match (input.lat, input.lon) {
        (None, None) => None,
        (Some(lat), Some(lon)) => {
            let found = Point::new(lat, lon).ok();
            if found.is_none() {
                p.add(FieldProblem::new("lat", "out-of-range"));
            }
            found
        }
        (None, Some(_)) => {
            p.add(FieldProblem::new("lat", "missing"));
            None
        }
        (Some(_), None) => {
            p.add(FieldProblem::new("lon", "missing"));
            None
        }
    };
    p.settle()?;
    let own = known.is_none_or(|row| actor.scope().covers_region(&row.region));
    if !own || !actor.scope().covers_region(region) {
        return Err(Refusal::NotYours.into());
    }
    if let Some(other) = db::station::by_name(tx.conn, &name)?
        && known.is_none_or(|row| row.id != other.id)
    {
        return Err(Refusal::Invalid(vec![FieldProblem::new("name", "taken")]).into());
    }
    Ok(StationRow {
        id: known.map_or_else(|| StationId::from_minted(tx.mint()), |row| row.id),
        name,
        region: region.to_owned(),
        address,
        phone,
        supervision_phone,
        lat: point.map(Point::lat),
        lon: point.map(Point::lon),
        automatic: input.automatic.unwrap_or_else(|| known.is_some_and(|row| row.automatic)),
        created_at: known.map_or_else(|| tx.now.naive_utc(), |row| row.created_at),
    })
}

/// Enters a station.
///
/// # Errors
/// [`Refusal::Invalid`] naming every field; [`Refusal::NotYours`].
pub fn add_station(office: &Office, actor: &Actor, input: &StationInput) -> Done<StationId> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| within(tx, actor, input))
}

/// Enters a station inside an open transaction (an import enters many).
pub(super) fn within(tx: &mut Tx<'_>, actor: &Actor, input: &StationInput) -> Done<StationId> {
    let row = check(tx, actor, input, None)?;
    db::station::insert(tx.conn, &row)?;
    tx.event(row.id.as_str(), actor, Event::StationKept, &json!({"made": true, "automatic": row.automatic}))?;
    Ok(row.id)
}

/// Changes a station.
///
/// # Errors
/// As [`add_station`]; [`Refusal::NotFound`].
pub fn change_station(office: &Office, actor: &Actor, id: StationId, input: &StationInput) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| change_within(tx, actor, id, input).map(drop))
}

/// Changes a station inside an open transaction; answers whether anything differed.
pub(super) fn change_within(tx: &mut Tx<'_>, actor: &Actor, id: StationId, input: &StationInput) -> Done<bool> {
    let known = db::station::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
    let row = check(tx, actor, input, Some(&known))?;
    let fields = differing(&known, &row);
    if fields.is_empty() {
        return Ok(false);
    }
    db::station::save(tx.conn, &row)?;
    tx.event(id.as_str(), actor, Event::StationKept, &json!({"fields": fields, "automatic": row.automatic}))?;
    Ok(true)
}

/// The names of the fields in which two versions of a station differ.
fn differing(a: &StationRow, b: &StationRow) -> Vec<&'static str> {
    let pairs = [
        ("name", a.name != b.name),
        ("region", a.region != b.region),
        ("address", a.address != b.address),
        ("phone", a.phone != b.phone),
        ("supervision_phone", a.supervision_phone != b.supervision_phone),
        ("place", a.lat != b.lat || a.lon != b.lon),
        ("automatic", a.automatic != b.automatic),
    ];
    pairs.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
}

/// Switches a station's automatic mode for needs submitted from now on.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotYours`].
pub fn set_automatic(office: &Office, actor: &Actor, id: StationId, automatic: bool) -> Done<()> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| {
        let mut row = db::station::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&row.region) {
            return Err(Refusal::NotYours.into());
        }
        if row.automatic == automatic {
            return Ok(());
        }
        row.automatic = automatic;
        db::station::save(tx.conn, &row)?;
        tx.event(id.as_str(), actor, Event::StationKept, &json!({"fields": ["automatic"], "automatic": automatic}))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hotlines_and_numbers_with_area_codes_are_telephones() {
        for (text, sound) in [
            ("12330", true),
            ("010-62510000", true),
            ("+86 10 62510000 转 801", true),
            ("010 6251 0000、010 6251 0001", true),
            ("1233", false),
            ("请来电", false),
            ("", false),
        ] {
            let mut problems = Problems::default();
            telephone(&mut problems, "phone", text);
            assert_eq!(problems.settle().is_ok(), sound, "{text:?}");
        }
    }
}

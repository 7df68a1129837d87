//! The weights of the ranking (排序权重): those of `index/ranking.toml`, or what a manager set as a new version. What was
//! offered keeps the weights it was ranked with.

use super::{Actor, Done, Office};
use crate::db::policy::PolicyRow;
use crate::db::{self, Conn, JsonText};
use crate::domain::event::Event;
use crate::domain::matching::{Signal, Weights, WeightsError};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use diesel::QueryResult;
use serde_json::{Map, Value, json};

/// The key of the weights among the versions of policy.
pub const RANKING_KEY: &str = "ranking";

/// The weights in force: the latest version set that still makes a scale of today's signals, or the shipped ones.
///
/// # Errors
/// What the database says.
pub fn in_force(conn: &mut Conn) -> QueryResult<Weights> {
    Ok(db::policy::latest(conn, RANKING_KEY)?.and_then(|row| read(&row)).unwrap_or(Weights::SHIPPED))
}

/// The weights of one version; none if it is no scale of today's signals.
#[must_use]
pub fn read(row: &PolicyRow) -> Option<Weights> {
    let value = row.value.get();
    let mut hundredths = *Weights::SHIPPED.hundredths();
    for (signal, weight) in Signal::ALL.iter().zip(&mut hundredths) {
        *weight = value.get(signal.as_str())?.as_i64().and_then(|figure| i32::try_from(figure).ok())?;
    }
    Weights::new(Weights::FIRST_SET - 1 + u32::try_from(row.version).ok()?, hundredths).ok()
}

/// Sets new weights, in hundredths of a point in the order of [`Signal::ALL`]; the same as shipped go back to those.
///
/// # Errors
/// [`Refusal::Invalid`] naming the signal, or `sum` where they do not make 100 points; [`Refusal::NotYours`].
pub fn set_ranking(office: &Office, actor: &Actor, hundredths: [i32; Signal::ALL.len()]) -> Done<Weights> {
    actor.needs(Right::Decide)?;
    Weights::new(Weights::FIRST_SET, hundredths).map_err(|error| match error {
        WeightsError::Negative(signal) => Refusal::Invalid(vec![FieldProblem::new(signal.as_str(), "out-of-range")]),
        WeightsError::Sum(sum) => {
            let points = format!("{}.{:02}", sum / 100, sum % 100);
            Refusal::Invalid(vec![FieldProblem::with("sum", "weights-sum", points)])
        }
    })?;
    office.write(|tx| {
        let version = db::policy::latest(tx.conn, RANKING_KEY)?.map_or(1, |row| row.version + 1);
        let mut value = Map::new();
        for (signal, weight) in Signal::ALL.iter().zip(hundredths) {
            value.insert(signal.as_str().to_owned(), json!(weight));
        }
        let value = Value::Object(value);
        let row = PolicyRow {
            key: RANKING_KEY.to_owned(),
            version,
            value: JsonText::of(&value),
            set_by: actor.account(),
            set_at: tx.now.naive_utc(),
        };
        db::policy::insert(tx.conn, &row)?;
        tx.changed("ranking", RANKING_KEY)?;
        tx.event("policy", actor, Event::RankingSet, &json!({"version": version, "weights": value}))?;
        Ok(read(&row).unwrap_or(Weights::SHIPPED))
    })
}

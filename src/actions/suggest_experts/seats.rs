//! Who fits the seats of a need: a seat may ask for one service item of its own, and is then surveyed for that alone.

use super::{Shortlist, is_told_plainly, shortlist, surveyed};
use crate::actions::{Actor, Done, Office};
use crate::db::need::{NeedRow, SeatRow};
use crate::db::{self, Conn, JsonText};
use crate::domain::need::SeatState;
use crate::ids::{ExpertId, NeedId};
use std::collections::BTreeMap;

/// The same for a seat of the need that asks for one service item.
///
/// # Errors
/// As [`suggest_experts`].
pub fn suggest_for_item(office: &Office, actor: &Actor, id: NeedId, item: &str, limit: usize) -> Done<Shortlist> {
    surveyed(office, actor, id, Some(item), |survey, _| Ok(shortlist(survey, limit, is_told_plainly(actor))))
}

/// The best who may be asked for the free seats together, at most `limit`, in order: for each seat in turn the best by the
/// item it asks for, round by round.
///
/// # Errors
/// As [`suggest_experts`].
pub fn best(office: &Office, actor: &Actor, id: NeedId, limit: usize) -> Done<Vec<ExpertId>> {
    let items = items_of(&mut *office.read()?, id)?;
    let mut by_item: BTreeMap<Option<String>, Vec<ExpertId>> = BTreeMap::new();
    for item in &items.0 {
        if !by_item.contains_key(item) {
            let found = surveyed(office, actor, id, item.as_deref(), |survey, _| {
                Ok(survey.best(limit).into_iter().map(|one| one.id).collect())
            })?;
            by_item.insert(item.clone(), found);
        }
    }
    let mut order: Vec<ExpertId> = Vec::with_capacity(limit);
    loop {
        let before = order.len();
        for item in &items.0 {
            let next = by_item.get(item).into_iter().flatten().find(|id| !order.contains(id)).copied();
            order.extend(next.filter(|_| order.len() < limit));
        }
        if order.len() == before {
            return Ok(order);
        }
    }
}

/// What each free seat of a need asks for, in order.
pub(super) struct Items(Vec<Option<String>>);

impl Items {
    /// The one item all of them ask for.
    pub(super) fn common(&self) -> Option<String> {
        let first = self.0.first()?.clone()?;
        self.0.iter().all(|item| item.as_ref() == Some(&first)).then_some(first)
    }
}

pub(super) fn items_of(conn: &mut Conn, need: NeedId) -> Done<Items> {
    let seats = db::need::seats_of(conn, need)?;
    let free = seats.into_iter().filter(|seat| seat.state == SeatState::Free);
    Ok(Items(free.map(|seat| seat.specialty).collect()))
}

/// The need as one of its seats asks for it: by the item of the seat's own, where it has one. What the need's other items
/// ask of a licence is asked of their own seats.
#[must_use]
pub fn as_asked_by(need: &NeedRow, seat: &SeatRow) -> NeedRow {
    let mut need = need.clone();
    if let Some(item) = &seat.specialty {
        need.services = JsonText::of(&vec![item.clone()]);
    }
    need
}

//! Several open needs and their seats assigned together (批量派单): who goes where, why, who stands behind, and what
//! stays uncovered and what would cover it. Nothing is written; [`super::assign_batch`] sends what a person ticked.
//!
//! The hard rules and the score of each need are matching's own ([`super::suggest_experts`]); [`crate::flow`] then covers
//! as many seats as possible and, among all ways to do that, takes the one with the most points after a fairness weight on
//! what each expert carries this month, proven optimal. Nobody gets more than his month and his open offers leave room for.
//! A seat with a specialty is surveyed and filled by that item; needs that stand against each other share no house.
//! Deliberately absent: anything random; the same rows give the same plan and the same fingerprint.

mod opposed;
mod propose;

use super::suggest_experts::{Shortlist, Suggested, WhyExpert, suggest_experts, suggest_for_item, why_expert};
use super::{Actor, Done, Office};
use crate::db;
use crate::db::need::{NeedRow, SeatRow};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::ids::{ExpertId, NeedId, SeatId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The most needs planned together.
pub const MOST_NEEDS: usize = 100;
/// The most free seats planned together.
pub const MOST_SEATS: usize = 300;
/// How many of a need's candidates are looked at, and as many as there are seats: enough that a hundred needs of one kind
/// do not all lack a taker.
const LOOKED_AT: usize = 80;

/// A seat a person decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pinned {
    /// Which seat.
    #[schema(value_type = String)]
    pub seat: SeatId,
    /// For whom.
    #[schema(value_type = String)]
    pub expert_id: ExpertId,
}

/// What to plan.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PlanBatch {
    /// The needs.
    pub needs: Vec<NeedId>,
    /// Seats that are decided already; the rest is planned around them.
    pub pinned: Vec<Pinned>,
    /// Reserves behind every seat; the policy's number when left out.
    pub reserves: Option<usize>,
}

/// Why nobody is proposed for a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// A rule drops everybody: how many each.
    NobodyMayBeAsked(Vec<(&'static str, u32)>),
    /// Whoever fits is full, even if others are moved; any one of these, with room for one more, would cover it.
    EverybodyFull(Vec<ExpertId>),
    /// Whoever fits sits in another seat of the same need.
    SameNeed,
    /// Whoever fits, or his firm, is proposed for the other side of the matter.
    OtherSide,
    /// Nobody who may be asked offers the item the seat asks for: its slug.
    NobodyKnows(String),
}

/// Somebody who ranks above the one proposed for a seat, and where he goes instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Who.
    pub expert: ExpertId,
    /// The needs he was given in this batch; empty when what he carries already speaks against it.
    pub given: Vec<NeedId>,
}

/// One seat and what is proposed for it.
#[derive(Debug, Clone)]
pub struct BatchSeat {
    /// Place of its need in [`BatchPlan::needs`].
    pub need: usize,
    /// The seat.
    pub seat: SeatRow,
    /// Who is proposed.
    pub chosen: Option<ExpertId>,
    /// Whether a person decided so.
    pub pinned: bool,
    /// Who stands behind, in order.
    pub reserves: Vec<ExpertId>,
    /// Why nobody is proposed.
    pub gap: Option<Gap>,
    /// Those who rank above the one proposed, best first, at most three.
    pub passed: Vec<Passed>,
}

/// One need of the batch.
#[derive(Debug, Clone)]
pub struct BatchNeed {
    /// The need.
    pub row: NeedRow,
    /// The enterprise's name.
    pub enterprise: String,
    /// Who may be asked, best first, as far as looked at; and whoever was pinned.
    pub candidates: Vec<Suggested>,
    /// The same for the seats that ask for one item of their own, by its slug.
    pub by_item: BTreeMap<String, Vec<Suggested>>,
    /// How many a rule drops, rule by rule.
    pub dropped: Vec<(&'static str, u32)>,
    /// How many may be asked in all.
    pub eligible: usize,
}

impl BatchNeed {
    /// One of the candidates, whichever seat he was looked at for.
    #[must_use]
    pub fn candidate(&self, expert: ExpertId) -> Option<&Suggested> {
        self.everybody().find(|one| one.expert.id == expert)
    }

    /// Who may be asked for a seat, best first.
    #[must_use]
    pub fn of_seat(&self, seat: &SeatRow) -> &[Suggested] {
        seat.specialty.as_ref().and_then(|item| self.by_item.get(item)).unwrap_or(&self.candidates)
    }

    /// One of those who may be asked for a seat.
    #[must_use]
    pub fn candidate_of(&self, seat: &SeatRow, expert: ExpertId) -> Option<&Suggested> {
        self.of_seat(seat).iter().find(|one| one.expert.id == expert)
    }

    fn everybody(&self) -> impl Iterator<Item = &Suggested> {
        self.candidates.iter().chain(self.by_item.values().flatten())
    }
}

/// The plan.
#[derive(Debug, Clone)]
pub struct BatchPlan {
    /// The needs with a free seat, in the order asked for.
    pub needs: Vec<BatchNeed>,
    /// Every free seat.
    pub seats: Vec<BatchSeat>,
    /// Needs without a free seat, passed over: their numbers.
    pub full: Vec<String>,
    /// The industries' names by number, to put reasons into words.
    pub industries: Arc<Vec<String>>,
    /// Recognises the plan.
    pub fingerprint: u64,
}

impl BatchPlan {
    /// How many seats somebody is proposed for.
    #[must_use]
    pub fn covered(&self) -> usize {
        self.seats.iter().filter(|seat| seat.chosen.is_some()).count()
    }
}

/// Plans the free seats of the needs together.
///
/// # Errors
/// [`Refusal::Invalid`] when there are too many needs, or one is unknown, outside the actor's scope or named twice, or a
/// pin fits no seat; [`Refusal::NotEligible`] when a rule drops whoever was pinned.
pub fn plan_batch(office: &Office, actor: &Actor, input: &PlanBatch) -> Done<BatchPlan> {
    actor.needs(Right::WorkNeeds)?;
    if input.needs.is_empty() {
        return Err(invalid("needs", "missing"));
    }
    if input.needs.len() > MOST_NEEDS {
        return Err(Refusal::Invalid(vec![FieldProblem::with("needs", "too-many", MOST_NEEDS)]).into());
    }
    let wanted = match input.reserves {
        Some(wanted) if wanted > super::assign_expert::MOST_RESERVES => {
            return Err(invalid("reserves", "out-of-range"));
        }
        Some(wanted) => wanted,
        None => usize::try_from(office.policy()?.reserves).unwrap_or(0),
    };
    let (rows, seats, full) = read(office, actor, &input.needs)?;
    let mut industries = Arc::default();
    let mut needs = Vec::with_capacity(rows.len());
    for (row, enterprise) in rows {
        let most = LOOKED_AT.max(seats.len());
        let shortlist = suggest_experts(office, actor, row.id, most)?;
        let Shortlist { candidates, counts, eligible, industries: named, .. } = shortlist;
        industries = named;
        let mut by_item = BTreeMap::new();
        for item in seats.iter().filter(|seat| seat.need == row.id).filter_map(|seat| seat.specialty.as_ref()) {
            if !by_item.contains_key(item) {
                by_item.insert(item.clone(), suggest_for_item(office, actor, row.id, item, most)?.candidates);
            }
        }
        needs.push(BatchNeed { row, enterprise, candidates, by_item, dropped: counts, eligible });
    }
    pin(office, actor, input, &mut needs, &seats)?;
    let mut people: Vec<ExpertId> = needs.iter().flat_map(|need| need.everybody().map(|one| one.expert.id)).collect();
    people.sort_unstable();
    people.dedup();
    let caps: HashMap<ExpertId, i32> = db::batch::open_caps(&mut *office.read()?, &people)?.into_iter().collect();
    propose::propose(needs, seats, full, industries, &input.pinned, &caps, wanted)
}

fn invalid(field: &str, code: &'static str) -> super::ActionError {
    Refusal::Invalid(vec![FieldProblem::new(field, code)]).into()
}

type Rows = (Vec<(NeedRow, String)>, Vec<SeatRow>, Vec<String>);

/// The needs with a free seat and their enterprises, their free seats, and the numbers of the others.
fn read(office: &Office, actor: &Actor, ids: &[NeedId]) -> Done<Rows> {
    let mut reader = office.read()?;
    let mut found: BTreeMap<NeedId, NeedRow> =
        db::need::by_ids(&mut reader, ids)?.into_iter().map(|row| (row.id, row)).collect();
    let mut free: BTreeMap<NeedId, Vec<SeatRow>> = BTreeMap::new();
    for seat in db::batch::free_seats(&mut reader, ids)? {
        free.entry(seat.need).or_default().push(seat);
    }
    let (mut rows, mut seats, mut full, mut problems) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, id) in ids.iter().enumerate() {
        // Named twice, it is not there the second time.
        let seen = found.remove(id).filter(|row| actor.scope().covers(&row.region, row.station));
        let Some(row) = seen else {
            problems.push(FieldProblem::with(format!("needs.{place}"), "not-known", id));
            continue;
        };
        match free.remove(id).filter(|_| row.state.is_open()) {
            Some(own) => {
                seats.extend(own);
                rows.push(row);
            }
            None => full.push(row.number),
        }
    }
    if !problems.is_empty() {
        return Err(Refusal::Invalid(problems).into());
    }
    if seats.len() > MOST_SEATS {
        return Err(Refusal::Invalid(vec![FieldProblem::with("needs", "too-many", MOST_SEATS)]).into());
    }
    let enterprises: Vec<_> = rows.iter().map(|row| row.enterprise).collect();
    let names: HashMap<_, _> = db::batch::enterprise_names(&mut reader, &enterprises)?.into_iter().collect();
    let named = rows
        .into_iter()
        .map(|row| {
            let name = names.get(&row.enterprise).cloned().unwrap_or_default();
            (row, name)
        })
        .collect();
    Ok((named, seats, full))
}

/// Makes sure that everybody pinned stands among his need's candidates.
fn pin(office: &Office, actor: &Actor, input: &PlanBatch, needs: &mut [BatchNeed], seats: &[SeatRow]) -> Done<()> {
    for (place, pinned) in input.pinned.iter().enumerate() {
        let seat = seats.iter().find(|seat| seat.id == pinned.seat);
        let need = seat.and_then(|seat| needs.iter_mut().find(|need| need.row.id == seat.need));
        let Some(need) = need else {
            let problem = FieldProblem::with(format!("pinned.{place}.seat"), "not-known", pinned.seat);
            return Err(Refusal::Invalid(vec![problem]).into());
        };
        let Some(seat) = seat else { continue };
        if need.candidate_of(seat, pinned.expert_id).is_none() {
            match why_expert(office, actor, need.row.id, pinned.expert_id)? {
                (WhyExpert::Ranked(one), ..) => {
                    match seat.specialty.as_ref().and_then(|item| need.by_item.get_mut(item)) {
                        Some(own) => own.push(*one),
                        None => need.candidates.push(*one),
                    }
                }
                (WhyExpert::Excluded(one), ..) => return Err(Refusal::NotEligible(one.rule.code()).into()),
            }
        }
    }
    Ok(())
}

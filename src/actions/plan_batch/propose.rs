//! The pure half: from every need's candidates to one plan. Points become costs, room becomes capacity, a need's seats a
//! group; what [`crate::flow::assignment`] answers becomes names and reasons again.

use super::opposed::{self, Houses, OPPOSED};
use super::{BatchNeed, BatchPlan, BatchSeat, Gap, Passed, Pinned};
use crate::actions::{ActionError, Done, Fault};
use crate::db::need::SeatRow;
use crate::domain::firm::FirmName;
use crate::domain::matching::Signal;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::flow::assignment::{NoPlan, Pair, Plan, Problem, Seat, Stand, Taker, Why};
use crate::ids::{ExpertId, NeedId};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// What the most points there are in hundredths cost nothing.
const FULL_SCORE: i64 = 10_000;
/// Weight of load²: the first offer of a month costs half a point, the second one and a half, the third two and a half.
const FAIRNESS: i64 = 50;
/// Those passed over who are told of a seat.
const MOST_PASSED: usize = 3;
/// The number by which the flow knows that somebody does not offer the item a seat asks for.
const LACKS_THE_ITEM: u16 = 2;

/// Everybody who could take something, by number.
struct Takers {
    ids: Vec<ExpertId>,
    numbers: BTreeMap<ExpertId, u32>,
    takers: Vec<Taker>,
    firms: Vec<FirmName>,
}

impl Takers {
    fn of(needs: &[BatchNeed], caps: &HashMap<ExpertId, i32>) -> Self {
        let mut all = Self { ids: Vec::new(), numbers: BTreeMap::new(), takers: Vec::new(), firms: Vec::new() };
        for one in needs.iter().flat_map(|need| need.everybody()) {
            let id = one.expert.id;
            if all.numbers.contains_key(&id) {
                continue;
            }
            let (offers, cap) = one.month;
            let open_cap = caps.get(&id).and_then(|cap| u16::try_from(*cap).ok()).unwrap_or(0);
            let room = u32::from(cap.saturating_sub(offers)).min(u32::from(open_cap.saturating_sub(one.open)));
            all.numbers.insert(id, u32::try_from(all.ids.len()).unwrap_or(u32::MAX));
            all.ids.push(id);
            all.firms.push(FirmName::parse(&one.expert.firm));
            all.takers.push(Taker { room, load: u32::from(offers) });
        }
        all
    }

    fn id(&self, number: u32) -> Option<ExpertId> {
        self.ids.get(number as usize).copied()
    }
}

/// One plan for all seats.
pub(super) fn propose(
    needs: Vec<BatchNeed>,
    seats: Vec<SeatRow>,
    full: Vec<String>,
    industries: Arc<Vec<String>>,
    pinned: &[Pinned],
    caps: &HashMap<ExpertId, i32>,
    reserves: usize,
) -> Done<BatchPlan> {
    let takers = Takers::of(&needs, caps);
    let of_need: HashMap<NeedId, usize> = needs.iter().enumerate().map(|(at, need)| (need.row.id, at)).collect();
    let mut problem = Problem { fairness: FAIRNESS, reserves, ..Problem::default() };
    problem.takers.clone_from(&takers.takers);
    let mut planned: Vec<(usize, SeatRow)> = Vec::new();
    for (number, seat) in (0_u32..).zip(seats) {
        let Some(at) = of_need.get(&seat.need).copied() else { continue };
        problem.seats.push(Seat { group: u32::try_from(at).unwrap_or(u32::MAX) });
        for one in needs.get(at).into_iter().flat_map(|need| need.of_seat(&seat)) {
            let Some(taker) = takers.numbers.get(&one.expert.id) else { continue };
            let forced = pinned.iter().any(|pin| pin.seat == seat.id && pin.expert_id == one.expert.id);
            let stand = if forced {
                Stand::Forced
            } else if seat.specialty.is_some() && !offers_the_item(one) {
                Stand::Barred(LACKS_THE_ITEM)
            } else {
                Stand::Open
            };
            let cost = FULL_SCORE - i64::from(one.score);
            problem.pairs.push(Pair { seat: number, taker: *taker, cost, stand });
        }
        planned.push((at, seat));
    }
    let (facing, houses) = (opposed::pairs(&needs), Houses(&takers.firms));
    let mut plan = problem.solve().map_err(|error| refused(&error, &problem, &planned, pinned))?;
    while opposed::bar(&mut problem, &plan, &facing, &houses) {
        plan = problem.solve().map_err(|error| refused(&error, &problem, &planned, pinned))?;
    }
    opposed::thin(&mut plan, &problem, &facing, &houses);
    let given = given(&plan, &planned, &takers, &needs);
    let mut proposed = Vec::with_capacity(planned.len());
    for ((at, seat), number) in planned.into_iter().zip(0_usize..) {
        let Some(need) = needs.get(at) else { continue };
        let chosen = plan.taken.get(number).copied().flatten().and_then(|taker| takers.id(taker));
        let behind = plan.reserves.get(number).into_iter().flatten().filter_map(|taker| takers.id(*taker)).collect();
        let gap = plan.uncovered.iter().find(|gap| gap.seat as usize == number).map(|gap| match &gap.why {
            Why::AllBarred if gap.barred.iter().any(|(rule, _)| *rule == OPPOSED) => Gap::OtherSide,
            Why::AllBarred => Gap::NobodyKnows(seat.specialty.clone().unwrap_or_default()),
            Why::Nobody => Gap::NobodyMayBeAsked(need.dropped.clone()),
            Why::NoRoom(full) => Gap::EverybodyFull(full.iter().filter_map(|taker| takers.id(*taker)).collect()),
            Why::SameGroup => Gap::SameNeed,
        });
        let passed = chosen.map_or_else(Vec::new, |chosen| passed(need, &seat, chosen, &given));
        let is_pinned = pinned.iter().any(|pin| pin.seat == seat.id);
        proposed.push(BatchSeat { need: at, seat, chosen, pinned: is_pinned, reserves: behind, gap, passed });
    }
    Ok(BatchPlan { needs, seats: proposed, full, industries, fingerprint: plan.fingerprint })
}

/// Whether somebody surveyed for one item offers it.
fn offers_the_item(one: &super::Suggested) -> bool {
    one.reasons.iter().any(|reason| reason.signal == Signal::Service && reason.value > 0)
}

/// The needs everybody was given.
fn given(
    plan: &Plan,
    planned: &[(usize, SeatRow)],
    takers: &Takers,
    needs: &[BatchNeed],
) -> BTreeMap<ExpertId, Vec<NeedId>> {
    let mut given: BTreeMap<ExpertId, Vec<NeedId>> = BTreeMap::new();
    for ((at, _), taker) in planned.iter().zip(&plan.taken) {
        if let (Some(need), Some(expert)) = (needs.get(*at), taker.and_then(|taker| takers.id(taker))) {
            given.entry(expert).or_default().push(need.row.id);
        }
    }
    given
}

/// Those with more points for this need than the one proposed, and where they go.
fn passed(need: &BatchNeed, seat: &SeatRow, chosen: ExpertId, given: &BTreeMap<ExpertId, Vec<NeedId>>) -> Vec<Passed> {
    let above = need.of_seat(seat).iter().take_while(|one| one.expert.id != chosen);
    let elsewhere =
        |one: &super::Suggested| given.get(&one.expert.id).is_some_and(|needs| needs.contains(&need.row.id));
    above
        .filter(|one| !elsewhere(one))
        .take(MOST_PASSED)
        .map(|one| Passed { expert: one.expert.id, given: given.get(&one.expert.id).cloned().unwrap_or_default() })
        .collect()
}

/// A pin that leaves no room is the person's to change; everything else is a fault of the machine.
fn refused(error: &NoPlan, problem: &Problem, planned: &[(usize, SeatRow)], pinned: &[Pinned]) -> ActionError {
    let seat = match error {
        NoPlan::Forced(pair) => problem.pairs.get(*pair).and_then(|pair| planned.get(pair.seat as usize)),
        _ => None,
    };
    let pin = seat.and_then(|(_, seat)| pinned.iter().position(|pin| pin.seat == seat.id));
    match pin {
        Some(place) => {
            let problem = FieldProblem::new(format!("pinned.{place}.expert_id"), "no-room");
            Refusal::Invalid(vec![problem]).into()
        }
        None => ActionError::Fault(Fault::new(error)),
    }
}

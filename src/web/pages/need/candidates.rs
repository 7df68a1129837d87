//! Choosing experts for a need: the ranking with its reasons, who is left out and why, the chain and its dates, and the
//! offer itself.
//!
//! What was arranged is in the form: each expert's place. A preview and a refusal keep it. Whether somebody may be asked
//! is decided again in the offer's transaction; what that says is shown here.

use super::new::Similar;
use super::plan::{Plan, plan};
use super::ranking::{self, CandidateView, ExcludedView};
use super::view::{Fact, NeedView, load};
use super::waiver;
use super::words::{Pick, Tag, need_tag, title_pieces};
use crate::actions::ActionError;
use crate::actions::assign_expert::{AssignExpert, MOST_RESERVES, assign_expert, assign_seats};
use crate::actions::suggest_experts::{Shortlist, WhyExpert, suggest_experts, why_expert};
use crate::actions::who_on_duty::on_duty_for;
use crate::db;
use crate::domain::matching::Exclusion;
use crate::domain::need::SeatState;
use crate::domain::refusal::Refusal;
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::{ExpertId, NeedId, SeatId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError, status};
use crate::web::form::{Fields, Wrong, WrongField};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

/// How many are listed at first, and how many on demand.
const FIRST: usize = 10;
const ALL: usize = 50;
/// At most so many experts of a name are listed.
const MOST_NAMED: usize = 20;
/// The most places people can be arranged in.
const MOST_PLACES: usize = MOST_RESERVES + 20;
/// Before an expert's id in the names of fields.
const PLACE: &str = "place.";

/// An expert found by name.
struct Named {
    href: String,
    name: String,
    firm: String,
}

#[derive(askama::Template)]
#[template(path = "pages/need_candidates.html", config = "src/web/askama.toml")]
struct CandidatesPage {
    f: Frame,
    wrong: Wrong,
    id: String,
    number: String,
    pieces: Vec<String>,
    tag: Tag,
    submitted: String,
    summary: Vec<Fact>,
    description: String,
    similar: Vec<Similar>,
    assignable: bool,
    seats: Vec<Pick>,
    at_once_text: String,
    more: bool,
    width: String,
    scale: String,
    key: String,
    considered: String,
    candidates: Vec<CandidateView>,
    rest: usize,
    excluded: Vec<ExcludedView>,
    counts: String,
    plan: Plan,
    searched: String,
    named: Vec<Named>,
    /// Who sits at the station at this moment: id and name.
    on_duty: Vec<(String, String)>,
}

#[derive(askama::Template)]
#[template(path = "pages/need_why.html", config = "src/web/askama.toml")]
struct WhyPage {
    f: Frame,
    id: String,
    number: String,
    name: String,
    assignable: bool,
    width: String,
    scale: String,
    key: String,
    candidate: Option<CandidateView>,
    excluded: Vec<ExcludedView>,
    expert: String,
    waivable: bool,
    waived: String,
    reason: String,
    wrong: Wrong,
}

/// Who is arranged for, in order: each expert and his place, 1 for the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Arrangement(Vec<(usize, ExpertId)>);

impl Arrangement {
    fn of(form: &Fields) -> Self {
        let mut places: Vec<(usize, ExpertId)> = form
            .0
            .iter()
            .filter_map(|(name, value)| {
                let expert = name.strip_prefix(PLACE)?.parse().ok()?;
                let place = value.parse::<usize>().ok().filter(|place| (1..=MOST_PLACES).contains(place))?;
                Some((place, expert))
            })
            .collect();
        // Two in the same place stay in the order of the page.
        places.sort_by_key(|(place, _)| *place);
        Self(places)
    }

    /// The best in order: what is proposed at first.
    fn proposed(shortlist: &Shortlist, most: usize) -> Self {
        Self(
            shortlist.candidates.iter().take(most).enumerate().map(|(place, one)| (place + 1, one.expert.id)).collect(),
        )
    }

    fn place_of(&self, expert: ExpertId) -> String {
        self.0.iter().find(|(_, known)| *known == expert).map(|(place, _)| place.to_string()).unwrap_or_default()
    }

    fn firsts(&self) -> usize {
        self.0.iter().filter(|(place, _)| *place == 1).count()
    }
}

fn places(l: L, most: usize, chosen: &str) -> Vec<Pick> {
    let mut picks =
        vec![Pick::new("", l.t("need-place-none"), chosen), Pick::new("1", l.t("need-place-first"), chosen)];
    for place in 2..=most {
        picks.push(Pick::new(place.to_string(), l.a("need-place-reserve", &[("n", &(place - 1).to_string())]), chosen));
    }
    picks
}

/// Stands for all free seats at once.
const EVERY_SEAT: &str = "all";

/// The free seats of a need, to choose from; where there are several, all at once comes first.
fn free_seats(call: &Call, view: &NeedView, chosen: &str) -> Result<Vec<Pick>, WebError> {
    let rows = db::need::seats_of(&mut *call.office.read()?, view.need.id)?;
    let mut picks: Vec<Pick> = rows
        .into_iter()
        .filter(|seat| seat.state == SeatState::Free)
        .map(|seat| {
            let name = call.l.a("need-seat", &[("n", &seat.position.to_string())]);
            let item = seat.specialty.as_deref().and_then(crate::domain::catalogue::by_slug);
            let name = item.map_or(name.clone(), |item| format!("{name} · {}", call.l.pick(item.zh, item.en)));
            Pick::new(seat.id.as_str(), name, chosen)
        })
        .collect();
    if picks.len() > 1 {
        picks.insert(0, Pick::new(EVERY_SEAT, call.l.t("need-plan-all-seats"), chosen));
    }
    Ok(picks)
}

/// Experts whose name or firm contains the text.
fn named(call: &Call, id: NeedId, text: &str) -> Result<Vec<(ExpertId, Named)>, WebError> {
    let wanted = text.trim().to_lowercase();
    let found = call.office.with_pool(|pool| {
        Ok(pool
            .briefs
            .iter()
            .filter(|brief| brief.name.to_lowercase().contains(&wanted) || brief.firm.to_lowercase().contains(&wanted))
            .take(MOST_NAMED)
            .map(|brief| {
                let href = format!("/needs/{id}/candidates/{}", brief.id);
                (brief.id, Named { href, name: brief.name.clone(), firm: brief.firm.clone() })
            })
            .collect())
    })?;
    Ok(found)
}

/// `GET /needs/{id}/candidates`: `?more=1` lists fifty, `?expert=` looks somebody up by name.
///
/// # Errors
/// [`Refusal::NotFound`] outside the account's scope; a fault.
pub fn show(call: &Call) -> Answered {
    let id: NeedId = call.id("id")?;
    let searched = call.query_value("expert").unwrap_or_default();
    let found = if searched.is_empty() { Vec::new() } else { named(call, id, &searched)? };
    if let [(only, _)] = found.as_slice() {
        return Ok(Answer::see_other(&format!("/needs/{id}/candidates/{only}")));
    }
    let found = found.into_iter().map(|(_, named)| named).collect();
    let more = call.query_value("more").is_some();
    page(call, id, StatusCode::OK, None, more, Wrong::none(), (searched, found))
}

/// `POST /needs/{id}/candidates`: the same with the arrangement as chosen and its dates.
///
/// # Errors
/// As [`show`].
pub fn preview(call: &Call) -> Answered {
    let form = call.form()?;
    page(call, call.id("id")?, StatusCode::OK, Some(form), form.checked("more"), Wrong::none(), Default::default())
}

fn page(
    call: &Call,
    id: NeedId,
    status: StatusCode,
    form: Option<&Fields>,
    more: bool,
    wrong: Wrong,
    (searched, named): (String, Vec<Named>),
) -> Answered {
    let l = call.l;
    let view = load(call, id)?;
    let policy = call.office.policy()?;
    let chosen_seat = form.map_or("", |form| form.get("seat"));
    let seats = free_seats(call, &view, chosen_seat)?;
    let all = chosen_seat == EVERY_SEAT || form.is_none();
    let at_once = if all { seats.len().saturating_sub(1).max(1) } else { 1 };
    let most = usize::try_from(policy.reserves).unwrap_or(0).min(MOST_RESERVES) + at_once;
    let actor = call.actor()?;
    let limit = if more { ALL } else { FIRST };
    let shortlist = suggest_experts(&call.office, &actor, id, limit)?;
    let arrangement = form.map_or_else(|| Arrangement::proposed(&shortlist, most), Arrangement::of);
    // A longer chain than usual may have been arranged through the address; it is shown as it is.
    let most = arrangement.0.last().map_or(most, |(place, _)| (*place).max(most));
    let pick = |expert: ExpertId| places(l, most, &arrangement.place_of(expert));
    let mut candidates: Vec<CandidateView> = shortlist
        .candidates
        .iter()
        .map(|one| ranking::candidate(l, one, &shortlist.industries, pick(one.expert.id)))
        .collect();
    for (_, expert) in &arrangement.0 {
        let listed = candidates.iter().any(|one| one.id == *expert);
        if !listed && let (WhyExpert::Ranked(one), industries, _) = why_expert(&call.office, &actor, id, *expert)? {
            candidates.push(ranking::candidate(l, &one, &industries, pick(*expert)));
        }
    }
    let people: Vec<String> = arrangement
        .0
        .iter()
        .filter_map(|(_, expert)| candidates.iter().find(|one| one.id == *expert).map(|one| one.name.clone()))
        .collect();
    let on_duty = on_duty_for(&call.office, &call.actor()?, id)?;
    let on_duty = on_duty.into_iter().map(|(expert, name)| (expert.to_string(), name)).collect();
    let page = CandidatesPage {
        f: call.frame("needs"),
        wrong,
        id: id.to_string(),
        number: view.need.number.clone(),
        pieces: title_pieces(&view.need.title),
        tag: need_tag(l, view.need.state),
        submitted: l.a("need-submitted-at", &[("at", &l.short_instant(view.need.created_at.and_utc()))]),
        summary: view.summary(l),
        description: view.need.description.clone(),
        similar: view.similar(call)?,
        assignable: view.may_work && view.need.state.is_open() && !seats.is_empty(),
        at_once_text: if at_once > 1 {
            l.a("need-plan-all-text", &[("n", &at_once.to_string())])
        } else {
            String::new()
        },
        seats,
        more,
        width: ranking::signature_width(),
        scale: ranking::scale(&shortlist.weights),
        key: ranking::key(l, &shortlist.weights),
        considered: l.a(
            "need-considered",
            &[
                ("all", &shortlist.considered.to_string()),
                ("eligible", &shortlist.eligible.to_string()),
                ("listed", &candidates.len().to_string()),
            ],
        ),
        rest: shortlist.eligible.min(ALL).saturating_sub(shortlist.candidates.len()),
        excluded: shortlist.excluded.iter().map(|one| ranking::excluded(l, one, &shortlist.industries)).collect(),
        counts: ranking::counts(l, &shortlist),
        plan: plan(l, call.now, (&people, at_once), view.need.wanted_by, &policy, &call.office.calendar()),
        candidates,
        searched,
        named,
        on_duty,
    };
    Answer::page_with(status, &page)
}

/// `GET /needs/{id}/candidates/{expert}`: why one expert stands where he stands.
///
/// # Errors
/// [`Refusal::NotFound`] for unknown experts and outside the account's scope; a fault.
pub fn why(call: &Call) -> Answered {
    why_page(call, StatusCode::OK, "", Wrong::none())
}

/// The page with a waiver's reason as typed and what is wrong with it.
///
/// # Errors
/// As [`why`].
pub(super) fn why_page(call: &Call, status: StatusCode, reason: &str, wrong: Wrong) -> Answered {
    let l = call.l;
    let view = load(call, call.id("id")?)?;
    let expert: ExpertId = call.id("expert")?;
    let (why, industries, weights) = why_expert(&call.office, &call.actor()?, view.need.id, expert)?;
    let decides = call.staff()?.role.has(Right::Decide);
    let waivable = matches!(&why, WhyExpert::Excluded(one) if decides && Exclusion::code_is_waivable(one.rule.code()));
    let (name, candidate, excluded) = match &why {
        WhyExpert::Ranked(one) => {
            (one.expert.name.clone(), Some(ranking::candidate(l, one, &industries, Vec::new())), Vec::new())
        }
        WhyExpert::Excluded(one) => (one.expert.name.clone(), None, vec![ranking::excluded(l, one, &industries)]),
    };
    let seats = free_seats(call, &view, "")?;
    let page = WhyPage {
        expert: expert.to_string(),
        waivable,
        waived: waiver::told(call, view.need.id, expert)?,
        reason: reason.to_owned(),
        wrong,
        f: call.frame("needs"),
        id: view.need.id.to_string(),
        number: view.need.number.clone(),
        name,
        assignable: view.may_work && view.need.state.is_open() && !seats.is_empty(),
        width: ranking::signature_width(),
        scale: ranking::scale(&weights),
        key: ranking::key(l, &weights),
        candidate,
        excluded,
    };
    Answer::page_with(status, &page)
}

/// What is wrong with an arrangement before the office is asked.
fn unfit(l: L, arrangement: &Arrangement) -> Option<Wrong> {
    let key = match arrangement.firsts() {
        0 => "need-plan-no-first",
        1 => return None,
        _ => "need-plan-two-firsts",
    };
    Some(Wrong { list: vec![WrongField { field: "candidates".to_owned(), text: l.t(key) }] })
}

/// `POST /needs/{id}/assignments`: `do=tomorrow` lets the letter leave at 08:00.
///
/// # Errors
/// A fault; a refusal comes back with the choice kept.
pub fn assign(call: &Call) -> Answered {
    let l = call.l;
    let id: NeedId = call.id("id")?;
    let form = call.form()?;
    let more = form.checked("more");
    let arrangement = Arrangement::of(form);
    if let Some(wrong) = unfit(l, &arrangement) {
        return page(call, id, StatusCode::UNPROCESSABLE_ENTITY, Some(form), more, wrong, Default::default());
    }
    let mut order = arrangement.0.iter().map(|(_, expert)| *expert);
    if form.get("seat") == EVERY_SEAT {
        let everybody: Vec<ExpertId> = order.collect();
        let tomorrow = form.get("do") == "tomorrow";
        let asked = assign_seats(&call.office, &call.actor()?, id, &everybody, tomorrow).map(drop);
        return sent(call, id, form, asked, tomorrow);
    }
    let first = order.next().ok_or(Refusal::NotFound)?;
    let input = AssignExpert {
        expert_id: first,
        reserves: order.collect(),
        seat: form.opt("seat").and_then(|text| text.parse::<SeatId>().ok()),
        tomorrow: form.get("do") == "tomorrow",
    };
    let asked = assign_expert(&call.office, &call.actor()?, id, &input).map(drop);
    sent(call, id, form, asked, input.tomorrow)
}

/// Where to go once the offers are made; a refusal comes back with the choice kept.
fn sent(call: &Call, id: NeedId, form: &Fields, asked: Result<(), ActionError>, tomorrow: bool) -> Answered {
    let l = call.l;
    let more = form.checked("more");
    match asked {
        Ok(()) => {
            let key = if tomorrow { "flash-need-assigned-tomorrow" } else { "flash-need-assigned" };
            Ok(Answer::see_other(&format!("/needs/{id}")).flash(key, &[]))
        }
        Err(ActionError::Refused(refusal @ (Refusal::NotFound | Refusal::NotYours))) => Err(refusal.into()),
        Err(ActionError::Refused(refusal)) => {
            let wrong = match &refusal {
                Refusal::NotEligible(rule) => {
                    let text = l.a("need-plan-not-eligible", &[("rule", &l.t(&format!("excluded-{rule}-tag")))]);
                    Wrong { list: vec![WrongField { field: "candidates".to_owned(), text }] }
                }
                other => Wrong::of_refusal(l, other),
            };
            page(call, id, status(&refusal), Some(form), more, wrong, Default::default())
        }
        Err(fault) => Err(fault.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::i18n::Lang;
    use crate::ids::uuid_v7;

    #[test]
    fn an_arrangement_is_read_in_the_order_of_its_places() {
        let people: Vec<ExpertId> = (1..=4).map(|n| ExpertId::from_minted(uuid_v7(n, &[1; 10]))).collect();
        let mut form = Fields::default();
        for (expert, place) in people.iter().zip(["2", "1", "", "2"]) {
            form.set(&format!("{PLACE}{expert}"), place);
        }
        form.set("place.nobody", "1");
        form.set(&format!("{PLACE}{}", people[2]), "99");
        let arrangement = Arrangement::of(&form);
        assert_eq!(arrangement.0, vec![(1, people[1]), (2, people[0]), (2, people[3])]);
        assert_eq!(unfit(L(Lang::Zh), &arrangement), None);
        assert!(unfit(L(Lang::Zh), &Arrangement::default()).is_some());
        assert!(unfit(L(Lang::En), &Arrangement(vec![(1, people[0]), (1, people[1])])).is_some());
        let picks = places(L(Lang::Zh), 4, &arrangement.place_of(people[0]));
        assert_eq!(
            picks.iter().filter(|pick| pick.selected).map(|pick| pick.value.as_str()).collect::<Vec<_>>(),
            ["2"]
        );
    }
}

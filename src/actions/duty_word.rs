//! What a letter may say of a rota, read at the moment it leaves: never more than stands then.

use super::{Done, Office};
use crate::db::duty_turn::TurnRow;
use crate::db::outbox::OutboxRow;
use crate::db::{self, Conn};
use crate::domain::answer_rule::due;
use crate::domain::calendar::beijing_date;
use crate::domain::duty::{ConsentAnswer, TurnState, far_ahead};
use crate::domain::notice::{DutyFacts, DutyLine, NoticeKind, OwedNotice, StationFacts};
use crate::ids::{DutyTurnId, ExpertId};
use chrono::{Days, NaiveDate};

/// The facts of a letter about duty; `None` when its occasion has passed.
///
/// # Errors
/// What the database says.
pub(super) fn facts(
    office: &Office,
    conn: &mut Conn,
    letter: &OutboxRow,
    owed: &OwedNotice,
) -> Done<Option<DutyFacts>> {
    let today = beijing_date(office.now());
    let mut due_at = None;
    let turns = match (owed.kind, letter.expert) {
        (NoticeKind::DutyAsk, Some(expert)) => {
            let Some(plan) = owed.plan else { return Ok(None) };
            let ask = db::duty_ask::newest(conn, plan, expert)?;
            let policy = super::set_policy::in_force(conn)?;
            let counted = due(policy.counting_rule, policy.waking_hours_floor, office.now(), &office.calendar()).due_at;
            due_at = Some(ask.and_then(|ask| ask.answer_due_at).map_or(counted, |at| at.and_utc()));
            let asked = waiting(conn, expert, today)?;
            asked.into_iter().filter(|turn| turn.plan == plan).collect()
        }
        (NoticeKind::DutyPublished, Some(expert)) => {
            own(conn, expert, today)?.into_iter().filter(|turn| Some(turn.plan) == owed.plan).collect()
        }
        (NoticeKind::DutyChanged, Some(expert)) => own(conn, expert, today)?,
        (NoticeKind::DutyWeek, Some(expert)) => {
            let until = today.checked_add_days(Days::new(6)).unwrap_or(today);
            own(conn, expert, today)?.into_iter().filter(|turn| turn.day <= until).collect()
        }
        (NoticeKind::DutyTomorrow, Some(expert)) => one(conn, owed.turn)?
            .into_iter()
            .filter(|turn| turn.expert == Some(expert) && turn.day >= today && turn.reconfirmed_at.is_none())
            .collect(),
        (NoticeKind::DutyOffered, Some(expert)) => {
            let open = one(conn, owed.turn)?.filter(|turn| turn.span().begins() > office.now());
            match open {
                Some(turn) if still_offered(conn, &turn, expert)? => vec![turn],
                _ => Vec::new(),
            }
        }
        (NoticeKind::StaffDutyGap, _) => {
            let Some(first) = one(conn, owed.turn)? else { return Ok(None) };
            let until = today.checked_add_days(Days::new(14)).unwrap_or(today);
            let gaps = db::duty_turn::of_station(conn, first.station, today, until)?;
            gaps.into_iter().filter(|turn| turn.state == TurnState::Gap).collect()
        }
        _ => return Ok(None),
    };
    // That one's turns changed is told even when none is left.
    if turns.is_empty() && owed.kind != NoticeKind::DutyChanged {
        return Ok(None);
    }
    let title = match owed.plan {
        Some(plan) => db::duty::find(conn, &plan)?.map(|row| row.title).unwrap_or_default(),
        None => String::new(),
    };
    Ok(Some(DutyFacts { expert: letter.expert, title, turns: lines(conn, &turns)?, due_at }))
}

fn one(conn: &mut Conn, id: Option<DutyTurnId>) -> Done<Option<TurnRow>> {
    Ok(match id {
        Some(id) => db::duty_turn::find(conn, &id)?.filter(|turn| turn.published),
        None => None,
    })
}

/// The published turns of an expert from a day on.
///
/// # Errors
/// What the database says.
pub fn own(conn: &mut Conn, expert: ExpertId, from: NaiveDate) -> Done<Vec<TurnRow>> {
    let turns = db::duty_turn::of_expert(conn, expert, from, far_ahead())?;
    Ok(turns.into_iter().filter(|turn| turn.published && turn.state == TurnState::Agreed).collect())
}

/// The turns an expert is asked about and has not answered.
///
/// # Errors
/// What the database says.
pub fn waiting(conn: &mut Conn, expert: ExpertId, from: NaiveDate) -> Done<Vec<TurnRow>> {
    let ids: Vec<DutyTurnId> = db::duty_consent::of_expert(conn, expert, from)?
        .into_iter()
        .filter(|said| said.answer == ConsentAnswer::Waiting)
        .map(|said| said.turn)
        .collect();
    Ok(db::duty_turn::by_ids(conn, &ids)?.into_iter().filter(|turn| turn.state != TurnState::Cancelled).collect())
}

/// Whether an expert may still say yes to a turn that was offered: it is free, or somebody wants to give it or swap it.
fn still_offered(conn: &mut Conn, turn: &TurnRow, expert: ExpertId) -> Done<bool> {
    let said = db::duty_consent::of(conn, turn.id, expert)?;
    if turn.state == TurnState::Gap && said.is_some_and(|row| row.answer == ConsentAnswer::Waiting) {
        return Ok(true);
    }
    let swaps = db::duty_change::open_of_turn(conn, turn.id)?;
    Ok(swaps.iter().any(|swap| swap.to_expert.is_none_or(|to| to == expert)))
}

/// The turns as letters and feeds tell them.
///
/// # Errors
/// What the database says.
pub fn lines(conn: &mut Conn, turns: &[TurnRow]) -> Done<Vec<DutyLine>> {
    let stations = super::plan_duty::stations_of(conn, turns)?;
    Ok(turns
        .iter()
        .map(|turn| {
            let station = stations.get(&turn.station);
            let text = |of: fn(&db::station::StationRow) -> &String| station.map(of).cloned().unwrap_or_default();
            DutyLine {
                id: turn.id,
                span: turn.span(),
                part: turn.part,
                station: StationFacts {
                    name: text(|row| &row.name),
                    address: text(|row| &row.address),
                    phone: text(|row| &row.phone),
                    supervision_phone: text(|row| &row.supervision_phone),
                },
                event: turn.event.clone(),
                sequence: turn.sequence,
                why: turn.why.clone(),
            }
        })
        .collect())
}

//! What no timer of an offer looks after: a need nobody was asked for, an automatic need whose asking was cut short, a need
//! with a free seat and nobody told of it.
//!
//! Contract: after every call each of these has an open task or an open offer, so that nothing waits for ever (rules.md,
//! "The chain"). Run twice, it does nothing the second time. Deliberately absent: offers, which have timers of their own.

use super::owners::staff_for;
use super::{Actor, Done, Office, Work, assign_expert, next_in_chain};
use crate::db;
use crate::domain::calendar::Calendar;
use crate::domain::calendar::beijing_date;
use crate::domain::calendar::start_of_day;
use crate::domain::need::{NeedState, SeatState};
use crate::domain::task::TaskKind;
use crate::ids::NeedId;
use chrono::{DateTime, Days, TimeDelta, Utc};

/// How long an automatic need may be open before the desk asks again on its own.
const ASKED_WITHIN: TimeDelta = TimeDelta::minutes(1);

/// Before which moment a need must have been taken on for a working day to have passed since.
fn a_working_day_ago(now: DateTime<Utc>, calendar: &Calendar) -> DateTime<Utc> {
    let mut day = beijing_date(now);
    for _ in 0..60 {
        let Some(before) = day.checked_sub_days(Days::new(1)) else { break };
        day = before;
        if calendar.is_working_day(day) {
            break;
        }
    }
    start_of_day(day)
}

/// The needs somebody or something has to look after now.
///
/// # Errors
/// A fault of the machine.
pub fn neglected(office: &Office, most: i64) -> Done<Vec<NeedId>> {
    let now = office.now();
    let unasked = a_working_day_ago(now, &office.calendar()).naive_utc();
    let automatic = (now - ASKED_WITHIN).naive_utc();
    Ok(db::need_list::neglected(&mut *office.read()?, unasked, automatic, most)?)
}

/// Looks after one of them. Answers whether anything was done.
///
/// # Errors
/// A fault of the machine.
pub fn tend_need(office: &Office, id: NeedId) -> Done<bool> {
    let row = db::need::find(&mut *office.read()?, &id)?;
    let Some(row) = row else { return Ok(false) };
    if row.automatic && row.state == NeedState::Open {
        return assign_expert::ask_best(office, id);
    }
    office.write(|tx| {
        let need = tx.need(&Actor::Desk, id)?;
        if need.state == NeedState::Unanswered {
            let free = db::need::seats_of(tx.conn, id)?.iter().any(|seat| seat.state == SeatState::Free);
            return if free { next_in_chain::nobody_left(tx, &Actor::Desk, &need) } else { Ok(false) };
        }
        if need.state != NeedState::Open {
            return Ok(false);
        }
        let owners = staff_for(tx, &need)?;
        tx.leave_new_task(Work {
            kind: TaskKind::NobodyAsked,
            dedup: format!("nobody-asked:{id}"),
            need: Some(id),
            assignment: None,
            expert: None,
            case: None,
            account: owners.first().copied(),
            for_manager: true,
            detail: None,
            due_at: None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::calendar::SHIPPED_HOLIDAYS;

    #[test]
    fn a_working_day_is_counted_by_the_calendar() {
        let calendar = Calendar::from_csv(SHIPPED_HOLIDAYS, "t").expect("reads");
        let at = |text: &str| DateTime::parse_from_rfc3339(text).expect("an instant").to_utc();
        for (now, expected) in [
            ("2026-03-11T10:00:00+08:00", "2026-03-10T00:00:00+08:00"),
            ("2026-03-16T10:00:00+08:00", "2026-03-13T00:00:00+08:00"),
            // Before Spring Festival the Saturday is worked; the festival itself is not.
            ("2026-02-20T10:00:00+08:00", "2026-02-14T00:00:00+08:00"),
        ] {
            assert_eq!(a_working_day_ago(at(now), &calendar), at(expected), "{now}");
        }
    }
}

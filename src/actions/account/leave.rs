//! Staff are away (请假): until a day, both it and today inclusive. Their open tasks go to whoever looks after the need
//! meanwhile; what comes in goes there by itself (rules.md, "Owner").

use crate::actions::owners::staff_for;
use crate::actions::{Actor, Done, Office, Tx};
use crate::db;
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::AccountId;
use chrono::{Days, NaiveDate};
use serde_json::json;

/// The longest leave that is entered at once, days.
const LONGEST: u64 = 366;

/// Says until when somebody is away; `None` when they are back. Oneself, an administrator, or the operator may.
///
/// # Errors
/// [`Refusal::NotYours`], [`Refusal::NotFound`]; [`Refusal::Invalid`] for a day in the past or more than a year away;
/// [`Refusal::WrongState`] for a disabled account.
pub fn set_leave(office: &Office, actor: &Actor, account: AccountId, until: Option<NaiveDate>) -> Done<()> {
    if actor.account() != Some(account) {
        super::may_administer(actor)?;
    }
    let today = beijing_date(office.now());
    if let Some(until) = until {
        if until < today {
            return Err(Refusal::Invalid(vec![FieldProblem::new("away_until", "in-the-past")]).into());
        }
        if until > today + Days::new(LONGEST) {
            return Err(Refusal::Invalid(vec![FieldProblem::new("away_until", "out-of-range")]).into());
        }
    }
    office.write(|tx| {
        let mut row = db::account::find(tx.conn, &account)?.ok_or(Refusal::NotFound)?;
        if row.disabled_at.is_some() {
            return Err(Refusal::WrongState.into());
        }
        row.on_leave_until = until;
        db::account::save(tx.conn, &row)?;
        let moved = if until.is_some() { hand_on_tasks(tx, account)? } else { 0 };
        tx.event(&format!("account:{account}"), actor, Event::AccountKept, &json!({"away": until, "moved": moved}))
    })
}

/// The open tasks of somebody who is not there go to whoever is told of the need now; where that is nobody else, or
/// where there is no need, the managers see them. Answers how many moved.
///
/// # Errors
/// What the database says.
pub(super) fn hand_on_tasks(tx: &mut Tx<'_>, account: AccountId) -> Done<usize> {
    let tasks = db::task::open_of_account(tx.conn, account)?;
    let count = tasks.len();
    for mut task in tasks {
        let need = match task.need {
            Some(id) => db::need::find(tx.conn, &id)?,
            None => None,
        };
        let next = match &need {
            Some(need) => staff_for(tx, need)?.into_iter().find(|next| *next != account),
            None => None,
        };
        task.for_manager |= next.is_none();
        task.account = next;
        db::task::save(tx.conn, &task)?;
    }
    Ok(count)
}

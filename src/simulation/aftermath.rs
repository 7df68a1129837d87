//! After a run that ended in the middle: the office opens again over the same database, catches up, and everything must
//! hold.

use super::plan::Plan;
use super::post::Post;
use super::run::{Ended, round};
use super::time::SimulatedClock;
use super::world::{self, House};
use crate::db::schema::audit;
use crate::invariants::{Findings, Look, Reach};
use crate::jobs::next_due;
use crate::jobs::night::look_and_keep;
use chrono::{NaiveDateTime, TimeDelta};
use diesel::dsl::max;
use diesel::prelude::*;
use std::sync::Arc;

/// How long the office is given to catch up: longer than any letter or answer takes.
const DAYS: i64 = 12;

/// Opens the database of a run that ended anyhow, lets the desk work alone for twelve days, and looks at everything.
///
/// # Errors
/// [`Ended::Broken`] when the database cannot be used.
pub fn settle(plan: &Plan) -> Result<Findings, Ended> {
    let house = House::again(plan)?;
    let clock = Arc::new(SimulatedClock::at(world::start()?));
    let post = Arc::new(Post::new(plan.seed, Arc::clone(&clock), 0));
    let desk = world::node(&house, plan, &clock, Some(&post), "aftermath")?;
    let office = &desk.office;
    let last: Option<NaiveDateTime> = audit::table.select(max(audit::at)).first(&mut *office.read()?)?;
    clock.move_to(last.map_or(world::start()?, |at| at.and_utc()) + TimeDelta::seconds(1));
    let end = clock.truth() + TimeDelta::days(DAYS);
    loop {
        round(&desk)?;
        let now = clock.truth();
        let next = next_due(office)?.map_or(end, |due| due.max(now + TimeDelta::minutes(1)));
        if next >= end {
            break;
        }
        clock.move_to(next);
    }
    clock.move_to(end);
    round(&desk)?;
    let calendar = office.calendar();
    let look = Look::at(end, &calendar, Some(end));
    Ok(look_and_keep(office, &look, Reach::Everything)?)
}

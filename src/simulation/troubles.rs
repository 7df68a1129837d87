//! Troubles that last: the service stands still, the database cannot be reached, mail is switched off.
//!
//! Contract: the pulse beats up to the moment a trouble begins, and beats again when it ends, as the service's does; what
//! the gap means for anybody's deadline is decided by the real [`keep_pulse`]. Whoever wanted something meanwhile comes
//! back later.

use super::dice::Dice;
use super::run::{Ended, Run, Went};
use super::world;
use crate::actions::keep_pulse::{has_run_until_now, keep_pulse};
use chrono::{DateTime, TimeDelta, Utc};

/// How often a beat is tried when what is planned to go wrong goes wrong in it.
const BEATS: u32 = 20;

/// A trouble, and until when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trouble {
    /// Whether the service stands still; else it runs and cannot reach its database.
    pub down: bool,
    /// When it ends.
    pub until: DateTime<Utc>,
}

impl Run {
    /// Whether the service stands still.
    pub(super) fn is_down(&self) -> bool {
        self.trouble.is_some_and(|trouble| trouble.down)
    }

    /// Whether the service cannot reach its database.
    pub(super) fn is_cut_off(&self) -> bool {
        self.trouble.is_some_and(|trouble| !trouble.down)
    }

    fn nodes(&self) -> usize {
        1 + usize::from(world::has_two_nodes(&self.plan))
    }

    /// A trouble begins; one at a time.
    pub(super) fn begins(&mut self, down: bool, span: TimeDelta) -> Result<(), Ended> {
        if self.trouble.is_some() {
            return Ok(());
        }
        for node in 0..self.nodes() {
            self.attempt(node, |desk| has_run_until_now(&desk.office))?;
        }
        self.trouble = Some(Trouble { down, until: self.clock.truth() + span });
        Ok(())
    }

    /// Ends the trouble if its time is over. Answers whether it ended now.
    pub(super) fn ends(&mut self) -> Result<bool, Ended> {
        let now = self.clock.truth();
        let Some(trouble) = self.trouble.filter(|trouble| trouble.until <= now) else { return Ok(false) };
        self.trouble = None;
        if trouble.down {
            self.come_back_later(now);
            for node in 0..self.nodes() {
                self.reopen(node)?;
            }
        }
        for node in 0..self.nodes() {
            for _ in 0..BEATS {
                if matches!(self.attempt(node, |desk| keep_pulse(&desk.office).map(drop))?, Went::Done(())) {
                    break;
                }
            }
        }
        Ok(true)
    }

    /// Whoever met a service that stood still tries again within three hours of its return.
    fn come_back_later(&mut self, now: DateTime<Utc>) {
        let later = self.agenda.split_off(&(now, 0));
        let met = std::mem::replace(&mut self.agenda, later);
        for ((_, serial), act) in met {
            let mut dice = Dice::of(self.plan.seed, "again", &serial.to_string());
            self.at(now + dice.minutes(1, 180), act);
        }
    }

    /// Mail is switched off or on, which takes a new start.
    pub(super) fn switch_mail(&mut self, off: bool) -> Result<(), Ended> {
        self.mail_off = off;
        for node in 0..self.nodes() {
            self.reopen(node)?;
        }
        Ok(())
    }
}

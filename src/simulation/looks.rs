//! How a run is looked at: after every step the needs it touched, when a day ends what moved or everything, at the end
//! everything. By the code that `zhipai verify` and the nightly look use.

use super::diary;
use super::ledger::{self, Counted, Figures};
use super::run::{Ended, LONG, Run, Violation};
use super::world;
use crate::actions::Office;
use crate::clock::Clock;
use crate::db;
use crate::domain::calendar::Calendar;
use crate::ids::NeedId;
use crate::invariants::{self, Findings, Look, Offender, Reach};
use crate::jobs::night::look_and_keep;
use crate::trial;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

impl Run {
    fn look<'a>(&self, office: &Office, calendar: &'a Calendar) -> Look<'a> {
        let now = office.now();
        Look::at(now, calendar, (self.ticked_well && !office.clock_is_back()).then_some(now))
    }

    pub(super) fn judge_touched(&mut self, since: DateTime<Utc>) -> Result<(), Ended> {
        let office = self.desk(0).office;
        let mut reader = office.read()?;
        let touched: BTreeSet<NeedId> = db::audit::subjects_since(&mut reader, since.naive_utc())?
            .iter()
            .filter_map(|id| id.parse().ok())
            .collect();
        if touched.is_empty() {
            return Ok(());
        }
        let ids: Vec<NeedId> = touched.into_iter().collect();
        let mut findings = Findings::default();
        self.looks += 1;
        // A need is rarely touched by a step that left something due; what is overdue is looked for once a day.
        let calendar = office.calendar();
        let look = Look { tended_until: None, ..self.look(&office, &calendar) };
        invariants::look_at(&mut reader, &look, &ids, &mut findings)?;
        self.hold(&mut reader, findings)
    }

    pub(super) fn day_ends(&mut self) -> Result<(), Ended> {
        let reach = self.reach();
        self.tick()?;
        self.react()?;
        trial::watch(None);
        let office = self.desk(0).office;
        let calendar = office.calendar();
        let look = self.look(&office, &calendar);
        let roots = crate::actions::anchor_trail::anchor_trail(&office);
        let findings = roots.and_then(|_| look_and_keep(&office, &look, reach));
        self.arm();
        self.looks += 1;
        let mut reader = office.read()?;
        self.hold(&mut reader, findings?)
    }

    /// How far one looks when a day ends: at everything once a week, in a long run whenever its length has doubled, so that
    /// all these looks together cost no more than a few at its end; in between at what moved, twice.
    fn reach(&self) -> Reach {
        let now = self.clock.now();
        let began = world::start().unwrap_or(now);
        let day = (self.clock.truth() - began).num_days().unsigned_abs();
        let everything = if self.plan.days > LONG { day.is_power_of_two() } else { day.is_multiple_of(7) };
        if everything { Reach::Everything } else { Reach::Moved(now - TimeDelta::days(2)) }
    }

    /// Ends the run when something does not hold.
    fn hold(&self, conn: &mut db::Conn, findings: Findings) -> Result<(), Ended> {
        if findings.offenders.is_empty() {
            return Ok(());
        }
        let diary = diary::of(conn, &findings.offenders, &self.log)?;
        Err(self.violation(findings.offenders, diary))
    }

    fn violation(&self, offenders: Vec<Offender>, diary: String) -> Ended {
        Ended::Violation(Box::new(Violation {
            seed: self.plan.seed,
            step: self.step,
            at: self.clock.now(),
            offenders,
            again: self.plan.again(),
            diary,
        }))
    }

    /// Everything once more, and the figures.
    pub(super) fn finish(&mut self) -> Result<Figures, Ended> {
        self.disarm();
        let office = self.desk(0).office;
        let calendar = office.calendar();
        let look = Look { tended_until: None, ..self.look(&office, &calendar) };
        let findings = look_and_keep(&office, &look, Reach::Everything)?;
        let mut reader = office.read()?;
        self.hold(&mut reader, findings)?;
        let (letters, doubles) = self.post.counts();
        let faults = self.faults.load(Ordering::SeqCst);
        if doubles > faults {
            let why = format!("{doubles} letters left twice after {faults} crashes, failures and pauses");
            let offender = Offender { invariant: invariants::Invariant::LetterOnce, what: "letters".to_owned(), why };
            return Err(self.violation(vec![offender], String::new()));
        }
        let (steps, looks, happened) = (self.step, self.looks, self.log.happened());
        Ok(ledger::figures(&mut reader, Counted { steps, looks, letters, doubles, faults, happened })?)
    }
}

//! What is on the agenda, done: each deed on one of the nodes, through whatever is planned to happen to it.

use super::dice::Dice;
use super::ledger;
use super::mailbox;
use super::managers;
use super::people::{self, Act};
use super::run::{Ended, Run, Went};
use super::scanner;
use super::staff;
use crate::actions::withdraw_expert::{pause_expert, resume_expert, withdraw_expert};
use crate::actions::{ActionError, Done, Office};
use crate::clock::Clock;
use crate::ids::NeedId;
use crate::jobs::Desk;
use crate::trial;
use chrono::TimeDelta;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// After how long somebody whose deed failed tries again.
const AGAIN: TimeDelta = TimeDelta::minutes(7);

impl Run {
    pub(super) fn act(&mut self, act: Act) -> Result<(), Ended> {
        let node = self.some_node();
        let again = act.clone();
        self.log.note(self.clock.now(), &act);
        let went = match act {
            Act::Skew(seconds) => {
                self.clock.set_off_by(TimeDelta::seconds(seconds));
                return Ok(());
            }
            Act::LoseIndex => return self.reopen(node),
            Act::Outage(span) => return self.begins(true, span),
            Act::CutOff(span) => return self.begins(false, span),
            Act::SwitchMail(off) => return self.switch_mail(off),
            Act::Submit(n) => return self.submit(node, n),
            Act::SeeTo(need, tries) => return self.see_to(node, need, tries),
            Act::Scan(_, text) => return self.scan(node, &text),
            Act::Answer { offer, kind, by, twice } => {
                for _ in 0..u8::from(twice) {
                    self.deed(node, |office, run| people::answer(office, run, offer, kind, by))?;
                }
                self.deed(node, |office, run| people::answer(office, run, offer, kind, by))?
            }
            Act::MailIn(letter, report) => {
                self.deed(node, |office, run| mailbox::mail_in(office, run, letter, report))?
            }
            Act::PassOn => self.passes_on(node)?,
            Act::EnterNotice => self.enters_notice(node)?,
            Act::DecideNotice(import, yes) => {
                self.deed(node, |office, run| managers::decide_notice(office, run, import, yes))?
            }
            Act::SetPolicy => self.deed(node, managers::policy)?,
            Act::HandOver(station) => self.deed(node, |office, run| managers::hand_over(office, run, station))?,
            Act::OpenCase(expert, kind) => self.opens_case(node, expert, kind)?,
            Act::TellCase(case) => self.deed(node, |office, run| managers::tell_case(office, run, case))?,
            Act::Hear(case, kind) => self.deed(node, |office, run| managers::hear(office, run, case, kind))?,
            Act::Decide(case, decision, tries) => self.decides(node, case, decision, tries)?,
            Act::DecideAppeal(case, outcome) => {
                self.deed(node, |office, run| managers::appeal(office, run, case, outcome))?
            }
            Act::Withdraw(expert) => {
                self.deed(node, |office, run| withdraw_expert(office, &run.world.manager, expert, None).map(drop))?
            }
            Act::Pause(expert) => {
                self.deed(node, |office, run| pause_expert(office, &run.world.manager, expert, None).map(drop))?
            }
            Act::Resume(expert) => self.deed(node, |office, run| resume_expert(office, &run.world.manager, expert))?,
            Act::LeaveLater { expert, ahead, days } => {
                self.deed(node, |office, run| managers::leave_later(office, run, expert, ahead, days))?
            }
            Act::Reply(offer) => self.deed(node, |office, run| staff::reply(office, run, offer))?,
            Act::Phone(offer) => self.deed(node, |office, run| staff::phone(office, run, offer))?,
            Act::Release(offer, by) => self.deed(node, |office, run| people::release(office, run, offer, by))?,
            Act::Feedback(offer) => self.deed(node, |office, _| people::feedback(office, offer))?,
            Act::Rate(offer, channel) => self.deed(node, |office, run| people::rate(office, run, offer, channel))?,
            Act::Retract(need) => self.deed(node, |office, run| staff::retract(office, run, need))?,
            Act::Leave(expert, days) => self.deed(node, |office, run| staff::leave(office, run, expert, days))?,
        };
        if matches!(went, Went::Failed) {
            self.at(self.clock.truth() + AGAIN, again);
        }
        Ok(())
    }

    /// A deed that may look at the run while it is done.
    pub(super) fn deed<T>(
        &mut self,
        node: usize,
        deed: impl FnOnce(&Office, &Self) -> Done<T>,
    ) -> Result<Went<T>, Ended> {
        self.through(node, |desk, run| deed(&desk.office, run))
    }

    pub(super) fn through<T>(
        &mut self,
        node: usize,
        deed: impl FnOnce(&Desk, &Self) -> Done<T>,
    ) -> Result<Went<T>, Ended> {
        let desk = self.desk(node);
        let faults = self.faults.load(Ordering::SeqCst);
        trial::cut_off(self.is_cut_off());
        let done = catch_unwind(AssertUnwindSafe(|| deed(&desk, self)));
        trial::cut_off(false);
        drop(desk);
        match done {
            Ok(done) => self.went(done, faults),
            Err(panic) if panic.is::<trial::Crash>() => {
                self.reopen(node)?;
                Ok(Went::Failed)
            }
            Err(panic) => resume_unwind(panic),
        }
    }

    fn went<T>(&self, done: Done<T>, faults: u32) -> Result<Went<T>, Ended> {
        match done {
            Ok(value) => Ok(Went::Done(value)),
            Err(ActionError::Refused(_)) => Ok(Went::Refused),
            Err(ActionError::Fault(_)) if self.is_cut_off() => Ok(Went::Failed),
            Err(ActionError::Fault(_)) if self.faults.load(Ordering::SeqCst) > faults => Ok(Went::Failed),
            Err(error) => Err(error.into()),
        }
    }

    fn submit(&mut self, node: usize, n: u32) -> Result<(), Ended> {
        match self.deed(node, |office, run| staff::submit(office, run, n))? {
            Went::Done((need, automatic)) => {
                if self.plan.tell {
                    // Whoever reads this was told that the need is taken: it must be there whatever happens next.
                    println!("taken {need}");
                }
                let mut dice = Dice::of(self.plan.seed, "owner", need.as_str());
                let now = self.clock.truth();
                if !automatic {
                    self.at(now + dice.minutes(5, 600), Act::SeeTo(need, 0));
                }
                if dice.percent(3) {
                    self.at(now + dice.minutes(60, 5 * 1_440), Act::Retract(need));
                }
            }
            Went::Failed => self.at(self.clock.truth() + AGAIN, Act::Submit(n)),
            Went::Refused => {}
        }
        Ok(())
    }

    fn see_to(&mut self, node: usize, need: NeedId, tries: u32) -> Result<(), Ended> {
        let now = self.clock.truth();
        match self.deed(node, |office, run| staff::see_to(office, run, need, tries))? {
            Went::Done(Some(wait)) => self.at(now + wait, Act::SeeTo(need, tries + 1)),
            Went::Failed => self.at(now + AGAIN, Act::SeeTo(need, tries)),
            Went::Done(None) => {}
            Went::Refused if tries < 6 => self.at(now + TimeDelta::days(1), Act::SeeTo(need, tries + 1)),
            Went::Refused => {}
        }
        Ok(())
    }

    /// GET changes nothing: the database is the same before and after.
    fn scan(&mut self, node: usize, text: &str) -> Result<(), Ended> {
        let office = self.desk(node).office;
        let since = (office.now() - TimeDelta::days(1)).naive_utc();
        let before = ledger::fingerprint(&mut *office.read()?, since)?;
        let site = Arc::clone(&self.site);
        let went = self.attempt(node, |desk| scanner::scan(&desk.office, &site, text))?;
        let after = ledger::fingerprint(&mut *office.read()?, since)?;
        if matches!(went, Went::Done(_)) && before != after {
            return Err(Ended::Broken("opening a link changed the database".to_owned()));
        }
        Ok(())
    }
}

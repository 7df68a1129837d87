//! One run: what is due next happens, in order, and after every step the needs it touched are judged.

use super::diary::Log;
use super::dice::Dice;
use super::ledger::Figures;
use super::mailbox::Report;
use super::people::Act;
use super::plan::{Fault, Missing, Plan};
use super::post::{Interruption, Post};
use super::time::SimulatedClock;
use super::troubles::Trouble;
use super::world::{self, House, World};
use crate::actions::keep_pulse::has_run_until_now;
use crate::actions::{ActionError, Actor, Done, Office};
use crate::clock::Clock;
use crate::db;
use crate::demo::corpus::Corpus;
use crate::domain::calendar::{beijing_date, day_after, start_of_day};
use crate::domain::refusal::Refusal;
use crate::ids::NeedId;
use crate::invariants::Offender;
use crate::jobs::{Desk, TickReport, do_due, next_due};
use crate::trial::{self, Verdict};
use crate::web::Site;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How far the clock goes on when something stays due although it was tended.
const STUCK: TimeDelta = TimeDelta::minutes(1);
/// How long a node stands still in the middle of a letter.
const PAUSE: TimeDelta = TimeDelta::minutes(6);
/// A run of more days than these is long: less of it is looked at twice.
pub(super) const LONG: u32 = 60;

/// Why a run ended early.
#[derive(Debug)]
pub enum Ended {
    /// Something does not hold.
    Violation(Box<Violation>),
    /// The machine broke, outside any planned fault.
    Broken(String),
}

/// Something does not hold.
#[derive(Debug)]
pub struct Violation {
    /// Chance.
    pub seed: u64,
    /// At which step.
    pub step: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub offenders: Vec<Offender>,
    /// The command that runs it again.
    pub again: String,
    /// What happened to the need, in Chinese and English.
    pub diary: String,
}

impl From<ActionError> for Ended {
    fn from(error: ActionError) -> Self {
        Self::Broken(error.to_string())
    }
}
impl From<diesel::result::Error> for Ended {
    fn from(error: diesel::result::Error) -> Self {
        Self::Broken(error.to_string())
    }
}
impl From<String> for Ended {
    fn from(why: String) -> Self {
        Self::Broken(why)
    }
}

/// How a deed went.
pub(super) enum Went<T> {
    Done(T),
    Refused,
    /// The machine failed as planned: whoever did it tries again.
    Failed,
}

/// A run.
pub struct Run {
    /// What is simulated.
    pub plan: Plan,
    /// The clock.
    pub clock: Arc<SimulatedClock>,
    /// Everybody.
    pub world: World,
    /// What needs say.
    pub corpus: Corpus,
    pub(super) post: Arc<Post>,
    house: House,
    nodes: Arc<Mutex<(Desk, Option<Desk>)>>,
    pub(super) site: Arc<Site>,
    pub(super) agenda: BTreeMap<(DateTime<Utc>, u64), Act>,
    pub(super) trouble: Option<Trouble>,
    pub(super) mail_off: bool,
    pub(super) log: Log,
    serial: u64,
    pub(super) dice: Dice,
    lives: u32,
    /// Faults so far that may have made one letter leave twice: crashes, failures, pauses.
    pub(super) faults: Arc<AtomicU32>,
    pub(super) step: u64,
    pub(super) looks: u64,
    pub(super) ticked_well: bool,
}

impl Run {
    /// Opens the database and enters everybody.
    ///
    /// # Errors
    /// When the database cannot be used, or the world is refused.
    pub fn open(plan: Plan) -> Result<Self, Ended> {
        let clock = Arc::new(SimulatedClock::at(world::start()?));
        let house = House::open(&plan)?;
        let post = Arc::new(Post::new(plan.seed, Arc::clone(&clock), plan.faults.odds(Fault::Mail)));
        post.pause_in(plan.faults.odds(Fault::Nodes));
        trial::watch(None);
        trial::take_away(None);
        trial::cut_off(false);
        let first = world::node(&house, &plan, &clock, Some(&post), &world::life(0, 0))?;
        let world = world::people(&first.office, &plan)?;
        let second = if world::has_two_nodes(&plan) {
            Some(world::node(&house, &plan, &clock, Some(&post), &world::life(1, 0))?)
        } else {
            None
        };
        let corpus = Corpus::read().map_err(|fault| fault.to_string())?;
        let mut run = Self {
            dice: Dice::of(plan.seed, "run", ""),
            plan,
            clock,
            world,
            corpus,
            post,
            house,
            nodes: Arc::new(Mutex::new((first, second))),
            site: Arc::new(Site::new("simulation".to_owned())),
            agenda: BTreeMap::new(),
            trouble: None,
            mail_off: false,
            log: Log::default(),
            serial: 0,
            lives: 0,
            faults: Arc::default(),
            step: 0,
            looks: 0,
            ticked_well: false,
        };
        run.arm();
        Ok(run)
    }

    /// The database's address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.house.url
    }

    /// Runs to the end of the plan. Answers with its figures.
    ///
    /// # Errors
    /// [`Ended`].
    pub fn to_the_end(&mut self) -> Result<Figures, Ended> {
        let end = self.clock.truth() + world::span(&self.plan);
        let mut next_day = start_of_day(day_after(beijing_date(self.clock.truth())));
        self.plan_day();
        let done = loop {
            let at = self.next_step(next_day)?;
            if at >= end {
                break self.finish();
            }
            self.clock.move_to(at);
            self.step += 1;
            let (now, before) = (self.clock.truth(), self.clock.now());
            if self.ends()? {
                // The service is back; what is due is done below.
            } else if self.trouble.is_none() && now >= next_day {
                next_day = start_of_day(day_after(beijing_date(now)));
                self.day_ends()?;
                self.plan_day();
            } else if let Some((key, _)) = self.agenda.first_key_value().filter(|((when, _), _)| *when <= now) {
                let key = *key;
                if let Some(act) = self.agenda.remove(&key) {
                    self.act(act)?;
                }
            }
            if self.is_down() {
                continue;
            }
            self.tick()?;
            self.react()?;
            self.judge_touched(before)?;
        };
        self.disarm();
        done
    }

    /// When the next step is taken: the next thing due, planned, or the end of the day; while the service stands still, when
    /// it comes back.
    fn next_step(&self, next_day: DateTime<Utc>) -> Result<DateTime<Utc>, Ended> {
        let now = self.clock.truth();
        let act = self.agenda.first_key_value().map(|((at, _), _)| (*at).max(now));
        Ok(match self.trouble {
            Some(trouble) if trouble.down => trouble.until.max(now),
            Some(trouble) => act.map_or(trouble.until, |act| act.min(trouble.until)).max(now),
            None => {
                let due = self.next_due()?.map(|due| if due <= now { now + STUCK } else { due });
                [due, act, Some(next_day.max(now))].into_iter().flatten().min().unwrap_or(next_day)
            }
        })
    }

    /// Plans something.
    pub(super) fn at(&mut self, at: DateTime<Utc>, act: Act) {
        self.serial += 1;
        self.agenda.insert((at, self.serial), act);
    }

    /// How many letters in a hundred a scanner opens.
    pub(super) const fn scanned_percent(&self) -> u32 {
        if self.plan.days > LONG { 1 } else { 10 }
    }

    /// The liaison who owns a need.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub(super) fn liaison_of(&self, office: &Office, need: NeedId) -> Done<Actor> {
        let row = db::need::find(&mut *office.read()?, &need)?.ok_or(Refusal::NotFound)?;
        let station = self.world.stations.iter().find(|station| station.id == row.station).ok_or(Refusal::NotFound)?;
        Ok(station.liaison.clone())
    }

    pub(super) fn desk(&self, node: usize) -> Desk {
        let nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
        if node == 1 { nodes.1.clone().unwrap_or_else(|| nodes.0.clone()) } else { nodes.0.clone() }
    }

    pub(super) fn some_node(&mut self) -> usize {
        usize::from(world::has_two_nodes(&self.plan) && self.dice.percent(50))
    }

    /// Does something on a node, through whatever is planned to happen to it.
    pub(super) fn attempt<T>(&mut self, node: usize, deed: impl FnOnce(&Desk) -> Done<T>) -> Result<Went<T>, Ended> {
        self.through(node, |desk, _| deed(desk))
    }

    /// A node that ended begins again, with nothing but the database.
    pub(super) fn reopen(&mut self, node: usize) -> Result<(), Ended> {
        self.lives += 1;
        trial::watch(None);
        let post = (!self.mail_off).then_some(&self.post);
        let fresh = world::node(&self.house, &self.plan, &self.clock, post, &world::life(node, self.lives))?;
        {
            let mut nodes = self.nodes.lock().unwrap_or_else(PoisonError::into_inner);
            if node == 1 { nodes.1 = Some(fresh) } else { nodes.0 = fresh }
        }
        self.arm();
        Ok(())
    }

    /// Arms what is planned to go wrong.
    pub(super) fn arm(&mut self) {
        if let Some(Missing::Of(guard)) = self.plan.without {
            trial::take_away(Some(guard));
        }
        let odds = |kind| i64::from(self.plan.faults.odds(kind));
        let (crash, busy) = (odds(Fault::Crash), odds(Fault::Busy));
        if crash + busy > 0 {
            let mut dice = Dice::of(self.plan.seed, "faults", &self.lives.to_string());
            let faults = Arc::clone(&self.faults);
            trial::watch(Some(Box::new(move |_| {
                let thrown = dice.between(0, 2_999);
                let verdict = if thrown < crash {
                    Verdict::Crash
                } else if thrown < crash + busy {
                    Verdict::Fail
                } else {
                    return Verdict::GoOn;
                };
                faults.fetch_add(1, Ordering::SeqCst);
                verdict
            })));
        }
        if world::has_two_nodes(&self.plan) {
            self.post.interrupt_with(Some(self.interruption()));
        }
    }

    pub(super) fn disarm(&self) {
        trial::watch(None);
        trial::take_away(None);
        trial::cut_off(false);
        self.post.interrupt_with(None);
    }

    /// The first node stands still in the middle of a letter, longer than its lease, and the second goes on.
    fn interruption(&self) -> Interruption {
        let (clock, nodes, faults) = (Arc::clone(&self.clock), Arc::clone(&self.nodes), Arc::clone(&self.faults));
        Box::new(move || {
            let other = nodes.lock().unwrap_or_else(PoisonError::into_inner).1.clone();
            clock.move_to(clock.truth() + PAUSE);
            faults.fetch_add(1, Ordering::SeqCst);
            if let Some(other) = other {
                // What the second node meets is met again by the next round.
                let _ = round(&other);
            }
        })
    }

    fn next_due(&self) -> Result<Option<DateTime<Utc>>, Ended> {
        let due = next_due(&self.desk(0).office)?;
        Ok(due.map(|due| due - self.clock.off_by()))
    }

    /// The jobs of every node, in an order of chance.
    pub(super) fn tick(&mut self) -> Result<(), Ended> {
        let count = 1 + usize::from(world::has_two_nodes(&self.plan));
        let first = self.some_node();
        self.ticked_well = true;
        for turn in 0..count {
            let went = self.attempt((first + turn) % count, round)?;
            self.ticked_well &= matches!(went, Went::Done(()));
        }
        Ok(())
    }

    /// What people do about the letters that reached them.
    pub(super) fn react(&mut self) -> Result<(), Ended> {
        for taken in self.post.collect() {
            let office = self.desk(0).office;
            let mut reader = office.read()?;
            let Some(row) = db::outbox::find(&mut reader, &taken.outbox)? else { continue };
            let carried = db::digest::parts(&mut reader, row.id)?;
            drop(reader);
            if taken.comes_back {
                let mut dice = Dice::of(self.plan.seed, "comes-back", row.id.as_str());
                self.at(self.clock.truth() + dice.minutes(10, 5 * 1_440), Act::MailIn(row.id, Report::Failed));
            }
            if self.plan.faults.has(Fault::Reports) {
                self.plan_report(row.id);
            }
            for row in carried.iter().chain([&row]) {
                self.plan_reaction(row, &taken.text);
            }
        }
        Ok(())
    }
}

/// One round of a node's jobs: first it says that it has run so far, as the service does by its pulse.
pub(super) fn round(desk: &Desk) -> Done<()> {
    has_run_until_now(&desk.office)?;
    do_due(desk, &mut TickReport::default())
}

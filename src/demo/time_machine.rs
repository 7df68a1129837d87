//! The time machine: moves the demo's clock forward and lets everything due on the way happen, in order and at its time.
//!
//! Contract (contract.md, "Demo only"): the clock starts at the real time, or where it stood if that is later, ticks with
//! it, and only goes forward. Between here and there the clock stops at every instant at which an assignment or a letter
//! is due, so that what follows from one thing (a lapse at 24:00, the next offer at 08:00) happens when it would.
//! Deliberately absent: going back, and any rule of its own about what is due.

use super::accounts::replace;
use crate::actions::{ActionError, Done, Fault};
use crate::clock::{Clock, VirtualClock};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::jobs::night::night;
use crate::jobs::{Desk, TickReport, do_due, next_due, tick};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The farthest one may go at a time.
const FARTHEST: TimeDelta = TimeDelta::days(400);
/// How far the clock goes on when something stays due although it was tended (a mail server that does not answer).
const STUCK: TimeDelta = TimeDelta::minutes(5);

/// Where the clock stands now, and what happened on the way: the answer of `POST /demo/clock`.
#[derive(Debug, Clone, Serialize)]
pub struct Arrived {
    /// Now.
    pub now: String,
    /// What happened on the way.
    #[serde(flatten)]
    pub report: TickReport,
}

/// The clock, and the desk that works by it.
pub struct TimeMachine {
    clock: Arc<VirtualClock>,
    desk: Desk,
    turn: Mutex<()>,
    kept: Option<PathBuf>,
}

impl TimeMachine {
    /// A time machine over a desk whose office goes by `clock`; where the clock stands is kept in the file `kept`.
    #[must_use]
    pub const fn new(clock: Arc<VirtualClock>, desk: Desk, kept: Option<PathBuf>) -> Self {
        Self { clock, desk, turn: Mutex::new(()), kept }
    }

    /// Now, as the demo sees it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does what is due now, as the service does twice a second.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn tick(&self) -> Done<TickReport> {
        let _turn = self.turn();
        tick(&self.desk)
    }

    /// Does the night's work, if a day has ended since.
    ///
    /// # Errors
    /// A fault of the machine.
    pub fn night(&self) -> Done<()> {
        let _turn = self.turn();
        night(&self.desk.office, None).map(drop)
    }

    /// Goes to `target` and does what is due on the way.
    ///
    /// # Errors
    /// [`Refusal::Backwards`]; [`Refusal::Invalid`] for more than 400 days at a time; a fault of the machine, with the
    /// clock where it got to.
    pub fn advance_to(&self, target: DateTime<Utc>) -> Done<Arrived> {
        let _turn = self.turn();
        let now = self.clock.now();
        if target < now {
            return Err(Refusal::Backwards.into());
        }
        if target > now + FARTHEST {
            return Err(Refusal::Invalid(vec![FieldProblem::with("to", "out-of-range", "P400D")]).into());
        }
        let mut report = TickReport::default();
        loop {
            do_due(&self.desk, &mut report)?;
            let now = self.clock.now();
            match next_due(&self.desk.office)? {
                Some(due) if due <= target && due > now => {
                    self.clock.move_to(due);
                }
                Some(due) if due <= now && now + STUCK < target => {
                    self.clock.move_to(now + STUCK);
                }
                _ => break,
            }
        }
        self.clock.move_to(target);
        report.add(&tick(&self.desk)?);
        self.keep()?;
        Ok(Arrived { now: written(self.clock.now()), report })
    }

    /// Goes forward by a span.
    ///
    /// # Errors
    /// As [`advance_to`](Self::advance_to).
    pub fn advance_by(&self, span: TimeDelta) -> Done<Arrived> {
        let target = self.clock.now().checked_add_signed(span);
        let target =
            target.ok_or_else(|| Refusal::Invalid(vec![FieldProblem::with("advance", "out-of-range", "P400D")]))?;
        self.advance_to(target)
    }

    /// Keeps where the clock stands, for the next start.
    ///
    /// # Errors
    /// A fault when the file cannot be written.
    pub fn keep(&self) -> Done<()> {
        let Some(path) = &self.kept else { return Ok(()) };
        replace(path, written(self.clock.now()).as_bytes())
            .map_err(|error| ActionError::Fault(Fault::new(format!("{}: {error}", path.display()))))
    }
}

/// Where the clock stood, if that was kept.
#[must_use]
pub fn stood_at(path: &Path) -> Option<DateTime<Utc>> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// An instant as answers have it: RFC 3339, UTC.
#[must_use]
pub fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// Reads a span of time as ISO 8601 writes it: `PT26H`, `P2D`, `P1DT30M`, `P1W`. Years and months, whose length varies,
/// fractions and signs are refused.
#[must_use]
pub fn duration(text: &str) -> Option<TimeDelta> {
    let (days, clock) = match text.trim().strip_prefix('P')?.split_once('T') {
        Some((days, clock)) if !clock.is_empty() => (days, clock),
        Some(_) => return None,
        None => (text.trim().strip_prefix('P')?, ""),
    };
    if days.is_empty() && clock.is_empty() {
        return None;
    }
    let whole = sum(days, &[('W', 604_800), ('D', 86_400)])?;
    let part = sum(clock, &[('H', 3_600), ('M', 60), ('S', 1)])?;
    TimeDelta::try_seconds(whole.checked_add(part)?)
}

/// The seconds of `2D`, `1H30M`: numbers, each followed by a unit, in the order of the units, each once.
fn sum(text: &str, units: &[(char, i64)]) -> Option<i64> {
    let mut total: i64 = 0;
    let mut units = units.iter();
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at(digits);
        let unit = tail.chars().next()?;
        let (_, seconds) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(*seconds)?)?;
        rest = tail.get(1..)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actions::{Office, Settings};
    use crate::clock::Chance;
    use crate::db;
    use crate::db::Db;
    use crate::demo::corpus::Corpus;
    use crate::demo::world::{self, Plan, Size};
    use crate::mail::{MailboxFile, Sender};
    use crate::seal::Keyring;
    use crate::search::IndexHome;
    use std::collections::BTreeMap;

    #[test]
    fn spans_are_read_as_iso_8601_writes_them() {
        let cases = [
            ("PT26H", 26 * 3_600),
            ("P2D", 2 * 86_400),
            ("PT30M", 1_800),
            ("PT45S", 45),
            ("P1DT2H3M4S", 86_400 + 2 * 3_600 + 3 * 60 + 4),
            ("P1W", 7 * 86_400),
            ("PT0S", 0),
            (" PT1H ", 3_600),
        ];
        for (text, seconds) in cases {
            assert_eq!(duration(text), Some(TimeDelta::seconds(seconds)), "{text}");
        }
        let refused = [
            "",
            "P",
            "PT",
            "P1DT",
            "26H",
            "PT26",
            "P1Y",
            "P1M",
            "PT1.5H",
            "-PT1H",
            "PT-1H",
            "PT1M1H",
            "PT1H1H",
            "pt1h",
            "P1H",
            "PT1D",
            "P99999999999999999999D",
            "P9223372036854775807W",
        ];
        for text in refused {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn where_the_clock_stood_is_read_again() {
        let path = std::env::temp_dir().join(format!("zhipai-clock-{}", std::process::id()));
        let at: DateTime<Utc> = "2026-05-08T06:20:00Z".parse().expect("an instant");
        replace(&path, written(at).as_bytes()).expect("written");
        assert_eq!(stood_at(&path), Some(at));
        std::fs::remove_file(&path).expect("removed");
        assert_eq!(stood_at(&path), None);
    }

    /// A small city whose clock stands still unless it is moved, and its mailbox.
    fn city(folder: &Path, start: &str) -> (TimeMachine, Arc<MailboxFile>) {
        let _ = std::fs::remove_dir_all(folder);
        let db = Db::open(&format!("sqlite:{}", folder.join("a.db").display()), 2).expect("opens");
        db.write_alone(crate::db::migrate::migrate).expect("migrates");
        let corpus = Corpus::read().expect("the corpus");
        let start: DateTime<Utc> = start.parse().expect("an instant");
        let keys = Keyring::new(BTreeMap::from([(1, [7; 32])])).expect("keys");
        let plan = Plan {
            corpus: &corpus,
            size: Size::Small,
            seed: 5,
            start,
            password: "p",
            password_hash: "x".to_owned(),
            keys: keys.clone(),
        };
        world::raise(&db, &plan, &mut |_| ()).expect("raised");
        let clock = Arc::new(VirtualClock::standing(start));
        let settings =
            Settings { base_url: "http://z.example".into(), connections: 2, second_factor: false, mail_off: false };
        let index = (IndexHome::in_memory(), None);
        let office = Office::open(db, Arc::<VirtualClock>::clone(&clock), Chance::seeded(1), keys, settings, index)
            .expect("opens");
        let mailbox = Arc::new(MailboxFile::in_memory());
        let sender =
            Sender {
                name: "知派".into(), name_en: "Zhipai".into(), address: "desk@z.example".into(), reply_to: None
            };
        let mailer: Arc<dyn crate::mail::Mailer> = Arc::<MailboxFile>::clone(&mailbox);
        let desk = Desk::new(Arc::new(office), Some(mailer), sender);
        (TimeMachine::new(clock, desk, None), mailbox)
    }

    #[test]
    fn three_days_pass_and_everything_happens_at_its_time() {
        let folder = std::env::temp_dir().join(format!("zhipai-time-machine-{}", std::process::id()));
        // A Wednesday at half past ten in Beijing.
        let (machine, mailbox) = city(&folder, "2026-06-10T02:30:00Z");
        let start = machine.now();
        let first = machine.tick().expect("ticks");
        assert_eq!(first.assignments_lapsed, 0, "the year ended with nothing overdue");
        let arrived = machine.advance_by(TimeDelta::days(3)).expect("arrives");
        assert_eq!(machine.now(), start + TimeDelta::days(3));
        assert!(arrived.report.assignments_lapsed >= 2 && arrived.report.reminders_sent >= 2, "{arrived:?}");
        assert_eq!(first.letters_sent + arrived.report.letters_sent, mailbox.entries(None, None).len());
        assert!(next_due(&machine.desk.office).expect("reads").is_none_or(|due| due > machine.now()));
        for letter in mailbox.entries(None, None) {
            let hour = crate::domain::calendar::beijing_clock(letter.sent_at).format("%H").to_string();
            assert!(("08"..="20").contains(&hour.as_str()), "{} left at {hour}", letter.subject);
        }
        let lapses = {
            let mut reader = machine.desk.office.read().expect("a reader");
            db::audit::after(&mut reader, "", 0, 100_000).expect("the trail")
        };
        let recent = lapses.iter().filter(|row| row.event == "offer-lapsed" && row.at > start.naive_utc());
        for row in recent {
            let clock = crate::domain::calendar::beijing_clock(row.at.and_utc()).format("%H:%M").to_string();
            assert_eq!(clock, "00:00", "a lapse is recorded at 24:00");
        }
        assert!(matches!(machine.advance_to(start), Err(ActionError::Refused(Refusal::Backwards))));
        assert!(matches!(machine.advance_by(TimeDelta::days(401)), Err(ActionError::Refused(Refusal::Invalid(_)))));
        let again = machine.advance_by(TimeDelta::zero()).expect("stays");
        assert!(again.report.is_idle(), "{again:?}");
        drop(machine);
        let _ = std::fs::remove_dir_all(folder);
    }
}

//! Work nobody asks for: what is due is done, letters leave, the index follows.
//!
//! Contract: a job takes no input, finds what is due, and is idempotent by dedup key and fence, so that a crash, a
//! double start and a day of downtime are one path. Tests and the demo call [`tick`] by hand; the service runs it in a
//! thread of its own. Deliberately absent: business changes (they are deeds in `actions`).

pub mod deliver_mail;
pub mod follow_index;
pub mod night;
pub mod read_mail;
pub mod setback;
pub mod supervisor;
pub mod sweep_assignments;
pub mod sweep_cases;
pub mod sweep_duty;
pub mod sweep_experts;
pub mod sweep_leaves;
pub mod sweep_needs;
pub mod sweep_tasks;
pub mod worker;

use crate::actions::prune_changes::prune_changes;
use crate::actions::{ActionError, Done, Office};
use crate::db;
use crate::mail::inbox::Inbox;
use crate::mail::pacing::Pace;
use crate::mail::pacing::Pacer;
use crate::mail::{Mailer, Sender};
use chrono::{DateTime, NaiveDate, Utc};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Everything the jobs work with.
#[derive(Clone)]
pub struct Desk {
    /// The office.
    pub office: Arc<Office>,
    /// How letters leave; `None` when mail is off and letters wait.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// In whose name they leave.
    pub sender: Sender,
    /// Where mail that comes in is read from.
    pub inboxes: Vec<Arc<dyn Inbox>>,
    /// Where the daily roots of the trail are written, outside the database; `None` writes none.
    pub roots: Option<PathBuf>,
    post: Arc<Mutex<Post>>,
    setbacks: Arc<Mutex<setback::Setbacks>>,
}

/// What the desk keeps in mind between two rounds; nothing is lost with it.
#[derive(Debug, Default)]
struct Post {
    /// How fast each domain is written to.
    pacer: Pacer,
    /// The mail server did not answer: not tried again before.
    rests_until: Option<DateTime<Utc>>,
    /// The last day whose beginning leaves were looked at.
    leaves_looked_at: Option<NaiveDate>,
}

impl Desk {
    /// A desk that sends by `mailer`, in the name of `sender`; without a mailer letters wait.
    #[must_use]
    pub fn new(office: Arc<Office>, mailer: Option<Arc<dyn Mailer>>, sender: Sender) -> Self {
        Self {
            office,
            mailer,
            sender,
            inboxes: Vec::new(),
            roots: None,
            post: Arc::default(),
            setbacks: Arc::default(),
        }
    }

    /// The same desk, reading these mailboxes.
    #[must_use]
    pub fn reading(mut self, inboxes: Vec<Arc<dyn Inbox>>) -> Self {
        self.inboxes = inboxes;
        self
    }

    /// The same desk, writing the daily roots of the trail into that file.
    #[must_use]
    pub fn rooted(mut self, file: PathBuf) -> Self {
        self.roots = Some(file);
        self
    }

    /// The same desk, writing no faster than that.
    #[must_use]
    pub fn paced(mut self, pace: Pace) -> Self {
        self.post = Arc::new(Mutex::new(Post { pacer: Pacer::new(pace), ..Post::default() }));
        self
    }

    fn post(&self) -> MutexGuard<'_, Post> {
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn setbacks(&self) -> MutexGuard<'_, setback::Setbacks> {
        self.setbacks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What one tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct TickReport {
    /// Letters a server took.
    pub letters_sent: usize,
    /// Letters that came back or were given up.
    pub letters_failed: usize,
    /// Letters that have to wait and be tried again.
    pub letters_waiting: usize,
    /// Reminders owed.
    pub reminders_sent: usize,
    /// Offers that ran out.
    pub assignments_lapsed: usize,
    /// Tasks left for people.
    pub tasks_left: usize,
    /// Messages that came in.
    pub messages_read: usize,
    /// Tasks told to more people.
    pub tasks_escalated: usize,
    /// Needs, experts and enterprises written to the index.
    pub needs_indexed: usize,
}

impl TickReport {
    /// Whether nothing was due.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        self.letters_sent
            + self.letters_failed
            + self.letters_waiting
            + self.reminders_sent
            + self.assignments_lapsed
            + self.tasks_left
            + self.tasks_escalated
            + self.messages_read
            == 0
    }

    /// Adds what another tick did.
    pub const fn add(&mut self, other: &Self) {
        self.letters_sent += other.letters_sent;
        self.letters_failed += other.letters_failed;
        self.letters_waiting += other.letters_waiting;
        self.reminders_sent += other.reminders_sent;
        self.assignments_lapsed += other.assignments_lapsed;
        self.tasks_left += other.tasks_left;
        self.tasks_escalated += other.tasks_escalated;
        self.messages_read += other.messages_read;
        self.needs_indexed += other.needs_indexed;
    }
}

/// Does everything that is due now, until nothing is: mail that came in, assignments, tasks, letters, the
/// index.
///
/// # Errors
/// A fault of the machine, or the first item that failed; what was done stays done.
pub fn tick(desk: &Desk) -> Done<TickReport> {
    let mut report = TickReport::default();
    let done = do_due(desk, &mut report);
    report.needs_indexed += follow(&desk.office)?;
    done.map(|()| report)
}

/// Brings the index up to date and keeps the change log short. Answers how much was written to the index.
///
/// # Errors
/// A fault of the machine.
pub fn follow(office: &Office) -> Done<usize> {
    let indexed = office.follow_index()?;
    if let Err(fault) = prune_changes(office) {
        tracing::warn!(?fault, "the change log could not be kept short");
    }
    Ok(indexed)
}

/// One part of what is due.
type Part = fn(&Desk, &mut TickReport) -> Done<()>;

/// So many rounds without an end are no work but a fault: whatever it is, the other jobs have their turn.
const MOST_ROUNDS: usize = 500;

/// The same without the index, for a clock that moves on at once. While the clock is behind its own past, letters leave
/// and nothing is escalated.
///
/// # Errors
/// A fault of the machine, or the first item that failed; what was done stays done.
pub fn do_due(desk: &Desk, report: &mut TickReport) -> Done<()> {
    if desk.office.clock_is_back() {
        return rounds(desk, report, &[deliver_mail::deliver_due]);
    }
    let mut parts: Vec<Part> = vec![read_mail::read_due];
    parts.extend(SWEEPS);
    parts.push(deliver_mail::deliver_due);
    rounds(desk, report, &parts)
}

/// What is due by the clock alone, in order.
const SWEEPS: [Part; 7] = [
    sweep_leaves::sweep,
    sweep_assignments::sweep,
    sweep_needs::sweep,
    sweep_cases::sweep,
    sweep_duty::sweep,
    sweep_experts::sweep,
    sweep_tasks::sweep,
];

/// What is due by the clock alone: assignments, needs, cases, turns of duty, papers, tasks. No mail server is waited for.
///
/// # Errors
/// As [`do_due`].
pub fn sweep_due(desk: &Desk, report: &mut TickReport) -> Done<()> {
    if desk.office.clock_is_back() {
        return Ok(());
    }
    rounds(desk, report, &SWEEPS)
}

/// What is due with mail servers: letters out and in.
///
/// # Errors
/// As [`do_due`].
pub fn post_due(desk: &Desk, report: &mut TickReport) -> Done<()> {
    if desk.office.clock_is_back() {
        return rounds(desk, report, &[deliver_mail::deliver_due]);
    }
    rounds(desk, report, &[read_mail::read_due, deliver_mail::deliver_due])
}

/// Runs the parts in turn until a round finds nothing to do. A part in which an item failed does not keep the next from
/// its turn; only a fault of the whole machine does.
fn rounds(desk: &Desk, report: &mut TickReport, parts: &[Part]) -> Done<()> {
    for _ in 0..MOST_ROUNDS {
        let mut round = TickReport::default();
        let mut failed = None;
        for part in parts {
            match part(desk, &mut round) {
                Ok(()) => {}
                Err(ActionError::Fault(fault)) if fault.stops_everything() => return Err(fault.into()),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        report.add(&round);
        if let Some(error) = failed {
            return Err(error);
        }
        if round.is_idle() {
            return Ok(());
        }
    }
    tracing::error!(rounds = MOST_ROUNDS, "the desk found something to do again and again; it pauses");
    Ok(())
}

/// The next instant at which something is due: an assignment, a task, a letter, a paper's notice, a change of address.
/// While mail is off no letter is due, however long it waits.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn next_due(office: &Office) -> Done<Option<DateTime<Utc>>> {
    let mut reader = office.read()?;
    let letter = if office.settings.mail_off { None } else { db::outbox::next_due(&mut reader)? };
    let due = [
        db::assignment::next_due(&mut reader)?,
        db::conduct::next_due(&mut reader)?,
        db::escalation::next_due(&mut reader)?,
        letter,
        db::document::next_notice(&mut reader)?,
        db::email_change::next_due(&mut reader)?,
    ];
    drop(reader);
    let due = due.into_iter().flatten().min().map(|due| due.and_utc());
    Ok(due.into_iter().chain(crate::actions::tend_duty::next_due(office)?).min())
}

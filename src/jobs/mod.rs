//! Work nobody asks for: what is due is done, letters leave, the index follows.
//!
//! Contract: a job takes no input, finds what is due, and is idempotent by dedup key and fence, so that a crash, a
//! double start and a day of downtime are one path. Tests and the demo call [`tick`] by hand; the service runs it in a
//! thread of its own. Deliberately absent: business changes (they are deeds in `actions`).

pub mod deliver_mail;
pub mod follow_index;
pub mod night;
pub mod read_mail;
pub mod supervisor;
pub mod sweep_assignments;
pub mod sweep_cases;
pub mod sweep_needs;
pub mod sweep_tasks;

use crate::actions::prune_changes::prune_changes;
use crate::actions::{Done, Office};
use crate::db;
use crate::mail::inbox::Inbox;
use crate::mail::pacing::Pace;
use crate::mail::pacing::Pacer;
use crate::mail::{Mailer, Sender};
use chrono::{DateTime, Utc};
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
    post: Arc<Mutex<Post>>,
}

/// What the desk keeps in mind between two rounds; nothing is lost with it.
#[derive(Debug, Default)]
struct Post {
    /// How fast each domain is written to.
    pacer: Pacer,
    /// The mail server did not answer: not tried again before.
    rests_until: Option<DateTime<Utc>>,
}

impl Desk {
    /// A desk that sends by `mailer`, in the name of `sender`; without a mailer letters wait.
    #[must_use]
    pub fn new(office: Arc<Office>, mailer: Option<Arc<dyn Mailer>>, sender: Sender) -> Self {
        Self { office, mailer, sender, inboxes: Vec::new(), post: Arc::default() }
    }

    /// The same desk, reading these mailboxes.
    #[must_use]
    pub fn reading(mut self, inboxes: Vec<Arc<dyn Inbox>>) -> Self {
        self.inboxes = inboxes;
        self
    }

    /// The same desk, writing no faster than that.
    #[must_use]
    pub fn paced(mut self, pace: Pace) -> Self {
        self.post = Arc::new(Mutex::new(Post { pacer: Pacer::new(pace), rests_until: None }));
        self
    }

    fn post(&self) -> MutexGuard<'_, Post> {
        self.post.lock().unwrap_or_else(PoisonError::into_inner)
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
/// A fault of the machine; what was done before it stays done.
pub fn tick(desk: &Desk) -> Done<TickReport> {
    let mut report = TickReport::default();
    do_due(desk, &mut report)?;
    report.needs_indexed += desk.office.follow_index()?;
    if let Err(fault) = prune_changes(&desk.office) {
        tracing::warn!(?fault, "the change log could not be kept short");
    }
    Ok(report)
}

/// The same without the index, for a clock that moves on at once. While the clock is behind its own past, letters leave
/// and nothing is escalated.
///
/// # Errors
/// A fault of the machine; what was done before it stays done.
pub fn do_due(desk: &Desk, report: &mut TickReport) -> Done<()> {
    if desk.office.clock_is_back() {
        return deliver_mail::deliver_due(desk, report);
    }
    loop {
        let mut round = TickReport::default();
        read_mail::read_due(desk, &mut round)?;
        sweep_assignments::sweep(&desk.office, &mut round)?;
        sweep_needs::sweep(&desk.office, &mut round)?;
        sweep_cases::sweep(&desk.office, &mut round)?;
        sweep_tasks::sweep(&desk.office, &mut round)?;
        deliver_mail::deliver_due(desk, &mut round)?;
        report.add(&round);
        if round.is_idle() {
            return Ok(());
        }
    }
}

/// The next instant at which something is due: an assignment, a task, a letter.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn next_due(office: &Office) -> Done<Option<DateTime<Utc>>> {
    let mut reader = office.read()?;
    let due = [
        db::assignment::next_due(&mut reader)?,
        db::conduct::next_due(&mut reader)?,
        db::escalation::next_due(&mut reader)?,
        db::outbox::next_due(&mut reader)?,
    ];
    Ok(due.into_iter().flatten().min().map(|due| due.and_utc()))
}

//! One deed's transaction: its moment, its connection, and the three things every deed leaves: rows, an event, letters.

use super::{Actor, Done, Office, contact};
use crate::db::{self, Conn};
use crate::domain::event::Event;
use crate::domain::need::{NeedState, SeatState, state_from_seats};
use crate::domain::notice::{Audience, NoticeKind, OwedNotice};
use crate::domain::number::{Series, written};
use crate::domain::policy::Policy;
use crate::domain::refusal::Refusal;
use crate::domain::task::TaskKind;
use crate::ids::{
    AccountId, AssignmentId, CaseId, DocumentId, DutyPlanId, DutyTurnId, EventId, ExpertId, NeedId, OutboxId, ReviewId,
    StationId, TaskId,
};
use crate::trial;
use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Asia::Shanghai;
use serde_json::Value;
use std::panic::Location;

/// A letter to owe. `to` is the expert or account; enterprises are reached through the need.
#[derive(Debug, Clone)]
pub struct Letter {
    /// What is told.
    pub kind: NoticeKind,
    /// Recognises the same letter owed twice.
    pub dedup: String,
    /// Of which need.
    pub need: Option<NeedId>,
    /// Of which assignment.
    pub assignment: Option<AssignmentId>,
    /// To which expert.
    pub expert: Option<ExpertId>,
    /// To which account.
    pub account: Option<AccountId>,
    /// The reminder's number.
    pub ordinal: Option<i32>,
    /// The case.
    pub case: Option<CaseId>,
    /// The task.
    pub task: Option<TaskId>,
    /// The duty plan.
    pub plan: Option<DutyPlanId>,
    /// The duty turn.
    pub turn: Option<DutyTurnId>,
    /// The paper.
    pub document: Option<DocumentId>,
    /// The review.
    pub review: Option<ReviewId>,
    /// Not before this instant; the night rule is applied on top for letters the desk sends by itself.
    pub not_before: Option<DateTime<Utc>>,
}

impl Letter {
    /// A letter of that kind, recognised by `dedup`.
    #[must_use]
    pub fn new(kind: NoticeKind, dedup: impl Into<String>) -> Self {
        Self {
            kind,
            dedup: dedup.into(),
            need: None,
            assignment: None,
            expert: None,
            account: None,
            ordinal: None,
            case: None,
            task: None,
            plan: None,
            turn: None,
            document: None,
            review: None,
            not_before: None,
        }
    }

    /// About that need.
    #[must_use]
    pub const fn about(mut self, need: NeedId) -> Self {
        self.need = Some(need);
        self
    }

    /// About that offer, to its expert.
    #[must_use]
    pub const fn of_offer(mut self, row: &db::assignment::AssignmentRow) -> Self {
        self.need = Some(row.need);
        self.assignment = Some(row.id);
        self.expert = Some(row.expert);
        self
    }

    /// To that expert.
    #[must_use]
    pub const fn to_expert(mut self, expert: ExpertId) -> Self {
        self.expert = Some(expert);
        self
    }

    /// About that plan.
    #[must_use]
    pub const fn of_plan(mut self, plan: DutyPlanId) -> Self {
        self.plan = Some(plan);
        self
    }

    /// To that account.
    #[must_use]
    pub const fn to_account(mut self, account: AccountId) -> Self {
        self.account = Some(account);
        self
    }
}

/// A task to leave.
#[derive(Debug, Clone)]
pub struct Work {
    /// What has to be done.
    pub kind: TaskKind,
    /// Recognises the same task left twice.
    pub dedup: String,
    /// Of which need.
    pub need: Option<NeedId>,
    /// Of which assignment.
    pub assignment: Option<AssignmentId>,
    /// Of which expert.
    pub expert: Option<ExpertId>,
    /// Of which case.
    pub case: Option<CaseId>,
    /// On whose desk, if on one account's.
    pub account: Option<AccountId>,
    /// Whether it stands on the managers' desk too.
    pub for_manager: bool,
    /// A figure or code the sentence needs.
    pub detail: Option<String>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
}

/// One deed's transaction.
pub struct Tx<'a> {
    /// The office.
    pub office: &'a Office,
    /// The connection, inside the transaction.
    pub conn: &'a mut Conn,
    /// The deed's moment.
    pub now: DateTime<Utc>,
    /// The id of what the deed was asked to make, for calls that are repeated after a crash.
    pub made: Option<String>,
    place: &'static Location<'static>,
}

impl<'a> Tx<'a> {
    pub(super) const fn new(
        office: &'a Office,
        conn: &'a mut Conn,
        now: DateTime<Utc>,
        place: &'static Location<'static>,
    ) -> Self {
        Self { office, conn, now, made: None, place }
    }

    /// Notes what the deed was asked to make: the first thing noted counts.
    pub fn makes(&mut self, id: impl std::fmt::Display) {
        if self.made.is_none() {
            self.made = Some(id.to_string());
        }
    }

    /// A new id's text.
    #[must_use]
    pub fn mint(&self) -> [u8; 36] {
        self.office.chance.id(self.now)
    }

    /// The next number of a series, with the year in Beijing.
    ///
    /// # Errors
    /// What the database says.
    pub fn number(&mut self, series: Series) -> Done<String> {
        let value = db::dialect::next_number(self.conn, series)?;
        Ok(written(series, self.now.with_timezone(&Shanghai).year(), value))
    }

    /// The policy in force.
    ///
    /// # Errors
    /// What the database says.
    pub fn policy(&mut self) -> Done<Policy> {
        super::set_policy::in_force(self.conn)
    }

    /// Appends an event to a subject's chain. `detail` holds ids, field names and codes, never personal values.
    ///
    /// # Errors
    /// What the database says.
    pub fn event(&mut self, subject: &str, actor: &Actor, event: Event, detail: &Value) -> Done<()> {
        // Every deed leaves an event (here or in `first_event`), so this is where it has been decided and is half written.
        if trial::at(self.place, "decided") {
            return Err(super::Fault::new("the database is busy").into());
        }
        let id = EventId::from_minted(self.mint());
        db::audit::append(self.conn, id, subject, self.now.naive_utc(), &actor.label(), event.as_str(), detail)?;
        Ok(())
    }

    /// Begins the chain of a subject made in this very transaction: nobody else can know of it, so nothing is locked and no
    /// end is looked for.
    ///
    /// # Errors
    /// What the database says; a subject that has a chain already.
    pub fn first_event(&mut self, subject: &str, actor: &Actor, event: Event, detail: Value) -> Done<()> {
        if trial::at(self.place, "decided") {
            return Err(super::Fault::new("the database is busy").into());
        }
        let id = EventId::from_minted(self.mint());
        let first = db::audit::Beginning { id, subject: subject.to_owned(), event: event.as_str(), detail };
        Ok(db::audit::begin(self.conn, self.now.naive_utc(), &actor.label(), vec![first])?)
    }

    /// Says that something changed, for indexes and matchers.
    ///
    /// # Errors
    /// What the database says.
    pub fn changed(&mut self, entity: &str, id: &str) -> Done<()> {
        Ok(db::changes::note(self.conn, entity, id)?)
    }

    /// Owes a letter, once. A letter the desk sends by itself leaves only by day, as policy says (rules.md, "Letters and
    /// the night"); one a person sends leaves at once. Whoever acts by a link sends letters to nobody but themselves: what
    /// others are told of it, the desk tells.
    ///
    /// # Errors
    /// What the database says.
    pub fn owe(&mut self, actor: &Actor, letter: Letter) -> Done<()> {
        let reader = match (&letter.account, &letter.expert, &letter.need) {
            (Some(account), _, _) => format!("account:{account}"),
            (None, Some(expert), _) if letter.kind.audience() == Audience::Expert => format!("expert:{expert}"),
            (None, _, Some(need)) => self.enterprise_reader(*need)?,
            (None, _, None) => String::new(),
        };
        self.owe_to(actor, letter, reader)
    }

    /// The same to an enterprise whose address is at hand.
    ///
    /// # Errors
    /// What the database says.
    pub fn owe_to_address(&mut self, actor: &Actor, letter: Letter, address: &str) -> Done<()> {
        let reader = self.reader_of(address);
        self.owe_to(actor, letter, reader)
    }

    fn owe_to(&mut self, actor: &Actor, letter: Letter, reader: String) -> Done<()> {
        let earliest = letter.not_before.unwrap_or(self.now);
        let audience = letter.kind.audience();
        let by_person = match actor {
            Actor::Staff(_) | Actor::Operator => true,
            Actor::Expert(_) => audience == Audience::Expert,
            Actor::Enterprise(_) => audience == Audience::Enterprise,
            Actor::Desk => false,
        };
        let self_sent = !by_person || audience == Audience::Staff && letter.kind != NoticeKind::PasswordReset;
        let not_before = if self_sent && !trial::without(trial::Guard::QuietHours) {
            self.policy()?.letters.quiet().next_waking(earliest)
        } else {
            earliest
        };
        let row = db::outbox::OutboxRow {
            id: OutboxId::from_minted(self.mint()),
            dedup_key: letter.dedup,
            notice: db::JsonText::of(&OwedNotice {
                kind: letter.kind,
                ordinal: letter.ordinal,
                case: letter.case,
                task: letter.task,
                plan: letter.plan,
                turn: letter.turn,
                document: letter.document,
                review: letter.review,
            }),
            need: letter.need,
            assignment: letter.assignment,
            expert: letter.expert,
            account: letter.account,
            state: "queued".to_owned(),
            not_before: not_before.naive_utc(),
            attempts: 0,
            fence: 0,
            leased_until: None,
            accepted_at: None,
            last_error: None,
            created_at: self.now.naive_utc(),
            reader,
            by_desk: self_sent,
            digest: None,
            domain: None,
            receipt: None,
            receipt_at: None,
        };
        db::outbox::owe(self.conn, &row)?;
        Ok(())
    }

    /// How the outbox knows the reader of an enterprise's letters: by the blind mark of the address, so that somebody with
    /// several needs is one reader; by the need where there is no address.
    fn enterprise_reader(&mut self, need: NeedId) -> Done<String> {
        let row = db::need::find(self.conn, &need)?;
        let address = row.and_then(|row| contact::of_need(&self.office.keys, &row).email);
        Ok(match address {
            Some(address) => self.reader_of(&address),
            None => format!("need:{need}"),
        })
    }

    fn reader_of(&self, address: &str) -> String {
        format!("mail:{}", contact::email_mark(&self.office.keys, address.trim()))
    }

    /// Leaves a task, once.
    ///
    /// # Errors
    /// What the database says.
    pub fn leave_task(&mut self, work: Work) -> Done<()> {
        self.leave_new_task(work).map(drop)
    }

    /// Leaves a task, once. Answers whether it was left now.
    ///
    /// # Errors
    /// What the database says.
    pub fn leave_new_task(&mut self, work: Work) -> Done<bool> {
        let (station, region): (Option<StationId>, Option<String>) = match work.need {
            Some(need) => {
                db::need::find(self.conn, &need)?.map_or((None, None), |row| (Some(row.station), Some(row.region)))
            }
            None => match work.expert {
                Some(expert) => (None, db::expert::find(self.conn, &expert)?.map(|row| row.region)),
                None => (None, None),
            },
        };
        let row = db::task::TaskRow {
            id: TaskId::from_minted(self.mint()),
            kind: work.kind,
            need: work.need,
            assignment: work.assignment,
            expert: work.expert,
            conduct_case: work.case,
            station,
            region,
            account: work.account,
            for_manager: work.for_manager,
            detail: work.detail,
            due_at: work.due_at.map(|at| at.naive_utc()),
            created_at: self.now.naive_utc(),
            done_at: None,
            done_by: None,
            dedup_key: work.dedup,
        };
        let left = db::task::add(self.conn, &row)?;
        if left && row.kind.escalates() {
            super::escalate_task::watch(self, &row)?;
        }
        Ok(left)
    }

    /// The need of that id, locked for this transaction, if the actor may see it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] alike for unknown and for foreign needs.
    pub fn need(&mut self, actor: &Actor, id: NeedId) -> Done<db::need::NeedRow> {
        match db::dialect::lock_need(self.conn, id) {
            Err(diesel::result::Error::NotFound) => return Err(Refusal::NotFound.into()),
            other => other?,
        }
        let row = db::need::find(self.conn, &id)?.ok_or(Refusal::NotFound)?;
        if actor.scope().covers(&row.region, row.station) { Ok(row) } else { Err(Refusal::NotFound.into()) }
    }

    /// The assignment of that id with its need, locked, if the actor may see it.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] alike for unknown and for foreign ones.
    pub fn assignment(
        &mut self,
        actor: &Actor,
        id: AssignmentId,
    ) -> Done<(db::assignment::AssignmentRow, db::need::NeedRow)> {
        let found = db::assignment::find(self.conn, &id)?.ok_or(Refusal::NotFound)?;
        let need = self.need(actor, found.need)?;
        // Read again: the lock may have been waited for.
        let row = db::assignment::find(self.conn, &id)?.ok_or(Refusal::NotFound)?;
        if let Actor::Expert(expert) = actor
            && row.expert != *expert
        {
            return Err(Refusal::NotFound.into());
        }
        Ok((row, need))
    }

    /// Writes an assignment back, stamped with this moment, if nobody wrote it since it was read. The lock on its need
    /// keeps writers apart; this holds even where somebody forgot the lock.
    ///
    /// # Errors
    /// [`Refusal::ChangedMeanwhile`]; what the database says.
    pub fn save_assignment(&mut self, row: &mut db::assignment::AssignmentRow) -> Done<()> {
        let read_at = row.updated_at;
        row.updated_at = self.now.naive_utc();
        if !db::assignment::save_if_unchanged(self.conn, row, read_at)? {
            return Err(Refusal::ChangedMeanwhile.into());
        }
        self.changed("expert", row.expert.as_str())
    }

    /// Sets the need's state to what its seats say, and says that it changed.
    ///
    /// # Errors
    /// What the database says.
    pub fn settle_need(&mut self, need: &mut db::need::NeedRow) -> Done<()> {
        if need.state.is_open() {
            let seats: Vec<SeatState> = db::need::seats_of(self.conn, need.id)?.iter().map(|seat| seat.state).collect();
            let was_offered = need.state != NeedState::Open || seats.iter().any(|seat| *seat != SeatState::Free);
            need.state = state_from_seats(&seats, was_offered);
        }
        need.updated_at = self.now.naive_utc();
        db::need::save(self.conn, need)?;
        self.changed("need", need.id.as_str())
    }
}

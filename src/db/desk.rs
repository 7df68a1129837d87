//! What needs an account now: tasks, clocks that run out, questions, letters that came back, feedback that is missing,
//! and what just happened.
//!
//! Contract: everything is within the account's [`Scope`], limited, and found by an index: `tasks_open_account`,
//! `tasks_open_manager`, `assignments_open`, `assignments_serving`, `needs_station_state`, `needs_region_state`,
//! `needs_state_created`. No wide column (ranking, day count) is read. Deliberately absent:
//! words, addresses and rules; figures of the past (see [`super::answers`]).

use super::conn::{Backend, Conn, cols};
use super::need::NeedRow;
use super::schema::{assignments, enterprises, experts, needs, stations, tasks};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::{beijing_date, day_after, start_of_day};
use crate::domain::need::NeedState;
use crate::domain::role::{Role, Scope, Staff};
use crate::domain::task::TaskKind;
use crate::ids::{AssignmentId, CaseId, ExpertId, NeedId, StationId, TaskId};
use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// The most tasks a desk lists.
pub const MOST_TASKS: usize = 40;
/// The most running clocks a desk lists.
const MOST_CLOCKS: i64 = 40;

/// One task with what its line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskLine {
    /// The task.
    pub id: TaskId,
    /// What has to be done.
    pub kind: TaskKind,
    /// A figure or code its sentence needs.
    pub detail: Option<String>,
    /// Until when.
    pub due_at: Option<NaiveDateTime>,
    /// Since when it stands here.
    pub created_at: NaiveDateTime,
    /// The offer it is about.
    pub assignment: Option<AssignmentId>,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The need it is about: id, number, title.
    pub need: Option<(NeedId, String, String)>,
    /// Its enterprise.
    pub enterprise: Option<String>,
    /// The expert it is about.
    pub expert: Option<(ExpertId, String)>,
}

/// One offer whose clock runs, or stands still for a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockLine {
    /// The offer.
    pub assignment: AssignmentId,
    /// Its number.
    pub number: String,
    /// Which round of the chain.
    pub round: i32,
    /// Where it stands.
    pub state: AssignmentState,
    /// When the clock began; `None` while no server took the letter.
    pub notified_at: Option<NaiveDateTime>,
    /// The first instant that is too late.
    pub due_at: Option<NaiveDateTime>,
    /// Whether it stands still for a question.
    pub paused: bool,
    /// The expert's name.
    pub expert: String,
    /// The need.
    pub need: NeedId,
    /// Its number.
    pub need_number: String,
    /// Its title.
    pub title: String,
    /// Its enterprise.
    pub enterprise: String,
    /// Its station's name.
    pub station: String,
}

/// How many there are of everything a desk counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeskCounts {
    /// Needs nobody was asked for yet.
    pub open: i64,
    /// Needs with an offer out.
    pub offering: i64,
    /// Needs without a taker, waiting for a person to choose.
    pub unanswered: i64,
    /// Needs accepted: feedback is to come.
    pub accepted: i64,
    /// Needs served: rating and closing are to come.
    pub served: i64,
    /// Offers whose answer is due before the end of today.
    pub due_today: i64,
    /// Accepted offers whose feedback is overdue.
    pub feedback_overdue: i64,
}

/// Everything a desk shows of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// What only this account, or one of the managers, can do next: most pressing first.
    pub tasks: Vec<TaskLine>,
    /// How many tasks there are in all.
    pub all_tasks: i64,
    /// The running clocks, next due first.
    pub clocks: Vec<ClockLine>,
    /// Counts.
    pub counts: DeskCounts,
}

/// What needs this account now.
///
/// # Errors
/// What the database says.
pub fn read(conn: &mut Conn, staff: &Staff, now: DateTime<Utc>) -> QueryResult<Desk> {
    let (tasks, all_tasks) = open_tasks(conn, staff)?;
    Ok(Desk { tasks, all_tasks, clocks: clocks(conn, &staff.scope)?, counts: counts(conn, &staff.scope, now)? })
}

/// How pressing a kind of task is; the smallest first.
const fn pressing(kind: TaskKind) -> u8 {
    match kind {
        TaskKind::MailAlarm | TaskKind::ClockBack => 0,
        TaskKind::Unanswered | TaskKind::NobodyQualifies | TaskKind::NobodyAsked => 1,
        TaskKind::Undelivered | TaskKind::NotMyAnswer => 2,
        TaskKind::QuestionOverdue => 3,
        TaskKind::ReplyQuestion | TaskKind::MailReply | TaskKind::OutOfOffice => 4,
        TaskKind::ConductReport
        | TaskKind::DecideCase
        | TaskKind::DecideAppeal
        | TaskKind::TellCase
        | TaskKind::ApproveCalendar => 5,
        TaskKind::AdmonitionProposed | TaskKind::RemovalProposed | TaskKind::SealDecision => 6,
        TaskKind::FeedbackOverdue => 7,
        TaskKind::AddContact | TaskKind::CallBack | TaskKind::MailComplaint | TaskKind::MailUnmatched => 8,
        TaskKind::CloseNeed => 9,
    }
}

/// The open tasks of the account; for managers also those on the managers' desk of their regions. Answers the first of
/// them and how many there are.
fn open_tasks(conn: &mut Conn, staff: &Staff) -> QueryResult<(Vec<TaskLine>, i64)> {
    let own = tasks::table.filter(tasks::done_at.is_null()).filter(tasks::account.eq(staff.account));
    let most = i64::try_from(MOST_TASKS).unwrap_or(i64::MAX);
    let mut ids: Vec<TaskId> = own.order(tasks::created_at).limit(most).select(tasks::id).load(conn)?;
    let mut all: i64 = own.count().get_result(conn)?;
    if staff.role == Role::Manager {
        let shared = |scope: &Scope| {
            let query = tasks::table
                .filter(tasks::done_at.is_null())
                .filter(tasks::for_manager.eq(true))
                .filter(tasks::account.is_null().or(tasks::account.ne(staff.account)))
                .into_boxed::<Backend>();
            match scope {
                Scope::Everything => query,
                Scope::Regions(codes) => query.filter(tasks::region.eq_any(codes.clone())),
                Scope::Station(own) => query.filter(tasks::station.eq(*own)),
            }
        };
        let more: Vec<TaskId> =
            shared(&staff.scope).order(tasks::created_at).limit(most).select(tasks::id).load(conn)?;
        ids.extend(more);
        all += shared(&staff.scope).count().get_result::<i64>(conn)?;
    }
    let mut lines = task_lines(conn, &ids)?;
    lines.sort_by_key(|line| (pressing(line.kind), line.due_at.is_none(), line.due_at, line.created_at));
    lines.truncate(MOST_TASKS);
    Ok((lines, all))
}

type TaskColumns = (
    (TaskId, TaskKind, Option<String>, Option<NaiveDateTime>, NaiveDateTime, Option<AssignmentId>, Option<CaseId>),
    (Option<NeedId>, Option<String>, Option<String>),
    Option<String>,
    (Option<ExpertId>, Option<String>),
);

fn task_lines(conn: &mut Conn, ids: &[TaskId]) -> QueryResult<Vec<TaskLine>> {
    let rows: Vec<TaskColumns> = tasks::table
        .left_join(needs::table.on(tasks::need.eq(needs::id.nullable())))
        .left_join(enterprises::table.on(needs::enterprise.nullable().eq(enterprises::id.nullable())))
        .left_join(experts::table.on(tasks::expert.eq(experts::id.nullable())))
        .filter(tasks::id.eq_any(ids))
        .select((
            (
                tasks::id,
                tasks::kind,
                tasks::detail,
                tasks::due_at,
                tasks::created_at,
                tasks::assignment,
                tasks::conduct_case,
            ),
            (needs::id.nullable(), needs::number.nullable(), needs::title.nullable()),
            enterprises::name.nullable(),
            (experts::id.nullable(), experts::name.nullable()),
        ))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|((id, kind, detail, due_at, created_at, assignment, case), need, enterprise, expert)| TaskLine {
            id,
            kind,
            detail,
            due_at,
            created_at,
            assignment,
            case,
            need: match need {
                (Some(id), Some(number), Some(title)) => Some((id, number, title)),
                _ => None,
            },
            enterprise,
            expert: expert.0.zip(expert.1),
        })
        .collect())
}

type ClockColumns = (
    (
        AssignmentId,
        String,
        i32,
        AssignmentState,
        Option<NaiveDateTime>,
        Option<NaiveDateTime>,
        Option<NaiveDateTime>,
        Option<NaiveDateTime>,
    ),
    String,
    (NeedId, String, String),
    String,
    String,
);

fn clock_line((offer, expert, need, enterprise, station): ClockColumns) -> ClockLine {
    let (assignment, number, round, state, notified_at, due_at, asked_at, replied_at) = offer;
    let (need, need_number, title) = need;
    ClockLine {
        assignment,
        number,
        round,
        state,
        notified_at,
        due_at,
        paused: asked_at.is_some() && replied_at.is_none(),
        expert,
        need,
        need_number,
        title,
        enterprise,
        station,
    }
}

/// The open offers, next due first; those no server took yet come last.
///
/// # Errors
/// What the database says.
pub fn clocks(conn: &mut Conn, scope: &Scope) -> QueryResult<Vec<ClockLine>> {
    // In so many words, so that both databases see that the partial index fits.
    let mut query = assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .inner_join(experts::table.on(experts::id.eq(assignments::expert)))
        .inner_join(enterprises::table.on(enterprises::id.eq(needs::enterprise)))
        .inner_join(stations::table.on(stations::id.eq(needs::station)))
        .filter(sql::<Bool>("assignments.state = 'offered'"))
        .select((
            (
                assignments::id,
                assignments::number,
                assignments::round,
                assignments::state,
                assignments::notified_at,
                assignments::answer_due_at,
                assignments::asked_at,
                assignments::replied_at,
            ),
            experts::name,
            (needs::id, needs::number, needs::title),
            enterprises::name,
            stations::name,
        ))
        .into_boxed::<Backend>();
    // With the state, so that the few needs of a station or region with an offer out lead to their offers.
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)).filter(needs::state.eq(NeedState::Offering)),
        Scope::Station(own) => query.filter(needs::station.eq(own)).filter(needs::state.eq(NeedState::Offering)),
    };
    let rows: Vec<ClockColumns> = query
        .order((assignments::answer_due_at.is_null(), assignments::answer_due_at, assignments::id))
        .limit(MOST_CLOCKS)
        .load(conn)?;
    Ok(rows.into_iter().map(clock_line).collect())
}

/// The states of a need that still asks something of somebody.
pub const IN_HAND: [NeedState; 5] =
    [NeedState::Unanswered, NeedState::Open, NeedState::Offering, NeedState::Accepted, NeedState::Served];

/// The newest needs of a station that are in hand, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn in_hand(conn: &mut Conn, station: StationId, limit: i64) -> QueryResult<Vec<NeedRow>> {
    needs::table
        .filter(needs::station.eq(station))
        .filter(needs::state.eq_any(IN_HAND))
        .order(needs::created_at.desc())
        .limit(limit)
        .select(cols::<NeedRow>())
        .load(conn)
}

/// Counts by state, by today's end and by feedback.
///
/// # Errors
/// What the database says.
pub fn counts(conn: &mut Conn, scope: &Scope, now: DateTime<Utc>) -> QueryResult<DeskCounts> {
    let by_state =
        needs::table.filter(needs::state.eq_any(IN_HAND)).group_by(needs::state).select((needs::state, count_star()));
    let states: Vec<(NeedState, i64)> = match scope {
        Scope::Everything => by_state.load(conn)?,
        Scope::Regions(codes) => by_state.filter(needs::region.eq_any(codes)).load(conn)?,
        Scope::Station(own) => by_state.filter(needs::station.eq(own)).load(conn)?,
    };
    let of = |state: NeedState| states.iter().find(|(known, _)| *known == state).map_or(0, |(_, count)| *count);
    let end_of_today = start_of_day(day_after(beijing_date(now))).naive_utc();
    let due_today = offers(conn, scope, Until::Answer(end_of_today))?;
    let feedback_overdue = offers(conn, scope, Until::Feedback(now.naive_utc()))?;
    Ok(DeskCounts {
        open: of(NeedState::Open),
        offering: of(NeedState::Offering),
        unanswered: of(NeedState::Unanswered),
        accepted: of(NeedState::Accepted),
        served: of(NeedState::Served),
        due_today,
        feedback_overdue,
    })
}

#[derive(Clone, Copy)]
enum Until {
    /// Answers due until then.
    Answer(NaiveDateTime),
    /// Feedback due before then.
    Feedback(NaiveDateTime),
}

fn offers(conn: &mut Conn, scope: &Scope, until: Until) -> QueryResult<i64> {
    let (state, due) = match until {
        Until::Answer(_) => ("assignments.state = 'offered'", NeedState::Offering),
        Until::Feedback(_) => ("assignments.state = 'accepted'", NeedState::Accepted),
    };
    let mut query = assignments::table
        .inner_join(needs::table.on(needs::id.eq(assignments::need)))
        .filter(sql::<Bool>(state))
        .into_boxed::<Backend>();
    query = match until {
        // A clock that stands still for a question does not run out.
        Until::Answer(at) => query
            .filter(assignments::answer_due_at.le(at))
            .filter(assignments::asked_at.is_null().or(assignments::replied_at.is_not_null())),
        Until::Feedback(at) => query.filter(assignments::feedback_due_at.lt(at)),
    };
    // A need whose other seats are still being filled is `offering` or `unanswered` although one has accepted.
    let states = [due, NeedState::Offering, NeedState::Unanswered];
    query = match scope {
        Scope::Everything => query,
        Scope::Regions(codes) => query.filter(needs::region.eq_any(codes)).filter(needs::state.eq_any(states)),
        Scope::Station(own) => query.filter(needs::station.eq(own)).filter(needs::state.eq_any(states)),
    };
    query.count().get_result(conn)
}

//! The board as figures, and what needs this account now.

use super::shape::{NeedName, utc};
use super::words;
use crate::actions::answer_book::BoardSpan;
use crate::db;
use crate::db::answers::AnswersRow;
use crate::db::desk::{ClockLine, TaskLine};
use crate::domain::calendar::beijing_date;
use crate::domain::figures::{By, Figures};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::task::TaskKind;
use crate::i18n::L;
use crate::ids::{AssignmentId, CaseId, ExpertId, TaskId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The longest span counted from memory, in days; longer ones are counted by the database.
const HELD: i64 = 1_400;
/// The span counted when no beginning is given, in days.
const USUAL: u64 = 364;

/// Which answers, counted by what.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AnswersQuery {
    /// Told of on or after this Beijing date; a year before `to` when left out.
    #[serde(default)]
    pub from: Option<NaiveDate>,
    /// Told of on or before this Beijing date; today when left out.
    #[serde(default)]
    pub to: Option<NaiveDate>,
    /// What a row stands for; `month` when left out.
    #[serde(default)]
    #[param(value_type = Option<By>)]
    pub by: Option<String>,
}

/// One row of figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswersRowShape {
    /// Id, code, slug, name of the firm, or month; `null` for the total.
    pub key: Option<String>,
    /// What people call it.
    pub label: String,
    /// Every offer counted.
    pub offered: u64,
    /// First answer before the due instant.
    pub on_time: u64,
    /// First answer at or after it.
    pub late: u64,
    /// Due passed, no answer since.
    pub lapsed: u64,
    /// Accepted.
    pub accepted: u64,
    /// Declined: a lawful answer.
    pub declined: u64,
    /// Asked a question and nothing since.
    pub asked: u64,
    /// Answers entered by staff.
    pub staff_entered: u64,
    /// Staff-entered ÷ answered, 0 to 1; `null` when nothing was answered.
    pub staff_entered_share: Option<f64>,
    /// On time ÷ (on time + late + lapsed), 0 to 1; `null` when nothing was due.
    pub on_time_share: Option<f64>,
    /// Nearest-rank median of the hours from notice to first answer.
    pub median_hours: Option<f64>,
    /// Nearest-rank 90th percentile of the same.
    pub p90_hours: Option<f64>,
    /// Shown apart: the letter never arrived.
    pub undelivered: u64,
    /// Shown apart: void before an answer.
    pub void: u64,
    /// Shown apart: open and not yet due.
    pub open_not_due: u64,
}

/// A table of figures.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnswersShape {
    /// From this Beijing date.
    pub from: NaiveDate,
    /// To this one, counted.
    pub to: NaiveDate,
    /// What a row stands for.
    pub by: By,
    /// Months in order; everything else by offers, most first.
    pub rows: Vec<AnswersRowShape>,
    /// Every offer once.
    pub total: AnswersRowShape,
}

fn rounded(value: Option<f64>, unit: f64) -> Option<f64> {
    value.map(|value| (value * unit).round() / unit)
}

fn row(key: Option<String>, label: String, figures: &Figures) -> AnswersRowShape {
    AnswersRowShape {
        key,
        label,
        offered: figures.offered,
        on_time: figures.on_time,
        late: figures.late,
        lapsed: figures.lapsed,
        accepted: figures.accepted,
        declined: figures.declined,
        asked: figures.asked,
        staff_entered: figures.staff_entered,
        staff_entered_share: rounded(figures.staff_entered_share(), 10_000.0),
        on_time_share: rounded(figures.on_time_share(), 10_000.0),
        median_hours: rounded(figures.median_hours(), 100.0),
        p90_hours: rounded(figures.p90_hours(), 100.0),
        undelivered: figures.undelivered,
        void: figures.void,
        open_not_due: figures.open_not_due,
    }
}

/// `GET /api/v1/dashboard/answers`.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
#[utoipa::path(get, path = "/api/v1/dashboard/answers", operation_id = "count-answers", tag = "dashboard", params(AnswersQuery),
    responses((status = 200, description = "", body = AnswersShape)))]
pub fn answers(call: &Call) -> Answered {
    let query: AnswersQuery = call.query()?;
    let to = query.to.unwrap_or_else(|| beijing_date(call.now));
    let from = query.from.or_else(|| to.checked_sub_days(Days::new(USUAL))).unwrap_or(to);
    if to < from {
        return Err(Refusal::Invalid(vec![FieldProblem::new("to", "out-of-range")]).into());
    }
    let by = words::filter("by", query.by.as_deref())?.unwrap_or(By::Month);
    let scope = call.scope()?;
    let table = if (to - from).num_days() <= HELD {
        let span = BoardSpan { from, to, by, region: None };
        call.office.with_answers(|book, conn| Ok(book.table(conn, scope, &span)?))?
    } else {
        db::answers::table(&mut *call.office.read()?, scope, from, to, by)?
    };
    let told = |one: AnswersRow| {
        let label = call.l.pick(&one.label, &one.label_en).to_owned();
        row(Some(one.key), label, &one.figures)
    };
    let total = row(None, call.l.t("part-total"), &table.total);
    Answer::json(&AnswersShape { from, to, by, rows: table.rows.into_iter().map(told).collect(), total })
}

/// Something only a person can do next.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskShape {
    /// Id.
    pub id: TaskId,
    /// What has to be done: the code.
    pub kind: TaskKind,
    /// The same in the language asked for.
    pub text: String,
    /// What to do next, in the language asked for.
    pub next: String,
    /// A figure or code it needs.
    pub detail: Option<String>,
    /// Until when.
    pub due_at: Option<DateTime<Utc>>,
    /// Since when it waits.
    pub created_at: DateTime<Utc>,
    /// The need it is about.
    pub need: Option<NeedName>,
    /// The need's enterprise, by name.
    pub enterprise: Option<String>,
    /// The expert it is about.
    pub expert: Option<ExpertId>,
    /// The assignment it is about.
    pub assignment: Option<AssignmentId>,
    /// The conduct case it is about.
    pub case: Option<CaseId>,
}

/// An offer whose answer is awaited.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClockShape {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Its number.
    pub number: String,
    /// Its need.
    pub need: NeedName,
    /// The need's title.
    pub title: String,
    /// The need's enterprise, by name.
    pub enterprise: String,
    /// The need's station, by name.
    pub station: String,
    /// The expert's name.
    pub expert: String,
    /// Which round.
    pub round: i32,
    /// When the clock began; `null` while no mail server took the letter.
    pub notified_at: Option<DateTime<Utc>>,
    /// The first instant that is too late.
    pub answer_due_at: Option<DateTime<Utc>>,
    /// Whether the clock stands still for a question.
    pub paused: bool,
}

/// How many there are of everything a desk counts.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsShape {
    /// Needs nobody was asked for yet.
    pub open: i64,
    /// Needs with an offer out.
    pub offering: i64,
    /// Needs without a taker.
    pub unanswered: i64,
    /// Needs accepted: feedback is to come.
    pub accepted: i64,
    /// Needs served: rating and closing are to come.
    pub served: i64,
    /// Offers whose answer is due before the end of today.
    pub due_today: i64,
    /// Accepted offers whose feedback is overdue.
    pub feedback_overdue: i64,
    /// Tasks in all.
    pub tasks: i64,
}

/// What needs this account now.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskShape {
    /// What only this account, or one of the managers, can do next; most pressing first, at most forty.
    pub tasks: Vec<TaskShape>,
    /// The running clocks, next due first, at most forty.
    pub clocks: Vec<ClockShape>,
    /// Counts.
    pub counts: CountsShape,
}

fn task(l: L, line: TaskLine) -> TaskShape {
    TaskShape {
        id: line.id,
        kind: line.kind,
        text: l.t(&format!("task-{}", line.kind)),
        next: l.t(&format!("task-{}-next", line.kind)),
        detail: line.detail,
        due_at: line.due_at.map(utc),
        created_at: utc(line.created_at),
        need: line.need.map(|(id, number, _)| NeedName { id, number }),
        enterprise: line.enterprise,
        expert: line.expert.map(|(id, _)| id),
        assignment: line.assignment,
        case: line.case,
    }
}

fn clock(line: ClockLine) -> ClockShape {
    ClockShape {
        assignment: line.assignment,
        number: line.number,
        need: NeedName { id: line.need, number: line.need_number },
        title: line.title,
        enterprise: line.enterprise,
        station: line.station,
        expert: line.expert,
        round: line.round,
        notified_at: line.notified_at.map(utc),
        answer_due_at: line.due_at.map(utc),
        paused: line.paused,
    }
}

/// `GET /api/v1/dashboard/desk`.
///
/// # Errors
/// A fault when the database cannot be read.
#[utoipa::path(get, path = "/api/v1/dashboard/desk", operation_id = "read-desk", tag = "dashboard",
    responses((status = 200, description = "", body = DeskShape)))]
pub fn desk(call: &Call) -> Answered {
    let desk = db::desk::read(&mut *call.office.read()?, call.staff()?, call.now)?;
    let counts = CountsShape {
        open: desk.counts.open,
        offering: desk.counts.offering,
        unanswered: desk.counts.unanswered,
        accepted: desk.counts.accepted,
        served: desk.counts.served,
        due_today: desk.counts.due_today,
        feedback_overdue: desk.counts.feedback_overdue,
        tasks: desk.all_tasks,
    };
    Answer::json(&DeskShape {
        tasks: desk.tasks.into_iter().map(|line| task(call.l, line)).collect(),
        clocks: desk.clocks.into_iter().map(clock).collect(),
        counts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_hours_are_rounded_and_absent_where_nothing_was_counted() {
        let figures = Figures {
            offered: 4,
            on_time: 2,
            late: 1,
            staff_entered: 1,
            median_minutes: Some(100),
            ..Figures::default()
        };
        let told = row(None, "合计".into(), &figures);
        assert_eq!((told.on_time_share, told.staff_entered_share), (Some(0.6667), Some(0.3333)));
        assert_eq!((told.median_hours, told.p90_hours), (Some(1.67), None));
        assert_eq!(row(None, String::new(), &Figures::default()).on_time_share, None);
    }
}

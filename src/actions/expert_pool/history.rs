//! What the rows say of an expert's past as one who is asked: open offers, this month's and last month's, answers and
//! ratings. Read for all at once or for one, by the same queries.

use crate::db;
use crate::db::Conn;
use crate::domain::assignment::{AssignmentState, OfferOutcome};
use crate::domain::calendar::{beijing_date, start_of_day};
use crate::domain::week_hours;
use crate::ids::ExpertId;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, Utc};
use diesel::QueryResult;
use std::collections::HashMap;

/// What the rows say of one expert's past.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    /// The Beijing date of the admission, where it is known to be recent.
    pub(super) admitted_on: Option<NaiveDate>,
    pub(super) open: u16,
    pub(super) month: u16,
    pub(super) taken_90d: u16,
    pub(super) taken_last_month: u16,
    pub(super) asked_90d: u16,
    pub(super) last_asked_at: Option<DateTime<Utc>>,
    pub(super) on_time: u16,
    pub(super) late: u16,
    pub(super) lapsed: u16,
    pub(super) minutes: Vec<i64>,
    pub(super) rating_sum: u32,
    pub(super) rating_count: u32,
    pub(super) booked: Vec<NaiveDate>,
    /// The districts served in person; none: all.
    pub(super) served: Vec<String>,
    /// Hours a week, if any were set.
    pub(super) weekly_hours: Option<u16>,
    /// What is given away of them, from this week on: day and minutes.
    pub(super) given: Vec<(NaiveDate, u32)>,
}

pub(super) struct Histories(HashMap<ExpertId, History>);

/// The first instant of the Beijing month.
fn month_from(now: DateTime<Utc>) -> NaiveDateTime {
    let today = beijing_date(now);
    start_of_day(today.with_day(1).unwrap_or(today)).naive_utc()
}

/// Whether an offer in that state counts as one its expert got.
const fn counts(state: AssignmentState) -> bool {
    !matches!(state, AssignmentState::Void | AssignmentState::Undelivered)
}

/// How many offers everybody has open, and got this month, counted as [`Histories::read`] counts them but without the rest
/// of anybody's past; whoever has neither is left out.
pub(super) fn offers(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<HashMap<ExpertId, (u16, u16)>> {
    let mut all: HashMap<ExpertId, (u16, u16)> = HashMap::new();
    for asked in db::dashboard::recently_asked(conn, None, month_from(now))? {
        all.entry(asked.expert).or_default().1 += u16::from(counts(asked.state));
    }
    for (expert, open) in db::dashboard::open_offers(conn, None)? {
        all.entry(expert).or_default().0 = u16::try_from(open).unwrap_or(u16::MAX);
    }
    Ok(all)
}

/// Whose past reads otherwise on `today` than it did on `before`, an earlier day of the same month, though nothing happened:
/// an offer or an answer left the ninety days or the year that count.
pub(super) fn rolled(conn: &mut Conn, before: NaiveDate, today: NaiveDate) -> QueryResult<Vec<ExpertId>> {
    let quarter = |day: NaiveDate| start_of_day(day.checked_sub_days(Days::new(90)).unwrap_or(day)).naive_utc();
    let year = |day: NaiveDate| day.checked_sub_days(Days::new(365)).unwrap_or(day);
    let mut rolled = db::dashboard::asked_between(conn, quarter(before), quarter(today))?;
    rolled.extend(db::dashboard::told_between(conn, year(before), year(today))?);
    Ok(rolled)
}

impl Histories {
    pub(super) fn take(&mut self, id: ExpertId) -> History {
        self.0.remove(&id).unwrap_or_default()
    }

    /// Reads the past of one expert, or of all.
    pub(super) fn read(conn: &mut Conn, one: Option<ExpertId>, now: DateTime<Utc>) -> QueryResult<Self> {
        let today = beijing_date(now);
        let month_from = month_from(now);
        let last_month = today.with_day(1).and_then(|first| first.checked_sub_months(Months::new(1))).unwrap_or(today);
        let last_month_from = start_of_day(last_month).naive_utc();
        let quarter_from = start_of_day(today.checked_sub_days(Days::new(90)).unwrap_or(today)).naive_utc();
        let year_from = today.checked_sub_days(Days::new(365)).unwrap_or(today);
        let mut all: HashMap<ExpertId, History> = HashMap::new();
        for asked in db::dashboard::recently_asked(conn, one, quarter_from.min(month_from))? {
            let history = all.entry(asked.expert).or_default();
            let taken = u16::from(matches!(asked.state, AssignmentState::Accepted | AssignmentState::Done));
            let lives = counts(asked.state);
            if asked.created_at >= quarter_from {
                history.asked_90d += u16::from(lives);
                history.taken_90d += taken;
            }
            if asked.created_at >= last_month_from && asked.created_at < month_from {
                history.taken_last_month += taken;
            }
            if asked.created_at >= month_from {
                history.month += u16::from(lives);
            }
            let at = asked.created_at.and_utc();
            history.last_asked_at = Some(history.last_asked_at.map_or(at, |last| last.max(at)));
        }
        for (expert, at) in db::dashboard::admitted(conn, one, quarter_from)? {
            all.entry(expert).or_default().admitted_on = Some(beijing_date(at.and_utc()));
        }
        for (expert, open) in db::dashboard::open_offers(conn, one)? {
            all.entry(expert).or_default().open = u16::try_from(open).unwrap_or(u16::MAX);
        }
        for (expert, day) in db::dashboard::booked_from(conn, one, today)? {
            all.entry(expert).or_default().booked.push(day);
        }
        for (expert, outcome, minutes) in db::dashboard::answer_history(conn, one, year_from)? {
            let history = all.entry(expert).or_default();
            match outcome {
                OfferOutcome::OnTime => history.on_time += 1,
                OfferOutcome::Late => history.late += 1,
                OfferOutcome::Lapsed => history.lapsed += 1,
                OfferOutcome::Undelivered | OfferOutcome::Void => {}
            }
            history.minutes.extend(minutes);
        }
        for row in db::expert_terms::all(conn, one)? {
            let history = all.entry(row.expert).or_default();
            history.served = row.regions.get();
            history.weekly_hours = row.weekly_hours.and_then(|hours| u16::try_from(hours).ok());
        }
        given(conn, &mut all, today)?;
        for (expert, score) in db::dashboard::ratings_received(conn, one)? {
            let history = all.entry(expert).or_default();
            history.rating_sum += u32::try_from(score).unwrap_or(0);
            history.rating_count += 1;
        }
        Ok(Self(all))
    }
}

/// Services and duty turns of those who set hours a week, from this week on: nobody else's are read.
fn given(conn: &mut Conn, all: &mut HashMap<ExpertId, History>, today: NaiveDate) -> QueryResult<()> {
    let bounded: Vec<ExpertId> =
        all.iter().filter(|(_, history)| history.weekly_hours.is_some()).map(|(id, _)| *id).collect();
    // Some hundreds at a time: databases bound how many values a question may have.
    for some in bounded.chunks(500) {
        let from = week_hours::monday(today);
        for (expert, day, hours) in db::dashboard::hours_from(conn, some, from)? {
            all.entry(expert).or_default().given.push((day, week_hours::matter_minutes(hours)));
        }
        for (expert, span) in db::duty_turn::agreed(conn, some, from)? {
            all.entry(expert).or_default().given.push((span.day, span.minutes()));
        }
    }
    Ok(())
}

//! Figures (统计口径): how offers are counted, by whom, where, for what and when.
//!
//! Contract: every figure of the office comes from [`tally`], so that two pages cannot disagree. A fact is counted by the
//! Beijing date of its notice. Source: rules.md, "Figures". Deliberately absent: reading the facts (`db::answers`) and
//! deciding how an offer counts, which the deed that finishes it does.

pub mod fairness;
mod names;
pub mod overview;

pub use names::{Names, Places};

use super::assignment::{AnswerKind, DeclineReason, OfferOutcome};
use super::catalogue;
use chrono::{Datelike, NaiveDate};

text_enum! {
    /// What one row of a table stands for.
    pub enum By {
        /// One expert.
        Expert = "expert",
        /// One firm, as it was called when the offer was made.
        Firm = "firm",
        /// One region: the need's.
        Region = "region",
        /// One station: the need's.
        Station = "station",
        /// One item of the catalogue; an offer under several items counts in each row and once in the total.
        Service = "service",
        /// One month, `2026-05`.
        Month = "month",
    }
}

text_enum! {
    /// One figure, as links to the cases behind it name it.
    pub enum Measure {
        /// Every offer counted.
        Offered = "offered",
        /// Answered, lapsed or late: the denominator of the on-time share.
        Due = "due",
        /// First answer before the due instant.
        OnTime = "on-time",
        /// First answer at or after it.
        Late = "late",
        /// Due passed, no answer since.
        Lapsed = "lapsed",
        /// First answer: accepted.
        Accepted = "accepted",
        /// First answer: declined.
        Declined = "declined",
        /// First answer: a question, whatever followed it.
        Asked = "asked",
        /// Answer entered by staff.
        StaffEntered = "staff-entered",
        /// The letter never arrived.
        Undelivered = "undelivered",
        /// Void before an answer.
        Void = "void",
        /// Open, and not yet due.
        Open = "open",
    }
}

/// How one offer counts. Places are those of [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fact {
    /// The Beijing date of the notice.
    pub day: NaiveDate,
    /// How it counts; `None` while it is open and not yet due.
    pub outcome: Option<OfferOutcome>,
    /// The first answer.
    pub answer: Option<AnswerKind>,
    /// Why declined.
    pub decline_reason: Option<DeclineReason>,
    /// Whether staff entered the answer.
    pub by_staff: bool,
    /// Minutes from notice to first answer, wall clock.
    pub minutes: Option<u32>,
    /// The need's region.
    pub region: u32,
    /// The need's station.
    pub station: u32,
    /// The expert.
    pub expert: u32,
    /// The expert's firm.
    pub firm: u32,
    /// Whose need it was.
    pub enterprise: u32,
    /// Tells needs apart: the random half of the need's id.
    pub need: u64,
    /// The need's items: bit n is item n of the catalogue. 0 when they were not asked for.
    pub services: u32,
}

/// The figures of one row, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Every offer whose notice (or, where no letter arrived, its attempt) falls into the days asked for: the sum of
    /// `on_time`, `late`, `lapsed`, `undelivered`, `void` and `open_not_due`.
    pub offered: u64,
    /// First answer before the due instant.
    pub on_time: u64,
    /// First answer at or after it.
    pub late: u64,
    /// Due passed, no answer since.
    pub lapsed: u64,
    /// First answer: accepted.
    pub accepted: u64,
    /// First answer: declined, which is lawful.
    pub declined: u64,
    /// First answer: a question, whatever followed it.
    pub asked: u64,
    /// Answers entered by staff.
    pub staff_entered: u64,
    /// The letter never arrived; in no denominator.
    pub undelivered: u64,
    /// Void before an answer; in no denominator.
    pub void: u64,
    /// Open and not yet due; in no denominator.
    pub open_not_due: u64,
    /// Nearest-rank median of the minutes to the first answer, over answered offers.
    pub median_minutes: Option<u32>,
    /// Nearest-rank 90th percentile of the same.
    pub p90_minutes: Option<u32>,
}

impl Figures {
    /// Answered, late or lapsed: the denominator of the on-time share.
    #[must_use]
    pub const fn due(&self) -> u64 {
        self.on_time + self.late + self.lapsed
    }

    /// Answered at all.
    #[must_use]
    pub const fn answered(&self) -> u64 {
        self.on_time + self.late
    }

    /// On time ÷ (on time + late + lapsed), 0–1; `None` when nothing was due.
    #[must_use]
    pub fn on_time_share(&self) -> Option<f64> {
        share(self.on_time, self.due())
    }

    /// Staff-entered ÷ answered, 0–1.
    #[must_use]
    pub fn staff_entered_share(&self) -> Option<f64> {
        share(self.staff_entered, self.answered())
    }

    /// The median in hours.
    #[must_use]
    pub fn median_hours(&self) -> Option<f64> {
        self.median_minutes.map(|minutes| f64::from(minutes) / 60.0)
    }

    /// The 90th percentile in hours.
    #[must_use]
    pub fn p90_hours(&self) -> Option<f64> {
        self.p90_minutes.map(|minutes| f64::from(minutes) / 60.0)
    }

    /// One figure by its name.
    #[must_use]
    pub const fn of(&self, measure: Measure) -> u64 {
        match measure {
            Measure::Offered => self.offered,
            Measure::Due => self.due(),
            Measure::OnTime => self.on_time,
            Measure::Late => self.late,
            Measure::Lapsed => self.lapsed,
            Measure::Accepted => self.accepted,
            Measure::Declined => self.declined,
            Measure::Asked => self.asked,
            Measure::StaffEntered => self.staff_entered,
            Measure::Undelivered => self.undelivered,
            Measure::Void => self.void,
            Measure::Open => self.open_not_due,
        }
    }

    const fn add(&mut self, fact: &Fact) {
        self.offered += 1;
        match fact.outcome {
            Some(OfferOutcome::OnTime) => self.on_time += 1,
            Some(OfferOutcome::Late) => self.late += 1,
            Some(OfferOutcome::Lapsed) => self.lapsed += 1,
            Some(OfferOutcome::Undelivered) => self.undelivered += 1,
            Some(OfferOutcome::Void) => self.void += 1,
            None => self.open_not_due += 1,
        }
        if !fact.is_answered() {
            return;
        }
        match fact.answer {
            Some(AnswerKind::Accept) => self.accepted += 1,
            Some(AnswerKind::Decline) => self.declined += 1,
            Some(AnswerKind::Question) => self.asked += 1,
            None => {}
        }
        if fact.by_staff {
            self.staff_entered += 1;
        }
    }
}

impl Fact {
    /// Whether there was a first answer, in time or late.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        matches!(self.outcome, Some(OfferOutcome::OnTime | OfferOutcome::Late))
    }

    /// Whether the offer stands in that figure.
    #[must_use]
    pub const fn is_in(&self, measure: Measure) -> bool {
        let mut alone = Figures {
            offered: 0,
            on_time: 0,
            late: 0,
            lapsed: 0,
            accepted: 0,
            declined: 0,
            asked: 0,
            staff_entered: 0,
            undelivered: 0,
            void: 0,
            open_not_due: 0,
            median_minutes: None,
            p90_minutes: None,
        };
        alone.add(self);
        alone.of(measure) > 0
    }
}

fn share(part: u64, whole: u64) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts of offers stay far below 2^52")]
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// The value at the nearest rank: the ⌈`percent`/100 · n⌉-th smallest; `None` of nothing. The order of `values` changes.
pub fn nearest_rank(values: &mut [u32], percent: usize) -> Option<u32> {
    let rank = (values.len() * percent).div_ceil(100).max(1);
    (rank <= values.len()).then(|| *values.select_nth_unstable(rank - 1).1)
}

/// The month of a day as a number that rises by one a month.
#[must_use]
pub fn month_number(day: NaiveDate) -> u32 {
    u32::try_from(day.year()).unwrap_or(0) * 12 + day.month0()
}

/// `2026-05`.
#[must_use]
pub fn month_text(number: u32) -> String {
    format!("{:04}-{:02}", number / 12, number % 12 + 1)
}

/// Counts facts by their key, and all of them once. Keys are places of [`Names`], places in the catalogue, or
/// [`month_number`]s; rows come in the order of keys.
pub fn tally<'a>(facts: impl Iterator<Item = &'a Fact>, by: By) -> (Vec<(u32, Figures)>, Figures) {
    let mut total = Figures::default();
    let mut rows: Vec<Figures> = Vec::new();
    // Months are counted from January 1970, so that the rows before them are few.
    let first_month = if by == By::Month { month_number(NaiveDate::default()) } else { 0 };
    let mut minutes: Vec<(u32, u32)> = Vec::new();
    let mut total_minutes: Vec<u32> = Vec::new();
    let mut count = |key: u32, fact: &Fact| {
        let place = key as usize;
        if rows.len() <= place {
            rows.resize(place + 1, Figures::default());
        }
        if let Some(row) = rows.get_mut(place) {
            row.add(fact);
        }
        if let (true, Some(taken)) = (fact.is_answered(), fact.minutes) {
            minutes.push((key, taken));
        }
    };
    for fact in facts {
        total.add(fact);
        if let (true, Some(taken)) = (fact.is_answered(), fact.minutes) {
            total_minutes.push(taken);
        }
        match by {
            By::Expert => count(fact.expert, fact),
            By::Firm => count(fact.firm, fact),
            By::Region => count(fact.region, fact),
            By::Station => count(fact.station, fact),
            By::Month => count(month_number(fact.day).saturating_sub(first_month), fact),
            By::Service => {
                for place in (0_u32..).take(catalogue::CATALOGUE.len()).filter(|place| fact.services >> place & 1 == 1)
                {
                    count(place, fact);
                }
            }
        }
    }
    total.median_minutes = nearest_rank(&mut total_minutes, 50);
    total.p90_minutes = nearest_rank(&mut total_minutes, 90);
    spread(&mut rows, &minutes);
    let rows = (first_month..).zip(rows).filter(|(_, row)| row.offered > 0).collect();
    (rows, total)
}

/// Counts facts by month, in order, without their percentiles: what a chart of shares needs, and no more.
pub fn months<'a>(facts: impl Iterator<Item = &'a Fact>) -> Vec<(u32, Figures)> {
    let mut rows: Vec<(u32, Figures)> = Vec::new();
    for fact in facts {
        let month = month_number(fact.day);
        // Facts come by day, so the month sought is nearly always the last.
        match rows.iter_mut().rev().find(|(known, _)| *known == month) {
            Some((_, row)) => row.add(fact),
            None => {
                let mut row = Figures::default();
                row.add(fact);
                rows.push((month, row));
            }
        }
    }
    rows.sort_by_key(|(month, _)| *month);
    rows
}

/// Gives each row its percentiles: the minutes laid out row by row (a counting sort by key), then ranked within each row.
fn spread(rows: &mut [Figures], minutes: &[(u32, u32)]) {
    let mut starts = vec![0_usize; rows.len() + 1];
    for (key, _) in minutes {
        if let Some(start) = starts.get_mut(*key as usize + 1) {
            *start += 1;
        }
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += *start;
        *start = sum;
    }
    let mut laid_out = vec![0_u32; minutes.len()];
    let mut next = starts.clone();
    for (key, taken) in minutes {
        if let Some(place) = next.get_mut(*key as usize) {
            if let Some(cell) = laid_out.get_mut(*place) {
                *cell = *taken;
            }
            *place += 1;
        }
    }
    for (row, ends) in rows.iter_mut().zip(starts.windows(2)) {
        if let [from, to] = ends
            && let Some(own) = laid_out.get_mut(*from..*to)
        {
            row.median_minutes = nearest_rank(own, 50);
            row.p90_minutes = nearest_rank(own, 90);
        }
    }
}

#[cfg(test)]
mod tests;

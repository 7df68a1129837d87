//! The answers of recent years in memory: whole days of facts and ratings, read when first asked for and again when the
//! change log says that a day changed. Figures counted from it are those of the database at that moment.
//!
//! A year of a province is some 400,000 offers: too many for the database to count at every look at the board, and few
//! megabytes here. Offers that are still open are read each time. Deliberately absent: counting (`domain::figures`) and
//! reading (`db::answers`).

pub mod fairness;

use crate::db::answers::{AnswersTable, Rated, Seen, key_text, labels, worded};
use crate::db::{self, Conn};
use crate::domain::calendar::day_after;
use crate::domain::figures::overview::{Overview, overview};
use crate::domain::figures::{By, Fact, Figures, Names, months, tally};
use crate::domain::role::Scope;
use crate::ids::RatingId;
use chrono::{Datelike, Days, NaiveDate};
use diesel::QueryResult;
use std::collections::BTreeMap;

/// Above so many new ratings all of them are read again.
const MOST_NEW_RATINGS: usize = 500;
/// How many days are kept at most; the oldest go first.
const MOST_DAYS: usize = 1_500;

#[derive(Debug, Default)]
struct Day {
    facts: Vec<Fact>,
    with_services: bool,
}

/// Which figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardSpan {
    /// From this Beijing date of the notice.
    pub from: NaiveDate,
    /// To this one, counted.
    pub to: NaiveDate,
    /// What a row stands for.
    pub by: By,
    /// Of needs of this region only.
    pub region: Option<String>,
}

/// Ratings counted: how many, and their sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Scores {
    /// How many.
    pub count: u64,
    /// Their sum, one to five each.
    pub sum: u64,
}

/// Everything the board shows of a span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardFigures {
    /// The table asked for, longest row first, at most `most_rows` rows, with names.
    pub table: AnswersTable,
    /// How many rows there are in all.
    pub all_rows: usize,
    /// By region.
    pub regions: Vec<(String, Figures)>,
    /// The twelve months that end with the span's last, without open offers and without percentiles.
    pub months: Vec<(String, Figures)>,
    /// The charts.
    pub overview: Overview,
    /// Ids of [`Overview::busiest`], in its order, with their names.
    pub busiest: Vec<(String, String, u32)>,
    /// Ratings by link.
    pub by_link: Scores,
    /// Ratings by phone (回访).
    pub by_phone: Scores,
}

/// The days in memory.
#[derive(Debug, Default)]
pub struct AnswerBook {
    names: Names,
    days: BTreeMap<NaiveDate, Day>,
    ratings: BTreeMap<NaiveDate, Vec<Rated>>,
    watermark: Option<i64>,
}

impl AnswerBook {
    /// Forgets the days whose offers changed since the last time, and adds the ratings that came in.
    ///
    /// # Errors
    /// What the database says.
    pub fn follow(&mut self, conn: &mut Conn) -> QueryResult<()> {
        let Some(watermark) = self.watermark else {
            self.watermark = Some(db::changes::end(conn)?);
            return Ok(());
        };
        let Some((changes, watermark)) = db::changes::since(conn, watermark)? else {
            // Away longer than the log reaches back: nothing that is held can be trusted.
            *self = Self { watermark: Some(db::changes::end(conn)?), ..Self::default() };
            return Ok(());
        };
        let mut rated: Vec<RatingId> = Vec::new();
        for change in &changes {
            match change.entity.as_str() {
                db::fact::CHANGED_DAY => {
                    if let Ok(day) = change.entity_id.parse() {
                        self.days.remove(&day);
                    }
                }
                db::feedback::RATED => match change.entity_id.parse() {
                    Ok(id) => rated.push(id),
                    Err(_) => self.ratings.clear(),
                },
                _ => {}
            }
        }
        if rated.len() > MOST_NEW_RATINGS {
            self.ratings.clear();
        } else if !rated.is_empty() {
            for rating in db::answers::ratings_by_id(conn, &mut self.names, &rated)? {
                if let Some(day) = self.ratings.get_mut(&rating.day)
                    && !day.iter().any(|known| known.id == rating.id)
                {
                    day.push(rating);
                }
            }
        }
        self.watermark = Some(watermark);
        Ok(())
    }

    /// Up to where the change log has been followed; `None` before the first time.
    #[must_use]
    pub const fn watermark(&self) -> Option<i64> {
        self.watermark
    }

    /// Reads what the board is first asked for, so that nobody has to wait for it: the twelve months up to `today`.
    ///
    /// # Errors
    /// What the database says.
    pub fn warm(&mut self, conn: &mut Conn, today: NaiveDate) -> QueryResult<()> {
        let year = first_of_twelve_months(today);
        self.hold(conn, year, today, false)?;
        self.hold_ratings(conn, year, today)
    }

    /// Reads the offers of the days of a span that are not held yet.
    fn hold(&mut self, conn: &mut Conn, from: NaiveDate, to: NaiveDate, with_services: bool) -> QueryResult<()> {
        let held = |day| self.days.get(&day).is_some_and(|held: &Day| held.with_services || !with_services);
        for (first, last) in missing(from, to, held) {
            let facts = db::answers::finished(conn, &mut self.names, first, last, with_services)?;
            for day in days_between(first, last) {
                self.days.insert(day, Day { facts: Vec::new(), with_services });
            }
            for fact in facts {
                if let Some(day) = self.days.get_mut(&fact.day) {
                    day.facts.push(fact);
                }
            }
        }
        while self.days.len() > MOST_DAYS && self.days.first_key_value().is_some_and(|(oldest, _)| *oldest < from) {
            self.days.pop_first();
        }
        Ok(())
    }

    /// Reads the ratings of the days of a span that are not held yet.
    fn hold_ratings(&mut self, conn: &mut Conn, from: NaiveDate, to: NaiveDate) -> QueryResult<()> {
        for (first, last) in missing(from, to, |day| self.ratings.contains_key(&day)) {
            let ratings = db::answers::rated(conn, &mut self.names, first, last)?;
            for day in days_between(first, last) {
                self.ratings.insert(day, Vec::new());
            }
            for rating in ratings {
                if let Some(day) = self.ratings.get_mut(&rating.day) {
                    day.push(rating);
                }
            }
        }
        Ok(())
    }

    /// The same table as [`db::answers::table`], from memory.
    ///
    /// # Errors
    /// What the database says.
    pub fn table(&mut self, conn: &mut Conn, scope: &Scope, span: &BoardSpan) -> QueryResult<AnswersTable> {
        self.hold(conn, span.from, span.to, span.by == By::Service)?;
        let open = db::answers::open(conn, &mut self.names, span.from, span.to)?;
        let facts = self.facts(scope, span.from, span.to, span.region.as_deref(), &open);
        let (rows, total) = tally(facts, span.by);
        let keys: Vec<String> = rows.iter().map(|(place, _)| key_text(&self.names, span.by, *place)).collect();
        let names = labels(conn, span.by, &keys)?;
        Ok(AnswersTable { rows: worded(keys, rows.into_iter().map(|(_, figures)| figures), &names, span.by), total })
    }

    /// Everything the board shows.
    ///
    /// # Errors
    /// What the database says.
    pub fn board(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        span: &BoardSpan,
        most_rows: usize,
    ) -> QueryResult<BoardFigures> {
        let year = first_of_twelve_months(span.to);
        self.hold(conn, span.from, span.to, span.by == By::Service)?;
        self.hold(conn, year, span.to, false)?;
        // A year at once: looking for the ratings of a day takes as long as for those of a year.
        self.hold_ratings(conn, year.min(span.from), span.to)?;
        let open = db::answers::open(conn, &mut self.names, span.from, span.to)?;
        let region = span.region.as_deref();
        let (rows, total) = tally(self.facts(scope, span.from, span.to, region, &open), span.by);
        let (regions, _) = tally(self.facts(scope, span.from, span.to, region, &open), By::Region);
        let months = months(self.facts(scope, year, span.to, region, &[]));
        let charts = overview(self.facts(scope, span.from, span.to, region, &open));
        let all_rows = rows.len();
        let keys: Vec<String> = rows.iter().map(|(place, _)| key_text(&self.names, span.by, *place)).collect();
        // Only the rows that are shown are given names.
        let mut rows = worded(keys, rows.into_iter().map(|(_, figures)| figures), &Default::default(), span.by);
        rows.truncate(most_rows);
        let keys: Vec<String> = rows.iter().map(|row| row.key.clone()).collect();
        let names = labels(conn, span.by, &keys)?;
        for row in &mut rows {
            if let Some((zh, en)) = names.get(&row.key) {
                row.label.clone_from(zh);
                row.label_en.clone_from(en);
            }
        }
        let ids: Vec<String> =
            charts.busiest.iter().map(|(place, _)| self.names.experts.text(*place).to_owned()).collect();
        let experts = labels(conn, By::Expert, &ids)?;
        let busiest = ids
            .into_iter()
            .zip(&charts.busiest)
            .map(|(id, (_, count))| {
                let name = experts.get(&id).map_or_else(String::new, |(name, _)| name.clone());
                (id, name, *count)
            })
            .collect();
        let (by_link, by_phone) = self.scores(scope, span);
        Ok(BoardFigures {
            table: AnswersTable { rows, total },
            all_rows,
            regions: keyed(&self.names, By::Region, regions),
            months: keyed(&self.names, By::Month, months),
            overview: charts,
            busiest,
            by_link,
            by_phone,
        })
    }

    fn facts<'a>(
        &'a self,
        scope: &Scope,
        from: NaiveDate,
        to: NaiveDate,
        region: Option<&str>,
        open: &'a [Fact],
    ) -> impl Iterator<Item = &'a Fact> + use<'a> {
        let seen = Seen::of(scope, &self.names);
        // A region nothing was read of is a place that nothing has.
        let region = region.map(|code| self.names.regions.find(code).unwrap_or(u32::MAX));
        let days = if from <= to { Some(self.days.range(from..=to)) } else { None };
        days.into_iter()
            .flatten()
            .flat_map(|(_, day)| &day.facts)
            .chain(open)
            .filter(move |fact| seen.fact(fact) && region.is_none_or(|code| code == fact.region))
    }

    fn scores(&self, scope: &Scope, span: &BoardSpan) -> (Scores, Scores) {
        let seen = Seen::of(scope, &self.names);
        let region = span.region.as_deref().map(|code| self.names.regions.find(code).unwrap_or(u32::MAX));
        let (mut by_link, mut by_phone) = (Scores::default(), Scores::default());
        let days = if span.from <= span.to { Some(self.ratings.range(span.from..=span.to)) } else { None };
        for rating in days.into_iter().flatten().flat_map(|(_, day)| day) {
            if seen.place(rating.region, rating.station) && region.is_none_or(|code| code == rating.region) {
                let scores = if rating.by_phone { &mut by_phone } else { &mut by_link };
                scores.count += 1;
                scores.sum += u64::from(rating.score);
            }
        }
        (by_link, by_phone)
    }
}

fn keyed(names: &Names, by: By, rows: Vec<(u32, Figures)>) -> Vec<(String, Figures)> {
    rows.into_iter().map(|(place, figures)| (key_text(names, by, place), figures)).collect()
}

/// Every day of a span, in order.
fn days_between(from: NaiveDate, to: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    from.iter_days().take_while(move |day| *day <= to)
}

/// The days of a span that are not held, as spans: from, to.
fn missing(from: NaiveDate, to: NaiveDate, held: impl Fn(NaiveDate) -> bool) -> Vec<(NaiveDate, NaiveDate)> {
    let mut spans: Vec<(NaiveDate, NaiveDate)> = Vec::new();
    for day in days_between(from, to).filter(|day| !held(*day)) {
        match spans.last_mut() {
            Some((_, last)) if day_after(*last) == day => *last = day,
            _ => spans.push((day, day)),
        }
    }
    spans
}

/// The first day of the month eleven months before that of `to`.
fn first_of_twelve_months(to: NaiveDate) -> NaiveDate {
    let (year, month) = if to.month() == 12 { (to.year(), 1) } else { (to.year() - 1, to.month() + 1) };
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or_else(|| to - Days::new(330))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_days_not_held_are_read_in_as_few_spans_as_possible() {
        let day = |n: u64| NaiveDate::from_ymd_opt(2026, 5, 1).expect("a day") + Days::new(n);
        let cases: [(&[u64], &[(u64, u64)]); 4] =
            [(&[], &[(0, 5)]), (&[0, 5], &[(1, 4)]), (&[2, 3], &[(0, 1), (4, 5)]), (&[0, 1, 2, 3, 4, 5], &[])];
        for (held, spans) in cases {
            let held: Vec<NaiveDate> = held.iter().map(|n| day(*n)).collect();
            let spans: Vec<_> = spans.iter().map(|(from, to)| (day(*from), day(*to))).collect();
            assert_eq!(missing(day(0), day(5), |day| held.contains(&day)), spans);
        }
        assert!(missing(day(1), day(0), |_| false).is_empty());
    }

    #[test]
    fn twelve_months_end_with_the_one_asked_for() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        for (to, first) in [("2026-05-08", "2025-06-01"), ("2026-12-31", "2026-01-01"), ("2026-01-15", "2025-02-01")] {
            assert_eq!(first_of_twelve_months(day(to)), day(first));
        }
    }
}

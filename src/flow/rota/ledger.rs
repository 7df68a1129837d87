//! Who holds what so far, and what still fits beside it.

#![expect(clippy::indexing_slicing, reason = "places were checked when the ground was laid")]

use super::ground::Ground;
use super::{Bar, NO_CAP};

/// Who holds what.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    /// The pair made of each turn.
    pub taken: Vec<Option<usize>>,
    /// What each expert holds in all.
    pub loads: Vec<u32>,
    /// By expert and day: the parts that are taken, and how many turns.
    parts: Vec<u8>,
    counts: Vec<u8>,
    weeks: Vec<u16>,
    months: Vec<u16>,
}

impl Ledger {
    pub(super) fn empty(ground: &Ground) -> Self {
        let experts = ground.problem.experts.len();
        Self {
            taken: vec![None; ground.by_day.len()],
            loads: vec![0; experts],
            parts: vec![0; experts * ground.days],
            counts: vec![0; experts * ground.days],
            weeks: vec![0; experts * ground.weeks],
            months: vec![0; experts * ground.months],
        }
    }

    /// With the pins in their places; the pair that does not fit beside them, if one does not.
    pub(super) fn pinned(ground: &Ground) -> Result<Self, (usize, Bar)> {
        let mut ledger = Self::empty(ground);
        for pair in ground.pinned.iter().flatten() {
            if let Some(bar) = ledger.bars(ground, *pair).first() {
                return Err((*pair, *bar));
            }
            ledger.put(ground, *pair);
        }
        Ok(ledger)
    }

    /// Who takes a turn.
    pub(super) fn taker(&self, ground: &Ground, turn: u32) -> Option<u32> {
        self.taken[turn as usize].map(|pair| ground.problem.pairs[pair].expert)
    }

    /// The turns somebody holds on these days.
    pub(super) fn held_on(&self, ground: &Ground, expert: u32, days: std::ops::Range<usize>) -> Vec<u32> {
        let row = expert as usize * ground.days;
        let mut held = Vec::new();
        for day in days.filter(|day| self.counts[row + day] > 0) {
            let his = |turn: &&u32| self.taker(ground, **turn) == Some(expert);
            held.extend(ground.turns_on(day).iter().filter(his));
        }
        held
    }

    /// Makes a pair.
    pub(super) fn put(&mut self, ground: &Ground, pair: usize) {
        let of = &ground.problem.pairs[pair];
        self.taken[of.turn as usize] = Some(pair);
        self.count(ground, of.turn, of.expert, true);
    }

    /// Frees a turn and answers who had it.
    pub(super) fn free(&mut self, ground: &Ground, turn: u32) -> Option<usize> {
        let pair = self.taken[turn as usize].take()?;
        self.count(ground, turn, ground.problem.pairs[pair].expert, false);
        Some(pair)
    }

    fn count(&mut self, ground: &Ground, turn: u32, expert: u32, more: bool) {
        let (at, expert) = (turn as usize, expert as usize);
        let day = expert * ground.days + ground.day[at] as usize;
        let week = expert * ground.weeks + ground.week[at] as usize;
        let month = expert * ground.months + ground.month[at] as usize;
        let mask = ground.problem.turns[at].parts;
        if more {
            self.loads[expert] += 1;
            self.parts[day] |= mask;
            self.counts[day] += 1;
            self.weeks[week] += 1;
            self.months[month] += 1;
        } else {
            self.loads[expert] -= 1;
            self.parts[day] &= !mask;
            self.counts[day] -= 1;
            self.weeks[week] -= 1;
            self.months[month] -= 1;
        }
    }

    /// Turns left to him on a day, in a week, a month and in all.
    pub(super) fn left_on(&self, ground: &Ground, expert: u32, day: u32) -> u32 {
        let held = u32::from(self.counts[expert as usize * ground.days + day as usize]);
        ground.problem.experts[expert as usize].caps.day.saturating_sub(held)
    }

    pub(super) fn left_in_week(&self, ground: &Ground, expert: u32, week: u32) -> u32 {
        let cap = ground.problem.experts[expert as usize].caps.week;
        let held = u32::from(self.weeks[expert as usize * ground.weeks + week as usize]);
        if cap == NO_CAP { NO_CAP } else { cap.saturating_sub(held) }
    }

    pub(super) fn left_in_month(&self, ground: &Ground, expert: u32, month: u32) -> u32 {
        let cap = ground.problem.experts[expert as usize].caps.month;
        let held = u32::from(self.months[expert as usize * ground.months + month as usize]);
        if cap == NO_CAP { NO_CAP } else { cap.saturating_sub(held) }
    }

    pub(super) fn left_in_all(&self, ground: &Ground, expert: u32) -> u32 {
        let cap = ground.problem.experts[expert as usize].caps.period;
        if cap == NO_CAP { NO_CAP } else { cap.saturating_sub(self.loads[expert as usize]) }
    }

    /// Whether a pair nothing bars for good could be made beside everything that is held.
    pub(super) fn fits(&self, ground: &Ground, pair: usize) -> bool {
        let of = &ground.problem.pairs[pair];
        let (at, expert) = (of.turn as usize, of.expert as usize);
        let own = &ground.problem.experts[expert];
        let row = expert * ground.days;
        let day = ground.day[at] as usize;
        let caps = own.caps;
        if self.parts[row + day] & ground.problem.turns[at].parts != 0
            || u32::from(self.counts[row + day]) >= caps.day
            || self.loads[expert] >= caps.period
        {
            return false;
        }
        if own.gap > 0 {
            let reach = own.gap as usize - 1;
            let near = &self.counts[row + day.saturating_sub(reach)..=row + (day + reach).min(ground.days - 1)];
            if near.iter().any(|count| *count > 0) {
                return false;
            }
        }
        (caps.week == NO_CAP || self.left_in_week(ground, of.expert, ground.week[at]) > 0)
            && (caps.month == NO_CAP || self.left_in_month(ground, of.expert, ground.month[at]) > 0)
    }

    /// By expert and day, whether one more turn would fit that day as far as days, weeks, months and caps go: everything
    /// [`Self::fits`] asks but whether parts of the day are free.
    pub(super) fn room(&self, ground: &Ground) -> Vec<bool> {
        let mut room = vec![false; self.counts.len()];
        let mut week_and_month = vec![None; ground.days];
        for (turn, day) in ground.day.iter().enumerate() {
            week_and_month[*day as usize] = Some((ground.week[turn], ground.month[turn]));
        }
        for (expert, is) in (0_u32..).zip(&ground.problem.experts) {
            if self.left_in_all(ground, expert) == 0 {
                continue;
            }
            let row = expert as usize * ground.days..(expert as usize + 1) * ground.days;
            let counts = &self.counts[row.clone()];
            let own = &mut room[row];
            for (day, lies_in) in week_and_month.iter().enumerate() {
                let Some((week, month)) = *lies_in else { continue };
                own[day] = u32::from(counts[day]) < is.caps.day
                    && (is.caps.week == NO_CAP || self.left_in_week(ground, expert, week) > 0)
                    && (is.caps.month == NO_CAP || self.left_in_month(ground, expert, month) > 0);
            }
            if is.gap > 0 {
                let reach = is.gap as usize - 1;
                for day in (0..ground.days).filter(|day| counts[*day] > 0) {
                    own[day.saturating_sub(reach)..=(day + reach).min(ground.days - 1)].fill(false);
                }
            }
        }
        room
    }

    /// Whether the parts of a turn's day are free for the expert of a pair.
    pub(super) fn has_parts(&self, ground: &Ground, pair: usize) -> bool {
        let of = &ground.problem.pairs[pair];
        let day = of.expert as usize * ground.days + ground.day[of.turn as usize] as usize;
        self.parts[day] & ground.problem.turns[of.turn as usize].parts == 0
    }

    /// Everything that stands against making a pair beside what is held, the turn's own taker aside.
    pub(super) fn bars(&self, ground: &Ground, pair: usize) -> Vec<Bar> {
        let mut bars = ground.against(pair);
        let of = &ground.problem.pairs[pair];
        let own = &ground.problem.experts[of.expert as usize];
        let at = of.turn as usize;
        let day = ground.day[at];
        let reach = own.gap.max(1) - 1;
        let last = (day.saturating_add(reach)).min(ground.days as u32 - 1);
        let mut has_near = false;
        for near in day.saturating_sub(reach)..=last {
            if self.counts[of.expert as usize * ground.days + near as usize] == 0 {
                continue;
            }
            for turn in ground.turns_on(near as usize) {
                if self.taker(ground, *turn) == Some(of.expert) && *turn != of.turn {
                    if near == day && ground.problem.turns[*turn as usize].parts & ground.problem.turns[at].parts != 0 {
                        bars.push(Bar::SameTime(*turn));
                    } else if own.gap > 0 {
                        bars.push(Bar::Gap(*turn));
                    }
                    has_near |= near == day;
                }
            }
        }
        let same_time = bars.iter().any(|bar| matches!(bar, Bar::SameTime(_) | Bar::Gap(_)));
        if self.left_on(ground, of.expert, day) == 0 && !(has_near && same_time) {
            bars.push(Bar::DayFull);
        }
        if self.left_in_week(ground, of.expert, ground.week[at]) == 0 {
            bars.push(Bar::WeekFull);
        }
        if self.left_in_month(ground, of.expert, ground.month[at]) == 0 {
            bars.push(Bar::MonthFull);
        }
        if self.left_in_all(ground, of.expert) == 0 {
            bars.push(Bar::PeriodFull);
        }
        bars.sort_unstable();
        bars
    }

    /// Who takes each turn.
    pub(super) fn takers(&self, ground: &Ground) -> Vec<Option<u32>> {
        self.taken.iter().map(|pair| pair.map(|pair| ground.problem.pairs[pair].expert)).collect()
    }

    /// What is not taken.
    pub(super) fn open_turns(&self) -> Vec<u32> {
        self.taken.iter().enumerate().filter(|(_, pair)| pair.is_none()).map(|(turn, _)| turn as u32).collect()
    }
}

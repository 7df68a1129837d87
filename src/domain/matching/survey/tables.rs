//! What a need shares with everybody, reckoned once, and what each row is measured by it.

use super::super::eligible::{in_person, rule_number};
use super::super::row::{DATED, MONTHLY_CAP, OFF_REGISTER, ON_LEAVE, OPEN_CAP, Row, SOME_DISTRICTS};
use super::super::signals::{self, NEUTRAL, NO_INDUSTRY_NAMED, SAME_REGION};
use super::super::weights::SIGNALS;
use super::super::{LanguageSet, NeedProfile};
use super::Together;
use crate::domain::place::Direction;
use chrono::Datelike;

/// The numbers of the rules a row alone can tell.
mod rule {
    use super::rule_number;
    pub(super) const STANDING: u8 = rule_number("standing");
    pub(super) const QUALIFICATION: u8 = rule_number("qualification");
    pub(super) const LICENCE: u8 = rule_number("licence");
    pub(super) const LEAVE: u8 = rule_number("leave");
    pub(super) const OPEN_CAP: u8 = rule_number("open-cap");
    pub(super) const MONTHLY_CAP: u8 = rule_number("monthly-cap");
    pub(super) const MODE: u8 = rule_number("mode");
    pub(super) const DISTANCE: u8 = rule_number("distance");
}

/// What every expert is measured by for one need.
pub(super) struct Tables<'a> {
    need: &'a NeedProfile,
    pub(super) in_person: bool,
    direction: Direction,
    region: u16,
    wanted_services: u32,
    wanted_industries: u32,
    /// The industry's value by how many are shared, as far as the list goes.
    industry_values: [u16; 8],
    languages: LanguageSet,
    last_day: chrono::NaiveDate,
    /// The day's number on which is asked.
    asked_day: i32,
}

impl<'a> Tables<'a> {
    pub(super) fn new(need: &'a NeedProfile) -> Self {
        let wanted_industries = need.industries.len();
        Self {
            need,
            in_person: in_person(need.mode),
            direction: need.point.map_or(Direction::UNKNOWN, crate::domain::place::Point::direction),
            region: need.region.map_or(u16::MAX, |region| region.0),
            wanted_services: need.services.len(),
            wanted_industries,
            industry_values: std::array::from_fn(|shared| {
                signals::shared_industries_value(u32::try_from(shared).unwrap_or(u32::MAX), wanted_industries.max(1))
            }),
            languages: need.languages.or_chinese(),
            last_day: need.asked_on.max(need.wanted_on),
            asked_day: need.asked_on.num_days_from_ce(),
        }
    }

    #[inline]
    pub(super) fn metres(&self, row: &Row) -> Option<u32> {
        (self.direction.is_known() && row.direction.is_known()).then(|| self.direction.metres_to(row.direction))
    }

    /// The number of the rule that drops him as far as his row tells, `Err` where only a closer look can say.
    #[inline]
    pub(super) fn dropped(&self, row: &Row, metres: Option<u32>, closer: bool) -> Result<Option<u8>, ()> {
        if row.bars & OFF_REGISTER != 0 {
            return Ok(Some(rule::STANDING));
        }
        if closer || row.bars & (DATED | SOME_DISTRICTS) != 0 {
            return Err(());
        }
        if row.qualified_until < self.last_day {
            return Ok(Some(rule::QUALIFICATION));
        }
        if self.need.licences.iter().any(|rule| rule.met(&row.licensed, self.last_day).is_err()) {
            return Ok(Some(rule::LICENCE));
        }
        if row.bars & ON_LEAVE != 0 && (row.leave.covers(self.need.asked_on) || row.leave.covers(self.need.wanted_on)) {
            return Ok(Some(rule::LEAVE));
        }
        if row.bars & OPEN_CAP != 0 {
            return Ok(Some(rule::OPEN_CAP));
        }
        if row.bars & MONTHLY_CAP != 0 {
            return Ok(Some(rule::MONTHLY_CAP));
        }
        if !row.modes.is_empty() && !row.modes.has(self.need.mode) {
            return Ok(Some(rule::MODE));
        }
        if self.in_person
            && row.max_km != u16::MAX
            && metres.is_some_and(|metres| metres > u32::from(row.max_km) * 1000)
        {
            return Ok(Some(rule::DISTANCE));
        }
        Ok(None)
    }

    /// Days since he became active, if he is new.
    #[inline]
    pub(super) fn days_new(&self, row: &Row) -> Option<u64> {
        let days = self.asked_day.saturating_sub(row.active_since);
        if i64::from(days) < signals::WINDOW_DAYS { u64::try_from(days.max(0)).ok() } else { None }
    }

    /// All values but those of duty and fairness, which stay 0.
    #[inline]
    pub(super) fn values(
        &self,
        row: &Row,
        metres: Option<u32>,
        slot: usize,
        together: &impl Together,
    ) -> [u16; SIGNALS] {
        let shared = self.need.services.and(row.services);
        let service = if self.wanted_services == 0 {
            NEUTRAL
        } else if shared.is_empty() {
            0
        } else {
            signals::covered_value(shared.len(), self.wanted_services, together.experience(slot))
        };
        let service = if self.languages.and(row.languages).is_empty() { service / 2 } else { service };
        let shared = self.need.industries.and(row.industries);
        let industry = if self.wanted_industries == 0 {
            NEUTRAL
        } else if row.industries.is_empty() {
            NO_INDUSTRY_NAMED
        } else if shared.is_empty() {
            0
        } else {
            let shared = shared.len();
            let known = usize::try_from(shared).ok().and_then(|shared| self.industry_values.get(shared)).copied();
            known.unwrap_or_else(|| signals::shared_industries_value(shared, self.wanted_industries))
        };
        let distance = match metres {
            _ if !self.in_person => 1000,
            Some(metres) => signals::metres_value(metres),
            None if self.region != u16::MAX && self.region == row.region => SAME_REGION,
            None => NEUTRAL,
        };
        let text = together.text_permille(slot).min(1000);
        [service, industry, text, distance, 0, row.load, 0, row.answers, row.satisfaction]
    }
}

//! The nine signals: each turns facts into a value of 0–1000 and the reason for it, in integers.

use super::eligible::in_person;
use super::weights::SIGNALS;
use super::{Candidate, DutyHere, Facts, NeedProfile, Peers, ReasonText, Similar, distance_metres};
use chrono::NaiveDate;

/// A value between "speaks against" and "speaks for", where nothing is known.
pub(super) const NEUTRAL: u16 = 500;
/// The industry value of an expert who named none.
pub(super) const NO_INDUSTRY_NAMED: u16 = 300;
/// The distance value of the same region without coordinates.
pub(super) const SAME_REGION: u16 = 800;
/// The distance at which half the value is left.
const HALF_DISTANCE_METRES: u64 = 15_000;
/// Days after which nobody counts as new any more; also the window of `asked_90d` and `load_90d`.
pub(super) const WINDOW_DAYS: i64 = 90;

/// A ratio as a value, at most 1000.
#[inline]
fn permille(part: u64, whole: u64) -> u16 {
    if whole == 0 {
        return 0;
    }
    u16::try_from((part * 1000 / whole).min(1000)).unwrap_or(1000)
}

/// All values in the order of [`super::Signal::ALL`], without reasons: what ranking needs.
pub(super) fn values(need: &NeedProfile, expert: &Candidate, facts: &Facts, peers: &Peers) -> [u16; SIGNALS] {
    [
        service_value(need, expert, facts),
        industry_value(need, expert),
        facts.text_permille.min(1000),
        distance_value(need, expert),
        duty_value(facts.duty),
        load_value(expert),
        fairness_value(need, expert, peers),
        answers_value(expert),
        satisfaction_value(expert),
    ]
}

/// All reasons in the same order.
pub(super) fn texts(need: &NeedProfile, expert: &Candidate, facts: &Facts, peers: &Peers) -> [ReasonText; SIGNALS] {
    [
        service_text(need, expert, facts),
        industry_text(need, expert),
        text_text(facts),
        distance_text(need, expert),
        duty_text(facts.duty),
        load_text(expert),
        fairness_text(need, expert, peers),
        answers_text(expert),
        satisfaction_text(expert),
    ]
}

fn lacks_language(need: &NeedProfile, expert: &Candidate) -> bool {
    need.languages.or_chinese().and(expert.languages.or_chinese()).is_empty()
}

/// Share of the items asked for that are his; 15 % of it is earned by similar services that went well
/// ([`super::experience`]). Without a common
/// language half of it is lost.
fn service_value(need: &NeedProfile, expert: &Candidate, facts: &Facts) -> u16 {
    let covered = need.services.and(expert.services).len();
    let value = covered_value(covered, need.services.len(), facts.experience());
    if lacks_language(need, expert) { value / 2 } else { value }
}

/// The same from the counts, without the halving.
#[inline]
pub(super) fn covered_value(covered: u32, wanted: u32, experience: u16) -> u16 {
    if wanted == 0 {
        return NEUTRAL;
    }
    permille(u64::from(covered) * (850_000 + 150 * u64::from(experience)), u64::from(wanted) * 1_000_000)
}

fn service_text(need: &NeedProfile, expert: &Candidate, facts: &Facts) -> ReasonText {
    let matched = need.services.and(expert.services);
    if lacks_language(need, expert) {
        ReasonText::ServiceLanguage { matched, wanted: need.services.len(), languages: need.languages.or_chinese() }
    } else if need.services.is_empty() {
        ReasonText::ServiceNotStated
    } else if matched.is_empty() {
        ReasonText::ServiceNone
    } else if matched == need.services {
        ReasonText::ServiceAll { matched, similar: Similar::of(facts) }
    } else {
        ReasonText::ServiceSome { matched, wanted: need.services.len(), similar: Similar::of(facts) }
    }
}

/// Any industry in common gives half, all of them everything; an expert who named none stands in between none and half.
fn industry_value(need: &NeedProfile, expert: &Candidate) -> u16 {
    if need.industries.is_empty() {
        return NEUTRAL;
    }
    if expert.industries.is_empty() {
        return NO_INDUSTRY_NAMED;
    }
    shared_industries_value(need.industries.and(expert.industries).len(), need.industries.len())
}

#[inline]
pub(super) fn shared_industries_value(shared: u32, wanted: u32) -> u16 {
    if shared == 0 { 0 } else { 500 + permille(u64::from(shared), u64::from(wanted)) / 2 }
}

fn industry_text(need: &NeedProfile, expert: &Candidate) -> ReasonText {
    let matched = need.industries.and(expert.industries);
    if need.industries.is_empty() {
        ReasonText::IndustryNotStated
    } else if expert.industries.is_empty() {
        ReasonText::IndustryUnknown
    } else if matched.is_empty() {
        ReasonText::IndustryNone
    } else {
        ReasonText::IndustryMatched { matched }
    }
}

fn text_text(facts: &Facts) -> ReasonText {
    if facts.words.is_empty() {
        return if facts.text_permille == 0 { ReasonText::TextNone } else { ReasonText::TextSome };
    }
    ReasonText::TextWords { words: facts.words.iter().take(3).map(|word| word.word.clone()).collect() }
}

/// `h² / (h² + d²)` with h = 15 km; 800 for the same region without coordinates, neutral for an unknown place, full
/// where nobody travels.
fn distance_value(need: &NeedProfile, expert: &Candidate) -> u16 {
    if !in_person(need.mode) {
        return 1000;
    }
    if let Some(metres) = distance_metres(need, expert) {
        return metres_value(metres);
    }
    if same_region(need, expert) { SAME_REGION } else { NEUTRAL }
}

#[inline]
pub(super) fn metres_value(metres: u32) -> u16 {
    let half = HALF_DISTANCE_METRES * HALF_DISTANCE_METRES;
    permille(half, half + u64::from(metres) * u64::from(metres))
}

fn same_region(need: &NeedProfile, expert: &Candidate) -> bool {
    need.region.is_some() && need.region == expert.region
}

fn distance_text(need: &NeedProfile, expert: &Candidate) -> ReasonText {
    if !in_person(need.mode) {
        return ReasonText::DistanceRemote { mode: need.mode };
    }
    match (distance_metres(need, expert), need.region) {
        (Some(metres), Some(region)) if same_region(need, expert) => ReasonText::DistanceSameRegion { metres, region },
        (Some(metres), _) => ReasonText::DistanceApart { metres },
        (None, Some(region)) if same_region(need, expert) => ReasonText::DistanceRegion { region },
        (None, _) => ReasonText::DistanceUnknown,
    }
}

#[inline]
pub(super) fn duty_value(duty: Option<DutyHere>) -> u16 {
    match duty {
        Some(DutyHere::Now) => 1000,
        Some(DutyHere::Today) => 900,
        Some(DutyHere::InDays(days)) => 800_u16.saturating_sub(100 * u16::from(days.min(7))),
        Some(DutyHere::Elsewhere) => 400,
        None => 0,
    }
}

fn duty_text(duty: Option<DutyHere>) -> ReasonText {
    match duty {
        Some(DutyHere::Now) => ReasonText::DutyNow,
        Some(DutyHere::Today) => ReasonText::DutyToday,
        Some(DutyHere::InDays(days)) => ReasonText::DutyInDays { days },
        Some(DutyHere::Elsewhere) => ReasonText::DutyElsewhere,
        None => ReasonText::DutyNone,
    }
}

/// 60 % is the month against its cap, 25 % the open offers against theirs, 15 % the last 90 days up to twelve services.
/// Who took on as much as he may last month rests this month: a third of the value is left out.
pub(super) fn load_value(expert: &Candidate) -> u16 {
    let month = u64::from(permille(expert.month_offers.into(), expert.monthly_cap.into()));
    let open = u64::from(permille(expert.open_offers.into(), expert.open_cap.into()));
    let quarter = u64::from(permille(expert.load_90d.min(12).into(), 12));
    let used = (month * 60 + open * 25 + quarter * 15) / 100;
    let value = 1000 - permille(used, 1000);
    if rests(expert) { value / 3 * 2 } else { value }
}

/// His last month was a heavy one.
fn rests(expert: &Candidate) -> bool {
    expert.taken_last_month > 0 && expert.taken_last_month >= expert.monthly_cap
}

fn load_text(expert: &Candidate) -> ReasonText {
    let (month, cap, open) = (expert.month_offers, expert.monthly_cap, expert.open_offers);
    if rests(expert) {
        ReasonText::LoadResting { month, cap, open, last: expert.taken_last_month }
    } else {
        ReasonText::Load { month, cap, open, taken_90d: expert.load_90d }
    }
}

/// Days since he became active, if within the window.
#[inline]
pub(super) fn days_new(asked_on: NaiveDate, active_since: Option<NaiveDate>) -> Option<u64> {
    let days = (asked_on - active_since?).num_days();
    if days < WINDOW_DAYS { u64::try_from(days.max(0)).ok() } else { None }
}

/// `(m + 1) / (m + 1 + a)`: never asked gives 1000, asked like the peers' median m about 500. A newcomer is counted half
/// the median for the part of the window he was not here: he catches up without being flooded.
fn fairness_value(need: &NeedProfile, expert: &Candidate, peers: &Peers) -> u16 {
    fair_value(expert.asked_90d, days_new(need.asked_on, expert.active_since), peers.median_asked)
}

pub(super) fn fair_value(asked_90d: u16, days_new: Option<u64>, median_asked: u16) -> u16 {
    let window = WINDOW_DAYS.unsigned_abs();
    let median = u64::from(median_asked);
    let credit = days_new.map_or(0, |days| 1000 * median * (window - days) / (2 * window));
    let asked = u64::from(asked_90d) * 1000 + credit;
    let scale = (median + 1) * 1000;
    permille(scale, scale + asked)
}

fn fairness_text(need: &NeedProfile, expert: &Candidate, peers: &Peers) -> ReasonText {
    let (asked, median) = (expert.asked_90d, peers.median_asked);
    match days_new(need.asked_on, expert.active_since) {
        Some(_) => ReasonText::FairnessNewcomer { asked, median },
        None if asked == 0 => ReasonText::FairnessNever { median },
        None => ReasonText::FairnessAsked { asked, median },
    }
}

/// Answered on time 1000, late 300, lapsed 0, smoothed by five answers at 800; 15 % is speed, 24 h giving half.
pub(super) fn answers_value(expert: &Candidate) -> u16 {
    let count = u64::from(expert.on_time) + u64::from(expert.late) + u64::from(expert.lapsed);
    let earned = 1000 * u64::from(expert.on_time) + 300 * u64::from(expert.late) + 5 * 800;
    let reliable = earned / (count + 5);
    let speed = expert.median_hours.map_or(600, |hours| 24_000 / (24 + u64::from(hours)));
    permille(reliable * 85 + speed * 15, 100_000)
}

fn answers_text(expert: &Candidate) -> ReasonText {
    let count = u32::from(expert.on_time) + u32::from(expert.late) + u32::from(expert.lapsed);
    let hours = expert.median_hours;
    if count == 0 {
        ReasonText::AnswersNone
    } else if u32::from(expert.on_time) == count {
        ReasonText::AnswersAll { count, hours }
    } else {
        ReasonText::AnswersSome { on_time: expert.on_time, count, hours }
    }
}

/// Mean of the ratings with three more at 4.3, from 1–5 onto 0–1000.
pub(super) fn satisfaction_value(expert: &Candidate) -> u16 {
    let milli = (u64::from(expert.rating_sum) * 1000 + 3 * 4300) / (u64::from(expert.rating_count) + 3);
    permille(milli.saturating_sub(1000), 4000)
}

fn satisfaction_text(expert: &Candidate) -> ReasonText {
    if expert.rating_count == 0 {
        return ReasonText::SatisfactionNone;
    }
    let count = u64::from(expert.rating_count);
    let tenths = (u64::from(expert.rating_sum) * 20 + count) / (2 * count);
    ReasonText::SatisfactionMean { tenths: u32::try_from(tenths).unwrap_or(50), count: expert.rating_count }
}

#[cfg(test)]
mod tests;

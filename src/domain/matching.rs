//! Matching (匹配): who may be asked for a need, in which order, and why.
//!
//! Hard rules first ([`eligible`]), then a bounded additive score in integers ([`rank`]), whose every part can be told to
//! a person ([`explain`], [`sentence`]) and frozen with the offer ([`frozen`], [`replay`]). Everything is a function of
//! its arguments: the same rows give the same order on every machine, in whatever order the candidates come in.
//! Source: `rules.md`, "Ranking"; `product.md`, "The life of one need", step 2.
//!
//! Contract: values are permille (0–1000), weights are hundredths of a point and sum to 10 000 (100.00 points), a
//! contribution is `weight × value / 1000` rounded half up, and the score is exactly the sum of the contributions.
//! Ties settle by load, then by who was asked longest ago, then by id.
//!
//! Deliberately absent: reading text (`search` hands in affinities), rows (`db` builds the candidates), words (the
//! `.ftl` files hold them under the codes given here), and any learned weight nobody could explain.

mod department;
mod eligible;
mod explain;
mod frozen;
mod frozen_reason;
mod past;
mod rank;
mod reason;
mod row;
mod sets;
mod signals;
mod survey;
mod tie;
mod weights;

pub use department::Department;
pub use eligible::{Exclusion, OpposingSide, eligible};
pub use explain::{distance_metres, explain, score_of, sentence};
pub use frozen::{FrozenQuery, FrozenRanking, FrozenRow, Replayed, ReplayedPart, frozen, replay};
pub use frozen_reason::{FrozenArg, FrozenReason, frozen_reasons};
pub use past::{PastServices, Track};
pub use rank::{Peers, Ranked, Ranking, rank, ranking};
pub use reason::{Arg, Reason, ReasonText, Similar};
pub use row::{Names, Roster};
pub use sets::{IndustrySet, LanguageSet, ModeSet, ServiceSet};
pub use survey::{Bench, Survey, Together};
pub use tie::{
    Bond, Conflicts, Ground, LEARNED_DAYS, Relation, RelationKind, Stage, Tie, Waived, conflict_of, conflict_of_firm,
};
pub use weights::{Signal, Weights, WeightsError};

use crate::domain::firm::FirmName;
use crate::domain::licence::{LicenceRule, Licensed};
use crate::domain::need::Mode;
use crate::domain::place::Point;
use crate::domain::standing::Standing;
use crate::ids::ExpertId;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A region as a number interned by whoever loads the region tree; equal numbers are equal regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionIx(pub u16);

impl RegionIx {
    /// Whether it is a district of the shipped tree, not the whole city.
    #[must_use]
    pub fn is_district(self) -> bool {
        super::region::SHIPPED.get(usize::from(self.0)).is_some_and(|region| region.parent.is_some())
    }
}

/// What a need asks for, as far as matching looks at it.
#[derive(Debug, Clone)]
pub struct NeedProfile {
    /// The service items asked for; for a seat with its own specialty, that seat's. May be empty.
    pub services: ServiceSet,
    /// The industries named. May be empty.
    pub industries: IndustrySet,
    /// Where the service happens.
    pub region: Option<RegionIx>,
    /// The point where it happens: the enterprise's, or the station's for [`Mode::Station`]; None if unknown.
    pub point: Option<Point>,
    /// The channel.
    pub mode: Mode,
    /// The languages asked for; any one of them will do. Empty: Chinese.
    pub languages: LanguageSet,
    /// The enterprise itself.
    pub enterprise: FirmName,
    /// The opposing parties, firms or persons ([`FirmName::parse_list`] of what was typed).
    pub opposing_party: Vec<FirmName>,
    /// The opposing parties' agents.
    pub opposing_agent: Vec<FirmName>,
    /// The Beijing date on which the ranking is made, hence on which somebody would be asked.
    pub asked_on: NaiveDate,
    /// The Beijing date for which the service is wanted; `asked_on` if none was given. Qualification and leave are
    /// checked on both days.
    pub wanted_on: NaiveDate,
    /// What the service items asked for ask of a licence, as policy says; may be empty.
    pub licences: Vec<LicenceRule>,
    /// How long the service is expected to take, in minutes.
    pub minutes: u32,
}

/// How long an expert's qualifications hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Qualified {
    /// The last valid day of the one that lasts longest.
    Until(NaiveDate),
    /// At least one without an end.
    NoExpiry,
    /// None on file. This does not bar: only 单位推荐 and 部门同意 are 须 (`rules.md`, "Standing, selection, conduct"),
    /// and what was never there cannot lapse.
    None,
}

/// A dated absence; both days belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveDays {
    /// The first day of absence.
    pub from: NaiveDate,
    /// The last day of absence.
    pub to: NaiveDate,
}

impl LeaveDays {
    /// Whether the day falls into the absence.
    #[must_use]
    pub fn covers(self, day: NaiveDate) -> bool {
        self.from <= day && day <= self.to
    }
}

/// How an expert's duty turns lie to the need's station.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyHere {
    /// Sitting at the need's station at this moment.
    Now,
    /// A turn at the need's station later today.
    Today,
    /// The next turn at the need's station, in so many days.
    InDays(u8),
    /// On duty at this moment, at another station.
    Elsewhere,
}

/// One expert, as far as matching looks at him.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Who.
    pub id: ExpertId,
    /// His name, compared with the opposing party's.
    pub name: String,
    /// His firm, taken apart once when the row is loaded.
    pub firm: FirmName,
    /// Service items he offers.
    pub services: ServiceSet,
    /// Industries he knows.
    pub industries: IndustrySet,
    /// His home region.
    pub region: Option<RegionIx>,
    /// Where he starts from; None if unknown.
    pub point: Option<Point>,
    /// Channels he offers; empty: all.
    pub modes: ModeSet,
    /// Languages he works in; empty: Chinese.
    pub languages: LanguageSet,
    /// How far he travels, in kilometres; None: no limit.
    pub max_distance_km: Option<u16>,
    /// The districts he serves in person; empty: all.
    pub served: Vec<RegionIx>,
    /// Whether he is on the register.
    pub standing: Standing,
    /// The Beijing date since which he has been active; None if long ago.
    pub active_since: Option<NaiveDate>,
    /// How long his qualifications hold.
    pub qualified: Qualified,
    /// How long each of his licences holds.
    pub licensed: Licensed,
    /// His absences, past ones may be left out.
    pub leaves: Vec<LeaveDays>,
    /// Offers out and unanswered.
    pub open_offers: u16,
    /// Most offers open at once.
    pub open_cap: u16,
    /// Offers this calendar month that count towards the cap.
    pub month_offers: u16,
    /// Most offers a month.
    pub monthly_cap: u16,
    /// For which coming Beijing dates he is asked or has accepted, one entry a service.
    pub booked: Vec<NaiveDate>,
    /// Hours a week he gives to the service; None: no limit.
    pub weekly_hours: Option<u16>,
    /// What is given away of them: services and duty turns by their Beijing date, in minutes. Kept only for who set hours.
    pub given: Vec<(NaiveDate, u32)>,
    /// Services taken on in the calendar month before.
    pub taken_last_month: u16,
    /// Services taken on in the last 90 days.
    pub load_90d: u16,
    /// Offers received in the last 90 days.
    pub asked_90d: u16,
    /// When he was last asked.
    pub last_asked_at: Option<DateTime<Utc>>,
    /// Offers answered on time in the last 12 months.
    pub on_time: u16,
    /// Offers answered late in the last 12 months.
    pub late: u16,
    /// Offers lapsed in the last 12 months.
    pub lapsed: u16,
    /// Median hours from notice to answer, nearest rank; None without an answer.
    pub median_hours: Option<u16>,
    /// Sum of the ratings, 1–5 each.
    pub rating_sum: u32,
    /// Number of ratings.
    pub rating_count: u32,
}

/// One word of the need found with the expert, and how much of the need's weight it carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatchedWord {
    /// The word as it stands in the need.
    pub word: String,
    /// Its share of the need's words by idf, in permille.
    pub share: u16,
}

/// What is known of one need and one expert together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// How well the need's text fits the expert's, 0–1000.
    pub text_permille: u16,
    /// The words that carry it, heaviest first; may be left empty where only the order matters.
    pub words: Vec<MatchedWord>,
    /// Past services of his that were like this need (last three years).
    pub similar_served: u16,
    /// Ratings of those services.
    pub similar_rated: u16,
    /// Their sum, 1–5 each.
    pub similar_stars: u16,
    /// How his duty turns lie to this need's station; None: no turn near.
    pub duty: Option<DutyHere>,
    /// He was asked for this need before.
    pub already_asked: bool,
    /// What binds him to a side of the need, declared or learned.
    pub conflicts: Conflicts,
    /// What a manager waived of that.
    pub waived: Waived,
}

impl Facts {
    /// Facts from the matched words alone: covering more of the need helps ever less, covering all of it gives 1000.
    #[must_use]
    pub fn from_words(words: Vec<MatchedWord>) -> Self {
        let text_permille = text_affinity(&words);
        Self { text_permille, words, ..Self::default() }
    }

    /// What his similar services are worth, 0–1000: see [`experience`].
    #[must_use]
    pub fn experience(&self) -> u16 {
        experience(self.similar_served, self.similar_rated, self.similar_stars)
    }
}

/// What services like the one asked for are worth: `n / (n + 3)`, in full if their ratings, with three more at 4.3,
/// reach 4.3 on average, and less by as much as they stay below it.
#[must_use]
pub fn experience(served: u16, rated: u16, stars: u16) -> u16 {
    let depth = 1000 * u64::from(served) / (u64::from(served) + 3);
    let milli = (u64::from(stars) * 1000 + 3 * 4300) / (u64::from(rated) + 3);
    let well = (milli.saturating_sub(1000) * 1000 / 3300).min(1000);
    u16::try_from(depth * well / 1000).unwrap_or(1000)
}

/// The text value of matched words: `s × 1250 / (s + 250)`, where s is the sum of their shares, at most 1000.
#[must_use]
pub fn text_affinity(words: &[MatchedWord]) -> u16 {
    let covered: u64 = words.iter().map(|word| u64::from(word.share)).sum::<u64>().min(1000);
    u16::try_from(covered * 1250 / (covered + 250)).unwrap_or(1000)
}

#[cfg(test)]
mod tests;

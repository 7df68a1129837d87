//! Reasons as data: what speaks for or against an expert, with a code for the words and the figures to put in.

use super::{Facts, IndustrySet, LanguageSet, RegionIx, ServiceSet, Signal};
use crate::domain::need::Mode;
use chrono::NaiveDate;

/// One argument of a sentence, still to be put into words by the language at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    /// A count.
    Number(i64),
    /// A figure already written, such as `3.1`.
    Text(String),
    /// A stable text to select a variant by, such as `suspended`.
    Code(&'static str),
    /// A Beijing date.
    Date(NaiveDate),
    /// Service items, to be named.
    Services(ServiceSet),
    /// Industries, to be named.
    Industries(IndustrySet),
    /// Languages, to be named.
    Languages(LanguageSet),
    /// A region, to be named.
    Region(RegionIx),
    /// Words of the need, to be quoted.
    Words(Vec<String>),
}

impl Arg {
    /// A count as an argument.
    pub(super) fn number(count: impl Into<i64>) -> Self {
        Self::Number(count.into())
    }

    /// Metres as kilometres with one decimal, rounded half up.
    pub(super) fn kilometres(metres: u32) -> Self {
        Self::tenths(metres.saturating_add(50) / 100)
    }

    /// Tenths as a figure with one decimal.
    pub(super) fn tenths(tenths: u32) -> Self {
        Self::Text(format!("{}.{}", tenths / 10, tenths % 10))
    }
}

/// One signal's part in the score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Which signal.
    pub signal: Signal,
    /// How strongly it speaks for the expert, 0–1000.
    pub value: u16,
    /// Its weight in hundredths of a point.
    pub weight: i32,
    /// What it adds to the score, in hundredths of a point.
    pub contribution: i32,
    /// Why.
    pub text: ReasonText,
}

/// Services like the one asked for, and how they were rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Similar {
    /// How many.
    pub served: u16,
    /// Ratings of them.
    pub rated: u16,
    /// Their sum.
    pub stars: u16,
}

impl Similar {
    pub(super) const fn of(facts: &Facts) -> Self {
        Self { served: facts.similar_served, rated: facts.similar_rated, stars: facts.similar_stars }
    }

    /// The mean with one decimal; a code where nobody rated.
    fn mean(self) -> Arg {
        if self.rated == 0 {
            return Arg::Code("unrated");
        }
        let (stars, rated) = (u32::from(self.stars), u32::from(self.rated));
        Arg::tenths((stars * 20 + rated) / (2 * rated))
    }
}

/// Why a signal has its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReasonText {
    /// Every item asked for is his.
    ServiceAll {
        /// The items.
        matched: ServiceSet,
        /// Services like this one in three years.
        similar: Similar,
    },
    /// Some of the items are his.
    ServiceSome {
        /// The items that are.
        matched: ServiceSet,
        /// How many were asked for.
        wanted: u32,
        /// Services like this one in three years.
        similar: Similar,
    },
    /// None of the items is his.
    ServiceNone,
    /// The need names no item.
    ServiceNotStated,
    /// He works in none of the languages asked for, which halves the value.
    ServiceLanguage {
        /// The items that are his.
        matched: ServiceSet,
        /// How many were asked for.
        wanted: u32,
        /// The languages asked for.
        languages: LanguageSet,
    },
    /// He knows these of the industries.
    IndustryMatched {
        /// The industries in common.
        matched: IndustrySet,
    },
    /// He knows other industries.
    IndustryNone,
    /// He named no industry.
    IndustryUnknown,
    /// The need names no industry.
    IndustryNotStated,
    /// These words of the need stand in his record.
    TextWords {
        /// At most three, heaviest first.
        words: Vec<String>,
    },
    /// The text fits, words not given.
    TextSome,
    /// No word in common.
    TextNone,
    /// So far away, in the same region.
    DistanceSameRegion {
        /// Metres.
        metres: u32,
        /// The region.
        region: RegionIx,
    },
    /// So far away.
    DistanceApart {
        /// Metres.
        metres: u32,
    },
    /// In the same region, distance unknown.
    DistanceRegion {
        /// The region.
        region: RegionIx,
    },
    /// Place unknown; counted as neutral.
    DistanceUnknown,
    /// Nobody travels.
    DistanceRemote {
        /// The channel.
        mode: Mode,
    },
    /// On duty at this station now.
    DutyNow,
    /// On duty at this station later today.
    DutyToday,
    /// On duty at this station soon.
    DutyInDays {
        /// In so many days.
        days: u8,
    },
    /// On duty at another station now.
    DutyElsewhere,
    /// No duty turn near.
    DutyNone,
    /// What he carries.
    Load {
        /// Offers this month.
        month: u16,
        /// Most a month.
        cap: u16,
        /// Offers open.
        open: u16,
        /// Services taken on in 90 days.
        taken_90d: u16,
    },
    /// What he carries, after a month in which he took on as much as he may.
    LoadResting {
        /// Offers this month.
        month: u16,
        /// Most a month.
        cap: u16,
        /// Offers open.
        open: u16,
        /// Services taken on last month.
        last: u16,
    },
    /// Asked so often in 90 days, next to the peers' median.
    FairnessAsked {
        /// Times asked.
        asked: u16,
        /// Median of those who could be asked for this need.
        median: u16,
    },
    /// Not asked once in 90 days.
    FairnessNever {
        /// Median of those who could be asked for this need.
        median: u16,
    },
    /// On the register for less than 90 days.
    FairnessNewcomer {
        /// Times asked.
        asked: u16,
        /// Median of those who could be asked for this need.
        median: u16,
    },
    /// Everything answered on time.
    AnswersAll {
        /// Offers in 12 months.
        count: u32,
        /// Median hours to the answer.
        hours: Option<u16>,
    },
    /// Some answered on time.
    AnswersSome {
        /// On time.
        on_time: u16,
        /// Offers in 12 months.
        count: u32,
        /// Median hours to the answer.
        hours: Option<u16>,
    },
    /// No offer yet; counted at the prior.
    AnswersNone,
    /// Mean of the ratings.
    SatisfactionMean {
        /// The mean in tenths, 10–50.
        tenths: u32,
        /// Number of ratings.
        count: u32,
    },
    /// No rating yet; counted at the prior.
    SatisfactionNone,
}

impl ReasonText {
    /// Every code, in the order of the variants.
    pub const CODES: [&'static str; 32] = [
        "service-all",
        "service-some",
        "service-none",
        "service-not-stated",
        "service-language",
        "industry-matched",
        "industry-none",
        "industry-unknown",
        "industry-not-stated",
        "text-words",
        "text-some",
        "text-none",
        "distance-same-region",
        "distance-apart",
        "distance-region",
        "distance-unknown",
        "distance-remote",
        "duty-now",
        "duty-today",
        "duty-in-days",
        "duty-elsewhere",
        "duty-none",
        "load",
        "load-resting",
        "fairness-asked",
        "fairness-never",
        "fairness-newcomer",
        "answers-all",
        "answers-some",
        "answers-none",
        "satisfaction-mean",
        "satisfaction-none",
    ];

    /// The stable code, and the key of `reason-<code>`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::ServiceAll { .. } => "service-all",
            Self::ServiceSome { .. } => "service-some",
            Self::ServiceNone => "service-none",
            Self::ServiceNotStated => "service-not-stated",
            Self::ServiceLanguage { .. } => "service-language",
            Self::IndustryMatched { .. } => "industry-matched",
            Self::IndustryNone => "industry-none",
            Self::IndustryUnknown => "industry-unknown",
            Self::IndustryNotStated => "industry-not-stated",
            Self::TextWords { .. } => "text-words",
            Self::TextSome => "text-some",
            Self::TextNone => "text-none",
            Self::DistanceSameRegion { .. } => "distance-same-region",
            Self::DistanceApart { .. } => "distance-apart",
            Self::DistanceRegion { .. } => "distance-region",
            Self::DistanceUnknown => "distance-unknown",
            Self::DistanceRemote { .. } => "distance-remote",
            Self::DutyNow => "duty-now",
            Self::DutyToday => "duty-today",
            Self::DutyInDays { .. } => "duty-in-days",
            Self::DutyElsewhere => "duty-elsewhere",
            Self::DutyNone => "duty-none",
            Self::Load { .. } => "load",
            Self::LoadResting { .. } => "load-resting",
            Self::FairnessAsked { .. } => "fairness-asked",
            Self::FairnessNever { .. } => "fairness-never",
            Self::FairnessNewcomer { .. } => "fairness-newcomer",
            Self::AnswersAll { .. } => "answers-all",
            Self::AnswersSome { .. } => "answers-some",
            Self::AnswersNone => "answers-none",
            Self::SatisfactionMean { .. } => "satisfaction-mean",
            Self::SatisfactionNone => "satisfaction-none",
        }
    }

    /// Whether it says something about this expert, and not that something is unknown, absent or the same for all.
    #[must_use]
    pub const fn is_telling(&self) -> bool {
        matches!(
            self,
            Self::ServiceAll { .. }
                | Self::ServiceSome { .. }
                | Self::IndustryMatched { .. }
                | Self::TextWords { .. }
                | Self::DistanceSameRegion { .. }
                | Self::DistanceApart { .. }
                | Self::DistanceRegion { .. }
                | Self::DutyNow
                | Self::DutyToday
                | Self::DutyInDays { .. }
                | Self::Load { .. }
                | Self::FairnessAsked { .. }
                | Self::FairnessNever { .. }
                | Self::AnswersAll { .. }
                | Self::AnswersSome { .. }
                | Self::SatisfactionMean { .. }
        )
    }

    /// The arguments of its sentence. `hours` is the code `unknown` where there is no median.
    #[must_use]
    pub fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::ServiceAll { matched, similar } => {
                vec![
                    ("services", Arg::Services(*matched)),
                    ("similar", Arg::number(similar.served)),
                    ("mean", similar.mean()),
                    ("rated", Arg::number(similar.rated)),
                ]
            }
            Self::ServiceSome { matched, wanted, similar } => vec![
                ("services", Arg::Services(*matched)),
                ("matched", Arg::number(matched.len())),
                ("wanted", Arg::number(*wanted)),
                ("similar", Arg::number(similar.served)),
                ("mean", similar.mean()),
                ("rated", Arg::number(similar.rated)),
            ],
            Self::ServiceLanguage { matched, wanted, languages } => vec![
                ("matched", Arg::number(matched.len())),
                ("wanted", Arg::number(*wanted)),
                ("languages", Arg::Languages(*languages)),
            ],
            Self::IndustryMatched { matched } => vec![("industries", Arg::Industries(*matched))],
            Self::TextWords { words } => vec![("words", Arg::Words(words.clone()))],
            Self::DistanceSameRegion { metres, region } => {
                vec![("km", Arg::kilometres(*metres)), ("region", Arg::Region(*region))]
            }
            Self::DistanceApart { metres } => vec![("km", Arg::kilometres(*metres))],
            Self::DistanceRegion { region } => vec![("region", Arg::Region(*region))],
            Self::DistanceRemote { mode } => vec![("mode", Arg::Code(mode.as_str()))],
            Self::DutyInDays { days } => vec![("days", Arg::number(*days))],
            Self::LoadResting { month, cap, open, last } => vec![
                ("month", Arg::number(*month)),
                ("cap", Arg::number(*cap)),
                ("open", Arg::number(*open)),
                ("last", Arg::number(*last)),
            ],
            Self::Load { month, cap, open, taken_90d } => vec![
                ("month", Arg::number(*month)),
                ("cap", Arg::number(*cap)),
                ("open", Arg::number(*open)),
                ("taken", Arg::number(*taken_90d)),
            ],
            Self::FairnessAsked { asked, median } | Self::FairnessNewcomer { asked, median } => {
                vec![("asked", Arg::number(*asked)), ("median", Arg::number(*median))]
            }
            Self::FairnessNever { median } => vec![("median", Arg::number(*median))],
            Self::AnswersAll { count, hours } => vec![("count", Arg::number(*count)), ("hours", hours_arg(*hours))],
            Self::AnswersSome { on_time, count, hours } => {
                vec![("on-time", Arg::number(*on_time)), ("count", Arg::number(*count)), ("hours", hours_arg(*hours))]
            }
            Self::SatisfactionMean { tenths, count } => {
                vec![("mean", Arg::tenths(*tenths)), ("count", Arg::number(*count))]
            }
            Self::ServiceNone
            | Self::ServiceNotStated
            | Self::IndustryNone
            | Self::IndustryUnknown
            | Self::IndustryNotStated
            | Self::TextSome
            | Self::TextNone
            | Self::DistanceUnknown
            | Self::DutyNow
            | Self::DutyToday
            | Self::DutyElsewhere
            | Self::DutyNone
            | Self::AnswersNone
            | Self::SatisfactionNone => Vec::new(),
        }
    }
}

fn hours_arg(hours: Option<u16>) -> Arg {
    hours.map_or(Arg::Code("unknown"), Arg::number)
}

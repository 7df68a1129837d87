//! The hard rules: who may not be asked for this need, and which rule says so.
//!
//! The rules are asked in a fixed order and the first that bars is told. The same function decides on candidates in
//! memory and again on rows inside the offer's transaction. Deliberately absent: lack of a common service item, which
//! lowers the score and does not bar.

use super::{Arg, Candidate, Facts, Ground, NeedProfile, Qualified, distance_metres};
use crate::domain::firm::{FirmMatch, FirmName};
use crate::domain::licence::{Licence, Unlicensed};
use crate::domain::need::Mode;
use crate::domain::standing::Standing;
use crate::domain::week_hours;
use chrono::{Datelike, NaiveDate};

text_enum! {
    /// On which side of the need a name stands.
    pub enum OpposingSide {
        /// 对方当事人.
        Party = "party",
        /// 对方代理机构.
        Agent = "agent",
        /// 提出需求的企业 itself.
        Enterprise = "enterprise",
    }
}

/// Why an expert may not be asked for this need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exclusion {
    /// Not on the register as active.
    Standing(Standing),
    /// He was asked for this need before.
    AlreadyAsked,
    /// His last qualification ends before the day he is asked or needed.
    Qualification {
        /// The last valid day.
        valid_until: NaiveDate,
    },
    /// The matter asks for a licence that will have expired, or that is not on file where it has to be.
    Licence {
        /// Which licence.
        licence: Licence,
        /// Its last valid day; None where it is not on file.
        valid_until: Option<NaiveDate>,
    },
    /// On leave on the day he is asked or needed.
    Leave {
        /// The last day of leave.
        until: NaiveDate,
    },
    /// As many offers open as he may have.
    OpenCap {
        /// Offers open now.
        open: u16,
        /// Most at once.
        cap: u16,
    },
    /// As many offers this month as he may get.
    MonthlyCap {
        /// Offers this month.
        offers: u16,
        /// Most a month.
        cap: u16,
    },
    /// He works for the opposing party.
    OpposingParty {
        /// The opposing party as written in the need.
        name: String,
    },
    /// He works for the opposing party's agent.
    OpposingAgent {
        /// The agent as written in the need.
        name: String,
    },
    /// He works for the enterprise that asks.
    OwnEnterprise,
    /// A relation to either side was declared that bars.
    DeclaredRelation,
    /// What the office itself knows bars him.
    LearnedConflict(Ground),
    /// What is known asks for a manager's waiver.
    NeedsWaiver(Ground),
    /// His firm may be one the need names: a person has to look.
    AskManager {
        /// Which side the name stands on.
        side: OpposingSide,
        /// The name as written in the need.
        name: String,
    },
    /// Something ties him to one side; what, only a manager is told ([`Exclusion::neutral`]).
    Conflict,
    /// For the month in which the service is wanted he has as many services as he may get in one.
    Booked {
        /// Services in that month, asked or accepted.
        services: u16,
        /// Most a month.
        cap: u16,
    },
    /// The week in which the service is wanted has no room left in the hours he gives to it.
    WeekHours {
        /// Hours given away in that week, rounded up.
        given: u16,
        /// Hours a week.
        cap: u16,
    },
    /// He does not offer this channel.
    Mode(Mode),
    /// He does not serve the need's district in person.
    Region,
    /// Further away than he travels.
    Distance {
        /// Metres between him and the place of service.
        metres: u32,
        /// Kilometres he travels.
        max_km: u16,
    },
}

impl Exclusion {
    /// Every code. Its place is the rule's number on pages and never changes: new rules come last here, wherever they are
    /// asked.
    pub const CODES: [&'static str; 20] = [
        "standing",
        "already-asked",
        "qualification",
        "leave",
        "open-cap",
        "monthly-cap",
        "opposing-party",
        "opposing-agent",
        "own-enterprise",
        "declared-relation",
        "ask-manager",
        "mode",
        "distance",
        "booked",
        "learned-conflict",
        "needs-waiver",
        "region",
        "conflict",
        "licence",
        "week-hours",
    ];

    /// The stable code: the API's `rule`, and the key of `excluded-<code>`.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Standing(_) => "standing",
            Self::AlreadyAsked => "already-asked",
            Self::Qualification { .. } => "qualification",
            Self::Licence { .. } => "licence",
            Self::WeekHours { .. } => "week-hours",
            Self::Leave { .. } => "leave",
            Self::OpenCap { .. } => "open-cap",
            Self::MonthlyCap { .. } => "monthly-cap",
            Self::OpposingParty { .. } => "opposing-party",
            Self::OpposingAgent { .. } => "opposing-agent",
            Self::OwnEnterprise => "own-enterprise",
            Self::DeclaredRelation => "declared-relation",
            Self::LearnedConflict(_) => "learned-conflict",
            Self::NeedsWaiver(_) => "needs-waiver",
            Self::Conflict => "conflict",
            Self::AskManager { .. } => "ask-manager",
            Self::Booked { .. } => "booked",
            Self::Mode(_) => "mode",
            Self::Region => "region",
            Self::Distance { .. } => "distance",
        }
    }

    /// A matter of conflict rather than of time or place: shown in the warning colour.
    #[must_use]
    pub fn is_conflict(&self) -> bool {
        Self::code_is_conflict(self.code())
    }

    /// Whether the rule of that code is about a conflict of interest.
    #[must_use]
    pub fn code_is_conflict(code: &str) -> bool {
        matches!(
            code,
            "opposing-party"
                | "opposing-agent"
                | "own-enterprise"
                | "declared-relation"
                | "learned-conflict"
                | "conflict"
        ) || Self::code_is_waivable(code)
    }

    /// Whether a manager may waive the rule of that code, with a reason.
    #[must_use]
    pub fn code_is_waivable(code: &str) -> bool {
        matches!(code, "ask-manager" | "needs-waiver")
    }

    /// What a waiver of it stands for: the rule with its ground or side. Empty for what cannot be waived.
    #[must_use]
    pub fn waiver(&self) -> String {
        match self {
            Self::NeedsWaiver(ground) => format!("{}:{ground}", self.code()),
            Self::AskManager { side, .. } => format!("{}:{side}", self.code()),
            _ => String::new(),
        }
    }

    /// The rule as told to whoever may not know what the office knows of an expert: declared, learned and waivable ties
    /// become one, so that nobody reads an expert's clients or relations off the needs he is kept from.
    #[must_use]
    pub fn neutral(self) -> Self {
        if Self::neutral_code(self.code()) == self.code() { self } else { Self::Conflict }
    }

    /// The code of [`neutral`](Self::neutral).
    #[must_use]
    pub fn neutral_code(code: &str) -> &str {
        if matches!(code, "declared-relation" | "learned-conflict" | "needs-waiver") { "conflict" } else { code }
    }

    /// The arguments of its sentence.
    #[must_use]
    pub fn args(&self) -> Vec<(&'static str, Arg)> {
        match self {
            Self::Standing(standing) => vec![("standing", Arg::Code(standing.as_str()))],
            Self::AlreadyAsked | Self::OwnEnterprise | Self::DeclaredRelation | Self::Conflict | Self::Region => {
                Vec::new()
            }
            Self::Qualification { valid_until } => vec![("date", Arg::Date(*valid_until))],
            Self::Licence { licence, valid_until } => {
                let case = match (licence, valid_until) {
                    (Licence::PatentAttorney, Some(_)) => "patent-attorney-ended",
                    (Licence::PatentAttorney, None) => "patent-attorney-never",
                    (Licence::Lawyer, Some(_)) => "lawyer-ended",
                    (Licence::Lawyer, None) => "lawyer-never",
                };
                let date = valid_until.map_or_else(|| Arg::Text(String::new()), Arg::Date);
                vec![("case", Arg::Code(case)), ("date", date)]
            }
            Self::WeekHours { given, cap } => vec![("given", Arg::number(*given)), ("cap", Arg::number(*cap))],
            Self::Leave { until } => vec![("date", Arg::Date(*until))],
            Self::OpenCap { open, cap } => vec![("open", Arg::number(*open)), ("cap", Arg::number(*cap))],
            Self::MonthlyCap { offers, cap } => vec![("offers", Arg::number(*offers)), ("cap", Arg::number(*cap))],
            Self::OpposingParty { name } | Self::OpposingAgent { name } => vec![("name", Arg::Text(name.clone()))],
            Self::AskManager { side, name } => {
                vec![("side", Arg::Code(side.as_str())), ("name", Arg::Text(name.clone()))]
            }
            Self::LearnedConflict(ground) | Self::NeedsWaiver(ground) => vec![("ground", Arg::Code(ground.as_str()))],
            Self::Booked { services, cap } => vec![("services", Arg::number(*services)), ("cap", Arg::number(*cap))],
            Self::Mode(mode) => vec![("mode", Arg::Code(mode.as_str()))],
            Self::Distance { metres, max_km } => {
                vec![("km", Arg::kilometres(*metres)), ("max", Arg::number(*max_km))]
            }
        }
    }
}

/// A code's place in [`Exclusion::CODES`]. A code that is none of them stops the build.
#[expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    reason = "below the length, which is far below 256; a slice is not searched otherwise while the program is built"
)]
pub(super) const fn rule_number(code: &str) -> u8 {
    let mut at = 0;
    while at < Exclusion::CODES.len() {
        if alike(Exclusion::CODES[at].as_bytes(), code.as_bytes()) {
            return at as u8;
        }
        at += 1;
    }
    panic!("no such rule")
}

/// Equality, where the program is still being built.
#[expect(clippy::indexing_slicing, reason = "below both lengths")]
const fn alike(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// Whether the service takes the expert to a place.
pub(super) const fn in_person(mode: Mode) -> bool {
    matches!(mode, Mode::Onsite | Mode::Station | Mode::Training)
}

/// Whether the expert may be asked for this need.
///
/// # Errors
/// The first rule that says no.
pub fn eligible(need: &NeedProfile, expert: &Candidate, facts: &Facts) -> Result<(), Exclusion> {
    if !expert.standing.may_be_asked() {
        return Err(Exclusion::Standing(expert.standing));
    }
    if facts.already_asked {
        return Err(Exclusion::AlreadyAsked);
    }
    let last_day = need.asked_on.max(need.wanted_on);
    if let Qualified::Until(valid_until) = expert.qualified
        && valid_until < last_day
    {
        return Err(Exclusion::Qualification { valid_until });
    }
    for rule in &need.licences {
        if let Err(Unlicensed { licence, until }) = rule.met(&expert.licensed, last_day) {
            return Err(Exclusion::Licence { licence, valid_until: until });
        }
    }
    for leave in &expert.leaves {
        if leave.covers(need.asked_on) || leave.covers(need.wanted_on) {
            return Err(Exclusion::Leave { until: leave.to });
        }
    }
    if expert.open_offers >= expert.open_cap {
        return Err(Exclusion::OpenCap { open: expert.open_offers, cap: expert.open_cap });
    }
    if expert.month_offers >= expert.monthly_cap {
        return Err(Exclusion::MonthlyCap { offers: expert.month_offers, cap: expert.monthly_cap });
    }
    if month_of(need.wanted_on) != month_of(need.asked_on) {
        let then = expert.booked.iter().filter(|day| month_of(**day) == month_of(need.wanted_on)).count();
        if then >= usize::from(expert.monthly_cap) {
            let services = u16::try_from(then).unwrap_or(u16::MAX);
            return Err(Exclusion::Booked { services, cap: expert.monthly_cap });
        }
    }
    if let Some(cap) = expert.weekly_hours {
        let given = week_hours::given_in_week(&expert.given, need.wanted_on);
        if week_hours::is_full(cap, given, need.minutes) {
            return Err(Exclusion::WeekHours { given: u16::try_from(given.div_ceil(60)).unwrap_or(u16::MAX), cap });
        }
    }
    no_conflict(need, expert, facts)?;
    if !expert.modes.is_empty() && !expert.modes.has(need.mode) {
        return Err(Exclusion::Mode(need.mode));
    }
    // A need of the whole city is everybody's.
    if in_person(need.mode)
        && !expert.served.is_empty()
        && need.region.is_some_and(|region| region.is_district() && !expert.served.contains(&region))
    {
        return Err(Exclusion::Region);
    }
    if in_person(need.mode)
        && let Some(max_km) = expert.max_distance_km
        && let Some(metres) = distance_metres(need, expert)
        && metres > u32::from(max_km) * 1000
    {
        return Err(Exclusion::Distance { metres, max_km });
    }
    Ok(())
}

fn month_of(day: NaiveDate) -> (i32, u32) {
    (day.year(), day.month0())
}

/// Sure matches bar whichever side they are on, before an unsure one asks a person.
fn no_conflict(need: &NeedProfile, expert: &Candidate, facts: &Facts) -> Result<(), Exclusion> {
    for party in &need.opposing_party {
        if expert.firm.compare(party) == FirmMatch::Sure {
            return Err(Exclusion::OpposingParty { name: party.raw().to_owned() });
        }
    }
    if let Some(name) = first_match(&expert.firm, &need.opposing_agent, FirmMatch::Sure) {
        return Err(Exclusion::OpposingAgent { name });
    }
    if expert.firm.compare(&need.enterprise) == FirmMatch::Sure {
        return Err(Exclusion::OwnEnterprise);
    }
    match facts.conflicts.barring() {
        Some(Ground::Declared) => return Err(Exclusion::DeclaredRelation),
        Some(ground) => return Err(Exclusion::LearnedConflict(ground)),
        None => {}
    }
    if let Some(ground) = facts.conflicts.asking(facts.waived) {
        return Err(Exclusion::NeedsWaiver(ground));
    }
    let sides = [
        (OpposingSide::Party, need.opposing_party.as_slice()),
        (OpposingSide::Agent, need.opposing_agent.as_slice()),
        (OpposingSide::Enterprise, std::slice::from_ref(&need.enterprise)),
    ];
    for (side, names) in sides {
        if facts.waived.side(side) {
            continue;
        }
        // A person of that name may be another person: somebody has to look.
        let namesake = || names.iter().find(|name| name.raw() == expert.name.trim()).map(|name| name.raw().to_owned());
        if let Some(name) = first_match(&expert.firm, names, FirmMatch::Unsure).or_else(namesake) {
            return Err(Exclusion::AskManager { side, name });
        }
    }
    Ok(())
}

fn first_match(firm: &FirmName, names: &[FirmName], wanted: FirmMatch) -> Option<String> {
    let found = names.iter().find(|name| firm.compare(name) == wanted)?;
    Some(found.raw().to_owned())
}

#[cfg(test)]
mod tests;

//! Who fits a need, and why (推荐专家): the ranking in memory, with reasons for pages and calls.

use super::expert_pool::{ExpertBrief, ExpertPool, point, region_ix, service_set};
use super::{Actor, Done, Office};
use crate::db::{self, Conn};
use crate::domain::calendar::beijing_date;
use crate::domain::firm::FirmName;
use crate::domain::matching::{
    self, Candidate, Exclusion, Facts, FrozenQuery, LanguageSet, MatchedWord, NeedProfile, Ranking, Reason, ReasonText,
    Weights,
};
use crate::domain::need::Mode;
use crate::domain::refusal::Refusal;
use crate::domain::region;
use crate::ids::{ExpertId, NeedId};
use crate::seal::fingerprint;
use chrono::{DateTime, Utc};
use db::need::NeedRow;
use std::collections::{HashMap, HashSet};

/// Somebody who may be asked.
#[derive(Debug, Clone)]
pub struct Suggested {
    /// Who.
    pub expert: ExpertBrief,
    /// Place in the order, from 1.
    pub place: usize,
    /// Hundredths of a point.
    pub score: i32,
    /// The reasons; their contributions sum to the score.
    pub reasons: Vec<Reason>,
    /// The two or three that tell him apart.
    pub sentence: Vec<ReasonText>,
    /// Metres to the place of service.
    pub distance_metres: Option<u32>,
    /// Offers this month, and the most a month.
    pub month: (u16, u16),
    /// Offers open now.
    pub open: u16,
    /// Median hours to answer.
    pub median_hours: Option<u16>,
}

/// Somebody a rule drops.
#[derive(Debug, Clone)]
pub struct Dropped {
    /// Who.
    pub expert: ExpertBrief,
    /// By which rule.
    pub rule: Exclusion,
}

/// The answer to "who fits?".
#[derive(Debug, Clone)]
pub struct Shortlist {
    /// The best, in order.
    pub candidates: Vec<Suggested>,
    /// Those a rule drops who would otherwise be near the top, best first.
    pub excluded: Vec<Dropped>,
    /// How many each rule dropped, in all.
    pub counts: Vec<(&'static str, u32)>,
    /// How many are on the register.
    pub considered: usize,
    /// How many may be asked.
    pub eligible: usize,
    /// The industries' names by number, to put reasons into words.
    pub industries: Vec<String>,
}

/// One expert's place, or the rule that drops him.
#[derive(Debug, Clone)]
pub enum WhyExpert {
    /// In the order.
    Ranked(Box<Suggested>),
    /// Dropped.
    Excluded(Box<Dropped>),
}

/// The weights in force.
#[must_use]
pub fn weights() -> Weights {
    Weights::default()
}

/// What matching looks at in a need.
#[must_use]
pub fn profile(
    need: &NeedRow,
    enterprise: &str,
    pool_industries: &dyn Fn(&[String]) -> matching::IndustrySet,
    now: DateTime<Utc>,
) -> NeedProfile {
    let asked_on = beijing_date(now);
    let place = point(need.lat, need.lon).or_else(|| {
        let centre = region::by_code(&need.region)?;
        (need.mode != Mode::Online).then(|| point(Some(centre.lat), Some(centre.lon))).flatten()
    });
    let names = |text: &Option<String>| text.as_deref().map(FirmName::parse_list).unwrap_or_default();
    NeedProfile {
        services: service_set(&need.services.get()),
        industries: pool_industries(&need.industries.get()),
        region: region_ix(&need.region),
        point: place,
        mode: need.mode,
        languages: LanguageSet::from_codes([need.language.as_str()]),
        enterprise: FirmName::parse(enterprise),
        opposing_party: names(&need.opposing_party),
        opposing_agent: names(&need.opposing_agent),
        asked_on,
        wanted_on: need.wanted_by.unwrap_or(asked_on).max(asked_on),
    }
}

/// What is known of the need and each expert together.
struct Together<'a> {
    pool: &'a ExpertPool,
    text: String,
    fits: HashMap<ExpertId, u16>,
    asked: HashSet<ExpertId>,
    places: Vec<usize>,
}

impl<'a> Together<'a> {
    fn new(pool: &'a ExpertPool, need: &NeedRow, asked: HashSet<ExpertId>) -> Self {
        let text = format!("{}\n{}", need.title, need.description);
        let fits = pool.affinity.score(&text);
        let places = need.services.get().iter().filter_map(|slug| crate::domain::catalogue::position(slug)).collect();
        Self { pool, text, fits, asked, places }
    }

    fn facts(&self, slot: usize) -> Facts {
        let Some(candidate) = self.pool.candidates.get(slot) else { return Facts::default() };
        let served = self.pool.served.get(slot);
        let similar = served
            .map_or(0, |served| self.places.iter().filter_map(|place| served.get(*place)).copied().max().unwrap_or(0));
        Facts {
            text_permille: self.fits.get(&candidate.id).copied().unwrap_or(0),
            words: Vec::new(),
            similar_served: similar,
            already_asked: self.asked.contains(&candidate.id),
            declared_relation: false,
        }
    }

    /// The facts with the words that carry the text value, for those who are shown.
    fn facts_in_words(&self, slot: usize) -> Facts {
        let mut facts = self.facts(slot);
        if let Some(candidate) = self.pool.candidates.get(slot) {
            let words = self.pool.affinity.matched(&self.text, candidate.id);
            let share = facts.text_permille / u16::try_from(words.len().max(1)).unwrap_or(1);
            facts.words = words.into_iter().map(|word| MatchedWord { word, share }).collect();
        }
        facts
    }
}

fn suggested(
    pool: &ExpertPool,
    need: &NeedProfile,
    together: &Together<'_>,
    ranking: &Ranking,
    place: usize,
) -> Option<Suggested> {
    let ranked = ranking.ranked.get(place)?;
    let candidate = pool.candidates.get(ranked.index)?;
    let facts = together.facts_in_words(ranked.index);
    let reasons = matching::explain(need, candidate, &facts, &weights(), &ranking.peers);
    Some(Suggested {
        expert: pool.briefs.get(ranked.index)?.clone(),
        place: place + 1,
        score: ranked.score,
        sentence: matching::sentence(&reasons, &ranking.peers),
        reasons,
        distance_metres: matching::distance_metres(need, candidate),
        month: (candidate.month_offers, candidate.monthly_cap),
        open: candidate.open_offers,
        median_hours: candidate.median_hours,
    })
}

fn ranked<T>(
    office: &Office,
    actor: &Actor,
    id: NeedId,
    work: impl FnOnce(&ExpertPool, &NeedRow, &NeedProfile, &Together<'_>, &Ranking) -> Done<T>,
) -> Done<T> {
    let mut reader = office.read()?;
    let (need, enterprise) = visible(&mut reader, actor, id)?;
    let asked: HashSet<ExpertId> = db::assignment::of_need(&mut reader, id)?.iter().map(|row| row.expert).collect();
    drop(reader);
    let now = office.now();
    office.with_pool(|pool| {
        let profile = profile(&need, &enterprise, &|names| pool.industry_set(names), now);
        let together = Together::new(pool, &need, asked);
        let ranking = matching::rank(&profile, &pool.candidates, |slot| together.facts(slot), &weights());
        work(pool, &need, &profile, &together, &ranking)
    })
}

/// The order for a need that stands in no database, nobody asked yet: the same steps as [`suggest_experts`] takes.
#[must_use]
pub fn order(pool: &ExpertPool, need: &NeedRow, enterprise: &str, now: DateTime<Utc>) -> Ranking {
    let profile = profile(need, enterprise, &|names| pool.industry_set(names), now);
    let together = Together::new(pool, need, HashSet::new());
    matching::rank(&profile, &pool.candidates, |slot| together.facts(slot), &weights())
}

fn visible(conn: &mut Conn, actor: &Actor, id: NeedId) -> Done<(NeedRow, String)> {
    let need = db::need::find(conn, &id)?
        .filter(|need| actor.scope().covers(&need.region, need.station))
        .ok_or(Refusal::NotFound)?;
    let enterprise = db::enterprise::find(conn, &need.enterprise)?.map(|row| row.name).unwrap_or_default();
    Ok((need, enterprise))
}

/// The best `limit` experts for a need, and those a rule drops.
///
/// # Errors
/// [`Refusal::NotFound`] for needs outside the actor's scope.
pub fn suggest_experts(office: &Office, actor: &Actor, id: NeedId, limit: usize) -> Done<Shortlist> {
    ranked(office, actor, id, |pool, need, profile, together, ranking| {
        let candidates = (0..limit).filter_map(|place| suggested(pool, profile, together, ranking, place)).collect();
        Ok(Shortlist {
            candidates,
            excluded: would_be_near(pool, need, profile, ranking, 12),
            counts: ranking.counts.iter().map(|(rule, count)| (*rule, *count)).collect(),
            considered: pool.candidates.len(),
            eligible: ranking.ranked.len(),
            industries: pool.industries.clone(),
        })
    })
}

/// Those dropped by a rule who share a service item with the need, conflicts first; at most `limit`.
fn would_be_near(
    pool: &ExpertPool,
    _need: &NeedRow,
    profile: &NeedProfile,
    ranking: &Ranking,
    limit: usize,
) -> Vec<Dropped> {
    let mut near: Vec<(bool, u32, ExpertId, &Exclusion)> = ranking
        .excluded
        .iter()
        .filter_map(|(id, rule)| {
            let candidate = pool.candidates.get(pool.slot(*id)?)?;
            let shared =
                candidate.services.and(profile.services).len() + candidate.industries.and(profile.industries).len();
            (shared > 0 || rule.is_conflict()).then_some((rule.is_conflict(), shared, *id, rule))
        })
        .collect();
    near.sort_by_key(|(conflict, shared, id, _)| (!*conflict, u32::MAX - *shared, *id));
    near.into_iter()
        .take(limit)
        .filter_map(|(_, _, id, rule)| {
            Some(Dropped { expert: pool.briefs.get(pool.slot(id)?)?.clone(), rule: rule.clone() })
        })
        .collect()
}

/// Why one expert stands where he stands, or which rule drops him.
///
/// # Errors
/// [`Refusal::NotFound`] for unknown experts and for needs outside the actor's scope.
pub fn why_expert(office: &Office, actor: &Actor, id: NeedId, expert: ExpertId) -> Done<(WhyExpert, Vec<String>)> {
    ranked(office, actor, id, |pool, _, profile, together, ranking| {
        let why = match ranking.ranked.iter().position(|one| one.id == expert) {
            Some(place) => WhyExpert::Ranked(Box::new(
                suggested(pool, profile, together, ranking, place).ok_or(Refusal::NotFound)?,
            )),
            None => {
                let (_, rule) = ranking.excluded.iter().find(|(id, _)| *id == expert).ok_or(Refusal::NotFound)?;
                let slot = pool.slot(expert).ok_or(Refusal::NotFound)?;
                let brief = pool.briefs.get(slot).cloned().ok_or(Refusal::NotFound)?;
                WhyExpert::Excluded(Box::new(Dropped { expert: brief, rule: rule.clone() }))
            }
        };
        Ok((why, pool.industries.clone()))
    })
}

/// The inputs of the ranking as they are frozen with an offer, with those asked in it.
///
/// # Errors
/// As [`suggest_experts`].
pub fn freeze(office: &Office, actor: &Actor, id: NeedId, asked: &[ExpertId]) -> Done<serde_json::Value> {
    ranked(office, actor, id, |_, need, profile, together, ranking| {
        let query = FrozenQuery {
            services: need.services.get(),
            industries: need.industries.get(),
            region: Some(need.region.clone()),
            terms: Vec::new(),
            text_version: crate::search::analyzer::ANALYZER_V.to_string(),
        };
        let mut frozen = matching::frozen(
            profile,
            &together.pool.candidates,
            |slot| together.facts(slot),
            &weights(),
            ranking,
            asked,
            query,
        );
        frozen.order_sha256 = fingerprint(ranking.order_text().as_bytes());
        serde_json::to_value(&frozen).map_err(|error| super::ActionError::Fault(super::Fault::new(error)))
    })
}

/// The best who may be asked, at most `limit`, in order.
///
/// # Errors
/// As [`suggest_experts`].
pub fn best(office: &Office, actor: &Actor, id: NeedId, limit: usize) -> Done<Vec<ExpertId>> {
    ranked(office, actor, id, |_, _, _, _, ranking| Ok(ranking.ranked.iter().take(limit).map(|one| one.id).collect()))
}

/// Whether the expert may be asked for the need at this moment, decided on rows inside the caller's transaction.
///
/// # Errors
/// [`Refusal::NotEligible`] with the rule's code.
pub fn eligible_now(
    conn: &mut Conn,
    need: &NeedRow,
    expert: ExpertId,
    now: DateTime<Utc>,
    asked_again: bool,
) -> Done<Candidate> {
    let candidate = super::expert_pool::candidate_now(conn, expert, now)?.ok_or(Refusal::NotFound)?;
    let enterprise = db::enterprise::find(conn, &need.enterprise)?.map(|row| row.name).unwrap_or_default();
    let profile = profile(need, &enterprise, &|_| matching::IndustrySet::EMPTY, now);
    let already_asked = !asked_again && db::assignment::of_need(conn, need.id)?.iter().any(|row| row.expert == expert);
    let facts = Facts { already_asked, ..Facts::default() };
    matching::eligible(&profile, &candidate, &facts).map_err(|rule| Refusal::NotEligible(rule.code()))?;
    Ok(candidate)
}

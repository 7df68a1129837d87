//! Who fits a need, and why (推荐专家): the ranking in memory, with reasons for pages and calls.

mod freezing;
mod judged;
mod seats;

pub use freezing::freeze;
pub(super) use judged::{conflict, told};
pub use judged::{conflict_on_rows, eligible_now, is_told_plainly, judged_now};
pub use seats::{as_asked_by, best, suggest_for_item};

use super::expert_past::kinds_of;
use super::expert_pool::{ExpertBrief, ExpertPool, point, region_ix, service_set};
use super::{Actor, Done, Office};
use crate::db::{self, Conn, JsonText};
use crate::domain::calendar::beijing_date;
use crate::domain::firm::{self, FirmMatch, FirmName};
use crate::domain::licence::LicenceRules;
use crate::domain::matching::{
    self, Conflicts, DutyHere, Exclusion, Facts, LanguageSet, MatchedWord, NeedProfile, Ranked, Ranking, Reason,
    ReasonText, Survey, Together, Track, Waived, Weights, conflict_of, conflict_of_firm,
};
use crate::domain::need::Mode;
use crate::domain::refusal::Refusal;
use crate::domain::region;
use crate::domain::week_hours;
use crate::ids::{ExpertId, NeedId};
use crate::search::Fits;
use crate::search::affinity::{NeedText, Query};
use chrono::{DateTime, Utc};
use db::need::NeedRow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is frozen with an offer is at most so long, with room for the braces (rules.md, "Ranking").
const SIXTEEN_KILOBYTES: usize = 16 * 1024 - 64;

/// Somebody who may be asked.
#[derive(Debug, Clone)]
pub struct Suggested {
    /// Who.
    pub expert: Arc<ExpertBrief>,
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
    pub expert: Arc<ExpertBrief>,
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
    pub industries: Arc<Vec<String>>,
    /// The weights it was ranked by.
    pub weights: Weights,
}

/// One expert's place, or the rule that drops him.
#[derive(Debug, Clone)]
pub enum WhyExpert {
    /// In the order.
    Ranked(Box<Suggested>),
    /// Dropped.
    Excluded(Box<Dropped>),
}

/// What matching looks at in a need.
#[must_use]
pub fn profile(
    need: &NeedRow,
    enterprise: &str,
    pool_industries: &dyn Fn(&[String]) -> matching::IndustrySet,
    licences: &LicenceRules,
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
        licences: licences.of(&need.services.get()),
        minutes: week_hours::matter_minutes(need.expected_hours),
    }
}

/// What the rows say of one need: what was asked before, and what was waived.
#[derive(Debug, Clone, Copy)]
pub struct SoFar<'a> {
    /// Who was asked.
    pub asked: &'a [ExpertId],
    /// For whom a manager waived which conflicts.
    pub waived: &'a BTreeMap<ExpertId, Waived>,
    /// How duty turns lie to the need's station at this moment.
    pub duty: &'a [(ExpertId, DutyHere)],
}

/// Nothing was waived.
static NOTHING_WAIVED: BTreeMap<ExpertId, Waived> = BTreeMap::new();

impl Default for SoFar<'_> {
    fn default() -> Self {
        Self { asked: &[], waived: &NOTHING_WAIVED, duty: &[] }
    }
}

/// What is known of one need and everybody, on a workbench.
pub struct Meeting<'a> {
    pool: &'a ExpertPool,
    query: Query<'a>,
    fits: &'a Fits,
    closer: &'a [bool],
    worth: &'a [u16],
    asked: Vec<usize>,
    kinds: Vec<u16>,
    conflicts: BTreeMap<usize, Conflicts>,
    waived: BTreeMap<usize, Waived>,
    duty: BTreeMap<usize, DutyHere>,
}

impl<'a> Meeting<'a> {
    /// Looks for the need's text in everybody's and marks those who want looking at: asked before, or of a name the need names.
    #[must_use]
    pub fn new(
        pool: &'a ExpertPool,
        need: &NeedRow,
        profile: &NeedProfile,
        (text, read): (&str, &'a NeedText),
        so_far: SoFar<'_>,
        (fits, closer, worth): (&'a mut Fits, &'a mut Vec<bool>, &'a mut Vec<u16>),
    ) -> Self {
        let query = pool.affinity.query(read);
        pool.affinity.fit(&query, fits);
        let kinds = kinds_of(&need.services.get(), read.concepts());
        pool.past.worth(&kinds, pool.roster.len(), worth);
        let asked: Vec<usize> = so_far.asked.iter().filter_map(|id| pool.slot(*id)).collect();
        let waived = so_far.waived.iter().filter_map(|(id, waived)| Some((pool.slot(*id)?, *waived))).collect();
        let duty = so_far.duty.iter().filter_map(|(id, lies)| Some((pool.slot(*id)?, *lies))).collect();
        let conflicts = conflicts(pool, profile, text);
        closer.clear();
        closer.resize(pool.roster.len(), false);
        let named = pool.roster.namesakes(profile);
        for slot in asked.iter().chain(conflicts.keys()).copied().chain(named) {
            if let Some(mark) = closer.get_mut(slot) {
                *mark = true;
            }
        }
        Self { pool, query, fits, closer, worth, asked, kinds, conflicts, waived, duty }
    }

    /// The facts with the words that carry the text value, for those who are shown.
    fn facts_in_words(&self, slot: usize) -> Facts {
        let mut facts = self.facts(slot);
        for matched in self.pool.affinity.words(&self.query, slot) {
            facts.words.push(MatchedWord { word: matched.word, share: matched.share });
        }
        facts
    }
}

impl Together for Meeting<'_> {
    #[inline]
    fn text_permille(&self, slot: usize) -> u16 {
        self.fits.permille(slot)
    }
    #[inline]
    fn experience(&self, slot: usize) -> u16 {
        self.worth.get(slot).copied().unwrap_or(0)
    }
    fn duties(&self) -> impl Iterator<Item = (usize, DutyHere)> {
        self.duty.iter().map(|(slot, lies)| (*slot, *lies))
    }
    #[inline]
    fn look_closer(&self, slot: usize) -> bool {
        self.closer.get(slot).copied().unwrap_or(true)
    }
    fn facts(&self, slot: usize) -> Facts {
        let similar =
            if self.experience(slot) == 0 { Track::default() } else { self.pool.past.best(&self.kinds, slot) };
        Facts {
            text_permille: self.text_permille(slot),
            words: Vec::new(),
            similar_served: similar.served,
            similar_rated: similar.rated,
            similar_stars: similar.stars,
            duty: self.duty.get(&slot).copied(),
            already_asked: self.asked.contains(&slot),
            conflicts: self.conflicts.get(&slot).copied().unwrap_or_default(),
            waived: self.waived.get(&slot).copied().unwrap_or_default(),
        }
    }
}

/// What binds anybody to a side of the need: his own ties, colleagues who serve the other side, his department.
fn conflicts(pool: &ExpertPool, profile: &NeedProfile, text: &str) -> BTreeMap<usize, Conflicts> {
    let mut found: BTreeMap<usize, Conflicts> = BTreeMap::new();
    let mut add = |slot: usize, conflicts: Conflicts| {
        if !conflicts.is_empty() {
            found.entry(slot).or_default().join(conflicts);
        }
    };
    let mut bound = Vec::new();
    for name in std::iter::once(&profile.enterprise).chain(&profile.opposing_party).chain(&profile.opposing_agent) {
        pool.tied.like(name, &mut bound);
    }
    bound.sort_unstable();
    bound.dedup();
    for slot in bound {
        let ties = pool.ties.get(slot).map_or(&[][..], Vec::as_slice);
        add(slot, conflict_of(profile, ties));
        let Some(serving) = pool.roster.get(slot) else { continue };
        for tie in ties {
            let Some(relation) = conflict_of_firm(profile, tie) else { continue };
            for colleague in pool.roster.of_firm(&serving.firm) {
                let same =
                    pool.roster.get(colleague).is_some_and(|one| one.firm.compare(&serving.firm) == FirmMatch::Sure);
                if colleague != slot && same {
                    add(colleague, relation.into());
                }
            }
        }
    }
    if !pool.officials.is_empty() {
        let text = firm::folded(text);
        for (slot, department) in &pool.officials {
            add(*slot, department.conflict(&text));
        }
    }
    found
}

type Looked<'a, 'b> = Survey<'a, Meeting<'b>>;

fn suggested(survey: &Looked<'_, '_>, ranked: Ranked, place: usize) -> Option<Suggested> {
    let pool = survey.together.pool;
    let candidate = survey.roster.get(ranked.index)?;
    let facts = survey.together.facts_in_words(ranked.index);
    let reasons = matching::explain(survey.need, candidate, &facts, survey.weights, &survey.peers);
    Some(Suggested {
        expert: pool.briefs.get(ranked.index)?.clone(),
        place,
        score: ranked.score,
        sentence: matching::sentence(&reasons, &survey.peers),
        reasons,
        distance_metres: matching::distance_metres(survey.need, candidate),
        month: (candidate.month_offers, candidate.monthly_cap),
        open: candidate.open_offers,
        median_hours: candidate.median_hours,
    })
}

fn dropped(survey: &Looked<'_, '_>, slot: usize, plain: bool) -> Option<Dropped> {
    let rule = survey.rule(slot)?;
    let rule = if plain { rule } else { rule.neutral() };
    Some(Dropped { expert: survey.together.pool.briefs.get(slot)?.clone(), rule })
}

/// Surveys everybody in a pool for one need.
pub fn survey_pool<T>(
    pool: &ExpertPool,
    need: &NeedRow,
    enterprise: &str,
    so_far: SoFar<'_>,
    now: DateTime<Utc>,
    work: impl FnOnce(&Looked<'_, '_>) -> T,
) -> T {
    let profile = profile(need, enterprise, &|names| pool.industry_set(names), &pool.licences, now);
    let text = format!("{}\n{}", need.title, need.description);
    let read = pool.texts.read(&text);
    pool.on_a_workbench(|workbench| {
        let lists = (&mut workbench.fits, &mut workbench.closer, &mut workbench.worth);
        let meeting = Meeting::new(pool, need, &profile, (&text, &read), so_far, lists);
        work(&Survey::new(&pool.roster, &profile, &pool.weights, &meeting, &mut workbench.bench))
    })
}

/// Surveys for the need, or for a seat of it that asks for one item. Where all its free seats ask for the same item of their
/// own, that is what the need asks for.
fn surveyed<T>(
    office: &Office,
    actor: &Actor,
    id: NeedId,
    item: Option<&str>,
    work: impl FnOnce(&Looked<'_, '_>, &NeedRow) -> Done<T>,
) -> Done<T> {
    let mut reader = office.read()?;
    let (mut need, enterprise) = visible(&mut reader, actor, id)?;
    if let Some(item) = item.map(str::to_owned).or(seats::items_of(&mut reader, id)?.common()) {
        need.services = JsonText::of(&vec![item]);
    }
    let asked: Vec<ExpertId> = db::assignment::of_need(&mut reader, id)?.iter().map(|row| row.expert).collect();
    let waived = judged::waived(&mut reader, id)?;
    let duty = super::who_on_duty::duty_here(&mut reader, need.station, office.now())?;
    drop(reader);
    let so_far = SoFar { asked: &asked, waived: &waived, duty: &duty };
    office.with_pool(|pool| survey_pool(pool, &need, &enterprise, so_far, office.now(), |survey| work(survey, &need)))
}

/// The order for a need that stands in no database, nobody asked yet: the same steps as [`suggest_experts`] takes.
#[must_use]
#[expect(clippy::redundant_closure, reason = "the bare function is not general enough over the survey's lifetimes")]
pub fn order(pool: &ExpertPool, need: &NeedRow, enterprise: &str, now: DateTime<Utc>) -> Ranking {
    survey_pool(pool, need, enterprise, SoFar::default(), now, |survey| matching::ranking(survey))
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
    surveyed(office, actor, id, None, |survey, _| Ok(shortlist(survey, limit, is_told_plainly(actor))))
}

/// The best `limit` of a survey with their reasons, and those a rule drops; `plain` for whoever may know by which.
#[must_use]
pub fn shortlist(survey: &Looked<'_, '_>, limit: usize, plain: bool) -> Shortlist {
    let mut counts: BTreeMap<&'static str, u32> = BTreeMap::new();
    for (rule, count) in survey.counts() {
        *counts.entry(if plain { rule } else { Exclusion::neutral_code(rule) }).or_default() += count;
    }
    let best = survey.best(limit).into_iter().enumerate();
    Shortlist {
        candidates: best.filter_map(|(at, ranked)| suggested(survey, ranked, at + 1)).collect(),
        excluded: survey
            .dropped_but_near(12, plain)
            .into_iter()
            .filter_map(|slot| dropped(survey, slot, plain))
            .collect(),
        counts: counts.into_iter().collect(),
        considered: survey.roster.len(),
        eligible: survey.eligible() as usize,
        industries: Arc::clone(&survey.together.pool.industries),
        weights: *survey.weights,
    }
}

/// Why one expert stands where he stands, or which rule drops him.
///
/// # Errors
/// [`Refusal::NotFound`] for unknown experts and for needs outside the actor's scope.
pub fn why_expert(
    office: &Office,
    actor: &Actor,
    id: NeedId,
    expert: ExpertId,
) -> Done<(WhyExpert, Arc<Vec<String>>, Weights)> {
    surveyed(office, actor, id, None, |survey, _| {
        let pool = survey.together.pool;
        let slot = pool.slot(expert).ok_or(Refusal::NotFound)?;
        let ranked = survey.score(slot).map(|score| Ranked { index: slot, id: expert, score });
        let why = match (ranked, survey.place(slot)) {
            (Some(ranked), Some(place)) => {
                WhyExpert::Ranked(Box::new(suggested(survey, ranked, place).ok_or(Refusal::NotFound)?))
            }
            _ => WhyExpert::Excluded(Box::new(dropped(survey, slot, is_told_plainly(actor)).ok_or(Refusal::NotFound)?)),
        };
        Ok((why, Arc::clone(&pool.industries), *survey.weights))
    })
}

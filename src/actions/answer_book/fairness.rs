//! The fairness watch (公平观察), counted from the answers in memory and the register.
//!
//! Whose fairness: the experts in good standing whose home lies in the scope (and in the region asked for), and their
//! offers for needs within the scope. Formulas are `domain::figures::fairness`'s.

use super::AnswerBook;
use crate::db::fairness::OnRegister;
use crate::db::{self, Conn};
use crate::domain::catalogue;
use crate::domain::figures::Fact;
use crate::domain::figures::fairness::{self, Evenness};
use crate::domain::firm;
use crate::domain::role::Scope;
use crate::ids::EnterpriseId;
use chrono::NaiveDate;
use diesel::QueryResult;
use std::collections::HashMap;

/// What a row of the table stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FairBy {
    /// The experts' home regions.
    Region,
    /// The service items: the experts who offer one, and their offers for it.
    Service,
}

/// Which fairness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FairSpan {
    /// From this Beijing date of the notice.
    pub from: NaiveDate,
    /// To this one, counted.
    pub to: NaiveDate,
    /// Of experts at home in this region only.
    pub region: Option<String>,
    /// Of those who offer this service item, and their offers for it.
    pub service: Option<String>,
    /// What a row stands for.
    pub by: FairBy,
}

/// An expert with how often he was asked.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Who.
    pub expert: OnRegister,
    /// Offers in the span.
    pub offers: u32,
    /// The service items offered: bit n is item n of the catalogue; 0 where nobody asked for items.
    items: u32,
}

/// A firm that took on needs of one enterprise several times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirmPair {
    /// The firm.
    pub firm: String,
    /// The enterprise.
    pub enterprise: EnterpriseId,
    /// Its name.
    pub name: String,
    /// How often.
    pub times: u32,
    /// Of how many accepted offers for the enterprise.
    pub of: u32,
}

/// What the watch shows.
#[derive(Debug, Clone, Default)]
pub struct FairnessFigures {
    /// Of everybody.
    pub all: Evenness,
    /// The Lorenz curve in tenths.
    pub curve: Vec<u16>,
    /// Row by row: a region's code or an item's slug.
    pub rows: Vec<(String, Evenness)>,
    /// Those never asked, longest on the register first.
    pub never: Vec<Asked>,
    /// How many offers make one asked too often.
    pub too_often_from: u32,
    /// Those asked too often, most first.
    pub too_often: Vec<Asked>,
    /// How many those are in all.
    pub too_often_count: usize,
    /// One firm and one enterprise again and again, most first.
    pub pairs: Vec<FirmPair>,
    /// How many such pairs there are in all.
    pub pair_count: usize,
}

/// Firms by the place they count under: the first spelling met stands for all that come to the same.
#[derive(Debug, Default)]
struct Houses {
    known: HashMap<u32, u32>,
    first: HashMap<String, u32>,
}

impl Houses {
    fn of(&mut self, place: u32, name: &str) -> u32 {
        let first = &mut self.first;
        *self.known.entry(place).or_insert_with(|| *first.entry(firm::grouped(name)).or_insert(place))
    }
}

impl AnswerBook {
    /// The watch over a span; at most `most` names in each list.
    ///
    /// # Errors
    /// What the database says.
    pub fn fairness(
        &mut self,
        conn: &mut Conn,
        scope: &Scope,
        span: &FairSpan,
        most: usize,
    ) -> QueryResult<FairnessFigures> {
        let by_service = span.by == FairBy::Service || span.service.is_some();
        self.hold(conn, span.from, span.to, by_service)?;
        let open = db::answers::open(conn, &mut self.names, span.from, span.to)?;
        let wanted = span.service.as_deref().and_then(catalogue::position);
        let mut people = db::fairness::on_register(conn, scope, span.region.as_deref())?;
        if let Some(slug) = &span.service {
            people.retain(|person| person.services.get().contains(slug));
        }
        let is_wanted = |fact: &&Fact| wanted.is_none_or(|place| fact.services >> place & 1 == 1);
        let mut counts: Vec<u32> = Vec::new();
        let mut by_item: Vec<Vec<u32>> = vec![Vec::new(); catalogue::CATALOGUE.len()];
        for fact in self.facts(scope, span.from, span.to, None, &open).filter(is_wanted) {
            add(&mut counts, fact.expert);
            if span.by == FairBy::Service {
                for (place, counts) in by_item.iter_mut().enumerate() {
                    if fact.services >> place & 1 == 1 {
                        add(counts, fact.expert);
                    }
                }
            }
        }
        let mut houses = Houses::default();
        let facts = self.facts(scope, span.from, span.to, None, &open).filter(is_wanted);
        let found = fairness::pairs(facts, |firm| houses.of(firm, self.names.firms.text(firm)));
        let places: Vec<Option<u32>> =
            people.iter().map(|person| self.names.experts.find(person.id.as_str())).collect();
        let of = |counts: &[u32], place: Option<u32>| {
            place.and_then(|place| counts.get(place as usize)).copied().unwrap_or(0)
        };
        let mut loads: Vec<u32> = places.iter().map(|place| of(&counts, *place)).collect();
        let asked: Vec<Asked> =
            people.into_iter().zip(&loads).map(|(expert, offers)| with_items(expert, *offers, by_service)).collect();
        let rows = match span.by {
            FairBy::Region => by_region(&asked),
            FairBy::Service => by_service_item(&asked, &places, &by_item, of),
        };
        let all = Evenness::of(&mut loads);
        let too_often_from = fairness::too_often(&all);
        let (never, too_often, too_often_count) = told(asked, too_often_from, most);
        let (pairs, pair_count) = self.named(conn, found, most)?;
        Ok(FairnessFigures {
            curve: fairness::lorenz(&mut loads),
            all,
            rows,
            never,
            too_often_from,
            too_often,
            too_often_count,
            pairs,
            pair_count,
        })
    }

    fn named(&self, conn: &mut Conn, found: Vec<fairness::Pair>, most: usize) -> QueryResult<(Vec<FirmPair>, usize)> {
        let count = found.len();
        let mut pairs = Vec::new();
        for pair in found.into_iter().take(most) {
            if let Ok(enterprise) = self.names.enterprises.text(pair.enterprise).parse::<EnterpriseId>() {
                let firm = self.names.firms.text(pair.firm).to_owned();
                pairs.push(FirmPair { firm, enterprise, name: String::new(), times: pair.times, of: pair.of });
            }
        }
        let ids: Vec<EnterpriseId> = pairs.iter().map(|pair| pair.enterprise).collect();
        let names: HashMap<EnterpriseId, String> = db::batch::enterprise_names(conn, &ids)?.into_iter().collect();
        for pair in &mut pairs {
            pair.name = names.get(&pair.enterprise).cloned().unwrap_or_default();
        }
        // By names where the figures are alike: places depend on what was read first.
        pairs.sort_by(|one, other| {
            other.times.cmp(&one.times).then_with(|| (&one.firm, &one.name).cmp(&(&other.firm, &other.name)))
        });
        Ok((pairs, count))
    }
}

fn add(counts: &mut Vec<u32>, place: u32) {
    let place = place as usize;
    if counts.len() <= place {
        counts.resize(place + 1, 0);
    }
    if let Some(count) = counts.get_mut(place) {
        *count += 1;
    }
}

fn with_items(expert: OnRegister, offers: u32, wanted: bool) -> Asked {
    let mut items = 0;
    if wanted {
        for place in expert.services.get().iter().filter_map(|slug| catalogue::position(slug)) {
            items |= 1_u32.checked_shl(u32::try_from(place).unwrap_or(u32::MAX)).unwrap_or(0);
        }
    }
    Asked { expert, offers, items }
}

fn by_region(asked: &[Asked]) -> Vec<(String, Evenness)> {
    let mut loads: HashMap<&str, Vec<u32>> = HashMap::new();
    for one in asked {
        loads.entry(&one.expert.region).or_default().push(one.offers);
    }
    let mut rows: Vec<(String, Evenness)> =
        loads.into_iter().map(|(code, mut loads)| (code.to_owned(), Evenness::of(&mut loads))).collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows
}

fn by_service_item(
    asked: &[Asked],
    places: &[Option<u32>],
    by_item: &[Vec<u32>],
    of: impl Fn(&[u32], Option<u32>) -> u32,
) -> Vec<(String, Evenness)> {
    let mut rows = Vec::new();
    for (number, (item, counts)) in catalogue::CATALOGUE.iter().zip(by_item).enumerate() {
        let mut loads: Vec<u32> = asked
            .iter()
            .zip(places)
            .filter(|(one, _)| one.items >> number & 1 == 1)
            .map(|(_, place)| of(counts, *place))
            .collect();
        if !loads.is_empty() {
            rows.push((item.slug.to_owned(), Evenness::of(&mut loads)));
        }
    }
    rows
}

/// Those never asked and those asked too often, at most so many of each, and how many the latter are.
fn told(asked: Vec<Asked>, from: u32, most: usize) -> (Vec<Asked>, Vec<Asked>, usize) {
    let (mut never, mut often) = (Vec::new(), Vec::new());
    for one in asked {
        if one.offers == 0 {
            never.push(one);
        } else if one.offers >= from {
            often.push(one);
        }
    }
    never.sort_by_key(|one| (one.expert.created_at, one.expert.id));
    often.sort_by_key(|one| (std::cmp::Reverse(one.offers), one.expert.id));
    let count = often.len();
    never.truncate(most);
    often.truncate(most);
    (never, often, count)
}

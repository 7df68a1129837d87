//! Enterprises that ask: they come back, and each lives in one region and a few industries.

use super::Plan;
use super::dice::Dice;
use super::people::People;
use crate::db::enterprise::EnterpriseRow;
use crate::demo::corpus::Names;
use crate::domain::region::Region;
use crate::domain::{firm, uscc};
use crate::ids::EnterpriseId;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, HashSet};

/// An enterprise as the history needs it.
#[derive(Debug, Clone)]
pub struct Client {
    /// Id.
    pub id: EnterpriseId,
    /// Name.
    pub name: String,
    /// Who to talk to.
    pub contact_name: String,
    /// Their phone.
    pub contact_phone: Option<String>,
    /// Their mail.
    pub contact_email: Option<String>,
    kind: usize,
}

/// Everybody who ever asked.
pub struct Clients<'corpus> {
    names: &'corpus Names,
    known: Vec<Client>,
    by_region: HashMap<&'static str, Vec<usize>>,
    keys: HashSet<String>,
    codes: u32,
}

impl<'corpus> Clients<'corpus> {
    /// Nobody yet.
    #[must_use]
    pub fn new(plan: &Plan<'corpus>) -> Self {
        let names = &plan.corpus.names;
        Self { names, known: Vec::new(), by_region: HashMap::new(), keys: HashSet::new(), codes: 0 }
    }

    /// The one that asks for something in these industries in this region: somebody known, or somebody new, whose row is
    /// added.
    pub fn asking(
        &mut self,
        dice: &mut Dice,
        people: &mut People<'corpus>,
        (region, industries): (&'static Region, &[String]),
        at: DateTime<Utc>,
        rows: &mut Vec<EnterpriseRow>,
    ) -> Client {
        if dice.percent(55)
            && let Some(client) = self.known_one(dice, region, industries)
        {
            return client;
        }
        self.new_one(dice, people, region, industries, at, rows)
    }

    fn fits(&self, kind: usize, industries: &[String]) -> bool {
        let ends = self.names.enterprise_kinds.get(kind);
        ends.is_some_and(|ends| ends.industries.iter().any(|industry| industries.contains(industry)))
    }

    fn known_one(&self, dice: &mut Dice, region: &Region, industries: &[String]) -> Option<Client> {
        let here = self.by_region.get(region.code)?;
        for _ in 0..16 {
            let client = dice.pick(here).and_then(|place| self.known.get(*place))?;
            if self.fits(client.kind, industries) {
                return Some(client.clone());
            }
        }
        None
    }

    /// A name of that kind; from the fourth try on with a second 字号, so that there are enough.
    fn name(&self, dice: &mut Dice, kind: usize, tries: usize, place: &str) -> String {
        let mut stem = dice.word(&self.names.enterprise_stems).to_owned();
        if tries >= 4 {
            let more = dice.word(&self.names.enterprise_stems);
            stem.extend(more.chars().take(if tries < 8 { 1 } else { 2 }));
        }
        let end = self.names.enterprise_kinds.get(kind).map_or("", |end| end.text.as_str());
        format!("{place}{stem}{end}")
    }

    fn new_one(
        &mut self,
        dice: &mut Dice,
        people: &mut People<'corpus>,
        region: &'static Region,
        industries: &[String],
        at: DateTime<Utc>,
        rows: &mut Vec<EnterpriseRow>,
    ) -> Client {
        let kinds: Vec<usize> =
            (0..self.names.enterprise_kinds.len()).filter(|kind| self.fits(*kind, industries)).collect();
        let mut tries = 0;
        let (kind, name, name_key) = loop {
            let kind = dice.pick(&kinds).copied().unwrap_or_else(|| dice.below(self.names.enterprise_kinds.len()));
            let place = if dice.percent(80) { "北京" } else { "" };
            let name = self.name(dice, kind, tries, place);
            let key = firm::normalised(&name);
            tries += 1;
            if !key.is_empty() && self.keys.insert(key.clone()) {
                break (kind, name, key);
            }
        };
        let born = at - TimeDelta::minutes(5);
        let id = EnterpriseId::from_minted(dice.id(born));
        let person = people.person(dice);
        let reach = dice.below(100);
        let number = self.known.len() + 1;
        let client = Client {
            id,
            name: name.clone(),
            contact_name: person.name.clone(),
            contact_phone: (reach >= 2).then(|| people.mobile()),
            contact_email: (reach >= 9).then(|| format!("{}@qiye{number}.example", person.pinyin)),
            kind,
        };
        rows.push(EnterpriseRow {
            id,
            name,
            name_key,
            uscc: dice.percent(70).then(|| self.code(region)).flatten(),
            region: region.code.to_owned(),
            created_at: born.naive_utc(),
        });
        self.by_region.entry(region.code).or_default().push(self.known.len());
        self.known.push(client.clone());
        client
    }

    /// A well-formed 统一社会信用代码 (GB 32100-2015) nobody has.
    fn code(&mut self, region: &Region) -> Option<String> {
        self.codes += 1;
        let division = region.code.get(..6).filter(|digits| *digits != "110000").unwrap_or("110115");
        let first = format!("91{division}MA0{:06}", u64::from(self.codes) * 37 % 1_000_000);
        let check = uscc::check_character(&first)?;
        Some(format!("{first}{check}"))
    }

    /// The other party of a dispute: a company that is nobody's client, from here or elsewhere.
    pub fn opponent(&self, dice: &mut Dice) -> String {
        let place = dice.pick(&["北京", "上海", "深圳市", "杭州", "苏州", ""]).copied().unwrap_or_default();
        loop {
            let kind = dice.below(self.names.enterprise_kinds.len());
            let name = self.name(dice, kind, 9, place);
            if !self.keys.contains(&firm::normalised(&name)) {
                return name;
            }
        }
    }
}

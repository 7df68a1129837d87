//! Stations over the seventeen regions, and the accounts of everybody who works for the office.

use super::dice::Dice;
use super::people::People;
use super::rows::Rows;
use super::{Plan, TOKEN_LABEL, jitter};
use crate::db::JsonText;
use crate::db::account::{AccountRow, TokenRow};
use crate::db::station::StationRow;
use crate::demo::accounts::PrintedAccount;
use crate::demo::corpus::{Corpus, Park};
use crate::domain::calendar::beijing_date;
use crate::domain::region::{self, Region};
use crate::domain::role::Role;
use crate::ids::{AccountId, StationId, TokenId};
use crate::seal::fingerprint;
use base64::Engine;
use chrono::{DateTime, Days, TimeDelta, Utc};

/// Needs per region, roughly: where the enterprises are.
const DEMAND: [(&str, u32); 17] = [
    ("110101", 5),
    ("110102", 6),
    ("110105", 14),
    ("110108", 20),
    ("110106", 7),
    ("110107", 4),
    ("110109", 2),
    ("110111", 3),
    ("110112", 7),
    ("110113", 5),
    ("110114", 9),
    ("110115", 7),
    ("110116", 2),
    ("110117", 2),
    ("110118", 2),
    ("110119", 2),
    ("110000-kfq", 12),
];

/// The domain of the office's own addresses.
pub const OFFICE: &str = "zhipai.example";

/// A station as the history needs it.
#[derive(Debug, Clone)]
pub struct StationPlace {
    /// Id.
    pub id: StationId,
    /// Its region.
    pub region: &'static Region,
    /// Latitude and longitude.
    pub point: (f64, f64),
    /// Its liaisons; the first is 站长.
    pub liaisons: Vec<AccountId>,
    /// How many needs come here, by weight.
    pub demand: u32,
}

/// Who works where.
#[derive(Debug, Clone, Default)]
pub struct Offices {
    /// Stations.
    pub stations: Vec<StationPlace>,
    /// The city's managers; at least two.
    pub managers: Vec<AccountId>,
}

/// How much each region asks for, by its place in the shipped list.
fn demand(code: &str) -> u32 {
    DEMAND.iter().find(|(known, _)| *known == code).map_or(1, |(_, weight)| *weight)
}

/// The parks of a region in the corpus.
fn parks_of<'corpus>(corpus: &'corpus Corpus, region: &Region) -> Vec<&'corpus Park> {
    corpus.names.parks.iter().filter(|park| park.region == region.name).collect()
}

/// Spreads `count` stations over the regions, where the parks are.
fn spread(corpus: &Corpus, count: usize) -> Vec<(&'static Region, String)> {
    let regions: Vec<(&'static Region, Vec<&Park>)> = region::SHIPPED
        .iter()
        .filter(|region| region.parent.is_some())
        .map(|region| (region, parks_of(corpus, region)))
        .filter(|(_, parks)| !parks.is_empty())
        .collect();
    let mut taken = vec![0_usize; regions.len()];
    let mut places = Vec::with_capacity(count);
    for _ in 0..count {
        let mut best: Option<(usize, usize)> = None;
        for (place, (region, parks)) in regions.iter().enumerate() {
            let weight = parks.len() * 100 + usize::try_from(demand(region.code)).unwrap_or(1);
            let score = weight / (taken.get(place).copied().unwrap_or(0) + 1);
            if best.is_none_or(|(_, most)| score > most) {
                best = Some((place, score));
            }
        }
        let Some((place, _)) = best else { break };
        let Some((region, parks)) = regions.get(place) else { break };
        let Some(already) = taken.get_mut(place) else { break };
        if let Some(park) = parks.get(*already % parks.len()) {
            let stem = park.stem.strip_suffix("服务站").unwrap_or(&park.stem);
            let name = match *already / parks.len() {
                0 => format!("{stem}知识产权工作站"),
                round => format!("{stem}知识产权工作站{}部", round + 1),
            };
            places.push((*region, name));
        }
        *already += 1;
    }
    places
}

/// Makes accounts, and remembers those that are printed.
struct Register<'a, 'corpus> {
    plan: &'a Plan<'corpus>,
    people: &'a mut People<'corpus>,
    dice: &'a mut Dice,
    rows: &'a mut Rows,
    printed: &'a mut Vec<PrintedAccount>,
}

/// What an account is for.
struct Post<'a> {
    role: Role,
    station: Option<(StationId, &'a str)>,
    region: Option<&'static str>,
    head: bool,
    printed: bool,
}

impl Register<'_, '_> {
    fn add(&mut self, post: &Post<'_>, at: DateTime<Utc>) -> AccountId {
        let person = self.people.person(self.dice);
        let email = self.people.address(&person, OFFICE);
        let id = AccountId::from_minted(self.dice.id(at));
        let on_leave = post.role == Role::Liaison && !post.head && !post.printed && self.dice.percent(2);
        let until = beijing_date(self.plan.start) + Days::new(9);
        self.rows.accounts.push(AccountRow {
            id,
            role: post.role,
            name: person.name.clone(),
            email: email.clone(),
            phone: Some(self.people.mobile()),
            password_hash: Some(self.plan.password_hash.clone()),
            station: post.station.map(|(station, _)| station),
            region: post.region.map(str::to_owned),
            head: post.head,
            on_leave_until: on_leave.then_some(until),
            language: "zh".to_owned(),
            totp_secret: None,
            totp_last_step: None,
            disabled_at: None,
            created_at: at.naive_utc(),
        });
        if post.printed {
            let token = format!("zp_{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(self.dice.bytes()));
            self.rows.tokens.push(TokenRow {
                id: TokenId::from_minted(self.dice.id(at)),
                account: id,
                hash: fingerprint(token.as_bytes()),
                label: TOKEN_LABEL.to_owned(),
                scopes: JsonText::of(&vec!["read".to_owned(), "write".to_owned()]),
                created_at: at.naive_utc(),
                revoked_at: None,
            });
            self.printed.push(PrintedAccount {
                role: post.role.as_str().to_owned(),
                name: person.name,
                email,
                password: self.plan.password.to_owned(),
                token,
                station: post.station.map(|(_, name)| name.to_owned()),
            });
        }
        id
    }
}

/// How many stations have a liaison whose account is printed.
pub(super) const PRINTED_STATIONS: usize = 4;

/// Builds stations and accounts.
pub fn build<'corpus>(
    plan: &Plan<'corpus>,
    people: &mut People<'corpus>,
    rows: &mut Rows,
    printed: &mut Vec<PrintedAccount>,
) -> Offices {
    let mut dice = Dice::of(plan.seed, "stations");
    let opened = plan.start - TimeDelta::days(900);
    let places = spread(plan.corpus, plan.size.stations());
    let mut per_region = std::collections::HashMap::new();
    for (region, _) in &places {
        *per_region.entry(region.code).or_insert(0_u32) += 1;
    }
    let mut offices = Offices::default();
    let mut register = Register { plan, people, dice: &mut dice, rows, printed };
    for (number, (region, name)) in places.iter().enumerate() {
        let at = opened + TimeDelta::minutes(i64::try_from(number).unwrap_or(0));
        let id = StationId::from_minted(register.dice.id(at));
        let point = jitter(register.dice, region, 0.035);
        let printed = number < PRINTED_STATIONS;
        let stem = name.split("知识产权").next().unwrap_or(name);
        register.rows.stations.push(StationRow {
            id,
            name: name.clone(),
            region: region.code.to_owned(),
            address: format!(
                "{}{stem}{}号楼{}层",
                region.name,
                register.dice.between(1, 9),
                register.dice.between(1, 4)
            ),
            phone: format!("010-5500{:04}", (number * 2) % 10_000),
            supervision_phone: format!("010-5500{:04}", (number * 2 + 1) % 10_000),
            lat: Some(point.0),
            lon: Some(point.1),
            automatic: !printed && register.dice.percent(8),
            created_at: at.naive_utc(),
        });
        let mut liaisons = Vec::new();
        for nth in 0..register.dice.between(1, 3) {
            let post = Post {
                role: Role::Liaison,
                station: Some((id, name)),
                region: None,
                head: nth == 0,
                printed: printed && nth == 0,
            };
            liaisons.push(register.add(&post, at + TimeDelta::seconds(nth + 1)));
        }
        let share = per_region.get(region.code).copied().unwrap_or(1).max(1);
        offices.stations.push(StationPlace {
            id,
            region,
            point,
            liaisons,
            demand: (demand(region.code) * 100 / share).max(1),
        });
    }
    let staff = |role, region, printed| Post { role, station: None, region, head: false, printed };
    let city = opened - TimeDelta::days(30);
    for _ in 0..2 {
        offices.managers.push(register.add(&staff(Role::Manager, None, true), city));
    }
    for (nth, code) in ["110108", "110105", "110000-kfq"].into_iter().enumerate() {
        register.add(&staff(Role::Manager, Some(code), nth == 0), city);
    }
    register.add(&staff(Role::Admin, None, true), city);
    register.add(&staff(Role::Auditor, None, true), city);
    offices
}

//! Volunteer experts: where they work, what they know, when they may be asked, and how quickly they tend to answer.

use super::dice::Dice;
use super::history::Happening;
use super::people::People;
use super::rows::Rows;
use super::{Plan, jitter, profile};
use crate::actions::contact;
use crate::db::JsonText;
use crate::db::expert::{ExpertRow, LeaveRow, QualificationRow};
use crate::domain::calendar::beijing_date;
use crate::domain::document::notice_moment;
use crate::domain::event::Event;
use crate::domain::firm;
use crate::domain::need::Mode;
use crate::domain::number::{Series, written};
use crate::domain::region::{self, Region};
use crate::domain::standing::Standing;
use crate::ids::{ExpertId, LeaveId, QualificationId};
use crate::seal::value::PersonKey;
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde_json::json;

/// How somebody tends to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Habit {
    /// Within hours.
    Prompt,
    /// Within a day.
    Mixed,
    /// On the last day, if at all.
    Slow,
    /// More often not at all.
    Silent,
}

/// An expert as the history needs it.
#[derive(Debug, Clone)]
pub struct Volunteer {
    /// Id.
    pub id: ExpertId,
    /// Firm, and its 字号 by place in the corpus.
    pub firm: String,
    /// The firm's 字号, if it has one of the corpus.
    pub stem: Option<usize>,
    /// Region.
    pub region: &'static str,
    /// Catalogue slugs.
    pub services: Vec<String>,
    /// Industries.
    pub industries: Vec<String>,
    /// Languages.
    pub languages: Vec<String>,
    /// Channels.
    pub modes: Vec<Mode>,
    /// From when on asked.
    pub from: DateTime<Utc>,
    /// Until when asked.
    pub until: Option<DateTime<Utc>>,
    /// The last day of the last qualification.
    pub qualified_until: Option<NaiveDate>,
    /// Absences.
    pub leaves: Vec<(NaiveDate, NaiveDate)>,
    /// How far they travel, in kilometres.
    pub max_distance_km: Option<i32>,
    /// Where they are.
    pub point: (f64, f64),
    /// Most open offers.
    pub open_cap: u32,
    /// Most offers a month.
    pub monthly_cap: u32,
    /// How they answer.
    pub habit: Habit,
    /// Kept out of ordinary choosing: the two whose conduct the demo shows.
    pub reserved: bool,
}

/// The place in the register of the expert whose silence proposes a 劝导, and of the one with a removal case.
#[derive(Debug, Clone, Copy)]
pub struct Shown {
    /// Three lapses.
    pub silent: usize,
    /// A reported gift.
    pub reported: usize,
}

/// Everybody on the register, in order of registration.
pub struct Register {
    /// As the history needs them.
    pub volunteers: Vec<Volunteer>,
    /// The rows of the two whose conduct the demo shows.
    pub shown_rows: Vec<ExpertRow>,
    /// What stands on their trails before the year begins.
    pub(super) happenings: Vec<Happening>,
    /// The two whose conduct the demo shows.
    pub shown: Shown,
    /// Numbers used in the filing series.
    pub filings: i64,
}

/// Makes one expert after another.
struct Registering<'a, 'corpus> {
    plan: &'a Plan<'corpus>,
    people: &'a mut People<'corpus>,
    dice: Dice,
    /// Throws the keys of their contacts.
    sealing: Dice,
    firms: Vec<profile::Workplace>,
    regions: Vec<&'static Region>,
    manager: &'a str,
    rows: &'a mut Rows,
    register: Register,
}

/// Builds the register.
pub fn build<'corpus>(plan: &Plan<'corpus>, people: &mut People<'corpus>, manager: &str, rows: &mut Rows) -> Register {
    let mut dice = Dice::of(plan.seed, "experts");
    let count = plan.size.experts();
    let firms = profile::workplaces(plan.corpus, count, &mut dice);
    // Days before the start on which they registered, the oldest first.
    let mut born: Vec<i64> =
        (0..count).map(|_| if dice.percent(85) { dice.between(370, 1_300) } else { dice.between(30, 360) }).collect();
    born.sort_unstable_by(|a, b| b.cmp(a));
    let register = Register {
        volunteers: Vec::with_capacity(count),
        shown_rows: Vec::new(),
        happenings: Vec::new(),
        shown: Shown { silent: count / 3, reported: count / 3 + 1 },
        filings: 0,
    };
    let regions = region::SHIPPED.iter().filter(|region| region.parent.is_some()).collect();
    let sealing = Dice::of(plan.seed, "sealing");
    let mut registering = Registering { plan, people, dice, sealing, firms, regions, manager, rows, register };
    for (place, days) in born.into_iter().enumerate() {
        registering.add(place, days);
    }
    registering.register
}

impl Registering<'_, '_> {
    /// Six in ten live anywhere, the others where most agencies are.
    fn region(&mut self) -> Option<&'static Region> {
        if self.dice.percent(60) {
            return self.dice.pick(&self.regions).copied();
        }
        region::named(if self.dice.percent(55) { "海淀" } else { "朝阳" })
    }

    fn add(&mut self, place: usize, days: i64) {
        let (plan, count) = (self.plan, self.plan.size.experts());
        let shown = place == self.register.shown.silent || place == self.register.shown.reported;
        let (standing, since, why) =
            if shown { (Standing::Active, None, None) } else { profile::standing(&mut self.dice, plan, place, count) };
        let waiting = matches!(standing, Standing::Applied | Standing::Reviewing);
        let born = plan.start - TimeDelta::days(if shown { days.max(500) } else { days });
        let from = match since {
            Some(since) if waiting => since,
            Some(since) => born.min(since - TimeDelta::days(45)),
            None => born,
        } + TimeDelta::seconds(i64::try_from(place).unwrap_or(0));
        let Some(region) = self.region() else { return };
        let Some(firm) = self.dice.pick(&self.firms) else { return };
        let (firm, stem, firm_type) = (firm.name.clone(), firm.stem, firm.firm_type);
        let dice = &mut self.dice;
        let person = self.people.person(dice);
        let services = profile::services(dice, firm_type);
        let industries = profile::industries(dice, region);
        let languages = profile::languages(dice);
        let modes = if shown { Mode::ALL.to_vec() } else { profile::modes(dice) };
        let years = dice.between(3, 30);
        let id = ExpertId::from_minted(dice.id(from));
        let point = jitter(dice, region, 0.05);
        let max_distance_km = if shown || dice.percent(45) { None } else { i32::try_from(dice.between(15, 80)).ok() };
        let monthly_cap =
            if shown { 4 } else { [4, 4, 4, 4, 4, 4, 4, 3, 2, 6].get(dice.below(10)).copied().unwrap_or(4) };
        let open_cap = if shown { 2 } else { [2, 2, 2, 2, 2, 2, 2, 2, 1, 3].get(dice.below(10)).copied().unwrap_or(2) };
        let habit = match dice.below(100) {
            _ if place == self.register.shown.silent => Habit::Silent,
            0..=46 => Habit::Prompt,
            47..=82 => Habit::Mixed,
            83..=96 => Habit::Slow,
            _ => Habit::Silent,
        };
        let filed_number = (!waiting).then(|| {
            self.register.filings += 1;
            written(Series::Filing, from.year(), self.register.filings)
        });
        let (email, phone) =
            (self.people.address(&person, "expert.example"), dice.percent(92).then(|| self.people.mobile()));
        let row = ExpertRow {
            id,
            name: person.name.clone(),
            firm_key: firm::normalised(&firm),
            firm: firm.clone(),
            firm_type,
            email_mark: contact::email_mark(&plan.keys, &email),
            phone_mark: phone.as_deref().map(|phone| contact::phone_mark(&plan.keys, phone)),
            region: region.code.to_owned(),
            lat: Some(point.0),
            lon: Some(point.1),
            years: i32::try_from(years).unwrap_or(5),
            bio: profile::bio(dice, plan.corpus, (&services, &industries, years), firm_type),
            services: JsonText::of(&services),
            industries: JsonText::of(&industries),
            languages: JsonText::of(&languages),
            modes: JsonText::of(&modes),
            max_distance_km,
            monthly_cap,
            open_cap,
            standing,
            standing_why: why.map(str::to_owned),
            filed_number,
            language: if dice.percent(3) { "en" } else { "zh" }.to_owned(),
            created_at: from.naive_utc(),
            updated_at: since.unwrap_or(from).naive_utc(),
            version: 1,
        };
        self.write_trail(place, &row, since);
        let valid_until =
            if shown { None } else { profile::valid_until(&mut self.dice, beijing_date(plan.start), place) };
        self.qualify(&row, from, valid_until);
        let leaves = if shown || standing != Standing::Active { Vec::new() } else { self.take_leave(id, from, place) };
        self.register.volunteers.push(Volunteer {
            id,
            firm,
            stem,
            region: region.code,
            services,
            industries,
            languages,
            modes,
            from: if waiting { plan.start + TimeDelta::days(9_999) } else { from + TimeDelta::days(1) },
            until: since,
            qualified_until: valid_until,
            leaves,
            max_distance_km,
            point,
            open_cap: u32::try_from(open_cap).unwrap_or(2),
            monthly_cap: u32::try_from(monthly_cap).unwrap_or(4),
            habit,
            reserved: shown,
        });
        if shown {
            self.register.shown_rows.push(row.clone());
        }
        let key = PersonKey::new(self.sealing.bytes());
        self.rows.contacts.push(contact::sealed_row(&plan.keys, id, &key, &email, phone.as_deref()));
        self.rows.experts.push(row);
    }

    fn write_trail(&mut self, place: usize, row: &ExpertRow, since: Option<DateTime<Utc>>) {
        let waiting = row.filed_number.is_none();
        let registered = if waiting { row.standing } else { Standing::Active };
        let mut happened = |at, event, detail| {
            let actor = self.manager.to_owned();
            self.register.happenings.push(Happening { expert: place, at, actor, event, detail });
        };
        let detail = json!({"standing": registered, "filed": row.filed_number});
        happened(row.created_at.and_utc(), Event::ExpertRegistered, detail);
        match (row.standing, since) {
            (Standing::Withdrawn, Some(since)) => happened(since, Event::ExpertWithdrew, json!({})),
            (Standing::Paused | Standing::Removed, Some(since)) => {
                happened(since, Event::ExpertChanged, json!({"version": row.version}))
            }
            _ => {}
        }
    }

    fn qualify(&mut self, row: &ExpertRow, from: DateTime<Utc>, valid_until: Option<NaiveDate>) {
        for title in profile::titles(&mut self.dice, row.firm_type) {
            let id = QualificationId::from_minted(self.dice.id(from));
            let number = profile::certificate(&mut self.dice, title, from.year() - row.years);
            let mut held = QualificationRow::plain(id, row.id, title.to_owned(), number, valid_until);
            // Notices of days before the demo begins were given in the year it does not show.
            let next = held.validity().next_notice_after(beijing_date(self.plan.start));
            held.notice_at = next.map(notice_moment).map(|at| at.naive_utc());
            self.rows.qualifications.push(held);
        }
    }

    fn take_leave(&mut self, expert: ExpertId, from: DateTime<Utc>, place: usize) -> Vec<(NaiveDate, NaiveDate)> {
        let leaves = profile::leaves(&mut self.dice, beijing_date(self.plan.start), place);
        for (from_on, to_on, reason) in &leaves {
            let id = LeaveId::from_minted(self.dice.id(from));
            let (from_on, to_on) = (*from_on, *to_on);
            self.rows.leaves.push(LeaveRow { id, expert, from_on, to_on, reason: Some((*reason).to_owned()) });
        }
        leaves.into_iter().map(|(from_on, to_on, _)| (from_on, to_on)).collect()
    }
}

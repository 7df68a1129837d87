//! A need arrives: who asks, where, for what, and what is planned with it.

use super::case::{Case, Post};
use super::fate::Fate;
use super::history::{History, Reason, Step};
use super::jitter;
use super::stations::{PRINTED_STATIONS, StationPlace};
use super::trail::Trail;
use crate::actions::contact::seal_of_need;
use crate::actions::submit_need::CONSENT_TEXT;
use crate::db::JsonText;
use crate::db::need::{NeedRow, SeatRow};
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::need::{Form, Mode, NeedState, SeatState, Urgency};
use crate::domain::notice::NoticeKind;
use crate::domain::number::{Series, written};
use crate::domain::region;
use crate::domain::task::TaskKind;
use crate::ids::{NeedId, SeatId};
use chrono::{DateTime, Datelike, Days, TimeDelta, Utc};
use chrono_tz::Asia::Shanghai;
use serde_json::json;

impl History<'_, '_> {
    /// A need arrives.
    pub(super) fn submit(&mut self, at: DateTime<Utc>, index: usize) -> Option<Case> {
        let fate = self.fates.get(&index).copied().unwrap_or(Fate::Ordinary);
        let text = self.deck.text(index)?;
        let offices = self.offices;
        let shown_at = self.shown_at(fate);
        let demand: Vec<u32> =
            offices.stations.iter().map(|station| self.demand_for(station, &text.industries)).collect();
        let thrown = self.dice.weighted(&demand);
        let station = offices.stations.get(shown_at.unwrap_or(thrown))?;
        let region = if self.dice.percent(92) {
            station.region
        } else {
            self.dice.pick(&region::SHIPPED).filter(|region| region.parent.is_some()).unwrap_or(station.region)
        };
        let client = self.clients.asking(
            &mut self.dice,
            self.people,
            (region, &text.industries),
            at,
            &mut self.rows.enterprises,
        );
        let opposing = text.opposing.then(|| self.clients.opponent(&mut self.dice));
        let agent = (text.opposing && self.dice.percent(45)).then(|| self.agent()).flatten();
        let filled = self.deck.fill(&mut self.dice, text, opposing.as_deref());
        let mode: Mode = text.mode.parse().unwrap_or(Mode::Online);
        let form: Form = text.form.parse().unwrap_or(Form::Consultation);
        let point = match mode {
            Mode::Station => Some(station.point),
            Mode::Onsite | Mode::Training => Some(jitter(&mut self.dice, region, 0.04)),
            Mode::Online | Mode::Phone => None,
        };
        let owner = match shown_at {
            Some(_) => station.liaisons.first().copied()?,
            None => self.dice.pick(&station.liaisons).copied()?,
        };
        let today = beijing_date(at);
        let wanted_by = match fate {
            Fate::NoFeedback { overdue: false } => {
                Some(beijing_date(self.plan.start) + Days::new(u64::try_from(self.dice.between(2, 7)).unwrap_or(2)))
            }
            Fate::Ordinary if self.dice.percent(45) => {
                Some(today + Days::new(u64::try_from(self.dice.between(5, 18)).unwrap_or(5)))
            }
            _ => None,
        };
        let id = NeedId::from_minted(self.dice.id(at));
        let year = at.with_timezone(&Shanghai).year();
        let number = written(Series::Need, year, i64::try_from(index + 1).unwrap_or(0));
        let event = matches!(form, Form::Event | Form::Training | Form::Duty);
        let places = if event && fate == Fate::Ordinary && self.dice.percent(24) { self.dice.between(2, 4) } else { 1 };
        let usual_hours = match form {
            Form::Consultation => 1,
            Form::OneOnOne => 2,
            Form::Event | Form::Training => 3,
            Form::Duty => 4,
        };
        let need = NeedRow {
            id,
            number: number.clone(),
            state: NeedState::Open,
            title: filled.title,
            description: filled.description,
            enterprise: client.id,
            contact_name: client.contact_name.clone(),
            contact_phone: seal_of_need(&self.plan.keys, id, "phone", client.contact_phone.as_deref()),
            contact_email: seal_of_need(&self.plan.keys, id, "email", client.contact_email.as_deref()),
            consent: Some(CONSENT_TEXT.to_owned()),
            station: station.id,
            owner,
            services: JsonText::of(&text.services),
            industries: JsonText::of(&text.industries),
            region: region.code.to_owned(),
            lat: point.map(|point| point.0),
            lon: point.map(|point| point.1),
            mode,
            form,
            language: text.language.clone(),
            urgency: if self.dice.percent(11) { Urgency::Urgent } else { Urgency::Normal },
            wanted_by,
            expected_hours: self.dice.percent(70).then(|| usual_hours + i32::from(self.dice.percent(30))),
            confidential: text.opposing && self.dice.percent(8),
            opposing_party: opposing,
            opposing_agent: agent.as_ref().map(|(_, name)| name.clone()),
            automatic: false,
            created_by: owner,
            created_at: at.naive_utc(),
            updated_at: at.naive_utc(),
        };
        let mut seats = Vec::new();
        for position in 1..=i32::try_from(places).unwrap_or(1) {
            seats.push(SeatRow {
                id: SeatId::from_minted(self.dice.id(at)),
                need: id,
                position,
                specialty: None,
                state: SeatState::Free,
            });
        }
        let mut trail = Trail::of(id.as_str());
        let detail = json!({"number": number, "station": station.id, "services": text.services, "seats": seats.len(), "consent": need.consent});
        trail.append(&mut self.dice, at, &format!("account:{owner}"), Event::NeedSubmitted, &detail);
        let mut case = Case {
            index,
            rounds: vec![0; seats.len()],
            need,
            seats,
            reserves: Vec::new(),
            offers: Vec::new(),
            feedback: Vec::new(),
            ratings: Vec::new(),
            closure: None,
            incidents: Vec::new(),
            tasks: Vec::new(),
            letters: Vec::new(),
            trail,
            fate,
            agent: agent.map(|(stem, _)| stem),
        };
        if case.need.contact_email.is_some() {
            let post = Post {
                kind: NoticeKind::Receipt,
                dedup: format!("receipt:{id}"),
                offer: None,
                not_before: at,
                ordinal: None,
            };
            case.post(&mut self.dice, at, post);
        } else if case.need.contact_phone.is_none() {
            case.leave_task(
                &mut self.dice,
                at,
                (TaskKind::AddContact, format!("add-contact:{id}")),
                None,
                (false, None, None),
            );
        }
        self.begin(at, &case);
        Some(case)
    }

    /// The station whose desk is to have this matter: needs with a fate of the last weeks go to the stations whose accounts
    /// are told, the first of each kind to the first.
    fn shown_at(&mut self, fate: Fate) -> Option<usize> {
        const TURNS: [usize; 6] = [0, 1, 0, 2, 0, 3];
        if matches!(fate, Fate::Ordinary | Fate::Silent(_) | Fate::Reported(_) | Fate::Retracted) {
            return None;
        }
        let turn = self.shown.entry(std::mem::discriminant(&fate)).or_insert(0);
        let place = TURNS.get(*turn % TURNS.len()).copied();
        *turn += 1;
        place.filter(|place| *place < PRINTED_STATIONS)
    }

    /// What a station is asked for, more where the region's industries are the text's.
    fn demand_for(&self, station: &StationPlace, industries: &[String]) -> u32 {
        let at_home = station.region.industries.iter().any(|one| industries.iter().any(|other| other == one));
        if at_home { station.demand * 4 } else { station.demand }
    }

    /// The other party's agent: a firm some experts work for, written as people write it.
    fn agent(&mut self) -> Option<(usize, String)> {
        let volunteer = self.dice.pick(&self.register.volunteers)?;
        let stem = volunteer.stem?;
        let firm = volunteer.firm.clone();
        let name = if self.dice.percent(30) { firm.trim_start_matches("北京").to_owned() } else { firm };
        Some((stem, name))
    }

    /// Plans a new need's first steps.
    fn begin(&mut self, at: DateTime<Utc>, case: &Case) {
        let index = case.index;
        if case.fate == Fate::NeverOffered {
            return;
        }
        if case.fate == Fate::Retracted {
            let retracted = self.later(at, 150, 400);
            self.schedule(retracted, index, Step::CloseFor { reason: Reason::Retracted });
        }
        if case.fate == Fate::Ordinary && at < self.plan.start - TimeDelta::days(4) {
            let reasons = [
                Reason::AtOnce,
                Reason::AtOnce,
                Reason::AtOnce,
                Reason::PassedOn,
                Reason::Duplicate,
                Reason::Withdrawn,
                Reason::OutOfScope,
            ];
            if self.dice.permille(45) {
                let closes = self.later(at, 20, 400);
                let reason = self.dice.pick(&reasons).copied().unwrap_or(Reason::AtOnce);
                self.schedule(closes, index, Step::CloseFor { reason });
                return;
            }
            if self.dice.permille(15) {
                let retracted = self.later(at, 300, 2_400);
                self.schedule(retracted, index, Step::CloseFor { reason: Reason::Retracted });
            }
        }
        let minutes = if case.fate != Fate::Ordinary || self.dice.percent(75) {
            self.dice.between(4, 45)
        } else {
            self.dice.between(60, 420)
        };
        let asked = self.office_hours(at + TimeDelta::minutes(minutes));
        for seat in 0..case.seats.len() {
            self.schedule(
                asked + TimeDelta::seconds(i64::try_from(seat).unwrap_or(0) * 40),
                index,
                Step::Assign { seat },
            );
        }
    }
}

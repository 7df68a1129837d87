//! 「为什么是他，为什么不是他」 for a turn: an expert is chosen, and the page says how they stand to it, beside whoever takes
//! it, and what would change that.
//!
//! The same search answers that made the plan, over the rota as it is now. Deliberately absent: any deed; those stand on
//! the turn's own page.

use super::super::options::{self, Pick};
use super::grid::Names;
use super::turn::found;
use super::when;
use crate::actions::explain_duty::{Hindrance, Standing, stand_duty};
use crate::db;
use crate::db::duty_turn::TurnRow;
use crate::domain::duty::ConsentAnswer;
use crate::i18n::L;
use crate::ids::{DutyTurnId, ExpertId};
use crate::mail::letter::duty_hours;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use std::collections::HashMap;

/// Something that stands in the way, and what would change it.
struct Bar {
    what: String,
    /// The other turn that stands in the way, and its page.
    other: String,
    href: String,
    change: String,
}

#[derive(askama::Template)]
#[template(path = "pages/duty_why.html", config = "src/web/askama.toml")]
struct WhyPage {
    f: Frame,
    back: String,
    when: String,
    station: String,
    taker: String,
    people: Vec<Pick>,
    /// The expert looked at; empty: nobody yet.
    name: String,
    href: String,
    kind: &'static str,
    symbol: &'static str,
    say: String,
    facts: Vec<(String, String)>,
    bars: Vec<Bar>,
    /// Who would be asked next, where this one takes it.
    next: String,
}

/// `GET /duty/turns/{id}/why?expert=`: whoever takes it, where nobody is chosen.
///
/// # Errors
/// [`Refusal::NotFound`](crate::domain::refusal::Refusal::NotFound); a fault.
pub fn show(call: &Call) -> Answered {
    let l = call.l;
    let turn = found(call)?;
    let asked: Option<ExpertId> = call.query_value("expert").and_then(|text| text.parse().ok()).or(turn.expert);
    let stood = stand_duty(&call.office, &call.actor()?, turn.id, asked)?;
    let mut reader = call.office.read()?;
    let station = Names::of(&mut reader, std::slice::from_ref(&turn))?.station(turn.station);
    let alternates: Vec<ExpertId> = turn.alternates.get();
    let ids: Vec<ExpertId> = asked.into_iter().chain(turn.expert).chain(alternates.iter().copied()).collect();
    let known: HashMap<ExpertId, String> =
        db::expert::by_ids(&mut reader, &ids)?.into_iter().map(|row| (row.id, row.name)).collect();
    let said = match asked {
        Some(expert) => db::duty_consent::of(&mut reader, turn.id, expert)?.map(|row| row.answer),
        None => None,
    };
    let others: Vec<DutyTurnId> = stood.found.iter().flat_map(|found| &found.bars).filter_map(|bar| bar.turn).collect();
    let others: HashMap<DutyTurnId, TurnRow> =
        db::duty_turn::by_ids(&mut reader, &others)?.into_iter().map(|row| (row.id, row)).collect();
    let places = Names::of(&mut reader, &others.values().cloned().collect::<Vec<_>>())?;
    drop(reader);
    let name = |id: ExpertId| known.get(&id).cloned().unwrap_or_default();
    let bar = |one: &Hindrance| {
        let other = one.turn.and_then(|id| others.get(&id));
        Bar {
            what: l.t(&format!("duty-bar-{}", one.code)),
            other: other.map(|row| format!("{} {}", when(l, row), places.station(row.station))).unwrap_or_default(),
            href: other.map(|row| format!("/duty/turns/{}", row.id)).unwrap_or_default(),
            change: l.t(&format!("duty-would-{}", one.code)),
        }
    };
    let who = asked.map(name).unwrap_or_default();
    let (kind, symbol, say) = verdict(l, &who, stood.found.as_ref());
    let takes = stood.found.as_ref().is_some_and(|found| found.place == "takes");
    let next: Vec<String> = alternates.iter().map(|id| name(*id)).filter(|name| !name.is_empty()).collect();
    Answer::page(&WhyPage {
        f: call.frame("duty"),
        back: format!("/duty/turns/{}", turn.id),
        when: format!("{} {}", when(l, &turn), duty_hours(turn.span())),
        station,
        taker: turn.expert.map(name).unwrap_or_default(),
        people: options::picks(
            &asked.map(|id| id.to_string()).unwrap_or_default(),
            &l.t("duty-choose"),
            stood.people.iter().map(|(id, name)| (id.to_string(), name.clone())),
        ),
        href: asked.map(|id| format!("/experts/{id}")).unwrap_or_default(),
        name: who,
        kind,
        symbol,
        say,
        facts: stood.found.as_ref().map(|found| facts(l, found, said)).unwrap_or_default(),
        bars: stood.found.iter().flat_map(|found| &found.bars).map(bar).collect(),
        next: if takes && !next.is_empty() {
            l.a("duty-why-next", &[("names", &l.list(&next))])
        } else {
            String::new()
        },
    })
}

/// The sentence on top, and how it looks.
fn verdict(l: L, name: &str, found: Option<&Standing>) -> (&'static str, &'static str, String) {
    let Some(found) = found else { return ("", "info", l.a("duty-why-nowhere", &[("name", name)])) };
    let rank = found.rank.map(|rank| rank.to_string()).unwrap_or_default();
    let (kind, symbol) = match found.place {
        "takes" => ("ok", "check"),
        "alternate" | "could" => ("soon", "users"),
        _ => ("late", "alert"),
    };
    (kind, symbol, l.a(&format!("duty-why-{}", found.place), &[("name", name), ("n", &rank)]))
}

/// Tenths with their unit's digits: 1.3.
fn tenths(number: u64) -> String {
    format!("{}.{}", number / 10, number % 10)
}

/// The figures: way, load, share, what is lacking, what was said.
fn facts(l: L, found: &Standing, said: Option<ConsentAnswer>) -> Vec<(String, String)> {
    let takes = found.place == "takes";
    let mut way = l.a("duty-why-km", &[("km", &tenths(u64::from(found.distance)))]);
    if let Some(beside) = found.beside_taker.filter(|_| !takes) {
        let key = match beside {
            0 => "duty-why-as-near",
            1.. => "duty-why-farther",
            _ => "duty-why-nearer",
        };
        way.push_str(l.pick("，", ", "));
        way.push_str(&l.a(key, &[("km", &tenths(beside.unsigned_abs()))]));
    }
    let mut load = l.a("duty-n-turns", &[("n", &found.load.to_string())]);
    if let Some(other) = found.load_of_taker.filter(|_| !takes) {
        load.push_str(l.pick("，", ", "));
        load.push_str(&l.a("duty-why-taker-load", &[("n", &other.to_string())]));
    }
    let off = tenths(found.off_target.unsigned_abs() / 100);
    let share = match found.off_target {
        -49..=49 => l.t("duty-why-on-share"),
        50.. => l.a("duty-why-over", &[("n", &off)]),
        _ => l.a("duty-why-under", &[("n", &off)]),
    };
    let mut facts = vec![(l.t("duty-why-way"), way), (l.t("duty-why-load"), load), (l.t("duty-why-share"), share)];
    let lacking: Vec<String> = found.lacking.iter().map(|slug| options::service_name(l, slug)).collect();
    if !lacking.is_empty() {
        facts.push((l.t("duty-why-lacks"), l.list(&lacking)));
    }
    if let Some(said) = said {
        facts.push((l.t("duty-said"), l.t(&format!("consent-{said}"))));
    }
    facts
}

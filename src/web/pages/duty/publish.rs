//! Before a plan is published: what changes, who gets which letter; then in one act.

use super::grid::Names;
use super::when;
use crate::actions::ActionError;
use crate::actions::publish_duty::{preview, publish_duty};
use crate::actions::what_if_duty::{DutyWhatIf, Side, what_if_duty};
use crate::db;
use crate::domain::refusal::Refusal;
use crate::i18n::L;
use crate::ids::{DutyPlanId, DutyTurnId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::frame::Frame;
use std::collections::HashMap;

struct Line {
    when: String,
    station: String,
    left_out: String,
    why: String,
}

#[derive(askama::Template)]
#[template(path = "pages/duty_publish.html", config = "src/web/askama.toml")]
struct PublishPage {
    f: Frame,
    id: String,
    title: String,
    version: i32,
    stale: bool,
    say: String,
    letters: Vec<(String, usize)>,
    empty: Vec<Line>,
    more: usize,
    tried: Vec<Tried>,
}

/// A row of the comparison with the rota that stood.
struct Tried {
    label: String,
    plan: String,
    before: String,
}

fn tried(l: L, found: &DutyWhatIf) -> Vec<Tried> {
    if found.plan.needs == 0 {
        return Vec::new();
    }
    let row = |key: &str, of: &dyn Fn(&Side) -> String| Tried {
        label: l.t(key),
        plan: of(&found.plan),
        before: if found.before.experts == 0 { l.t("duty-tried-none") } else { of(&found.before) },
    };
    vec![
        row("duty-tried-known", &|side| format!("{}.{}%", side.known_permille() / 10, side.known_permille() % 10)),
        row("duty-tried-wait", &|side| l.span(side.wait_minutes)),
        row("duty-tried-way", &|side| format!("{}.{} km", side.metres / 1_000, side.metres % 1_000 / 100)),
        row("duty-tried-experts", &|side| side.experts.to_string()),
        row("duty-tried-most", &|side| side.most.to_string()),
        row("duty-tried-gini", &|side| format!("0.{:03}", side.gini_permille)),
    ]
}

/// The most seats left empty a preview lists.
const LISTED: usize = 100;

/// `GET /duty/plans/{id}/publication`.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::WrongState`]; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, false)
}

fn page(call: &Call, stale: bool) -> Answered {
    let l = call.l;
    let id: DutyPlanId = call.id("id")?;
    let looked = preview(&call.office, &call.actor()?, id)?;
    let mut reader = call.office.read()?;
    let plan = db::duty::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let turns = db::duty_turn::of_plan(&mut reader, id)?;
    let names = Names::of(&mut reader, &turns)?;
    drop(reader);
    let by_id: HashMap<DutyTurnId, _> = turns.iter().map(|turn| (turn.id, turn)).collect();
    let mut empty = Vec::new();
    for outcome in looked.outcomes.iter().filter(|one| one.expert.is_none()) {
        let Some(turn) = by_id.get(&outcome.turn) else { continue };
        let key = outcome.why.as_deref().map(|code| format!("duty-bar-{code}")).filter(|key| l.has(key));
        empty.push(Line {
            when: when(l, turn),
            station: names.station(turn.station),
            left_out: outcome.left_out.map(|expert| names.expert(expert)).unwrap_or_default(),
            why: key.map(|key| l.t(&key)).unwrap_or_default(),
        });
    }
    let gaps = empty.len();
    let say = l.a(
        "duty-publish-say",
        &[
            ("manned", &(looked.outcomes.len() - gaps).to_string()),
            ("gaps", &gaps.to_string()),
            ("letters", &looked.letters.len().to_string()),
        ],
    );
    let more = gaps.saturating_sub(LISTED);
    empty.truncate(LISTED);
    let mut letters: Vec<(String, usize)> =
        looked.letters.iter().map(|(expert, turns)| (names.expert(*expert), *turns)).collect();
    letters.sort();
    let found = what_if_duty(&call.office, &call.actor()?, id)?;
    Answer::page(&PublishPage {
        f: call.frame("duty"),
        id: id.to_string(),
        title: plan.title,
        version: looked.version,
        stale,
        say,
        letters,
        empty,
        more,
        tried: tried(l, &found),
    })
}

/// `POST /duty/plans/{id}/publication`.
///
/// # Errors
/// [`Refusal::WrongState`]; a fault. A plan that moved on comes back as a new preview.
pub fn publish(call: &Call) -> Answered {
    let id: DutyPlanId = call.id("id")?;
    let version: i32 = call.form()?.get("version").parse().map_err(|_| WebError::from(Refusal::ChangedMeanwhile))?;
    match publish_duty(&call.office, &call.actor()?, id, version) {
        Ok((manned, gaps)) => Ok(Answer::see_other(&format!("/duty/plans/{id}"))
            .flash("flash-duty-published", &[("manned", &manned.to_string()), ("gaps", &gaps.to_string())])),
        Err(ActionError::Refused(Refusal::ChangedMeanwhile)) => page(call, true),
        Err(error) => Err(error.into()),
    }
}

//! Open needs a new one may be the same as (相近的在办需求): beside the form, and told to its script while somebody types.

use super::form;
use crate::actions::submit_need;
use crate::db;
use crate::search::Suggestion;
use crate::search::same_matter::{Matter, SameMatter};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::Fields;
use serde::Serialize;

/// The most open needs of the enterprise shown.
pub(super) const MOST_SIMILAR: usize = 5;

/// An open need of the same enterprise.
#[derive(Serialize)]
pub struct Similar {
    /// Address.
    pub href: String,
    /// Number.
    pub number: String,
    /// Title.
    pub title: String,
    /// Where it stands.
    pub state: String,
    /// Why it seems to be the same matter, if it does.
    pub why: String,
}

/// The enterprise's open needs, those that seem to be the same matter first, each with its reason.
pub(super) fn similar(call: &Call, fields: &Fields, suggested: &Suggestion) -> Result<Vec<Similar>, WebError> {
    let (name, uscc) = (fields.get("enterprise.name").trim(), fields.get("enterprise.uscc").trim());
    if name.is_empty() && uscc.is_empty() {
        return Ok(Vec::new());
    }
    let mut services: Vec<String> = fields.all("services").into_iter().map(str::to_owned).collect();
    if services.is_empty() {
        services = form::marked(suggested).into_iter().map(|(slug, _)| slug.to_owned()).collect();
    }
    let own = Matter::read(fields.get("title"), fields.get("description"), &services, fields.opt("opposing_party"));
    let (mut alike, mut other) = (Vec::new(), Vec::new());
    for need in submit_need::open_needs_named(&call.office, &call.actor()?, name, uscc)? {
        match own.same_as(&submit_need::matter_of(&need)) {
            Some(same) => alike.push((same.percent, similar_line(call, need, Some(&same)))),
            None => other.push(similar_line(call, need, None)),
        }
    }
    alike.sort_by_key(|(percent, _)| std::cmp::Reverse(*percent));
    let mut lines: Vec<Similar> = alike.into_iter().map(|(_, line)| line).collect();
    lines.append(&mut other);
    lines.truncate(MOST_SIMILAR);
    Ok(lines)
}

/// One line of the warning that something like this is open.
pub(super) fn similar_line(call: &Call, need: db::need::NeedRow, same: Option<&SameMatter>) -> Similar {
    let why = match same {
        None => String::new(),
        Some(same) if same.opponent => call.l.t("need-similar-opponent"),
        Some(same) if same.words.is_empty() => call.l.t("need-similar-matter"),
        Some(same) => call.l.a("need-similar-words", &[("words", &call.l.list(&same.words))]),
    };
    Similar {
        href: format!("/needs/{}", need.id),
        state: call.l.t(&format!("need-state-{}", need.state)),
        number: need.number,
        title: need.title,
        why,
    }
}

/// A service with its score.
#[derive(Serialize)]
struct Scored<'a> {
    slug: &'a str,
    score: f32,
    words: &'a [String],
}

/// The warning beside the form, in words; `items` is empty where nothing like this is open.
#[derive(Serialize)]
struct Warned {
    head: String,
    text: String,
    items: Vec<Similar>,
}

/// What a text suggests, for the form's script.
#[derive(Serialize)]
struct Suggested<'a> {
    similar: Warned,
    services: Vec<Scored<'a>>,
    industries: &'a [String],
    region: Option<&'a str>,
}

/// `POST /needs/suggest` with `text` (the title, a line break, the rest) and, as the form names them, the enterprise, the
/// items ticked and the opposing party: JSON, the services worth marking, the industries, and the open needs it may be.
///
/// # Errors
/// A refusal when the form cannot be read; a fault.
pub fn suggest(call: &Call) -> Answered {
    let mut fields = call.form()?.clone();
    let text: String = fields.get("text").chars().take(10_000).collect();
    let (title, description) = text.split_once('\n').unwrap_or((&text, ""));
    fields.set("title", title);
    fields.set("description", description);
    let suggestion = crate::search::suggest(&text);
    let mut services = Vec::new();
    for ((slug, score), words) in form::marked(&suggestion).into_iter().zip(&suggestion.words) {
        services.push(Scored { slug, score, words });
    }
    let region = suggestion.place.as_ref().map(|place| place.region);
    let items = similar(call, &fields, &suggestion)?;
    let head = call.l.a("need-similar", &[("n", &items.len().to_string())]);
    let similar = Warned { head, text: call.l.t("need-similar-text"), items };
    Answer::json(&Suggested { similar, services, industries: &suggestion.industries, region })
}

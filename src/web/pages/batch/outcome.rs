//! What became of a batch of which not everything could be sent.

use crate::actions::assign_batch::Outcome;
use crate::db;
use crate::ids::NeedId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::need::words::Tag;
use std::collections::HashMap;

/// One need of the batch.
pub struct Line {
    /// Where it is worked on.
    pub href: String,
    /// Title.
    pub title: String,
    /// Number.
    pub number: String,
    /// Sent, or not.
    pub tag: Tag,
    /// How many offers, or why none.
    pub text: String,
}

#[derive(askama::Template)]
#[template(path = "pages/batch_outcome.html", config = "src/web/askama.toml")]
struct OutcomePage {
    f: Frame,
    say: String,
    lines: Vec<Line>,
}

/// The page.
///
/// # Errors
/// A fault when the database cannot be read.
pub fn page(call: &Call, outcomes: &[Outcome]) -> Answered {
    let l = call.l;
    let ids: Vec<NeedId> = outcomes.iter().map(|outcome| outcome.need).collect();
    let scope = call.scope()?;
    let rows: HashMap<NeedId, (String, String)> = db::need::by_ids(&mut *call.office.read()?, &ids)?
        .into_iter()
        .filter(|row| scope.covers(&row.region, row.station))
        .map(|row| (row.id, (row.number, row.title)))
        .collect();
    let mut lines = Vec::with_capacity(outcomes.len());
    let (mut sent, mut kept) = (0, 0);
    for outcome in outcomes {
        let (number, title) = rows.get(&outcome.need).cloned().unwrap_or_default();
        let (tag, text, page) = match &outcome.offers {
            Ok(offers) => {
                sent += offers.len();
                let tag = Tag { kind: "ok", symbol: "check", text: l.t("batch-sent") };
                (tag, l.a("batch-sent-n", &[("n", &offers.len().to_string())]), "")
            }
            Err(_) => {
                kept += 1;
                let tag = Tag { kind: "late", symbol: "xc", text: l.t("batch-not-sent") };
                (tag, super::refused_text(call, &outcome.offers), "/candidates")
            }
        };
        lines.push(Line { href: format!("/needs/{}{page}", outcome.need), title, number, tag, text });
    }
    let say = l.a("batch-outcome", &[("sent", &sent.to_string()), ("kept", &kept.to_string())]);
    Answer::page(&OutcomePage { f: call.frame("needs"), say, lines })
}

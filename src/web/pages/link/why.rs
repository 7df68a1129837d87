//! 「为什么请我」: what the ranking rested on when an offer was made, told to the expert it was made to.
//!
//! Read from what was frozen with the offer, so later weights and later figures do not change it. Contract: his own part
//! only: no place, no other person, no figure of others. Deliberately absent: the need's text, which the offer's own page
//! shows as far as it may.

use super::OfferFile;
use crate::domain::matching::{FrozenRanking, Signal, replay};
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::reasons::points;

/// One signal's part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The signal's name.
    pub name: String,
    /// What it gave, in points.
    pub points: String,
    /// What it can give at most.
    pub of: String,
}

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_why.html", config = "src/web/askama.toml")]
pub struct WhyPage {
    /// Frame.
    pub f: Frame,
    /// Back to the offer.
    pub back: String,
    /// The points in all; empty where none were kept.
    pub score: String,
    /// Signal by signal.
    pub parts: Vec<Part>,
}

/// What was frozen of one expert, signal by signal, with the sum; none where nothing was kept of him.
#[must_use]
pub fn own_part(l: L, frozen: &serde_json::Value, expert: ExpertId) -> Option<(String, Vec<Part>)> {
    let frozen: FrozenRanking = serde_json::from_value(frozen.clone()).ok()?;
    let own = replay(&frozen).parts.into_iter().find(|part| part.id == expert)?;
    let parts = Signal::ALL.iter().zip(own.contributions).map(|(signal, got)| Part {
        name: l.t(&format!("signal-{signal}")),
        points: points(got),
        of: l.a("link-why-of", &[("weight", &points(frozen.weights.of(*signal)))]),
    });
    Some((points(own.score), parts.collect()))
}

/// Shows it.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, file: &OfferFile) -> Answered {
    let own = own_part(call.l, &file.row.ranking.get(), file.row.expert);
    let (score, parts) = own.unwrap_or_default();
    let back = call.path.strip_suffix("/why").unwrap_or(&call.path).to_owned();
    Answer::page(&WhyPage { f: call.frame(""), back, score, parts })
}

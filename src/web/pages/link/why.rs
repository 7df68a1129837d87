//! 「为什么请我」: what the ranking rested on when an offer was made, told to the expert it was made to, in the table staff read.
//!
//! Read from what was frozen with the offer, so later weights and later figures do not change it. Contract: his own part
//! only: no place, no other person, no figure of others (the peers' median, by which fairness is measured, is left out), and
//! no word of a need whose text he may not read yet.

use super::OfferFile;
use crate::domain::assignment::AssignmentState;
use crate::domain::matching::{FrozenRanking, FrozenReason, Signal, replay};
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use crate::web::pages::need::ranking::{ReasonView, scale};
use crate::web::reasons::{Teller, points};

/// The page.
#[derive(askama::Template)]
#[template(path = "pages/link_why.html", config = "src/web/askama.toml")]
pub struct WhyPage {
    /// Frame.
    pub f: Frame,
    /// Back to the offer.
    pub back: String,
    /// The points in all; empty where none were kept.
    pub score: String,
    /// The largest weight, as drawn.
    pub scale: String,
    /// Signal by signal.
    pub reasons: Vec<ReasonView>,
}

/// What was frozen of one expert.
pub struct OwnPart {
    /// The points in all.
    pub score: String,
    /// The largest weight, as drawn.
    pub scale: String,
    /// Signal by signal.
    pub reasons: Vec<ReasonView>,
}

/// What was frozen of one expert, signal by signal, with the sum; none where nothing was kept of him. `reads_text` where he
/// may read the need's text.
#[must_use]
pub fn own_part(l: L, frozen: &serde_json::Value, expert: ExpertId, reads_text: bool) -> Option<OwnPart> {
    let frozen: FrozenRanking = serde_json::from_value(frozen.clone()).ok()?;
    let own = replay(&frozen).parts.into_iter().find(|part| part.id == expert)?;
    let kept = frozen.reasons.iter().find(|(id, _)| *id == expert).map(|(_, kept)| kept.as_slice()).unwrap_or_default();
    let teller = Teller::new(l, &[]);
    let said = |signal: Signal, reason: &FrozenReason| match signal {
        Signal::Fairness => l.t("link-why-fairness"),
        Signal::Text if !reads_text => l.t("link-why-text"),
        _ => teller.kept(reason),
    };
    let mut reasons = Vec::new();
    for (place, (signal, got)) in Signal::ALL.iter().zip(own.contributions).enumerate() {
        let (got, weight) = (points(got), points(frozen.weights.of(*signal)));
        reasons.push(ReasonView {
            name: teller.signal(*signal),
            weight: weight.clone(),
            points: got.clone(),
            points_text: got,
            weight_text: weight,
            sentence: kept.get(place).map(|reason| said(*signal, reason)).unwrap_or_default(),
        });
    }
    Some(OwnPart { score: points(own.score), scale: scale(&frozen.weights), reasons })
}

/// Shows it.
///
/// # Errors
/// A fault.
pub fn show(call: &Call, file: &OfferFile) -> Answered {
    let accepted = matches!(file.row.state, AssignmentState::Accepted | AssignmentState::Done);
    let reads_text = !file.need.confidential || accepted;
    let own = own_part(call.l, &file.row.ranking.get(), file.row.expert, reads_text);
    let back = call.path.strip_suffix("/why").unwrap_or(&call.path).to_owned();
    let (score, scale, reasons) = own.map_or_else(Default::default, |own| (own.score, own.scale, own.reasons));
    Answer::page(&WhyPage { f: call.frame(""), back, score, scale, reasons })
}

//! The kind page: somebody else has the seat, it was declined, given back, taken back or never arrived. Nothing of the
//! file, but whom to call.

use super::OfferFile;
use super::contest::{self, Entered};
use crate::domain::assignment::{AssignmentState, LinkView, VoidReason};
use crate::domain::notice::StationFacts;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::Answered;
use crate::web::frame::Frame;
use actix_web::http::StatusCode;

/// The page.
#[derive(Debug, askama::Template)]
#[template(path = "pages/link_closed.html", config = "src/web/askama.toml")]
pub struct ClosedPage {
    /// Frame.
    pub f: Frame,
    /// Headline.
    pub title: String,
    /// What it means, a paragraph each.
    pub texts: Vec<String>,
    /// What was just typed and could not be taken; empty for nothing.
    pub kept: String,
    /// The page's own address.
    pub action: String,
    /// An answer that staff entered.
    pub entered: Option<Entered>,
    /// Whom to call.
    pub station: StationFacts,
}

/// Which kind of end it is: the last part of its words' keys.
#[must_use]
pub fn variant(file: &OfferFile) -> &'static str {
    match file.row.state {
        AssignmentState::Declined => "declined",
        AssignmentState::Released => "released",
        AssignmentState::Undelivered => "undelivered",
        AssignmentState::Void => {
            let why = file.row.end_reason.as_deref().and_then(|why| why.parse::<VoidReason>().ok());
            match why {
                Some(VoidReason::Retracted) => "retracted",
                Some(VoidReason::Closed) => "ended",
                Some(VoidReason::CalledBack | VoidReason::NotEligible) => "called-back",
                Some(VoidReason::SeatTaken) => "seat-taken",
                None if file.view() == LinkView::SeatTaken => "seat-taken",
                None => "ended",
            }
        }
        _ if file.view() == LinkView::SeatTaken => "seat-taken",
        _ => "ended",
    }
}

/// The words of an end.
#[must_use]
pub fn page(
    f: Frame,
    action: &str,
    variant: &str,
    station: StationFacts,
    kept: &str,
    entered: Option<Entered>,
) -> ClosedPage {
    let l = f.l;
    let mut texts = vec![l.t(&format!("link-closed-{variant}-text"))];
    if !kept.is_empty() {
        texts.push(l.t("link-closed-kept"));
    }
    let title = l.t(&format!("link-closed-{variant}"));
    ClosedPage { title, texts, kept: kept.to_owned(), action: action.to_owned(), entered, station, f }
}

/// Shows it; with `kept`, what was typed and came too late, told as a conflict (409).
///
/// # Errors
/// A fault.
pub fn show(call: &Call, file: &OfferFile, kept: Option<&str>) -> Answered {
    let entered = contest::entered_answer(call, file)?;
    let page = page(call.frame(""), &call.path, variant(file), file.station(call)?, kept.unwrap_or_default(), entered);
    Answer::page_with(if kept.is_some() { StatusCode::CONFLICT } else { StatusCode::OK }, &page)
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::domain::need::{NeedState, SeatState};
    use askama::Template;

    #[test]
    fn every_end_has_its_words_and_shows_nothing_of_the_file() {
        let cases = [
            (AssignmentState::Void, Some("seat-taken"), SeatState::Taken, "seat-taken"),
            (AssignmentState::Void, Some("retracted"), SeatState::Taken, "retracted"),
            (AssignmentState::Void, Some("closed"), SeatState::Free, "ended"),
            (AssignmentState::Void, Some("not-eligible"), SeatState::Free, "called-back"),
            (AssignmentState::Lapsed, None, SeatState::Taken, "seat-taken"),
            (AssignmentState::Declined, None, SeatState::Free, "declined"),
            (AssignmentState::Released, Some("expert"), SeatState::Free, "released"),
            (AssignmentState::Undelivered, None, SeatState::Free, "undelivered"),
        ];
        for (state, reason, seat, expected) in cases {
            let mut file = sample::file(state, seat);
            file.row.end_reason = reason.map(str::to_owned);
            assert_eq!(variant(&file), expected);
            for l in sample::languages() {
                let facts = crate::mail::letter::sample::need();
                let html = page(sample::frame(l), "/l/token", expected, facts.station, "能否改到周一？", None)
                    .render()
                    .expect("renders");
                assert!(!html.contains('⟦'), "{html}");
                assert!(html.contains("010-00000000") && html.contains("能否改到周一？"));
                assert!(!html.contains(&facts.enterprise) && !html.contains("减速器"));
            }
        }
    }

    #[test]
    fn a_lapsed_offer_of_a_closed_need_may_not_be_taken() {
        let mut file = sample::file(AssignmentState::Lapsed, SeatState::Free);
        assert_eq!(file.view(), LinkView::OpenLate);
        file.need.state = NeedState::Retracted;
        assert_eq!((file.view(), variant(&file)), (LinkView::Closed, "ended"));
    }
}

//! Rows and a frame for the tests of these pages.

use super::OfferFile;
use crate::db::JsonText;
use crate::db::assignment::AssignmentRow;
use crate::db::need::NeedRow;
use crate::domain::assignment::AssignmentState;
use crate::domain::need::{Form, NeedState, SeatState};
use crate::i18n::{L, Lang};
use crate::mail::letter::sample as letters;
use crate::web::frame::{Frame, SiteInfo};

/// Both languages.
pub fn languages() -> [L; 2] {
    [L(Lang::Zh), L(Lang::En)]
}

/// A frame without anything around it.
pub fn frame(l: L) -> Frame {
    Frame {
        l,
        lang: l.0.tag(),
        theme: "auto",
        large: false,
        here: "",
        csrf: String::new(),
        nav: Vec::new(),
        nav_more: Vec::new(),
        who: None,
        switch_lang_href: "?lang=en".into(),
        switch_lang_label: "English",
        large_href: "?large=1".into(),
        theme_href: "?theme=dark".into(),
        banners: Vec::new(),
        flash: None,
        site: SiteInfo::default(),
    }
}

/// An offer in a state, its seat in another.
pub fn file(state: AssignmentState, seat: SeatState) -> OfferFile {
    let (need, offer) = (letters::need(), letters::offer());
    let id = || letters::ID.parse().expect("an id");
    let at = letters::now().naive_utc();
    OfferFile {
        row: AssignmentRow {
            id: offer.id,
            number: offer.number,
            need: need.id,
            seat: letters::ID.parse().expect("an id"),
            expert: letters::ID.parse().expect("an id"),
            round: 1,
            state,
            rule: offer.rule,
            offered_by: None,
            notified_at: Some(at),
            notified_by: None,
            answer_due_at: offer.answer_due_at.map(|due| due.naive_utc()),
            provisional: false,
            day_count: JsonText::of(&offer.count),
            late: false,
            first_answer: None,
            answered_at: None,
            answered_by: None,
            decline_reason: None,
            note: None,
            question: None,
            asked_at: None,
            clock_restarts_at: None,
            reply: None,
            replied_at: None,
            feedback_due_at: None,
            next_due_at: None,
            ended_at: None,
            end_reason: None,
            ranking: JsonText::of(&serde_json::Value::Null),
            created_at: at,
            updated_at: at,
        },
        need: NeedRow {
            id: need.id,
            number: need.number,
            state: NeedState::Offering,
            title: need.title.expect("a title"),
            description: need.description.expect("a text"),
            enterprise: letters::ID.parse().expect("an id"),
            contact_name: "何工".into(),
            contact_phone: None,
            contact_email: None,
            consent: None,
            station: letters::ID.parse().expect("an id"),
            owner: id(),
            services: JsonText::of(&need.services),
            industries: JsonText::of(&Vec::new()),
            region: need.region,
            lat: None,
            lon: None,
            mode: need.mode,
            form: Form::Consultation,
            language: "zh".into(),
            urgency: need.urgency,
            wanted_by: need.wanted_by,
            expected_hours: need.expected_hours,
            confidential: false,
            opposing_party: need.opposing_party,
            opposing_agent: need.opposing_agent,
            automatic: false,
            created_by: id(),
            created_at: at,
            updated_at: at,
        },
        seat,
        expert: offer.expert.name,
        may_serve: true,
    }
}

//! The seats of a need with their chains: who was asked, newest first, and which reserves wait, in words.

use super::clock::{OfferTimes, Until, until};
use super::deed::{Deed, Tried};
use super::view::NeedView;
use super::words::{Pick, Tag, offer_tag, seat_tag};
use crate::actions::suggest_experts::is_told_plainly;
use crate::db;
use crate::db::assignment::AssignmentRow;
use crate::db::expert::ExpertRow;
use crate::domain::assignment::{AssignmentState, DeclineReason};
use crate::domain::catalogue;
use crate::domain::matching::Exclusion;
use crate::domain::need::{ReserveState, SeatState};
use crate::i18n::{L, Lang};
use crate::ids::{AssignmentId, ExpertId};
use crate::seal::Purpose;
use crate::web::call::Call;
use crate::web::error::WebError;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;

/// Days a sealed link opens (rules.md, "The answer").
const LINK_DAYS: i64 = 90;

/// The experts of a need by id.
pub type People = HashMap<ExpertId, ExpertRow>;

/// One offer, in words.
pub struct OfferView {
    /// Id.
    pub id: AssignmentId,
    /// The expert's name.
    pub name: String,
    /// The expert's page.
    pub href: String,
    /// Firm.
    pub firm: String,
    /// Number.
    pub number: String,
    /// State.
    pub tag: Tag,
    /// Whether it was late.
    pub late: bool,
    /// What happened, a line each.
    pub lines: Vec<String>,
    /// The question that waits for a reply; empty for none.
    pub question: String,
    /// What is left.
    pub until: Option<Until>,
    /// Text to paste into WeChat; empty where there is nothing to answer.
    pub wechat: String,
    /// Enter when he was told.
    pub notice: Option<Deed>,
    /// Enter his answer.
    pub answer: Option<Deed>,
    /// Reply to his question.
    pub reply: Option<Deed>,
    /// Give the seat back.
    pub release: Option<Deed>,
    /// File his feedback.
    pub feedback: Option<Deed>,
    /// Enter what the enterprise says on the phone.
    pub rating: Option<Deed>,
    /// Reasons for declining, for his answer.
    pub reasons: Vec<Pick>,
}

/// One reserve, in words.
pub struct ReserveView {
    /// Name.
    pub name: String,
    /// Firm.
    pub firm: String,
    /// Where he stands.
    pub tag: Tag,
    /// Which rule passed him over; empty for none.
    pub why: String,
}

/// One seat, in words.
pub struct SeatView {
    /// 第 1 席.
    pub title: String,
    /// State.
    pub tag: Tag,
    /// Specialty wanted; may be empty.
    pub specialty: String,
    /// Who was asked, newest first.
    pub offers: Vec<OfferView>,
    /// Who is asked after.
    pub reserves: Vec<ReserveView>,
    /// Who is next, if the open offer comes to nothing; empty without one.
    pub next: String,
}

/// The text to paste for an open offer: greeting, matter, deadline, the sealed link, who writes. The words are those of
/// the letter.
#[must_use]
pub fn wechat(call: &Call, view: &NeedView, row: &AssignmentRow, expert: &ExpertRow) -> String {
    let l = L(Lang::of(&expert.language));
    let need = &view.need;
    let matter = if need.confidential {
        let slugs = need.services.get();
        let service =
            slugs.first().and_then(|slug| catalogue::by_slug(slug)).map_or("", |item| l.pick(item.zh, item.en));
        l.a("letter-confidential-matter", &[("service", service)])
    } else {
        need.title.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let round = u16::try_from(row.round).unwrap_or_default();
    let token =
        call.office.keys.seal_link(Purpose::Answer, row.id.as_str(), round, call.now + TimeDelta::days(LINK_DAYS));
    let due = match row.answer_due_at {
        Some(at) => l.a("letter-due-answer", &[("due", &l.due(at.and_utc()))]),
        None => l.t("letter-due-answer-undated"),
    };
    let mut lines = vec![
        l.a("letter-greeting-expert", &[("name", &expert.name)]),
        l.a("letter-offer-lead", &[("enterprise", &view.enterprise.name), ("matter", &matter)]),
        format!("{due}{}", l.pick("。", ".")),
        format!("{}{}{}", l.t("letter-act-accept"), l.t("letter-colon"), call.absolute(&format!("/l/{token}"))),
    ];
    let signature: Vec<&str> =
        [view.station.name.as_str(), view.station.phone.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
    lines.push(signature.join(l.pick("　", ", ")));
    lines.join("\n")
}

fn at(value: Option<chrono::NaiveDateTime>) -> Option<DateTime<Utc>> {
    value.map(|at| at.and_utc())
}

/// What happened to an offer, a line each.
fn lines(l: L, row: &AssignmentRow) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(told) = at(row.notified_at) {
        let by = row.notified_by.map(|by| l.t(&format!("notified-by-{by}"))).unwrap_or_default();
        lines.push(l.a("need-offer-told", &[("at", &l.short_instant(told)), ("by", &by)]));
    }
    if let Some(due) = at(row.answer_due_at) {
        lines.push(l.a("need-offer-due", &[("due", &l.due(due))]));
    }
    if row.provisional && row.state == AssignmentState::Offered {
        lines.push(l.t("need-offer-provisional"));
    }
    if let (Some(kind), Some(answered)) = (row.first_answer, at(row.answered_at)) {
        let by = row.answered_by.map(|by| l.t(&format!("answered-by-{by}"))).unwrap_or_default();
        let took = at(row.notified_at).map(|told| l.span((answered - told).num_minutes().max(0))).unwrap_or_default();
        let answer = l.t(&format!("answer-{kind}"));
        lines.push(l.a(
            "need-offer-answered",
            &[("at", &l.short_instant(answered)), ("answer", &answer), ("by", &by), ("took", &took)],
        ));
    }
    lines.extend(
        row.decline_reason
            .map(|reason| l.a("need-offer-reason", &[("reason", &l.t(&format!("decline-reason-{reason}")))])),
    );
    lines.extend(row.note.as_ref().map(|note| l.a("need-offer-note", &[("note", note)])));
    lines.extend(row.question.as_ref().map(|text| l.a("need-offer-question", &[("text", text)])));
    lines.extend(row.reply.as_ref().map(|text| l.a("need-offer-reply", &[("text", text)])));
    if let (AssignmentState::Void, Some(why)) = (row.state, &row.end_reason) {
        let key = format!("void-reason-{why}");
        lines.extend(l.has(&key).then(|| l.t(&key)));
    }
    if let (AssignmentState::Released, Some(by)) = (row.state, &row.end_reason) {
        let key = format!("released-by-{by}");
        lines.extend(l.has(&key).then(|| l.a("need-offer-released", &[("by", &l.t(&key))])));
    }
    if let (AssignmentState::Accepted, Some(due)) = (row.state, at(row.feedback_due_at)) {
        lines.push(l.a("need-offer-feedback-due", &[("due", &l.due(due))]));
    }
    lines
}

fn offer_view(
    call: &Call,
    view: &NeedView,
    row: &AssignmentRow,
    people: &People,
    seat: SeatState,
    tried: Option<&Tried>,
) -> OfferView {
    let l = call.l;
    let expert = people.get(&row.expert);
    let works = view.may_work && view.need.state.is_open();
    let seat_open = matches!(seat, SeatState::Free | SeatState::Offered);
    let answerable = match row.state {
        AssignmentState::Offered => true,
        AssignmentState::Lapsed => seat_open,
        _ => false,
    };
    let tellable = match row.state {
        AssignmentState::Offered => row.notified_at.is_none(),
        AssignmentState::Undelivered => seat == SeatState::Free,
        _ => false,
    };
    let waits = row.state == AssignmentState::Offered && row.asked_at.is_some() && row.reply.is_none();
    let taken = row.state == AssignmentState::Accepted;
    let served = matches!(row.state, AssignmentState::Accepted | AssignmentState::Done);
    let deed = |name: &str, shown: bool| (works && shown).then(|| Deed::new(format!("{name}-{}", row.id), tried));
    let answer = deed("answer", answerable);
    let chosen = answer.as_ref().map(|deed| deed.value("reason")).unwrap_or_default();
    let mut reasons = vec![Pick::new("", l.t("need-answer-reason-none"), &chosen)];
    reasons.extend(
        DeclineReason::ALL
            .iter()
            .map(|reason| Pick::new(reason.as_str(), l.t(&format!("decline-reason-{reason}")), &chosen)),
    );
    OfferView {
        id: row.id,
        name: expert.map(|expert| expert.name.clone()).unwrap_or_default(),
        href: format!("/experts/{}", row.expert),
        firm: expert.map(|expert| expert.firm.clone()).unwrap_or_default(),
        number: row.number.clone(),
        tag: offer_tag(l, row.state),
        late: row.late,
        lines: lines(l, row),
        question: row.question.clone().filter(|_| waits).unwrap_or_default(),
        until: until(l, call.now, &OfferTimes::of(row)),
        wechat: expert
            .filter(|_| works && (answerable || tellable))
            .map(|expert| wechat(call, view, row, expert))
            .unwrap_or_default(),
        notice: deed("notice", tellable),
        answer,
        reply: deed("reply", waits),
        release: deed("release", taken),
        feedback: deed("feedback", taken),
        rating: deed("rating", served),
        reasons,
    }
}

fn reserve_view(l: L, row: &db::need::ReserveRow, people: &People, plain: bool) -> ReserveView {
    let expert = people.get(&row.expert);
    let (kind, symbol) = match row.state {
        ReserveState::Waiting => ("wait", "clock"),
        ReserveState::Asked => ("", "check"),
        ReserveState::Skipped => ("", "minus"),
    };
    let why = row.why.as_ref().map(|code| skipped_why(l, code, plain)).unwrap_or_default();
    ReserveView {
        name: expert.map(|expert| expert.name.clone()).unwrap_or_default(),
        firm: expert.map(|expert| expert.firm.clone()).unwrap_or_default(),
        tag: Tag { kind, symbol, text: l.t(&format!("reserve-state-{}", row.state)) },
        why,
    }
}

/// Which rule passed a reserve over, in words; `plain` for whoever may know what the office knows of an expert.
#[must_use]
pub fn skipped_why(l: L, code: &str, plain: bool) -> String {
    let code = if plain { code } else { Exclusion::neutral_code(code) };
    [format!("excluded-{code}-tag"), format!("refused-{code}")]
        .into_iter()
        .find(|key| l.has(key))
        .map_or_else(|| code.to_owned(), |key| l.t(&key))
}

/// The seats of a need, the offers (all of the need, newest first) put where they belong.
///
/// # Errors
/// A fault.
pub fn seats(
    call: &Call,
    view: &NeedView,
    offers: &[AssignmentRow],
    people: &People,
    tried: Option<&Tried>,
) -> Result<Vec<SeatView>, WebError> {
    let l = call.l;
    let mut reader = call.office.read()?;
    let rows = db::need::seats_of(&mut reader, view.need.id)?;
    let plain = is_told_plainly(&call.actor()?);
    let mut seats = Vec::with_capacity(rows.len());
    for row in rows {
        let reserves = db::need::reserves_of(&mut reader, row.id)?;
        let next = reserves
            .iter()
            .find(|reserve| reserve.state == ReserveState::Waiting)
            .and_then(|reserve| people.get(&reserve.expert));
        seats.push(SeatView {
            title: l.a("need-seat", &[("n", &row.position.to_string())]),
            tag: seat_tag(l, row.state),
            specialty: row.specialty.clone().unwrap_or_default(),
            offers: offers
                .iter()
                .filter(|offer| offer.seat == row.id)
                .map(|offer| offer_view(call, view, offer, people, row.state, tried))
                .collect(),
            next: next.map(|expert| expert.name.clone()).unwrap_or_default(),
            reserves: reserves.iter().map(|reserve| reserve_view(l, reserve, people, plain)).collect(),
        });
    }
    Ok(seats)
}

/// The experts asked or held in reserve for a need.
///
/// # Errors
/// A fault.
pub fn people(call: &Call, view: &NeedView, offers: &[AssignmentRow]) -> Result<People, WebError> {
    let mut reader = call.office.read()?;
    let mut ids: Vec<ExpertId> = offers.iter().map(|offer| offer.expert).collect();
    for seat in db::need::seats_of(&mut reader, view.need.id)? {
        ids.extend(db::need::reserves_of(&mut reader, seat.id)?.into_iter().map(|reserve| reserve.expert));
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(db::expert::by_ids(&mut reader, &ids)?.into_iter().map(|row| (row.id, row)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_that_passes_a_reserve_over_has_words() {
        for lang in [Lang::Zh, Lang::En] {
            for code in Exclusion::CODES.iter().chain(crate::domain::refusal::Refusal::CODES) {
                assert_ne!(skipped_why(L(lang), code, true), *code, "{code}");
            }
        }
    }
}

//! The page itself: everything an expert may see and do, each part under its own heading.

use super::super::admission::{days, named};
use super::super::expert::{Tag, standing_tag};
use super::super::options::{self, Pick, Tick};
use crate::actions::contact;
use crate::actions::enter_leave::Collision;
use crate::actions::export_own_data::RATINGS_SHOWN_FROM;
use crate::db::expert::ExpertRow;
use crate::db::{self, Conn, expert_list};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::document::{DocumentKind, DocumentState, OnDay, Validity};
use crate::domain::email_change::EmailStage;
use crate::domain::need::Mode;
use crate::domain::refusal::Refusal;
use crate::domain::role::Scope;
use crate::domain::standing::Standing;
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::mail::links::Links;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::NaiveDate;

struct Offer {
    href: String,
    title: String,
    number: String,
    tag: Tag,
    due: String,
}

struct Paper {
    what: String,
    number: String,
    days: String,
    tag: Tag,
    href: String,
    file: String,
    note: String,
    /// Where the renewal form begins; empty outside the window.
    renew: String,
}

struct Absence {
    id: String,
    period: String,
    reason: String,
    now: bool,
    may_end: bool,
}

/// Something that collides with the leave being typed.
struct Clash {
    assignment: String,
    what: String,
    way_out: String,
    checked: bool,
}

#[derive(Default)]
struct May {
    serve: bool,
    pause: bool,
    resume: bool,
    apply: bool,
    withdraw: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/me.html", config = "src/web/askama.toml")]
struct MePage {
    f: Frame,
    name: String,
    filed: String,
    standing: Tag,
    standing_text: String,
    said: String,
    offers: Vec<Offer>,
    papers: Vec<Paper>,
    kinds: Vec<Pick>,
    absences: Vec<Absence>,
    clashes: Vec<Clash>,
    regions: Vec<Tick>,
    modes: Vec<Tick>,
    email: String,
    email_stage: String,
    served: i64,
    hours: String,
    ratings: String,
    may: May,
    form: Fields,
    wrong: Wrong,
}

/// `GET /me`.
///
/// # Errors
/// A fault.
pub fn show(call: &Call) -> Answered {
    let mut form = Fields::default();
    // A renewal begins with what the paper that ends says of itself.
    for (asked, field) in [("kind", "kind"), ("name", "paper_name"), ("number", "number"), ("level", "level")] {
        if let Some(value) = call.query_value(asked) {
            form.set(field, value);
        }
    }
    page(call, &form, Wrong::none(), &[])
}

/// The page, with a form that came back, what is wrong with it, and what a leave collides with.
///
/// # Errors
/// A fault.
pub fn page(call: &Call, typed: &Fields, wrong: Wrong, clashes: &[Collision]) -> Answered {
    let l = call.l;
    let id = call.expert()?.id;
    let today = beijing_date(call.now);
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let form = with_terms(&mut reader, &row, typed)?;
    let review = db::application::reviews_of(&mut reader, id)?.into_iter().next();
    let waits = matches!(row.standing, Standing::Applied | Standing::Reviewing);
    let left = row.standing.has_left();
    let feedback = db::feedback::of_expert(&mut reader, id)?;
    let hours: f64 = feedback.iter().map(|one| one.hours).sum();
    let own = db::email_change::open_of(&mut reader, id)?;
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = MePage {
        f: call.frame("me"),
        standing: standing_tag(l, row.standing),
        standing_text: l.t(&format!("me-standing-{}", row.standing)),
        said: review.map_or_else(String::new, |review| review.reason),
        offers: offers(call, &mut reader, id)?,
        papers: papers(&mut reader, l, id, today)?,
        kinds: options::words(
            l,
            "document",
            form.get("kind"),
            &l.t("expert-choose"),
            DocumentKind::ALL.iter().map(DocumentKind::as_str),
        ),
        absences: absences(&mut reader, l, id, today)?,
        clashes: clashes.iter().map(|one| clash(l, one, &form)).collect(),
        regions: db::region::all(&mut reader)?
            .into_iter()
            .filter(|region| region.parent.is_some())
            .map(|region| {
                Tick::new(
                    &region.code,
                    l.pick(&region.name, &region.name_en).to_owned(),
                    form.has("regions", &region.code),
                )
            })
            .collect(),
        modes: Mode::ALL
            .iter()
            .map(|mode| Tick::new(mode.as_str(), l.t(&format!("mode-{mode}")), form.has("modes", mode.as_str())))
            .collect(),
        email: contact::of_expert(&call.office.keys, &mut reader, id)?.email.unwrap_or_default(),
        email_stage: own.map_or_else(String::new, |change| match change.moments().stage(call.now) {
            EmailStage::Asked => l.t("me-email-asked"),
            EmailStage::Confirmed | EmailStage::Due => {
                let due = change.due_at.map_or_else(String::new, |at| l.instant(at.and_utc()));
                l.a("me-email-confirmed", &[("due", &due)])
            }
            EmailStage::Stale | EmailStage::Ended => String::new(),
        }),
        served: i64::try_from(feedback.len()).unwrap_or(i64::MAX),
        hours: format!("{hours:.1}"),
        ratings: ratings(&mut reader, l, id)?,
        may: May {
            serve: !waits && !left,
            pause: row.standing == Standing::Active,
            resume: row.standing == Standing::Paused,
            apply: waits,
            withdraw: !left,
        },
        name: row.name,
        filed: row.filed_number.unwrap_or_default(),
        form,
        wrong,
    };
    Answer::page_with(status, &page)
}

/// The form with the expert's terms as they are, unless they are what came back.
fn with_terms(conn: &mut Conn, row: &ExpertRow, typed: &Fields) -> Result<Fields, WebError> {
    let mut form = typed.clone();
    if form.0.iter().any(|(name, _)| name == "monthly_cap") {
        return Ok(form);
    }
    let number = |value: Option<i32>| value.map_or_else(String::new, |value| value.to_string());
    form.set("monthly_cap", row.monthly_cap.to_string());
    form.set("open_cap", row.open_cap.to_string());
    form.set("max_distance_km", number(row.max_distance_km));
    for mode in row.modes.get() {
        form.set("modes", mode.as_str());
    }
    if let Some(terms) = db::expert_terms::of_expert(conn, row.id)? {
        form.set("weekly_hours", number(terms.weekly_hours));
        for code in terms.regions.get() {
            form.set("regions", code);
        }
    }
    Ok(form)
}

fn offers(call: &Call, conn: &mut Conn, id: ExpertId) -> Result<Vec<Offer>, WebError> {
    let l = call.l;
    let links = Links { base_url: "", keyring: &call.office.keys, now: call.now };
    let states = [AssignmentState::Offered, AssignmentState::Accepted];
    let rows = expert_list::offers(conn, &Scope::Everything, id, &states, 100)?;
    let offers = rows.into_iter().map(|(offer, need)| {
        let accepted = offer.state == AssignmentState::Accepted;
        let due = if accepted { offer.feedback_due_at } else { offer.answer_due_at };
        Offer {
            href: links.answer(offer.id, offer.round),
            title: if need.confidential && !accepted { l.t("me-offer-confidential") } else { need.title },
            number: need.number,
            tag: Tag {
                kind: if accepted { "ok" } else { "wait" },
                symbol: if accepted { "check" } else { "wait" },
                text: l.t(&format!("assignment-state-{}", offer.state)),
            },
            due: due.map_or_else(|| l.t("expert-no-clock"), |at| l.due(at.and_utc())),
        }
    });
    Ok(offers.collect())
}

fn papers(conn: &mut Conn, l: L, id: ExpertId, today: NaiveDate) -> Result<Vec<Paper>, WebError> {
    let mut all: Vec<Paper> = db::expert::qualifications_of(conn, id)?
        .into_iter()
        .map(|row| {
            let validity = row.validity();
            let parts = [
                Some(("kind", "certificate".to_owned())),
                Some(("name", row.kind.clone())),
                row.number.clone().map(|number| ("number", number)),
                row.level.clone().map(|level| ("level", level)),
            ];
            Paper {
                days: days(l, row.issued_on, row.valid_until),
                tag: validity_tag(l, validity, today),
                renew: renew(validity, today, &parts),
                what: match row.level {
                    Some(level) => format!("{} · {level}", row.kind),
                    None => row.kind,
                },
                number: row.number.unwrap_or_default(),
                href: String::new(),
                file: String::new(),
                note: String::new(),
            }
        })
        .collect();
    all.extend(db::document::of_expert(conn, id)?.into_iter().map(|row| {
        let validity = row.validity();
        let tag = match row.state {
            DocumentState::HandedIn => Tag { kind: "wait", symbol: "wait", text: l.t("document-state-handed-in") },
            DocumentState::Refused => Tag { kind: "late", symbol: "undo", text: l.t("document-state-refused") },
            DocumentState::Accepted => validity_tag(l, validity, today),
        };
        // A certificate that was taken stands on the record above, with its days.
        let renews = row.state == DocumentState::Accepted && row.kind != DocumentKind::Certificate;
        Paper {
            what: named(l, row.kind, &row.name),
            number: row.number.unwrap_or_default(),
            days: days(l, row.issued_on, row.valid_until),
            tag,
            href: row.file_name.as_ref().map_or_else(String::new, |_| format!("/me/documents/{}", row.id)),
            file: row.file_name.unwrap_or_default(),
            note: row.note.unwrap_or_default(),
            renew: if renews { renew(validity, today, &[Some(("kind", row.kind.to_string()))]) } else { String::new() },
        }
    }));
    Ok(all)
}

fn renew(validity: Validity, today: NaiveDate, parts: &[Option<(&str, String)>]) -> String {
    if !validity.renewable_on(today) {
        return String::new();
    }
    let mut query = form_urlencoded::Serializer::new(String::new());
    for (name, value) in parts.iter().flatten() {
        query.append_pair(name, value);
    }
    format!("/me?{}#hand-in", query.finish())
}

fn validity_tag(l: L, validity: Validity, today: NaiveDate) -> Tag {
    match validity.on(today) {
        OnDay::Holds => Tag { kind: "ok", symbol: "check", text: l.t("me-paper-holds") },
        OnDay::Ending => Tag { kind: "soon", symbol: "clock", text: l.t("expert-expiring") },
        OnDay::Ended => Tag { kind: "late", symbol: "alert", text: l.t("expert-expired") },
        OnDay::NotYet => Tag { kind: "wait", symbol: "wait", text: l.t("expert-not-yet-valid") },
    }
}

fn absences(conn: &mut Conn, l: L, id: ExpertId, today: NaiveDate) -> Result<Vec<Absence>, WebError> {
    let rows = db::expert::leaves_of(conn, id)?;
    let absences = rows.into_iter().take(20).map(|row| Absence {
        id: row.id.to_string(),
        period: l.a("expert-period", &[("from", &l.date(row.from_on)), ("to", &l.date(row.to_on))]),
        reason: row.reason.unwrap_or_default(),
        now: row.from_on <= today && today <= row.to_on,
        may_end: today <= row.to_on,
    });
    Ok(absences.collect())
}

fn clash(l: L, one: &Collision, form: &Fields) -> Clash {
    let due = one.due_at.map_or_else(|| l.t("expert-no-clock"), |at| l.due(at));
    let kind = if one.accepted { "case" } else { "offer" };
    Clash {
        what: l.a(&format!("me-clash-{kind}"), &[("number", &one.need), ("due", &due)]),
        way_out: l.t(&format!("me-clash-{kind}-out")),
        checked: form.has("given_back", one.assignment.as_str()),
        assignment: one.assignment.to_string(),
    }
}

/// How many marks, and their mean: only in groups of five or more.
fn ratings(conn: &mut Conn, l: L, id: ExpertId) -> Result<String, WebError> {
    let (count, sum) = expert_list::marks(conn, &[id])?.first().map_or((0, 0), |(_, n, sum)| (*n, sum.unwrap_or(0)));
    if count < RATINGS_SHOWN_FROM {
        return Ok(l.a("me-ratings-few", &[("n", &RATINGS_SHOWN_FROM.to_string())]));
    }
    let tenths = (sum * 10 + count / 2) / count;
    let mean = format!("{}.{}", tenths / 10, tenths % 10);
    Ok(l.a("me-ratings", &[("mean", &mean), ("n", &count.to_string())]))
}

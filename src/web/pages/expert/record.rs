//! The record of one expert: facts, papers, absences, figures, open offers, marks, incidents, cases, and the way it went.
//!
//! Contact data is masked until somebody who may asks for it with a purpose; the page that shows it is never kept.

use super::super::options::{self, Pick};
use super::super::trail::{self, Event};
use super::{Figures, Tag, masked_email, masked_phone, standing_tag};
use crate::actions::contact;
use crate::actions::readmit_expert;
use crate::actions::reveal_contact::{RevealPurpose, Revealed};
use crate::actions::review_expert::ReviewDecision;
use crate::db::conn::Conn;
use crate::db::expert::ExpertRow;
use crate::db::{self, conduct_list, expert_list};
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::erasure;
use crate::domain::refusal::Refusal;
use crate::domain::role::{Right, Role, Scope};
use crate::domain::standing::Standing;
use crate::i18n::L;
use crate::ids::ExpertId;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::{StatusCode, header};
use chrono::{Days, NaiveDate};

/// A label and what stands beside it.
pub(super) struct Fact {
    pub label: String,
    pub text: String,
}

/// A qualification with its end.
pub(super) struct Paper {
    pub kind: String,
    pub number: String,
    pub until: String,
    pub tag: Option<Tag>,
}

struct Absence {
    period: String,
    reason: String,
    now: bool,
}

struct Offer {
    href: String,
    number: String,
    title: String,
    state: Tag,
    due: String,
}

struct Mark {
    score: i32,
    label: String,
    said: String,
    from: String,
    href: String,
}

struct Happened {
    day: String,
    what: String,
    withdrawn: String,
}

struct Case {
    href: String,
    number: String,
    kind: String,
    state: Tag,
}

/// What may be done on the page by whoever reads it.
#[derive(Default)]
struct May {
    keep: bool,
    decide: bool,
    read_trail: bool,
    enter_leave: bool,
    reveal: bool,
    review: bool,
    withdraw: bool,
    erase: bool,
    pause: bool,
    resume: bool,
    readmit: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/expert.html", config = "src/web/askama.toml")]
struct RecordPage {
    f: Frame,
    id: String,
    name: String,
    filed: String,
    standing: Tag,
    standing_why: String,
    facts: Vec<Fact>,
    bio: String,
    email: String,
    phone: String,
    revealed: bool,
    /// When the person was erased, as a sentence.
    erased: Option<String>,
    purposes: Vec<Pick>,
    papers: Vec<Paper>,
    absences: Vec<Absence>,
    offers: Vec<Offer>,
    offers_elsewhere: String,
    figures: Figures,
    marks: Vec<Mark>,
    incidents: Vec<Happened>,
    cases: Vec<Case>,
    history: Vec<Event>,
    decisions: Vec<Pick>,
    /// From when somebody who left may come back; empty for everybody else.
    reenters_from: String,
    may: May,
    form: Fields,
    wrong: Wrong,
}

/// `GET /experts/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, call.id("id")?, &Fields::default(), Wrong::none(), None)
}

/// The record, with a form that came back or with contact data asked for.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub(super) fn page(call: &Call, id: ExpertId, form: &Fields, wrong: Wrong, revealed: Option<Revealed>) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let today = beijing_date(call.now);
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let own_region = staff.scope.covers_region(&row.region);
    let reads_trail = staff.role.has(Right::Audit);
    let kept = db::contact::find(&mut reader, &id)?;
    let erased_at = kept.as_ref().and_then(|row| row.erased_at);
    let keeps = staff.role.has(Right::KeepRegister) && own_region && erased_at.is_none();
    let left = row.standing.has_left();
    let may = May {
        keep: keeps,
        decide: staff.role.has(Right::Decide) && own_region && !left,
        read_trail: reads_trail,
        enter_leave: staff.role.has(Right::WorkNeeds) && !left,
        reveal: staff.role.has(Right::WorkNeeds) && erased_at.is_none(),
        review: keeps && matches!(row.standing, Standing::Applied | Standing::Reviewing),
        withdraw: keeps && !left,
        erase: staff.role.has(Right::Decide)
            && own_region
            && erasure::may_be_erased(row.standing)
            && erased_at.is_none(),
        pause: keeps && row.standing == Standing::Active,
        resume: keeps && row.standing == Standing::Paused,
        readmit: keeps && left && erased_at.is_none(),
    };
    let reenters_from = reenters_from(call, &mut reader, &row)?;
    let (offers, offers_elsewhere) = open_offers(&mut reader, l, &staff.scope, id)?;
    let incidents = if reads_trail { incidents(&mut reader, l, id)? } else { Vec::new() };
    let cases = if reads_trail { cases(&mut reader, l, id)? } else { Vec::new() };
    let events: Vec<db::audit::AuditRow> =
        db::audit::trail(&mut reader, id.as_str())?.into_iter().filter(|event| is_of_standing(&event.event)).collect();
    let (email, phone, revealed) = match revealed {
        Some(open) => (open.email, open.phone.unwrap_or_default(), true),
        None => {
            let kept = kept.map(|row| contact::opened(&call.office.keys, &row)).unwrap_or_default();
            (kept.email.as_deref().map(masked_email).unwrap_or_default(), masked_phone(kept.phone.as_deref()), false)
        }
    };
    let purposes: Vec<&str> = if staff.role == Role::Manager {
        vec![RevealPurpose::Manage.as_str()]
    } else {
        RevealPurpose::ALL.iter().filter(|one| **one != RevealPurpose::Manage).map(RevealPurpose::as_str).collect()
    };
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = RecordPage {
        f: call.frame("experts"),
        id: id.to_string(),
        standing: standing_tag(l, row.standing),
        standing_why: row.standing_why.clone().unwrap_or_default(),
        facts: facts(&mut reader, l, &row)?,
        papers: papers(&mut reader, l, id, today)?,
        absences: absences(&mut reader, l, id, today)?,
        figures: figures(&mut reader, id, today)?,
        marks: marks(&mut reader, l, &staff.scope, id)?,
        history: trail::told(&mut reader, l, &events)?,
        name: row.name,
        filed: row.filed_number.unwrap_or_default(),
        bio: row.bio,
        email,
        phone,
        revealed,
        erased: erased_at.map(|at| l.a("personal-erased-on", &[("day", &l.date(beijing_date(at.and_utc())))])),
        purposes: options::words(l, "purpose", form.get("purpose"), "", purposes),
        offers,
        offers_elsewhere,
        incidents,
        cases,
        decisions: options::words(
            l,
            "review",
            form.get("decision"),
            "",
            ReviewDecision::ALL.iter().map(ReviewDecision::as_str),
        ),
        reenters_from,
        may,
        form: form.clone(),
        wrong,
    };
    let answer = Answer::page_with(status, &page)?;
    Ok(if revealed { answer.with_header(header::CACHE_CONTROL, "no-store") } else { answer })
}

/// The events that say how the record came to be as it is.
fn is_of_standing(event: &str) -> bool {
    matches!(
        event,
        "expert-registered"
            | "expert-changed"
            | "expert-reviewed"
            | "leave-entered"
            | "expert-withdrew"
            | "expert-erased"
            | "case-opened"
            | "case-decided"
            | "expert-suspended"
            | "standing-changed"
            | "appeal-decided"
            | "incident-found"
    )
}

/// From when somebody who left may apply again.
fn reenters_from(call: &Call, conn: &mut Conn, row: &ExpertRow) -> Result<String, WebError> {
    if !row.standing.has_left() {
        return Ok(String::new());
    }
    let months = call.office.policy()?.conduct.reentry_months;
    let from = readmit_expert::may_reenter_from(conn, row, months)?;
    Ok(from.map_or_else(String::new, |day| call.l.a("expert-readmit-from", &[("day", &call.l.date(day))])))
}

/// The facts of a record, without contact data.
pub(super) fn facts(conn: &mut Conn, l: L, row: &ExpertRow) -> Result<Vec<Fact>, WebError> {
    let regions = options::region_names(conn, l)?;
    let named: Vec<String> = row.services.get().iter().map(|slug| options::service_name(l, slug)).collect();
    let languages: Vec<String> = row.languages.get().iter().map(|code| l.t(&format!("language-{code}"))).collect();
    let modes = row.modes.get();
    let modes: Vec<String> = modes.iter().map(|mode| l.t(&format!("mode-{mode}"))).collect();
    let fact = |key: &str, text: String| Fact { label: l.t(&format!("expert-{key}")), text };
    let mut facts = vec![
        fact("firm", row.firm.clone()),
        fact("firm-type", l.t(&format!("firm-type-{}", row.firm_type))),
        fact("region", regions.get(&row.region).cloned().unwrap_or_else(|| row.region.clone())),
        fact("years", l.a("expert-years-text", &[("n", &row.years.to_string())])),
        fact("services", l.list(&named)),
        fact("industries", l.list(&row.industries.get())),
        fact("languages", l.list(&languages)),
        fact("modes", if modes.is_empty() { l.t("expert-modes-all") } else { l.list(&modes) }),
        fact(
            "caps",
            l.a("expert-caps-text", &[("month", &row.monthly_cap.to_string()), ("open", &row.open_cap.to_string())]),
        ),
        fact("since", l.date(beijing_date(row.created_at.and_utc()))),
    ];
    if let Some(km) = row.max_distance_km {
        facts.push(fact("distance", l.a("expert-distance-text", &[("km", &km.to_string())])));
    }
    facts.retain(|fact| !fact.text.is_empty());
    Ok(facts)
}

/// The qualifications, those that end soon or have ended marked.
pub(super) fn papers(conn: &mut Conn, l: L, id: ExpertId, today: NaiveDate) -> Result<Vec<Paper>, WebError> {
    let soon = today + Days::new(60);
    let papers = db::expert::qualifications_of(conn, id)?.into_iter().map(|row| Paper {
        kind: row.kind,
        number: row.number.unwrap_or_default(),
        until: row.valid_until.map_or_else(|| l.t("expert-no-end"), |day| l.date(day)),
        tag: match row.valid_until {
            Some(day) if day < today => Some(Tag { kind: "late", symbol: "alert", text: l.t("expert-expired") }),
            Some(day) if day <= soon => Some(Tag { kind: "soon", symbol: "clock", text: l.t("expert-expiring") }),
            _ => None,
        },
    });
    Ok(papers.collect())
}

fn absences(conn: &mut Conn, l: L, id: ExpertId, today: NaiveDate) -> Result<Vec<Absence>, WebError> {
    let rows = db::expert::leaves_of(conn, id)?;
    let absences = rows.into_iter().take(20).map(|row| Absence {
        period: l.a("expert-period", &[("from", &l.date(row.from_on)), ("to", &l.date(row.to_on))]),
        reason: row.reason.unwrap_or_default(),
        now: row.from_on <= today && today <= row.to_on,
    });
    Ok(absences.collect())
}

/// The offers that run, as far as the reader may see their needs, and how many more there are.
fn open_offers(conn: &mut Conn, l: L, scope: &Scope, id: ExpertId) -> Result<(Vec<Offer>, String), WebError> {
    let states = [AssignmentState::Offered, AssignmentState::Accepted];
    let rows = expert_list::offers(conn, scope, id, &states, 50)?;
    let every = expert_list::busy(conn, &[id])?.first().map_or(0, |(_, count)| *count);
    let seen = i64::try_from(rows.len()).unwrap_or(0);
    let elsewhere = if every > seen {
        l.a("expert-offers-elsewhere", &[("n", &(every - seen).to_string())])
    } else {
        String::new()
    };
    let offers = rows
        .into_iter()
        .map(|(offer, need)| {
            let accepted = offer.state == AssignmentState::Accepted;
            let due = if accepted { offer.feedback_due_at } else { offer.answer_due_at };
            Offer {
                href: format!("/needs/{}", need.id),
                number: need.number,
                title: need.title,
                state: Tag {
                    kind: if accepted { "ok" } else { "wait" },
                    symbol: if accepted { "check" } else { "wait" },
                    text: l.t(&format!("assignment-state-{}", offer.state)),
                },
                due: due.map_or_else(|| l.t("expert-no-clock"), |at| l.due(at.and_utc())),
            }
        })
        .collect();
    Ok((offers, elsewhere))
}

/// The figures of twelve months and every mark.
pub(super) fn figures(conn: &mut Conn, id: ExpertId, today: NaiveDate) -> Result<Figures, WebError> {
    let answers = expert_list::answers(conn, &[id], today - Days::new(365))?;
    let counted: Vec<_> = answers.into_iter().map(|(_, outcome, minutes)| (outcome, minutes)).collect();
    let mut figures = Figures::of(&counted);
    if let Some((_, count, sum)) = expert_list::marks(conn, &[id])?.first() {
        (figures.marks, figures.marks_sum) = (*count, sum.unwrap_or(0));
    }
    Ok(figures)
}

/// The latest marks; the need behind one is named only to whoever may see it.
fn marks(conn: &mut Conn, l: L, scope: &Scope, id: ExpertId) -> Result<Vec<Mark>, WebError> {
    let rows = conduct_list::rated_services(conn, id, 10)?;
    let marks = rows.into_iter().map(|(rating, need)| {
        let seen = scope.covers(&need.region, need.station);
        let day = l.date(beijing_date(rating.created_at.and_utc()));
        let channel = l.t(&format!("rating-channel-{}", rating.channel));
        Mark {
            score: rating.score,
            label: l.a("expert-score", &[("n", &rating.score.to_string())]),
            said: if seen { rating.remark.unwrap_or_default() } else { String::new() },
            from: format!("{day} · {channel}{}", if seen { format!(" · {}", need.number) } else { String::new() }),
            href: if seen { format!("/needs/{}", need.id) } else { String::new() },
        }
    });
    Ok(marks.collect())
}

fn incidents(conn: &mut Conn, l: L, id: ExpertId) -> Result<Vec<Happened>, WebError> {
    let rows = db::conduct::incidents_of(conn, id)?;
    let told = rows.into_iter().take(50).map(|row| Happened {
        day: l.date(beijing_date(row.happened_at.and_utc())),
        what: l.t(&format!("incident-{}", row.kind)),
        withdrawn: row.withdrawn_at.map_or_else(String::new, |_| l.t("expert-withdrawn-incident")),
    });
    Ok(told.collect())
}

fn cases(conn: &mut Conn, l: L, id: ExpertId) -> Result<Vec<Case>, WebError> {
    let rows = db::conduct::of_expert(conn, id)?;
    let told = rows.into_iter().map(|row| Case {
        href: format!("/conduct/{}", row.id),
        number: row.number,
        kind: l.t(&format!("case-kind-{}", row.kind)),
        state: match row.decision {
            None => Tag { kind: "wait", symbol: "wait", text: l.t("case-state-open") },
            Some(decision) => Tag { kind: "", symbol: "check", text: l.t(&format!("decision-{decision}")) },
        },
    });
    Ok(told.collect())
}

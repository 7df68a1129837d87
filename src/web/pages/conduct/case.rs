//! One case: the evidence and whether it would stand, the way it goes, two deciders.

use super::super::expert::{Figures, Tag, standing_tag};
use super::super::options::Tick;
use super::evidence::{self, Evidence};
use super::state_tag;
use crate::actions::{ActionError, conduct_case};
use crate::db::conduct::CaseRow;
use crate::db::conn::Conn;
use crate::db::expert::ExpertRow;
use crate::db::{self, beside, conduct_list, expert_list};
use crate::domain::answer_rule::add_working_days;
use crate::domain::calendar::{Calendar, beijing_date};
use crate::domain::conduct::{CaseState, Decision};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Right;
use crate::i18n::L;
use crate::ids::{AccountId, AssignmentId, CaseId};
use crate::search::word_breaks;
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::form::{Fields, Wrong};
use crate::web::frame::Frame;
use actix_web::http::StatusCode;
use chrono::{DateTime, Days, NaiveDate, Utc};
use std::collections::HashMap;

/// Working days for the expert's statement, and for an appeal (rules.md, "Defaults").
pub(super) const STATEMENT_WORKING_DAYS: u32 = 5;
pub(super) const APPEAL_WORKING_DAYS: u32 = 10;

struct Step {
    done: bool,
    current: bool,
    text: String,
    note: String,
}

/// Whose decision it is, and what it was.
struct Signer {
    tag: Tag,
    name: String,
    when: String,
    said: String,
    waits: bool,
}

#[derive(askama::Template)]
#[template(path = "pages/conduct_case.html", config = "src/web/askama.toml")]
struct CasePage {
    f: Frame,
    id: String,
    number: String,
    state: Tag,
    opened: String,
    title: Vec<String>,
    steps: Vec<Step>,
    evidence: Evidence,
    titles: HashMap<String, (String, String)>,
    grounds: String,
    signers: Vec<Signer>,
    expert_id: String,
    expert: String,
    firm: String,
    standing: Tag,
    figures: Figures,
    earlier: Vec<(String, String)>,
    may_decide: bool,
    why_not: String,
    /// Until when the expert may still be heard; empty when that is over.
    statement_runs: String,
    decisions: Vec<Tick>,
    form: Fields,
    wrong: Wrong,
}

/// The case of that id with its expert, if the reader may see it.
pub(super) fn found(call: &Call, conn: &mut Conn) -> Result<(CaseRow, ExpertRow), WebError> {
    let id: CaseId = call.id("id")?;
    let case = db::conduct::find(conn, &id)?.ok_or(Refusal::NotFound)?;
    let expert = db::expert::find(conn, &case.expert)?.ok_or(Refusal::NotFound)?;
    if call.scope()?.covers_region(&expert.region) { Ok((case, expert)) } else { Err(Refusal::NotFound.into()) }
}

/// `GET /conduct/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault.
pub fn show(call: &Call) -> Answered {
    page(call, &Fields::default(), Wrong::none())
}

fn page(call: &Call, form: &Fields, wrong: Wrong) -> Answered {
    let l = call.l;
    let staff = call.staff()?;
    let mut reader = call.office.read()?;
    let (case, expert) = found(call, &mut reader)?;
    let evidence = evidence::read(l, case.evidence.get());
    let ids: Vec<AssignmentId> = evidence.offers.iter().filter_map(|offer| offer.assignment.parse().ok()).collect();
    let titles = conduct_list::offers(&mut reader, &ids)?
        .into_iter()
        .map(|(offer, need)| (offer.id.to_string(), (format!("/needs/{}", need.id), need.title)))
        .collect();
    let mut accounts = vec![case.opened_by];
    accounts.extend(case.decided_by);
    let names: HashMap<AccountId, String> = beside::owners_of(&mut reader, &accounts)?.into_iter().collect();
    let name_of = |id: Option<AccountId>| id.and_then(|id| names.get(&id).cloned()).unwrap_or_default();
    let told = db::outbox::by_key(&mut reader, &format!("case-opened:{}", case.id))?.and_then(|row| row.accepted_at);
    let earlier = db::conduct::of_expert(&mut reader, case.expert)?
        .into_iter()
        .filter(|other| other.id != case.id)
        .map(|other| {
            let outcome =
                other.decision.map_or_else(|| l.t("case-state-open"), |decision| l.t(&format!("decision-{decision}")));
            (
                format!("/conduct/{}", other.id),
                format!(
                    "{} {}{}{outcome}",
                    l.t(&format!("case-kind-{}", other.kind)),
                    other.number,
                    l.pick("：", ": ")
                ),
            )
        })
        .collect();
    let answers = expert_list::answers(&mut reader, &[case.expert], beijing_date(call.now) - Days::new(365))?;
    let answers: Vec<_> = answers.into_iter().map(|(_, outcome, minutes)| (outcome, minutes)).collect();
    let mut figures = Figures::of(&answers);
    if let Some((_, count, sum)) = expert_list::marks(&mut reader, &[case.expert])?.first() {
        (figures.marks, figures.marks_sum) = (*count, sum.unwrap_or(0));
    }
    let open = case.state == CaseState::Open;
    let own = case.opened_by == staff.account;
    let decides = staff.role.has(Right::Decide);
    let kind_word = l.t(&format!("case-kind-{}", case.kind));
    let title = l.a("conduct-title", &[("name", &expert.name), ("kind", &kind_word)]);
    let calendar = call.office.calendar();
    let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = CasePage {
        f: call.frame("conduct"),
        id: case.id.to_string(),
        state: state_tag(l, &case),
        opened: l.a(
            "conduct-opened",
            &[("day", &l.date(beijing_date(case.opened_at.and_utc()))), ("name", &name_of(Some(case.opened_by)))],
        ),
        title: word_breaks(&title).into_iter().map(str::to_owned).collect(),
        steps: steps(l, &calendar, &case, told.map(|at| at.and_utc()), call.now),
        signers: signers(l, &case, &name_of(Some(case.opened_by)), &name_of(case.decided_by)),
        evidence,
        titles,
        grounds: case.grounds.clone(),
        expert_id: expert.id.to_string(),
        standing: standing_tag(l, expert.standing),
        expert: expert.name,
        firm: expert.firm,
        figures,
        earlier,
        may_decide: open && decides && !own,
        why_not: match (open, decides, own) {
            (true, true, true) => l.t("refused-another-manager-text"),
            (true, false, _) => l.t("conduct-managers-decide"),
            _ => String::new(),
        },
        statement_runs: statement_runs(l, &calendar, &case, told.map(|at| at.and_utc()), call.now),
        decisions: decisions(l, &case, form.get("decision")),
        number: case.number,
        form: form.clone(),
        wrong,
    };
    Answer::page_with(status, &page)
}

/// The last day of the statement: counted from the day the letter left, or, while it waits, from today.
fn statement_until(calendar: &Calendar, told: Option<DateTime<Utc>>, now: DateTime<Utc>) -> NaiveDate {
    add_working_days(beijing_date(told.unwrap_or(now)), STATEMENT_WORKING_DAYS, calendar)
}

fn statement_runs(
    l: L,
    calendar: &Calendar,
    case: &CaseRow,
    told: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> String {
    let until = statement_until(calendar, told, now);
    if case.state == CaseState::Open && beijing_date(now) <= until {
        l.a("conduct-statement-runs", &[("day", &l.short_date(until))])
    } else {
        String::new()
    }
}

fn decisions(l: L, case: &CaseRow, chosen: &str) -> Vec<Tick> {
    Decision::ALL
        .iter()
        .filter(|decision| decision.fits(case.kind))
        .map(|decision| {
            Tick::new(decision.as_str(), l.t(&format!("decision-{decision}")), decision.as_str() == chosen)
                .noted(l.t(&format!("conduct-then-{decision}")))
        })
        .collect()
}

/// The way a case goes: opened, told, stated, decided, open to appeal.
fn steps(l: L, calendar: &Calendar, case: &CaseRow, told: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Vec<Step> {
    let today = beijing_date(now);
    let opened_on = beijing_date(case.opened_at.and_utc());
    let statement_until = statement_until(calendar, told, now);
    let stated = told.is_some() && today > statement_until;
    let decided_on = case.decided_at.map(|at| beijing_date(at.and_utc()));
    let appeal_until = decided_on.map(|day| add_working_days(day, APPEAL_WORKING_DAYS, calendar));
    let decided = decided_on.is_some();
    vec![
        Step { done: true, current: false, text: l.t("conduct-step-opened"), note: l.short_date(opened_on) },
        Step {
            done: told.is_some(),
            current: !decided && told.is_none(),
            text: l.t("conduct-step-told"),
            note: told.map_or_else(|| l.t("conduct-letter-waits"), |at| l.short_date(beijing_date(at))),
        },
        Step {
            done: decided || stated,
            current: !decided && told.is_some() && !stated,
            text: l.t("conduct-step-statement"),
            note: l.a("conduct-until", &[("day", &l.short_date(statement_until))]),
        },
        Step {
            done: decided,
            current: !decided && stated,
            text: l.t("conduct-step-decision"),
            note: decided_on.map_or_else(|| l.t("conduct-waits"), |day| l.short_date(day)),
        },
        Step {
            done: appeal_until.is_some_and(|until| today > until),
            current: appeal_until.is_some_and(|until| today <= until),
            text: l.t("conduct-step-appeal"),
            note: appeal_until
                .map_or_else(|| l.t("conduct-not-begun"), |day| l.a("conduct-until", &[("day", &l.short_date(day))])),
        },
    ]
}

fn signers(l: L, case: &CaseRow, opened_by: &str, decided_by: &str) -> Vec<Signer> {
    let first = Signer {
        tag: Tag { kind: "ok", symbol: "check", text: l.t("conduct-first") },
        name: opened_by.to_owned(),
        when: l.instant(case.opened_at.and_utc()),
        said: l.a("conduct-first-said", &[("kind", &l.t(&format!("case-kind-{}", case.kind)))]),
        waits: false,
    };
    let second = match (case.decision, case.decided_at) {
        (Some(decision), Some(at)) => Signer {
            tag: Tag {
                kind: "ok",
                symbol: "check",
                text: l.a("conduct-second-decided", &[("decision", &l.t(&format!("decision-{decision}")))]),
            },
            name: decided_by.to_owned(),
            when: l.instant(at.and_utc()),
            said: case.decision_reason.clone().unwrap_or_default(),
            waits: false,
        },
        _ => Signer {
            tag: Tag { kind: "wait", symbol: "wait", text: l.t("conduct-second-waits") },
            name: String::new(),
            when: String::new(),
            said: l.t("conduct-second-text"),
            waits: true,
        },
    };
    vec![first, second]
}

/// `POST /conduct/{id}/decision`.
///
/// # Errors
/// [`Refusal::NotFound`]; a fault; what will not do comes back on the case.
pub fn decide(call: &Call) -> Answered {
    let id: CaseId = call.id("id")?;
    let form = call.form()?;
    let decided = form
        .get("decision")
        .parse::<Decision>()
        .map_err(|_| Refusal::Invalid(vec![FieldProblem::new("decision", "missing")]).into())
        .and_then(|decision| conduct_case::decide_case(&call.office, &call.actor()?, id, decision, form.get("reason")));
    match decided {
        Ok(()) => Ok(Answer::see_other(&format!("/conduct/{id}")).flash("flash-case-decided", &[])),
        Err(ActionError::Refused(Refusal::NotFound)) => Err(Refusal::NotFound.into()),
        Err(ActionError::Refused(refusal)) => page(call, form, Wrong::of_refusal(call.l, &refusal)),
        Err(error) => Err(error.into()),
    }
}

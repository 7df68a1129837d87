//! "Would this expert conflict with that party?" (利益冲突查询), answered yes, no, or ask the manager, and nothing else.
//!
//! Contract: never says on what the answer rests or whose clients are meant. What only the office's own records know is
//! told to a liaison as a question for the manager, so that a yes gives away no more than where somebody works; managers
//! get the plain answer. Every question is written down without the names asked for, and there are few a day, so that
//! nobody lists an expert's clients by asking one name after the other.

use super::expert_past::conflict_now;
use super::suggest_experts::conflict;
use super::{Actor, Done, Office};
use crate::db;
use crate::db::relation::CheckRow;
use crate::domain::calendar::beijing_date;
use crate::domain::event::Event;
use crate::domain::firm::FirmName;
use crate::domain::matching::{Exclusion, Facts, Ground, IndustrySet, NeedProfile};
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::{Right, Role};
use crate::ids::{CheckId, ExpertId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Questions an account may ask in 24 hours, in all and about one expert.
pub const MOST_CHECKS: (usize, usize) = (30, 5);

/// The other side.
#[derive(Debug, Clone, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictQuestion {
    /// The opposing party.
    pub party: String,
    /// Its agent.
    #[serde(default)]
    pub agent: Option<String>,
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// He would conflict.
    Yes,
    /// Nothing known speaks against him.
    No,
    /// A manager has to look.
    AskManager,
}

impl Verdict {
    /// The stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::AskManager => "ask-manager",
        }
    }
}

/// Answers.
///
/// # Errors
/// [`Refusal::TooManyTries`] beyond [`MOST_CHECKS`]; [`Refusal::Invalid`]; [`Refusal::NotFound`]; [`Refusal::NotYours`].
pub fn check_conflict(office: &Office, actor: &Actor, expert: ExpertId, question: &ConflictQuestion) -> Done<Verdict> {
    actor.needs(Right::WorkNeeds)?;
    let Actor::Staff(staff) = actor else { return Err(Refusal::NotYours.into()) };
    let mut problems = Problems::default();
    let party = problems.text("party", &question.party, 120);
    let agent = problems.optional("agent", question.agent.as_deref(), 120);
    if !party.is_empty() && FirmName::parse(&party).is_nothing() {
        problems.add(FieldProblem::new("party", "not-a-name"));
    }
    problems.settle()?;
    office.write(|tx| {
        let row = db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        let since = (tx.now - TimeDelta::days(1)).naive_utc();
        let (all, about) = db::relation::checks_since(tx.conn, staff.account, expert, since)?;
        if all >= MOST_CHECKS.0 || about >= MOST_CHECKS.1 {
            return Err(Refusal::TooManyTries.into());
        }
        let need = against(&party, agent.as_deref(), tx.now);
        let conflicts = conflict_now(tx.conn, &need, "", &row, tx.now)?;
        let candidate = super::expert_pool::candidate_now(tx.conn, expert, tx.now)?.ok_or(Refusal::NotFound)?;
        let facts = Facts { conflicts, ..Facts::default() };
        let verdict = verdict(conflict(&need, candidate, &facts), staff.role == Role::Manager);
        let check = CheckRow {
            id: CheckId::from_minted(tx.mint()),
            account: staff.account,
            expert,
            verdict: verdict.as_str().to_owned(),
            asked_at: tx.now.naive_utc(),
        };
        db::relation::insert_check(tx.conn, &check)?;
        tx.event(expert.as_str(), actor, Event::ConflictChecked, &json!({"check": check.id, "verdict": verdict}))?;
        Ok(verdict)
    })
}

/// A need that names nothing but the other side.
fn against(party: &str, agent: Option<&str>, now: DateTime<Utc>) -> NeedProfile {
    let asked_on = beijing_date(now);
    NeedProfile {
        services: Default::default(),
        industries: IndustrySet::EMPTY,
        region: None,
        point: None,
        mode: crate::domain::need::Mode::Online,
        languages: Default::default(),
        enterprise: FirmName::parse(""),
        opposing_party: FirmName::parse_list(party),
        opposing_agent: agent.map(FirmName::parse_list).unwrap_or_default(),
        asked_on,
        wanted_on: asked_on,
        licences: Vec::new(),
        minutes: 0,
    }
}

fn verdict(rule: Option<Exclusion>, manager: bool) -> Verdict {
    match rule {
        None => Verdict::No,
        Some(Exclusion::OpposingParty { .. } | Exclusion::OpposingAgent { .. } | Exclusion::OwnEnterprise) => {
            Verdict::Yes
        }
        Some(Exclusion::DeclaredRelation | Exclusion::LearnedConflict(Ground::PastService | Ground::FirmOtherSide))
            if manager =>
        {
            Verdict::Yes
        }
        Some(_) => Verdict::AskManager,
    }
}

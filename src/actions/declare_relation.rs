//! A relation of an expert to somebody is declared (利害关系申报), by the expert or by the office, and ends. Needs on which
//! that somebody stands are kept from the expert, or ask a manager (`domain::matching::tie`).

use super::{Actor, Done, Office};
use crate::db;
use crate::db::relation::RelationRow;
use crate::domain::event::Event;
use crate::domain::firm::FirmName;
use crate::domain::matching::RelationKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::Right;
use crate::ids::{ExpertId, RelationId};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// A relation as declared.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelationInput {
    /// To whom: a firm, an enterprise, a person.
    pub name: String,
    /// `employment`, `ownership`, `family`, `advisory`, `adversary` or `other`.
    pub kind: String,
    /// Declared by the expert (told to staff) rather than noted by the office.
    #[serde(default)]
    pub by_expert: bool,
    /// In a word.
    #[serde(default)]
    pub note: Option<String>,
}

/// Enters a declaration.
///
/// # Errors
/// [`Refusal::Invalid`] naming the field; [`Refusal::NotFound`]; [`Refusal::NotYours`].
pub fn declare_relation(office: &Office, actor: &Actor, expert: ExpertId, input: &RelationInput) -> Done<RelationId> {
    actor.needs(Right::WorkNeeds)?;
    let account = actor.account().ok_or(Refusal::NotYours)?;
    let mut problems = Problems::default();
    let name = problems.text("name", &input.name, 120);
    let note = problems.optional("note", input.note.as_deref(), 500);
    if !name.is_empty() && FirmName::parse(&name).is_nothing() {
        problems.add(FieldProblem::new("name", "not-a-name"));
    }
    let kind = input.kind.parse::<RelationKind>();
    if kind.is_err() {
        problems.add(FieldProblem::new("kind", if input.kind.is_empty() { "missing" } else { "not-known" }));
    }
    problems.settle()?;
    let kind = kind.map_err(|_| Refusal::NotFound)?;
    office.write(|tx| {
        db::expert::find(tx.conn, &expert)?.ok_or(Refusal::NotFound)?;
        let row = RelationRow {
            id: RelationId::from_minted(tx.mint()),
            expert,
            name: name.clone(),
            kind,
            declared_by: if input.by_expert { "expert" } else { "staff" }.to_owned(),
            entered_by: account,
            note: note.clone(),
            declared_at: tx.now.naive_utc(),
            ended_at: None,
        };
        db::relation::insert(tx.conn, &row)?;
        let detail = json!({"relation": row.id, "kind": kind, "declared_by": row.declared_by});
        tx.event(expert.as_str(), actor, Event::RelationDeclared, &detail)?;
        tx.changed("expert", expert.as_str())?;
        Ok(row.id)
    })
}

/// Says that a declared relation has ended. Only whoever keeps the register may: it opens what was closed.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::WrongState`] when it ended before; [`Refusal::NotYours`].
pub fn end_relation(office: &Office, actor: &Actor, id: RelationId) -> Done<ExpertId> {
    actor.needs(Right::KeepRegister)?;
    office.write(|tx| {
        let mut row = db::relation::find(tx.conn, &id)?.ok_or(Refusal::NotFound)?;
        let expert = db::expert::find(tx.conn, &row.expert)?.ok_or(Refusal::NotFound)?;
        if !actor.scope().covers_region(&expert.region) {
            return Err(Refusal::NotFound.into());
        }
        if row.ended_at.is_some() {
            return Err(Refusal::WrongState.into());
        }
        row.ended_at = Some(tx.now.naive_utc());
        db::relation::save(tx.conn, &row)?;
        tx.event(row.expert.as_str(), actor, Event::RelationEnded, &json!({"relation": id, "kind": row.kind}))?;
        tx.changed("expert", row.expert.as_str())?;
        Ok(row.expert)
    })
}

//! The shapes of conduct: a case whole, a case in a list, a line of the ledger.
//!
//! Contract: as [`super::shape`]. The evidence is the one frozen when the case was opened; what has become known since
//! stands beside it and never in it. Deliberately absent: contact data, and the content of papers.

use super::shape::{ExpertName, utc};
use crate::actions::freeze_evidence::known_since;
use crate::actions::own_words::OwnWords;
use crate::db::conduct::CaseRow;
use crate::db::conn::Conn;
use crate::db::expert::ExpertRow;
use crate::db::{self, case_file};
use crate::domain::conduct::{
    AppealOutcome, CaseKind, CaseStage, CaseState, Decision, Doubt, Evidence, PaperKind, StatementKind, Verdict,
};
use crate::domain::feedback::FiledBy;
use crate::domain::standing::Standing;
use crate::i18n::{L, Lang};
use crate::ids::{AccountId, AssignmentId, CaseId, PaperId, StatementId, TransferId};
use crate::seal::Keyring;
use crate::web::error::WebError;
use crate::web::pages::conduct::decision_number;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// What became known of an offer after the case was opened, and weakens it.
#[derive(Debug, Serialize, ToSchema)]
pub struct SinceShape {
    /// The offer.
    pub assignment: AssignmentId,
    /// Why it would not stand any more.
    pub doubts: Vec<Doubt>,
}

/// What the expert said.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementShape {
    /// Id.
    pub id: StatementId,
    /// A statement before the decision, or an appeal after it.
    pub kind: StatementKind,
    /// In the expert's own words.
    pub words: String,
    /// By link, or brought to staff.
    pub channel: FiledBy,
    /// The account that entered it; `null` by link.
    pub entered_by: Option<AccountId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// A paper of the file, without its content.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaperShape {
    /// Id.
    pub id: PaperId,
    /// What it is.
    pub kind: PaperKind,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: i64,
    /// SHA-256 of the content, hex.
    pub sha256: String,
    /// The account that filed it; `null` for the expert.
    pub added_by: Option<AccountId>,
    /// When.
    pub added_at: DateTime<Utc>,
}

/// What was passed on to an authority (移送).
#[derive(Debug, Serialize, ToSchema)]
pub struct TransferShape {
    /// Id.
    pub id: TransferId,
    /// Which authority.
    pub authority: String,
    /// On which day.
    pub on_day: NaiveDate,
    /// Its number there, or ours.
    pub reference: Option<String>,
}

impl TransferShape {
    fn of(row: case_file::TransferRow) -> Self {
        Self { id: row.id, authority: row.authority, on_day: row.on_day, reference: row.reference }
    }
}

/// The words of a verdict, in place: another shape of the API goes by that name.
fn verdicts() -> utoipa::openapi::schema::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::schema::Type::String)
        .enum_values(Some(Verdict::ALL.iter().map(|verdict| verdict.as_str())))
        .build()
}

/// A conduct case.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseShape {
    /// Id.
    pub id: CaseId,
    /// Number people read aloud: `CQ-2026-000001`.
    pub number: String,
    /// Admonition or removal.
    pub kind: CaseKind,
    /// Whose.
    pub expert: ExpertName,
    /// The expert's standing now.
    pub standing: Standing,
    /// Where the case stands.
    pub state: CaseState,
    /// In words.
    pub grounds: String,
    /// The offers it rests on.
    pub assignments: Vec<AssignmentId>,
    /// What speaks for and against, as the rows said when the case was opened.
    #[schema(value_type = Object)]
    pub evidence: serde_json::Value,
    /// What has become known since and weakens it.
    pub since: Vec<SinceShape>,
    /// Whether the evidence would stand, what has become known since included.
    #[schema(schema_with = verdicts)]
    pub verdict: Verdict,
    /// Who opened it.
    pub opened_by: AccountId,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why, in words.
    pub decision_reason: Option<String>,
    /// By whom.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Where exactly the case stands.
    pub stage: CaseStage,
    /// When the expert was told of it.
    pub told_at: Option<DateTime<Utc>>,
    /// The first instant too late for a statement.
    pub statement_due_at: Option<DateTime<Utc>>,
    /// Whether it was decided before the expert was heard.
    pub early: bool,
    /// When the expert was told of the decision.
    pub decision_told_at: Option<DateTime<Utc>>,
    /// The first instant too late for an appeal.
    pub appeal_due_at: Option<DateTime<Utc>>,
    /// How the appeal ended.
    pub appeal_outcome: Option<AppealOutcome>,
    /// Why, in words.
    pub appeal_reason: Option<String>,
    /// Who decided the appeal.
    pub appeal_decided_by: Option<AccountId>,
    /// When.
    pub appeal_decided_at: Option<DateTime<Utc>>,
    /// SHA-256 of the evidence as frozen, hex.
    pub evidence_sha256: String,
    /// What the expert said, oldest first.
    pub statements: Vec<StatementShape>,
    /// The papers of the file, oldest first.
    pub papers: Vec<PaperShape>,
    /// What was passed on to an authority.
    pub transfers: Vec<TransferShape>,
}

impl CaseShape {
    /// The case whole, with everything that stands in its file.
    ///
    /// # Errors
    /// A fault.
    pub fn read(keys: &Keyring, conn: &mut Conn, case: CaseRow, expert: ExpertRow) -> Result<Self, WebError> {
        let since = known_since(conn, &case)?;
        let frozen: Evidence = serde_json::from_value(case.evidence.get()).unwrap_or_default();
        let verdict = frozen.with_since(&since).verdict();
        let statements = case_file::statements_of(conn, case.id)?;
        let words = OwnWords::of(keys, conn, case.expert)?;
        let papers = case_file::papers_of(conn, case.id)?;
        let transfers = case_file::transfers_of(conn, &[case.id])?;
        Ok(Self {
            id: case.id,
            number: case.number,
            kind: case.kind,
            expert: ExpertName { id: expert.id, name: expert.name, firm: expert.firm },
            standing: expert.standing,
            state: case.state,
            grounds: case.grounds,
            assignments: case.assignments.get(),
            evidence: case.evidence.get(),
            since: since.into_iter().map(|(assignment, doubts)| SinceShape { assignment, doubts }).collect(),
            verdict,
            opened_by: case.opened_by,
            opened_at: utc(case.opened_at),
            decision: case.decision,
            decision_reason: case.decision_reason,
            decided_by: case.decided_by,
            decided_at: case.decided_at.map(utc),
            stage: case.stage,
            told_at: case.told_at.map(utc),
            statement_due_at: case.statement_due_at.map(utc),
            early: case.early,
            decision_told_at: case.decision_told_at.map(utc),
            appeal_due_at: case.appeal_due_at.map(utc),
            appeal_outcome: case.appeal_outcome,
            appeal_reason: case.appeal_reason,
            appeal_decided_by: case.appeal_decided_by,
            appeal_decided_at: case.appeal_decided_at.map(utc),
            evidence_sha256: case.evidence_sha256,
            statements: statements
                .into_iter()
                .map(|row| StatementShape {
                    id: row.id,
                    kind: row.kind,
                    words: words.statement(row.id, &row.words),
                    channel: row.channel,
                    entered_by: row.entered_by,
                    at: utc(row.at),
                })
                .collect(),
            papers: papers
                .into_iter()
                .map(|row| PaperShape {
                    id: row.id,
                    kind: row.kind,
                    name: row.name,
                    size: row.size,
                    sha256: row.sha256,
                    added_by: row.added_by,
                    added_at: utc(row.added_at),
                })
                .collect(),
            transfers: transfers.into_iter().map(TransferShape::of).collect(),
        })
    }
}

/// A case in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CaseLine {
    /// Id.
    pub id: CaseId,
    /// Number people read aloud.
    pub number: String,
    /// Admonition or removal.
    pub kind: CaseKind,
    /// Whose.
    pub expert: ExpertName,
    /// The expert's standing now.
    pub standing: Standing,
    /// Where exactly the case stands.
    pub stage: CaseStage,
    /// In words.
    pub grounds: String,
    /// Who opened it.
    pub opened_by: AccountId,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// The first instant too late for a statement.
    pub statement_due_at: Option<DateTime<Utc>>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// The first instant too late for an appeal.
    pub appeal_due_at: Option<DateTime<Utc>>,
    /// How the appeal ended.
    pub appeal_outcome: Option<AppealOutcome>,
}

impl CaseLine {
    /// The case as a list tells it.
    #[must_use]
    pub fn of(case: CaseRow, expert: ExpertRow) -> Self {
        Self {
            id: case.id,
            number: case.number,
            kind: case.kind,
            expert: ExpertName { id: expert.id, name: expert.name, firm: expert.firm },
            standing: expert.standing,
            stage: case.stage,
            grounds: case.grounds,
            opened_by: case.opened_by,
            opened_at: utc(case.opened_at),
            statement_due_at: case.statement_due_at.map(utc),
            decision: case.decision,
            decided_at: case.decided_at.map(utc),
            appeal_due_at: case.appeal_due_at.map(utc),
            appeal_outcome: case.appeal_outcome,
        }
    }
}

/// A line of the ledger (台账): a decision against an expert.
#[derive(Debug, Serialize, ToSchema)]
pub struct LedgerLine {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// The number of the decision letter: 〔2026〕14号 of its series.
    pub document: String,
    /// Admonition or removal.
    pub kind: CaseKind,
    /// Whose.
    pub expert: ExpertName,
    /// What was decided.
    pub decision: Option<Decision>,
    /// Why, in words.
    pub decision_reason: Option<String>,
    /// Who opened the case.
    pub opened_by: AccountId,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Where the case stands.
    pub stage: CaseStage,
    /// How an appeal ended.
    pub appeal_outcome: Option<AppealOutcome>,
    /// Whether the decision stands: no appeal has overturned it.
    pub stands: bool,
    /// What was passed on to an authority.
    pub transfers: Vec<TransferShape>,
}

/// The ledger's lines of those cases, in their order.
///
/// # Errors
/// What the database says.
pub fn ledger_lines(conn: &mut Conn, rows: Vec<(CaseRow, ExpertRow)>) -> diesel::QueryResult<Vec<LedgerLine>> {
    let ids: Vec<CaseId> = rows.iter().map(|(case, _)| case.id).collect();
    let mut passed = db::case_file::transfers_of(conn, &ids)?;
    Ok(rows
        .into_iter()
        .map(|(case, expert)| {
            let (own, others): (Vec<_>, Vec<_>) = passed.drain(..).partition(|row| row.conduct_case == case.id);
            passed = others;
            LedgerLine {
                id: case.id,
                // A document is the office's own, whatever language is asked for.
                document: decision_number(L(Lang::Zh), &case),
                kind: case.kind,
                expert: ExpertName { id: expert.id, name: expert.name, firm: expert.firm },
                decision: case.decision,
                opened_by: case.opened_by,
                decided_by: case.decided_by,
                decided_at: case.decided_at.map(utc),
                stage: case.stage,
                appeal_outcome: case.appeal_outcome,
                stands: case.stands_against(),
                transfers: own.into_iter().map(TransferShape::of).collect(),
                decision_reason: case.decision_reason,
                number: case.number,
            }
        })
        .collect())
}

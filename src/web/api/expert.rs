//! Experts: the register, their records, leave, review, withdrawal.
//!
//! Mail and phone are in full only for managers within their own part of the city, one expert at a time, and each such
//! reading is in the trail; everybody else, and every list, gets them masked (rules.md, "Who sees contact data").

use super::need::by_place;
use super::paging::{self, Page};
use super::register::{ExpertShape, masked};
use super::words;
use crate::actions::enter_leave::{LeaveInput, enter_leave};
use crate::actions::hand_in_document::{DocumentInput, hand_in_document};
use crate::actions::register_expert::{ExpertInput, as_input, change_expert, register_expert};
use crate::actions::reveal_contact::{RevealPurpose, reveal_contact};
use crate::actions::review_expert::{Review, ReviewDecision, review_expert};
use crate::actions::withdraw_expert::withdraw_expert;
use crate::db;
use crate::db::listing::ExpertPick;
use crate::domain::calendar::beijing_date;
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::role::Role;
use crate::domain::selection::Condition;
use crate::domain::standing::Standing;
use crate::ids::{DocumentId, ExpertId, LeaveId};
use crate::search::{Kind, SearchQuery};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use crate::web::finding;
use crate::web::json;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Which experts.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExpertsQuery {
    /// Full text in Chinese or English, a name in pinyin or by initials, a number on file.
    #[serde(default)]
    pub q: Option<String>,
    /// Of this region, by name or code.
    #[serde(default)]
    pub region: Option<String>,
    /// Offering this service item, by slug or name.
    #[serde(default)]
    pub service: Option<String>,
    /// Knowing this industry.
    #[serde(default)]
    pub industry: Option<String>,
    /// In this standing.
    #[serde(default)]
    #[param(value_type = Option<Standing>)]
    pub standing: Option<String>,
    /// Rows a page, 1 to 200.
    #[serde(default)]
    pub limit: Option<u32>,
    /// Where the page before ended.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// Leave just entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeaveEntered {
    /// Id.
    pub id: LeaveId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// Why, in a word.
    pub reason: Option<String>,
    /// How many open offers moved on to the next in their chain.
    pub moved_offers: usize,
}

/// How a review ends.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewBody {
    /// Admit, ask for more, or refuse.
    #[schema(value_type = ReviewDecision)]
    pub decision: String,
    /// In words, to the applicant.
    pub reason: String,
    /// What the reviewer states of the conditions no paper shows, `integrity` and `mastery`: `met` or `not-met`.
    #[serde(default)]
    pub stated: BTreeMap<String, String>,
    /// Why the applicant is admitted all the same, by condition, for those that are 宜 and not met.
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
}

/// A paper just entered.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentEntered {
    /// Id.
    pub id: DocumentId,
}

/// The fields of an expert's record that are to change; those left out stay.
#[derive(Debug)]
pub struct ExpertPatch;

impl PartialSchema for ExpertPatch {
    fn schema() -> RefOr<Schema> {
        match ExpertInput::schema() {
            RefOr::T(Schema::Object(mut record)) => {
                record.required.clear();
                record.properties.remove("standing");
                record.description = Some("The fields that are to change; those left out stay.".to_owned());
                RefOr::T(Schema::Object(record))
            }
            other => other,
        }
    }
}
impl ToSchema for ExpertPatch {}

/// Why the expert leaves.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalBody {
    /// In words.
    #[serde(default)]
    pub reason: Option<String>,
}

/// One expert as the account may see them; a manager's reading of the contact is written down.
fn shown(call: &Call, id: ExpertId) -> Result<ExpertShape, WebError> {
    let mut reader = call.office.read()?;
    let row = db::expert::find(&mut reader, &id)?.ok_or(Refusal::NotFound)?;
    let mut told =
        masked(&call.office.keys, &mut reader, vec![row], beijing_date(call.now))?.pop().ok_or(Refusal::NotFound)?;
    drop(reader);
    let account = call.account()?;
    if account.role == Role::Manager && account.staff.scope.covers_region(&told.region_code) && !call.is_head() {
        let contact = reveal_contact(&call.office, &call.actor()?, id, RevealPurpose::Manage)?;
        told.email = contact.email;
        told.phone = contact.phone;
        told.contact_masked = false;
    }
    Ok(told)
}

/// `GET /api/v1/experts`.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
#[utoipa::path(get, path = "/api/v1/experts", operation_id = "list-experts", tag = "experts", params(ExpertsQuery),
    responses((status = 200, description = "", body = Page<ExpertShape>)))]
pub fn list(call: &Call) -> Answered {
    let query: ExpertsQuery = call.query()?;
    let limit = paging::limit(query.limit, paging::USUAL, paging::MOST)?;
    let standing: Option<Standing> = words::filter("standing", query.standing.as_deref())?;
    let region = words::region_filter(query.region.as_deref())?;
    let service = words::service_filter(query.service.as_deref())?;
    let (rows, next_cursor) = if let Some(text) = query.q.filter(|text| !text.trim().is_empty()) {
        let asked = SearchQuery {
            kind: Some(Kind::Expert),
            state: standing.map(|standing| standing.as_str().to_owned()),
            region,
            service,
            industry: query.industry,
            ..finding::query(call, &text)?
        };
        let (found, next) = by_place(call, asked, query.cursor.as_deref(), limit)?;
        (finding::experts(call, &found)?, next)
    } else {
        let before = paging::place("experts", query.cursor.as_deref(), |text| text.parse::<ExpertId>().ok())?;
        let pick = ExpertPick { region, service, industry: query.industry, standing };
        let most = i64::try_from(limit + 1).unwrap_or(i64::MAX);
        let rows = db::listing::experts(&mut *call.office.read()?, &pick, before, most)?;
        paging::cut(rows, limit, |last| paging::cursor("experts", last.id.as_str()))
    };
    let items = masked(&call.office.keys, &mut *call.office.read()?, rows, beijing_date(call.now))?;
    Answer::json(&Page { items, next_cursor })
}

/// `POST /api/v1/experts`.
///
/// # Errors
/// What [`register_expert`] says.
#[utoipa::path(post, path = "/api/v1/experts", operation_id = "register-expert", tag = "experts", request_body = ExpertInput,
    responses((status = 201, description = "", body = ExpertShape)))]
pub fn register(call: &Call) -> Answered {
    let input: ExpertInput = call.json()?;
    let id = register_expert(&call.office, &call.actor()?, &input)?;
    Answer::created(&format!("/api/v1/experts/{id}"), &shown(call, id)?)
}

/// `GET /api/v1/experts/{id}`.
///
/// # Errors
/// [`Refusal::NotFound`].
#[utoipa::path(get, path = "/api/v1/experts/{id}", operation_id = "show-expert", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")),
    responses((status = 200, description = "", body = ExpertShape)))]
pub fn show(call: &Call) -> Answered {
    Answer::json(&shown(call, call.id("id")?)?)
}

/// The record as it stands with the given fields in place of its own (RFC 7396, one level deep).
fn merged(known: &ExpertInput, given: Map<String, Value>) -> Result<ExpertInput, WebError> {
    let standing_now = known.standing.clone();
    let Value::Object(mut record) = serde_json::to_value(known).map_err(WebError::fault)? else {
        return Err(WebError::fault("an expert's record is not an object"));
    };
    for (field, value) in given {
        // A list set to null is emptied; whatever else is null is forgotten or refused by name when the record is read.
        let value = if value.is_null() && record.get(&field).is_some_and(Value::is_array) {
            Value::Array(Vec::new())
        } else {
            value
        };
        record.insert(field, value);
    }
    let text = serde_json::to_vec(&record).map_err(WebError::fault)?;
    let merged: ExpertInput = json::read(Some("application/json"), &text)?;
    if merged.standing != standing_now {
        return Err(Refusal::Invalid(vec![FieldProblem::new("standing", "not-here")]).into());
    }
    Ok(merged)
}

/// `PATCH /api/v1/experts/{id}`: the given fields replace those on file, the rest stays.
///
/// # Errors
/// What [`change_expert`] says.
#[utoipa::path(patch, path = "/api/v1/experts/{id}", operation_id = "change-expert", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = ExpertPatch,
    responses((status = 200, description = "", body = ExpertShape)))]
pub fn change(call: &Call) -> Answered {
    let given: Map<String, Value> = call.json()?;
    let id: ExpertId = call.id("id")?;
    let input = merged(&as_input(&call.office, id)?, given)?;
    change_expert(&call.office, &call.actor()?, id, &input)?;
    Answer::json(&shown(call, id)?)
}

/// `POST /api/v1/experts/{id}/leaves`.
///
/// # Errors
/// What [`enter_leave`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/leaves", operation_id = "enter-leave", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = LeaveInput,
    responses((status = 201, description = "", body = LeaveEntered)))]
pub fn leave(call: &Call) -> Answered {
    let input: LeaveInput = call.json()?;
    let expert: ExpertId = call.id("id")?;
    let (id, moved_offers) = enter_leave(&call.office, &call.actor()?, expert, &input)?;
    let reason = input.reason.filter(|text| !text.trim().is_empty());
    let entered = LeaveEntered { id, from: input.from, to: input.to, reason, moved_offers };
    Answer::created(&format!("/api/v1/experts/{expert}"), &entered)
}

/// `POST /api/v1/experts/{id}/review`.
///
/// # Errors
/// What [`review_expert`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/review", operation_id = "review-expert", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = ReviewBody,
    responses((status = 200, description = "", body = ExpertShape)))]
pub fn review(call: &Call) -> Answered {
    let body: ReviewBody = call.json()?;
    let id: ExpertId = call.id("id")?;
    let decision: ReviewDecision = words::word("decision", &body.decision)?;
    let stated = by_condition(&body.stated, "stated", |text| match text {
        "met" => Some(true),
        "not-met" => Some(false),
        _ => None,
    })?;
    let reasons = by_condition(&body.reasons, "reasons", |text| Some(text.to_owned()))?;
    let review = Review { decision, reason: body.reason, stated, reasons };
    review_expert(&call.office, &call.actor()?, id, &review)?;
    Answer::json(&shown(call, id)?)
}

/// What a body says of conditions, by condition.
fn by_condition<T>(
    given: &BTreeMap<String, String>,
    field: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<BTreeMap<Condition, T>, Refusal> {
    let mut found = BTreeMap::new();
    for (name, text) in given {
        let wrong = |code| Refusal::Invalid(vec![FieldProblem::new(format!("{field}.{name}"), code)]);
        let condition: Condition = name.parse().map_err(|_| wrong("unknown-field"))?;
        found.insert(condition, read(text).ok_or_else(|| wrong("not-known"))?);
    }
    Ok(found)
}

/// `POST /api/v1/experts/{id}/documents`: a paper the office has in hand; its scan is filed on the page.
///
/// # Errors
/// What [`hand_in_document`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/documents", operation_id = "add-document", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = DocumentInput,
    responses((status = 201, description = "", body = DocumentEntered)))]
pub fn add_document(call: &Call) -> Answered {
    let input: DocumentInput = call.json()?;
    let expert: ExpertId = call.id("id")?;
    let id = hand_in_document(&call.office, &call.actor()?, expert, &input, None)?;
    Answer::created(&format!("/api/v1/experts/{expert}"), &DocumentEntered { id })
}

/// `POST /api/v1/experts/{id}/withdrawal`.
///
/// # Errors
/// What [`withdraw_expert`] says.
#[utoipa::path(post, path = "/api/v1/experts/{id}/withdrawal", operation_id = "withdraw-expert", tag = "experts",
    params(("id" = ExpertId, Path, description = "The expert")), request_body = WithdrawalBody,
    responses((status = 200, description = "", body = ExpertShape)))]
pub fn withdraw(call: &Call) -> Answered {
    let body: WithdrawalBody = call.json()?;
    let id: ExpertId = call.id("id")?;
    withdraw_expert(&call.office, &call.actor()?, id, body.reason.as_deref())?;
    Answer::json(&shown(call, id)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn known() -> ExpertInput {
        ExpertInput {
            name: "顾明岚".into(),
            email: "gu@example.cn".into(),
            phone: Some("13800138000".into()),
            services: vec!["risk".into()],
            industries: vec!["人工智能".into()],
            standing: Some("active".into()),
            years: 9,
            ..ExpertInput::default()
        }
    }

    fn patch(given: Value) -> Result<ExpertInput, WebError> {
        let Value::Object(given) = given else { panic!("an object") };
        merged(&known(), given)
    }

    #[test]
    fn only_what_is_given_changes() {
        let after = patch(json!({"years": 10, "phone": null, "industries": null})).expect("taken");
        assert_eq!((after.years, after.phone, after.industries.len(), after.name.as_str()), (10, None, 0, "顾明岚"));
        assert!(patch(json!({"standing": "active"})).is_ok());
    }

    #[test]
    fn what_cannot_be_taken_is_named() {
        for (given, field, code) in [
            (json!({"yaers": 10}), "yaers", "unknown-field"),
            (json!({"years": "ten"}), "years", "wrong-type"),
            (json!({"name": null}), "name", "wrong-type"),
            (json!({"standing": "removed"}), "standing", "not-here"),
            (json!({"qualifications": [{"type": "律师", "til": 1}]}), "qualifications[0].til", "unknown-field"),
        ] {
            let Err(WebError::Refused(Refusal::Invalid(found))) = patch(given) else { panic!("{field} was taken") };
            assert_eq!((found[0].field.as_str(), found[0].code), (field, code));
        }
    }
}

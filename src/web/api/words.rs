//! The domain's words in the API's description: which values a state, a channel or a reason may have, taken from the
//! enums themselves, so that the document cannot fall behind; and the filters and bodies that are read by word.
//!
//! Ids are texts of 36 characters (UUIDv7).

use crate::domain::refusal::{FieldProblem, Refusal};
use crate::domain::{answer_rule, assignment, catalogue, conduct, expert, feedback, need, region, standing};
use crate::i18n::{L, Lang};
use crate::ids;
use std::str::FromStr;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaFormat, Type};

macro_rules! worded {
    ($($word:ty),+ $(,)?) => { $(
        impl utoipa::PartialSchema for $word {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .enum_values(Some(Self::ALL.iter().map(|word| word.as_str().to_owned())))
                    .into()
            }
        }
        impl utoipa::ToSchema for $word {}
    )+ };
}
worded! {
    answer_rule::CountingRule,
    assignment::AssignmentState, assignment::AnswerKind, assignment::AnsweredBy, assignment::NotifiedBy,
    assignment::DeclineReason, assignment::ReleasedBy,
    conduct::CaseKind, conduct::CaseState, conduct::Decision, conduct::CaseStage, conduct::AppealOutcome,
    conduct::Doubt, conduct::StatementKind, conduct::PaperKind,
    expert::FirmType,
    crate::domain::figures::By,
    feedback::Outcome, feedback::RatingChannel, feedback::ConductReport, feedback::FiledBy,
    need::NeedState, need::Mode, need::Form, need::Urgency, need::SeatState, need::ReserveState, need::CloseReason,
    standing::Standing,
    crate::domain::calendar::ImportState, crate::domain::calendar::ImportDecision,
    crate::domain::task::TaskKind,
    crate::domain::duty::PlanState, crate::domain::duty::DutyPart, crate::domain::duty::TurnState,
    crate::domain::duty::ConsentAnswer, crate::domain::duty::SwapKind, crate::domain::duty::SwapState,
    crate::actions::review_expert::ReviewDecision,
}

macro_rules! identified {
    ($($id:ty),+ $(,)?) => { $(
        impl utoipa::PartialSchema for $id {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .format(Some(SchemaFormat::Custom("uuid".to_owned())))
                    .into()
            }
        }
        impl utoipa::ToSchema for $id {}
    )+ };
}
identified! {
    ids::AccountId, ids::StationId, ids::ExpertId, ids::EnterpriseId, ids::NeedId, ids::SeatId, ids::AssignmentId,
    ids::CaseId, ids::LeaveId, ids::TaskId, ids::FeedbackId, ids::OutageId, ids::CalendarImportId,
    ids::RelationId, ids::WaiverId, ids::DocumentId, ids::PaperId, ids::StatementId, ids::TransferId,
    ids::DutyPlanId, ids::DutyTurnId, ids::DutySwapId,
}

/// How staff may have told an expert: never by the mail server.
pub fn told_by() -> Object {
    let words = assignment::NotifiedBy::ALL.iter().filter(|by| **by != assignment::NotifiedBy::Smtp);
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words.map(|by| by.as_str().to_owned()))).build()
}

fn unknown(field: &str, text: &str) -> Refusal {
    Refusal::Invalid(vec![FieldProblem::with(field, "not-known", text)])
}

/// A field that has to be there and to name one of a closed list, in any case of letters.
///
/// # Errors
/// [`Refusal::Invalid`] naming the field: `missing` or `not-known`.
pub fn word<T: FromStr>(field: &str, text: &str) -> Result<T, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::Invalid(vec![FieldProblem::new(field, "missing")]));
    }
    text.to_ascii_lowercase().parse().map_err(|_| unknown(field, text))
}

/// The same, where people's words for it are taken too: `key` and the value's text make the key of its name, in either
/// language (`close-reason-duplicate`: 重复, Duplicate).
///
/// # Errors
/// As [`word`].
pub fn word_or_name<T: FromStr + Copy + std::fmt::Display>(
    field: &str,
    key: &str,
    all: &[T],
    text: &str,
) -> Result<T, Refusal> {
    let wanted = text.trim();
    let named = |value: &&T| {
        [Lang::Zh, Lang::En].iter().any(|lang| L(*lang).t(&format!("{key}-{value}")).eq_ignore_ascii_case(wanted))
    };
    match all.iter().find(named).filter(|_| !wanted.is_empty()) {
        Some(found) => Ok(*found),
        None => word(field, text),
    }
}

/// A filter by a word of a closed list.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
pub fn filter<T: FromStr>(field: &str, value: Option<&str>) -> Result<Option<T>, Refusal> {
    value.map(|text| word(field, text)).transpose()
}

/// A filter by region, by name or code; the city as a whole filters nothing.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
pub fn region_filter(value: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = value else { return Ok(None) };
    let found = region::named(text)
        .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::with("region", "not-a-region", text)]))?;
    Ok((found.code != region::CITY).then(|| found.code.to_owned()))
}

/// A filter by service item, by slug or name.
///
/// # Errors
/// [`Refusal::Invalid`] naming the filter.
pub fn service_filter(value: Option<&str>) -> Result<Option<String>, Refusal> {
    let Some(text) = value else { return Ok(None) };
    let found = catalogue::named(text)
        .ok_or_else(|| Refusal::Invalid(vec![FieldProblem::with("service", "not-a-service", text)]))?;
    Ok(Some(found.slug.to_owned()))
}

/// The Chinese name of a region, as the register writes it; its code where it is not one of those shipped.
#[must_use]
pub fn region_name(code: &str) -> String {
    region::by_code(code).map_or(code, |region| region.name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::need::CloseReason;

    #[test]
    fn words_are_taken_by_code_and_by_name() {
        for text in ["duplicate", "Duplicate", "重复"] {
            assert_eq!(
                word_or_name("reason", "close-reason", CloseReason::ALL, text),
                Ok(CloseReason::Duplicate),
                "{text}"
            );
        }
        let Err(Refusal::Invalid(found)) = word_or_name("reason", "close-reason", CloseReason::ALL, "为什么") else {
            panic!("taken")
        };
        assert_eq!((found[0].field.as_str(), found[0].code), ("reason", "not-known"));
        let Err(Refusal::Invalid(found)) = word_or_name("reason", "close-reason", CloseReason::ALL, " ") else {
            panic!("taken")
        };
        assert_eq!(found[0].code, "missing");
    }

    #[test]
    fn filters_take_names_and_codes() {
        assert_eq!(region_filter(Some("海淀")), Ok(Some("110108".to_owned())));
        assert_eq!(region_filter(Some("110108")), Ok(Some("110108".to_owned())));
        assert_eq!(region_filter(Some("北京市")), Ok(None));
        assert!(region_filter(Some("火星")).is_err());
        assert_eq!(service_filter(Some("知识产权金融服务")), Ok(Some("finance".to_owned())));
        assert!(filter::<crate::domain::need::NeedState>("state", Some("gone")).is_err());
    }
}

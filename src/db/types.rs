//! How the domain's ids, words and documents are stored: all of them as text, alike on both databases.

use crate::domain::{
    answer_rule, assignment, calendar, conduct, document, duty, email_change, expert, feedback, need, role,
    sheet_import, standing, task,
};
use crate::ids;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Nullable, SingleValue, Text};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

macro_rules! stored_as_text {
    ([$($g:ident)?] $t:ty) => {
        impl<$($g: DeserializeOwned,)? DB: Backend> FromSql<Text, DB> for $t where String: FromSql<Text, DB> {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(<String as FromSql<Text, DB>>::from_sql(bytes)?.parse::<Self>()?)
            }
        }
        impl<$($g: std::fmt::Debug,)? DB: Backend> ToSql<Text, DB> for $t where str: ToSql<Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <str as ToSql<Text, DB>>::to_sql(self.as_str(), out)
            }
        }
        impl<$($g: std::fmt::Debug,)? DB: Backend> ToSql<Nullable<Text>, DB> for $t where str: ToSql<Text, DB> {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                <str as ToSql<Text, DB>>::to_sql(self.as_str(), out)
            }
        }
        impl<$($g,)? ST: SingleValue, DB: Backend> Queryable<ST, DB> for $t where Self: FromSql<ST, DB> {
            type Row = Self;
            fn build(row: Self) -> deserialize::Result<Self> { Ok(row) }
        }
        impl<$($g)?> AsExpression<Text> for $t {
            type Expression = Bound<Text, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a, $($g)?> AsExpression<Text> for &'a $t {
            type Expression = Bound<Text, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<$($g)?> AsExpression<Nullable<Text>> for $t {
            type Expression = Bound<Nullable<Text>, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
        impl<'a, $($g)?> AsExpression<Nullable<Text>> for &'a $t {
            type Expression = Bound<Nullable<Text>, Self>;
            fn as_expression(self) -> Self::Expression { Bound::new(self) }
        }
    };
    ($($t:ty),+ $(,)?) => { $( stored_as_text! { [] $t } )+ };
}

stored_as_text! {
    ids::AccountId, ids::StationId, ids::ExpertId, ids::QualificationId, ids::LeaveId, ids::EnterpriseId, ids::NeedId,
    ids::SeatId, ids::ReserveId, ids::AssignmentId, ids::ReminderId, ids::FeedbackId, ids::RatingId, ids::IncidentId,
    ids::CaseId, ids::TaskId, ids::OutboxId, ids::LetterId, ids::AttachmentId, ids::TokenId, ids::DraftId, ids::EventId,
    ids::OutageId, ids::CalendarImportId, ids::StatementId, ids::PaperId, ids::TransferId, calendar::ImportState,
    ids::RelationId, ids::WaiverId, ids::CheckId, ids::SheetImportId, sheet_import::ImportStage,
    ids::DutyPlanId, ids::DutyTurnId, ids::DutyConsentId, ids::DutyAskId, ids::DutySwapId, ids::DutyFeedId,
    duty::PlanState, duty::DutyPart, duty::TurnState, duty::ConsentAnswer, duty::SwapKind, duty::SwapState,
    ids::DocumentId, ids::ApplicationId, ids::ReviewId, ids::EmailChangeId,
    document::DocumentKind, document::DocumentState, email_change::EmailOutcome,
    answer_rule::CountingRule,
    assignment::AssignmentState, assignment::AnswerKind, assignment::AnsweredBy, assignment::NotifiedBy,
    assignment::DeclineReason, assignment::OfferOutcome,
    conduct::IncidentKind, conduct::CaseKind, conduct::CaseState, conduct::Decision, conduct::CaseStage, conduct::Finding,
    conduct::AppealOutcome, conduct::PaperKind, conduct::StatementKind, feedback::FiledBy, standing::StandingDeed,
    expert::FirmType,
    feedback::Outcome, feedback::RatingChannel,
    need::NeedState, need::Mode, need::Form, need::Urgency, need::SeatState, need::ReserveState, need::CloseReason,
    crate::domain::matching::RelationKind, role::Role, standing::Standing, task::TaskKind,
}
stored_as_text! { [T] JsonText<T> }
stored_as_text! { [] SealedText }

/// A value only the holder of the keys can read, as a column of text holds it: `~` and base64url. What begins otherwise
/// was written before values were sealed and stands in the clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedText(String);

impl SealedText {
    /// Of the sealed bytes.
    #[must_use]
    pub fn of(sealed: &[u8]) -> Self {
        Self(format!("~{}", URL_SAFE_NO_PAD.encode(sealed)))
    }

    /// A text that is still to be sealed.
    #[must_use]
    pub fn in_clear(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The sealed bytes; `None` of a value in the clear.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(self.0.strip_prefix('~')?).ok()
    }

    /// What stands in the clear, if it does; words that begin with the mark of what is sealed are words.
    #[must_use]
    pub fn in_the_clear(&self) -> Option<&str> {
        self.bytes().is_none().then_some(self.0.as_str())
    }

    /// The column's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for SealedText {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

/// A document of type `T`, kept as the JSON text it was stored as.
#[derive(Debug)]
pub struct JsonText<T> {
    text: String,
    what: PhantomData<fn() -> T>,
}

impl<T> Clone for JsonText<T> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), what: PhantomData }
    }
}

impl<T> JsonText<T> {
    /// The JSON text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl<T: Serialize> JsonText<T> {
    /// Writes the document. A value that serde cannot write (a map with non-text keys, say) becomes `null`; the types
    /// stored here have none.
    #[must_use]
    pub fn of(value: &T) -> Self {
        Self { text: serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned()), what: PhantomData }
    }
}

impl<T: DeserializeOwned + Default> JsonText<T> {
    /// Reads the document; it was checked when it was loaded.
    #[must_use]
    pub fn get(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_default()
    }
}

impl<T: DeserializeOwned> std::str::FromStr for JsonText<T> {
    type Err = serde_json::Error;
    fn from_str(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str::<T>(text)?;
        Ok(Self { text: text.to_owned(), what: PhantomData })
    }
}

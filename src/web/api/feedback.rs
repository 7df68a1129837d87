//! After the service: feedback and ratings told to staff and entered by them.
//!
//! Both belong to an assignment; where a need has one that fits, it need not be named.

use super::need::named_id;
use super::shape::utc;
use super::words;
use crate::actions::file_feedback::{self, FileFeedback};
use crate::actions::rate_service::{self, RateService, conduct_reports};
use crate::db;
use crate::domain::assignment::AssignmentState;
use crate::domain::calendar::beijing_date;
use crate::domain::feedback::{ConductReport, FiledBy, Outcome, RatingChannel};
use crate::domain::refusal::{FieldProblem, Refusal};
use crate::ids::{AssignmentId, NeedId};
use crate::web::answer::Answer;
use crate::web::call::Call;
use crate::web::error::{Answered, WebError};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Feedback as the expert told it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackBody {
    /// What was done.
    pub done: String,
    /// Hours spent, 0.25 to 200.
    pub hours: f64,
    /// The day of the service; today when left out.
    #[serde(default)]
    pub served_on: Option<NaiveDate>,
    /// What came of it.
    #[schema(value_type = Outcome)]
    pub outcome: String,
    /// What should follow.
    #[serde(default)]
    pub follow_up: Option<String>,
    /// 未收受礼金.
    #[serde(default)]
    pub no_gift: bool,
    /// 未推介有偿服务.
    #[serde(default)]
    pub no_promotion: bool,
    /// 未为所在单位招揽业务.
    #[serde(default)]
    pub no_touting: bool,
    /// Of which assignment, where the need has several.
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
}

/// A rating as the enterprise gave it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RatingBody {
    /// One to five.
    pub score: i32,
    /// In words.
    #[serde(default)]
    pub text: Option<String>,
    /// `phone` (回访) when left out.
    #[serde(default)]
    #[schema(value_type = Option<RatingChannel>)]
    pub channel: Option<String>,
    /// What the enterprise reports about conduct.
    #[serde(default)]
    #[schema(value_type = Vec<ConductReport>)]
    pub conduct: Vec<String>,
    /// Of which assignment, where the need has several.
    #[serde(default)]
    pub assignment: Option<AssignmentId>,
}

/// Feedback as kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedbackShape {
    /// Of which need.
    pub need: NeedId,
    /// Of which assignment.
    pub assignment: AssignmentId,
    /// What was done.
    pub done: String,
    /// Hours spent.
    pub hours: f64,
    /// The day of the service.
    pub served_on: NaiveDate,
    /// What came of it.
    pub outcome: Outcome,
    /// What should follow.
    pub follow_up: Option<String>,
    /// 未收受礼金.
    pub no_gift: bool,
    /// 未推介有偿服务.
    pub no_promotion: bool,
    /// 未为所在单位招揽业务.
    pub no_touting: bool,
    /// By the expert's link or by staff.
    pub filed_by: FiledBy,
    /// When.
    pub filed_at: DateTime<Utc>,
}

/// A rating as kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct RatingShape {
    /// Of which need.
    pub need: NeedId,
    /// Of which assignment.
    pub assignment: AssignmentId,
    /// One to five.
    pub score: i32,
    /// In words.
    pub text: Option<String>,
    /// How it reached us.
    pub channel: RatingChannel,
    /// What the enterprise reports about conduct.
    pub conduct: Vec<ConductReport>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// The assignment meant: the one named, else the only one in those states, else the only one in the first of them.
fn meant(
    call: &Call,
    need: NeedId,
    named: Option<AssignmentId>,
    states: &[AssignmentState],
) -> Result<AssignmentId, WebError> {
    let offers = db::assignment::of_need(&mut *call.office.read()?, need)?;
    if let Some(id) = named {
        return match offers.iter().any(|offer| offer.id == id) {
            true => Ok(id),
            false => Err(Refusal::Invalid(vec![FieldProblem::with("assignment", "not-known", id)]).into()),
        };
    }
    for state in states {
        let fitting: Vec<AssignmentId> =
            offers.iter().filter(|offer| offer.state == *state).map(|offer| offer.id).collect();
        match fitting.as_slice() {
            [] => {}
            [only] => return Ok(*only),
            _ => return Err(Refusal::Invalid(vec![FieldProblem::new("assignment", "missing")]).into()),
        }
    }
    Err(Refusal::WrongState.into())
}

/// `POST /api/v1/needs/{id}/feedback`.
///
/// # Errors
/// What [`file_feedback::file_feedback`] says; [`Refusal::WrongState`] when nobody accepted.
#[utoipa::path(post, path = "/api/v1/needs/{id}/feedback", operation_id = "file-feedback", tag = "feedback",
    params(("id" = String, Path, description = "Id or number")), request_body = FeedbackBody,
    responses((status = 201, description = "", body = FeedbackShape)))]
pub fn file(call: &Call) -> Answered {
    let body: FeedbackBody = call.json()?;
    let need = named_id(call)?;
    let named = body.assignment;
    let input = FileFeedback {
        done: body.done,
        hours: body.hours,
        served_on: body.served_on,
        outcome: body.outcome,
        follow_up: body.follow_up,
        no_gift: body.no_gift,
        no_promotion: body.no_promotion,
        no_touting: body.no_touting,
    };
    // What is wrong with the fields is told even where the state would refuse as well.
    file_feedback::check(&input, beijing_date(call.now))?;
    let assignment = meant(call, need, named, &[AssignmentState::Accepted, AssignmentState::Done])?;
    file_feedback::file_feedback(&call.office, &call.actor()?, assignment, &input)?;
    let row = db::feedback::of_assignment(&mut *call.office.read()?, assignment)?.ok_or(Refusal::NotFound)?;
    let shape = FeedbackShape {
        need: row.need,
        assignment: row.assignment,
        done: row.done,
        hours: row.hours,
        served_on: row.served_on,
        outcome: row.outcome,
        follow_up: row.follow_up,
        no_gift: row.no_gift,
        no_promotion: row.no_promotion,
        no_touting: row.no_touting,
        filed_by: row.filed_by,
        filed_at: utc(row.filed_at),
    };
    Answer::created(&format!("/api/v1/assignments/{assignment}"), &shape)
}

/// `POST /api/v1/needs/{id}/ratings`.
///
/// # Errors
/// What [`rate_service::rate_service`] says; [`Refusal::WrongState`] before the service.
#[utoipa::path(post, path = "/api/v1/needs/{id}/ratings", operation_id = "rate-service", tag = "feedback",
    params(("id" = String, Path, description = "Id or number")), request_body = RatingBody,
    responses((status = 201, description = "", body = RatingShape)))]
pub fn rate(call: &Call) -> Answered {
    let body: RatingBody = call.json()?;
    let need = named_id(call)?;
    let channel = words::filter("channel", body.channel.as_deref())?.unwrap_or(RatingChannel::Phone);
    let input = RateService { score: body.score, remark: body.text, conduct: conduct_reports(&body.conduct)?, channel };
    rate_service::check(&input)?;
    let assignment = meant(call, need, body.assignment, &[AssignmentState::Done, AssignmentState::Accepted])?;
    rate_service::rate_service(&call.office, &call.actor()?, assignment, &input)?;
    let known = db::feedback::ratings_of_need(&mut *call.office.read()?, need)?;
    let row = known
        .into_iter()
        .find(|row| row.assignment == assignment && row.channel == channel)
        .ok_or(Refusal::NotFound)?;
    let shape = RatingShape {
        need: row.need,
        assignment: row.assignment,
        score: row.score,
        text: row.remark,
        channel: row.channel,
        conduct: row.conduct.get(),
        created_at: utc(row.created_at),
    };
    Answer::created(&format!("/api/v1/assignments/{assignment}"), &shape)
}

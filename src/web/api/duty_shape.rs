//! What goes in and out of the calls on duty rotation.

use crate::domain::assignment::AnsweredBy;
use crate::domain::duty::{ConsentAnswer, DutyPart, DutyRules, PlanState, SwapKind, SwapState, TurnState};
use crate::ids::{DutyPlanId, DutySwapId, DutyTurnId, ExpertId, StationId};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What one station wants.
#[derive(Debug, Serialize, ToSchema)]
pub struct PatternShape {
    /// Which station.
    pub station: StationId,
    /// Monday 1 to Sunday 7.
    pub weekdays: Vec<u8>,
    /// Which parts of those days.
    pub parts: Vec<DutyPart>,
    /// Experts at a time.
    pub seats: u8,
    /// Service items wanted.
    pub wanted: Vec<String>,
}

/// An event of several seats.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyEventShape {
    /// Which station holds it.
    pub station: StationId,
    /// What it is called.
    pub title: String,
    /// The day.
    pub day: NaiveDate,
    /// Which part of the day.
    pub part: DutyPart,
    /// One service item a seat.
    pub seats: Vec<String>,
}

/// The rules of a plan; what is left out is off.
#[derive(Debug, Serialize, ToSchema)]
pub struct DutyRulesShape {
    /// What each station wants.
    pub patterns: Vec<PatternShape>,
    /// Events.
    pub events: Vec<DutyEventShape>,
    /// Whether stations open on make-up days.
    pub make_up_days: bool,
    /// Turns of one expert a week, 0 for no limit.
    pub per_week: u32,
    /// A month.
    pub per_month: u32,
    /// In the period.
    pub in_period: u32,
    /// Days between two turns of one expert.
    pub min_gap_days: u32,
    /// Whether who bore more than their share in the quarter before has fewer now.
    pub catch_up: bool,
    /// Whether the office decides on changes of hands.
    pub approve_swaps: bool,
    /// Whether turns are signed in to.
    pub sign_in: bool,
    /// The seed of the search.
    pub seed: u64,
}

/// A plan as asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanBody {
    /// What it is called.
    pub title: String,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What it asks for.
    #[schema(value_type = DutyRulesShape)]
    pub rules: DutyRules,
}

/// A plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanShape {
    /// Id.
    pub id: DutyPlanId,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: PlanState,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
    /// What it asks for.
    #[schema(value_type = DutyRulesShape)]
    pub rules: DutyRules,
    /// What the search proved.
    #[schema(value_type = Object)]
    pub outcome: serde_json::Value,
    /// To publish what was looked at, and nothing that came after.
    pub version: i32,
    /// Its turns; left out of lists.
    pub turns: Option<Vec<TurnShape>>,
}

/// One seat of a turn.
#[derive(Debug, Serialize, ToSchema)]
pub struct TurnShape {
    /// Id.
    pub id: DutyTurnId,
    /// Plan.
    pub plan: DutyPlanId,
    /// Station.
    pub station: StationId,
    /// The day.
    pub day: NaiveDate,
    /// Which part of the day.
    pub part: DutyPart,
    /// When it begins.
    pub begins_at: DateTime<Utc>,
    /// When it ends.
    pub ends_at: DateTime<Utc>,
    /// Which seat.
    pub seat: i32,
    /// The event it belongs to.
    pub event: Option<String>,
    /// Service items wanted.
    pub wanted: Vec<String>,
    /// Where it stands.
    pub state: TurnState,
    /// Who sits there, or is proposed.
    pub expert_id: Option<ExpertId>,
    /// Their name.
    pub name: Option<String>,
    /// Whether it is on a published rota.
    pub published: bool,
    /// Why nobody sits there: a code.
    pub why: Option<String>,
    /// Who could step in.
    pub alternates: Vec<ExpertId>,
    /// When they confirmed again.
    pub reconfirmed_at: Option<DateTime<Utc>>,
    /// When they signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// When it was found that nobody came.
    pub missed_at: Option<DateTime<Utc>>,
    /// What everybody said; only of a turn asked for alone.
    pub consents: Option<Vec<ConsentShape>>,
}

/// What one expert said to a turn.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentShape {
    /// Who.
    pub expert_id: ExpertId,
    /// What.
    pub answer: ConsentAnswer,
    /// How it reached the office.
    pub channel: Option<AnsweredBy>,
    /// When they were asked.
    pub asked_at: DateTime<Utc>,
    /// When they answered.
    pub answered_at: Option<DateTime<Utc>>,
}

/// Which turns.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct DutyQuery {
    /// The first day; today when left out.
    pub from: Option<NaiveDate>,
    /// The last day; six days later when left out.
    pub to: Option<NaiveDate>,
    /// Only this station.
    pub station: Option<StationId>,
    /// Only this expert.
    pub expert: Option<ExpertId>,
}

/// Nothing to say.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NothingBody {}

/// How many.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountShape {
    /// How many.
    pub count: usize,
}

/// Publishes what was looked at.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishBody {
    /// The version of the preview.
    pub version: i32,
}

/// Somebody gets a letter.
#[derive(Debug, Serialize, ToSchema)]
pub struct LetterShape {
    /// Who.
    pub expert_id: ExpertId,
    /// How many turns it tells.
    pub turns: usize,
}

/// What publishing would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewShape {
    /// To publish exactly this.
    pub version: i32,
    /// Turns with somebody.
    pub manned: usize,
    /// Turns with nobody.
    pub gaps: usize,
    /// Who gets a letter.
    pub letters: Vec<LetterShape>,
}

/// An answer entered by staff.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    /// Whose.
    pub expert_id: ExpertId,
    /// What: `yes`, `rather-not` or `no`.
    pub answer: ConsentAnswer,
    /// How it reached the office.
    pub channel: AnsweredBy,
}

/// Whom to ask for cover.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoverBody {
    /// Who.
    pub experts: Vec<ExpertId>,
}

/// Somebody is put on a turn.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OverrideBody {
    /// Who.
    pub expert_id: ExpertId,
    /// How they said yes; without it nobody is put anywhere.
    #[serde(default)]
    pub said_yes_by: Option<AnsweredBy>,
}

/// Somebody who could sit there.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubstituteShape {
    /// Who.
    pub expert_id: ExpertId,
    /// Name.
    pub name: String,
    /// How far, kilometres.
    pub distance_km: Option<f64>,
    /// Turns in the period.
    pub load: usize,
    /// Whether they know what is wanted.
    pub fits: bool,
}

/// How an expert stands to a turn.
#[derive(Debug, Serialize, ToSchema)]
pub struct StandsShape {
    /// `takes`, `alternate`, `could`, or `barred`.
    pub place: &'static str,
    /// Codes of what keeps them from it.
    pub reasons: Vec<String>,
    /// Other turns of theirs that stand in the way.
    pub turns_in_the_way: Vec<DutyTurnId>,
    /// Their place among all who could take it, from 1.
    pub rank: Option<usize>,
    /// How far, kilometres.
    pub distance_km: f64,
    /// Turns in the plan.
    pub load: u32,
    /// The same in a line.
    pub text: String,
}

/// A change of hands, entered by staff after a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapBody {
    /// Who asks.
    pub expert_id: ExpertId,
    /// Kind.
    pub kind: SwapKind,
    /// The turn wanted for it, in a swap.
    #[serde(default)]
    pub other_turn: Option<DutyTurnId>,
    /// To whom it is given.
    #[serde(default)]
    pub to_expert: Option<ExpertId>,
    /// Only from this minute of the day on.
    #[serde(default)]
    pub from_minute: Option<i32>,
    /// Only up to this minute.
    #[serde(default)]
    pub to_minute: Option<i32>,
    /// How it reached the office.
    pub channel: AnsweredBy,
}

/// A change of hands.
#[derive(Debug, Serialize, ToSchema)]
pub struct SwapShape {
    /// Id.
    pub id: DutySwapId,
    /// Where it stands.
    pub state: SwapState,
}

/// The other side's answer, entered by staff after a call.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwapAnswerBody {
    /// Who answers.
    pub expert_id: ExpertId,
    /// Whether they say yes.
    pub yes: bool,
    /// How it reached the office.
    pub channel: AnsweredBy,
}

/// The office decides.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideSwapBody {
    /// Whether it may.
    pub allow: bool,
}

//! Changes of hands: turns swapped, given away, taken.

use super::conn::{Conn, cols};
use super::schema::duty_swaps;
use crate::domain::duty::{SwapKind, SwapState};
use crate::ids::{AccountId, DutySwapId, DutyTurnId, ExpertId};
use chrono::NaiveDateTime;
use diesel::prelude::*;

/// One change of hands (换班).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = duty_swaps, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct SwapRow {
    /// Id.
    pub id: DutySwapId,
    /// Kind.
    pub kind: SwapKind,
    /// Where it stands.
    pub state: SwapState,
    /// The turn given.
    pub turn: DutyTurnId,
    /// The turn taken for it, in a swap.
    pub other_turn: Option<DutyTurnId>,
    /// Who gives it; nobody where a free turn is taken.
    pub from_expert: Option<ExpertId>,
    /// Who takes it; nobody yet where it is offered to several.
    pub to_expert: Option<ExpertId>,
    /// From which minute it is given, where only a part is.
    pub from_minute: Option<i32>,
    /// To which minute.
    pub to_minute: Option<i32>,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// When the other side answered.
    pub answered_at: Option<NaiveDateTime>,
    /// Who decided for the office.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<NaiveDateTime>,
}

row_deeds!(SwapRow, duty_swaps, id: DutySwapId);

/// The changes of a turn that are not over.
///
/// # Errors
/// What the database says.
pub fn open_of_turn(conn: &mut Conn, turn: DutyTurnId) -> QueryResult<Vec<SwapRow>> {
    duty_swaps::table
        .filter(duty_swaps::state.eq_any([SwapState::Open, SwapState::Agreed]))
        .filter(duty_swaps::turn.eq(turn).or(duty_swaps::other_turn.eq(turn)))
        .order((duty_swaps::created_at, duty_swaps::id))
        .select(cols::<SwapRow>())
        .load(conn)
}

/// The changes in that state, oldest first, at most `limit`.
///
/// # Errors
/// What the database says.
pub fn in_state(conn: &mut Conn, state: SwapState, limit: i64) -> QueryResult<Vec<SwapRow>> {
    duty_swaps::table
        .filter(duty_swaps::state.eq(state))
        .order((duty_swaps::created_at, duty_swaps::id))
        .limit(limit)
        .select(cols::<SwapRow>())
        .load(conn)
}

/// The changes that concern an expert and are not over.
///
/// # Errors
/// What the database says.
pub fn open_of_expert(conn: &mut Conn, expert: ExpertId) -> QueryResult<Vec<SwapRow>> {
    duty_swaps::table
        .filter(duty_swaps::state.eq_any([SwapState::Open, SwapState::Agreed]))
        .filter(duty_swaps::from_expert.eq(expert).or(duty_swaps::to_expert.eq(expert)))
        .order((duty_swaps::created_at, duty_swaps::id))
        .select(cols::<SwapRow>())
        .load(conn)
}

//! What must always hold, by name (rules.md; the promise of the two days). One code for three uses: the simulation asks
//! after every step, `zhipai verify` and the nightly look on the living database, and the metrics tell the last result.
//!
//! Contract: reads and never writes; answers with the offenders by number, so that a person can open them. A need is
//! judged from its [`Dossier`] alone, by pure functions; what spans needs (the trail, caps, the index) has a pass of its
//! own. Every query is bounded: pages by id, or an index. The sentences stand in `i18n` as `invariant-<code>`.
//! Deliberately absent: repair.

/// So few ids are asked for one by one.
const FEW: usize = 4;

/// The rows of those ids. After a step of a simulation it is one need, and a statement with a list in it is prepared anew
/// each time: few are asked for one by one, by a statement that is kept.
macro_rules! rows_of {
    ($conn:expr, $ids:expr, $column:expr, $query:expr) => {{
        let mut rows = Vec::new();
        if $ids.len() <= $crate::invariants::FEW {
            for one in $ids.iter() {
                rows.append(&mut $query.filter($column.eq(*one)).load($conn)?);
            }
        } else {
            rows.append(&mut $query.filter($column.eq_any($ids)).load($conn)?);
        }
        rows
    }};
}

pub mod across;
mod chain;
mod conduct;
pub mod dossier;
mod duty;
mod figures;
mod letters;
mod promise;
pub mod trail;
mod waiting;

use crate::db::Conn;
use crate::db::anchor::RootRow;
use crate::db::audit;
use crate::db::schema::assignments;
use crate::db::schema::audit_heads;
use crate::db::schema::needs;
use crate::domain::answer_rule::letter_hours::QuietHours;
use crate::domain::calendar::Calendar;
use crate::domain::need::NeedState;
use crate::ids::NeedId;
use crate::seal::Keyring;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use dossier::Dossier;
use std::collections::BTreeMap;

/// Everything that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Invariant {
    /// I1: a need that was acknowledged is there, and its trail begins with it.
    NeedKept,
    /// I2: at most one open offer and one taker a seat; seats and needs say what their offers say.
    OnePerSeat,
    /// I3: nothing waits for ever: every open offer has a timer no later than its due instant, and no other has one.
    NothingWaits,
    /// I4: a letter is recorded as sent at most once.
    LetterOnce,
    /// I5: nobody is asked twice for a need; when nobody is left, a person is told.
    ChainGoesOn,
    /// I6: no offer or reminder after the end, none while a question waits, none of the desk's own at night.
    QuietHours,
    /// I7: a due instant that was told moves later only.
    DueOnlyLater,
    /// I8: the trail is whole: every chain, every end, every root.
    TrailWhole,
    /// I9: caps hold and no offer goes to a firm in conflict.
    CapsAndConflicts,
    /// I10: the index and the pool say what the database says.
    IndexAgrees,
    /// I11: one figure for every finished offer, and it says how it ended.
    FiguresAgree,
    /// I12: a breach stands only against somebody who was told and did not answer.
    BreachWithNotice,
    /// I13: the rule an offer was made under stays.
    RuleStays,
    /// I14: the states of an offer follow its deeds, and the trail replays to the present one.
    StatesFollow,
    /// I15: the last day of an answer is a working day.
    EndsOnAWorkingDay,
    /// I16: a standing is what its history leads to, step by step.
    StandingFollows,
    /// I17: nobody who is gone has anything in hand.
    GoneHoldNothing,
    /// I18: every case went its fair way: two people, evidence as frozen, never forgotten.
    CasesAreFair,
    /// I19: nobody is on a published rota without a yes.
    DutyWithYes,
}

impl Invariant {
    /// All of them, in order.
    pub const ALL: [Self; 19] = [
        Self::NeedKept,
        Self::OnePerSeat,
        Self::NothingWaits,
        Self::LetterOnce,
        Self::ChainGoesOn,
        Self::QuietHours,
        Self::DueOnlyLater,
        Self::TrailWhole,
        Self::CapsAndConflicts,
        Self::IndexAgrees,
        Self::FiguresAgree,
        Self::BreachWithNotice,
        Self::RuleStays,
        Self::StatesFollow,
        Self::EndsOnAWorkingDay,
        Self::StandingFollows,
        Self::GoneHoldNothing,
        Self::CasesAreFair,
        Self::DutyWithYes,
    ];

    /// Its stable code: the label of its gauge, and the key of its sentence.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NeedKept => "i1",
            Self::OnePerSeat => "i2",
            Self::NothingWaits => "i3",
            Self::LetterOnce => "i4",
            Self::ChainGoesOn => "i5",
            Self::QuietHours => "i6",
            Self::DueOnlyLater => "i7",
            Self::TrailWhole => "i8",
            Self::CapsAndConflicts => "i9",
            Self::IndexAgrees => "i10",
            Self::FiguresAgree => "i11",
            Self::BreachWithNotice => "i12",
            Self::RuleStays => "i13",
            Self::StatesFollow => "i14",
            Self::EndsOnAWorkingDay => "i15",
            Self::StandingFollows => "i16",
            Self::GoneHoldNothing => "i17",
            Self::CasesAreFair => "i18",
            Self::DutyWithYes => "i19",
        }
    }
}

/// Something that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offender {
    /// Which invariant.
    pub invariant: Invariant,
    /// The number or id of the offender.
    pub what: String,
    /// What is wrong with it, in a few technical words.
    pub why: String,
}

/// Collects offenders.
#[derive(Debug, Default)]
pub struct Findings {
    /// What was found.
    pub offenders: Vec<Offender>,
}

impl Findings {
    /// Adds one.
    pub fn add(&mut self, invariant: Invariant, what: &str, why: impl Into<String>) {
        self.offenders.push(Offender { invariant, what: what.to_owned(), why: why.into() });
    }

    /// How many offend against each invariant.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Invariant, usize> {
        let mut counts: BTreeMap<Invariant, usize> = Invariant::ALL.into_iter().map(|one| (one, 0)).collect();
        for offender in &self.offenders {
            *counts.entry(offender.invariant).or_default() += 1;
        }
        counts
    }
}

/// From where one looks.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Now.
    pub now: DateTime<Utc>,
    /// The calendar in force, to look at last days with.
    pub calendar: Option<&'a Calendar>,
    /// The shortest night there was: a letter that left in it left at night under every policy so far.
    pub quiet: QuietHours,
    /// Everything due before this instant must have been tended; `None` when the desk may have stood still.
    pub tended_until: Option<DateTime<Utc>>,
}

impl<'a> Look<'a> {
    /// A look at `now`, with the calendar in force.
    #[must_use]
    pub fn at(now: DateTime<Utc>, calendar: &'a Calendar, tended_until: Option<DateTime<Utc>>) -> Self {
        Self { now, calendar: Some(calendar), quiet: QuietHours::default(), tended_until }
    }
}

/// How far one looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Every need.
    Everything,
    /// The open ones, and those whose trail moved since that instant; the whole trail.
    Since(DateTime<Utc>),
    /// Only what moved since that instant, or should have: the needs and chains whose trail did, the needs of overdue
    /// offers, the newest root. Whoever looked at everything once need look no further until it moves; an edit of what
    /// stands still is found by the next look at everything.
    Moved(DateTime<Utc>),
}

/// How many needs are read at a time.
const PAGE: i64 = 500;
/// The same for needs whose ids are known.
const PAGE_OF_MOVED: usize = 500;

/// Judges one need.
pub fn judge(dossier: &Dossier, look: &Look<'_>, findings: &mut Findings) {
    chain::judge(dossier, look, findings);
    waiting::judge(dossier, look, findings);
    letters::judge(dossier, look, findings);
    promise::judge(dossier, look, findings);
    figures::judge(dossier, findings);
    trail::judge(&dossier.trail, findings);
}

/// What was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Needs.
    pub needs: usize,
    /// Rows of the trail.
    pub rows: usize,
    /// Daily roots.
    pub roots: usize,
}

/// Looks at everything a database holds; `exported` are roots kept elsewhere. The index is no part of it: see
/// [`across::agreement`].
///
/// # Errors
/// What the database says.
pub fn verify(
    conn: &mut Conn,
    keys: &Keyring,
    look: &Look<'_>,
    reach: Reach,
    exported: &[RootRow],
    findings: &mut Findings,
) -> QueryResult<Seen> {
    let look = &Look { quiet: letters::shortest_night(conn)?, ..*look };
    let needs = look_at_needs(conn, look, reach, findings)?;
    across::acknowledged(conn, findings)?;
    across::refusing(conn, findings)?;
    conn.snapshot(|conn| conduct::look(conn, findings))?;
    conn.snapshot(|conn| across::caps(conn, look.now, findings))?;
    conn.snapshot(|conn| duty::judge(conn, look, findings))?;
    // The chains of the needs in reach were judged with them; here every chain is, once.
    findings
        .offenders
        .retain(|offender| offender.invariant != Invariant::TrailWhole || offender.what.starts_with("XQ-"));
    let (rows, roots) = match reach {
        Reach::Moved(since) => {
            (trail::moved(conn, since.naive_utc(), findings)?, trail::newest_root(conn, keys, findings)?)
        }
        Reach::Everything | Reach::Since(_) => {
            (trail::chains(conn, findings)?, trail::roots(conn, keys, exported, findings)?)
        }
    };
    Ok(Seen { needs, rows, roots })
}

/// Judges the needs of those ids.
///
/// # Errors
/// What the database says.
pub fn look_at(conn: &mut Conn, look: &Look<'_>, ids: &[NeedId], findings: &mut Findings) -> QueryResult<usize> {
    conn.snapshot(|conn| {
        let dossiers = dossier::read(conn, ids)?;
        for dossier in &dossiers {
            judge(dossier, look, findings);
        }
        across::conflicts(conn, &dossiers, findings)?;
        Ok(dossiers.len())
    })
}

/// The needs whose trail moved since that instant, and those with an offer that should have been tended by now.
fn moved(conn: &mut Conn, look: &Look<'_>, since: DateTime<Utc>) -> QueryResult<Vec<NeedId>> {
    let trails = audit::subjects_since(conn, since.naive_utc())?;
    let mut ids: Vec<NeedId> = trails.iter().filter_map(|subject| subject.parse().ok()).collect();
    if let Some(until) = look.tended_until {
        let overdue: Vec<NeedId> = assignments::table
            .filter(assignments::next_due_at.lt(until.naive_utc()))
            .select(assignments::need)
            .load(conn)?;
        ids.extend(overdue);
    }
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// Judges every need in reach, page by page. Answers how many.
///
/// # Errors
/// What the database says.
pub fn look_at_needs(conn: &mut Conn, look: &Look<'_>, reach: Reach, findings: &mut Findings) -> QueryResult<usize> {
    let mut seen = 0;
    if let Reach::Moved(since) = reach {
        for part in moved(conn, look, since)?.chunks(PAGE_OF_MOVED) {
            seen += look_at(conn, look, part, findings)?;
        }
        return Ok(seen);
    }
    let mut after: Option<NeedId> = None;
    loop {
        let mut page =
            needs::table.order(needs::id).limit(PAGE).select(needs::id).into_boxed::<crate::db::conn::Backend>();
        if let Some(after) = after {
            page = page.filter(needs::id.gt(after));
        }
        if let Reach::Since(since) = reach {
            let moved = audit_heads::table
                .filter(audit_heads::at.ge(since.naive_utc()))
                .filter(audit_heads::subject.eq(needs::id))
                .select(audit_heads::subject);
            page = page
                .filter(needs::state.ne_all([NeedState::Closed, NeedState::Retracted]).or(diesel::dsl::exists(moved)));
        }
        let ids: Vec<NeedId> = page.load(conn)?;
        let Some(last) = ids.last() else { return Ok(seen) };
        after = Some(*last);
        seen += look_at(conn, look, &ids, findings)?;
    }
}

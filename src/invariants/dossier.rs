//! What the invariants look at of one need, read in a few bounded queries for many needs at a time. Narrow rows: neither
//! texts nor rankings nor personal data.

use crate::db::Conn;
use crate::db::JsonText;
use crate::db::audit::AuditRow;
use crate::db::conn::cols;
use crate::db::schema::assignments;
use crate::db::schema::audit;
use crate::db::schema::incidents;
use crate::db::schema::letters;
use crate::db::schema::needs;
use crate::db::schema::offer_facts;
use crate::db::schema::outbox;
use crate::db::schema::reserves;
use crate::db::schema::seats;
use crate::db::schema::tasks;
use crate::domain::answer_rule::CountingRule;
use crate::domain::assignment::AnswerKind;
use crate::domain::assignment::AssignmentState;
use crate::domain::assignment::OfferOutcome;
use crate::domain::need::NeedState;
use crate::domain::need::ReserveState;
use crate::domain::need::SeatState;
use crate::domain::notice::OwedNotice;
use crate::domain::task::TaskKind;
use crate::ids::AccountId;
use crate::ids::AssignmentId;
use crate::ids::ExpertId;
use crate::ids::NeedId;
use crate::ids::OutboxId;
use crate::ids::SeatId;
use chrono::NaiveDateTime;
use diesel::prelude::*;
use std::collections::HashMap;

/// A need.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = needs)]
pub struct Need {
    /// Id.
    pub id: NeedId,
    /// Number.
    pub number: String,
    /// State.
    pub state: NeedState,
    /// Whether its station asks by itself.
    pub automatic: bool,
    /// When it was submitted.
    pub created_at: NaiveDateTime,
}

/// A seat.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = seats)]
pub struct Seat {
    /// Id.
    pub id: SeatId,
    /// Need.
    pub need: NeedId,
    /// State.
    pub state: SeatState,
}

/// An offer.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = assignments)]
pub struct Offer {
    /// Id.
    pub id: AssignmentId,
    /// Number.
    pub number: String,
    /// Need.
    pub need: NeedId,
    /// Seat.
    pub seat: SeatId,
    /// Expert.
    pub expert: ExpertId,
    /// Round.
    pub round: i32,
    /// State.
    pub state: AssignmentState,
    /// The rule it was made under.
    pub rule: CountingRule,
    /// Who made it; nobody when the desk did.
    pub offered_by: Option<AccountId>,
    /// When its expert was told.
    pub notified_at: Option<NaiveDateTime>,
    /// Until when he may answer.
    pub answer_due_at: Option<NaiveDateTime>,
    /// Late.
    pub late: bool,
    /// The first answer.
    pub first_answer: Option<AnswerKind>,
    /// When.
    pub answered_at: Option<NaiveDateTime>,
    /// When a question was asked.
    pub asked_at: Option<NaiveDateTime>,
    /// When the clock restarts by itself.
    pub clock_restarts_at: Option<NaiveDateTime>,
    /// When the question was replied to.
    pub replied_at: Option<NaiveDateTime>,
    /// When the desk looks next.
    pub next_due_at: Option<NaiveDateTime>,
    /// When it ended.
    pub ended_at: Option<NaiveDateTime>,
    /// When it was made.
    pub created_at: NaiveDateTime,
}

/// A letter owed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Owed {
    /// Id.
    pub id: OutboxId,
    /// What makes it one.
    pub dedup_key: String,
    /// What is told.
    pub notice: JsonText<OwedNotice>,
    /// Need.
    pub need: Option<NeedId>,
    /// Offer.
    pub assignment: Option<AssignmentId>,
    /// State.
    pub state: String,
    /// Not before.
    pub not_before: NaiveDateTime,
    /// Until when a node holds it.
    pub leased_until: Option<NaiveDateTime>,
    /// When a server took it.
    pub accepted_at: Option<NaiveDateTime>,
    /// Whether the desk sends it by itself.
    pub by_desk: bool,
}

/// How an offer counts.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = offer_facts)]
pub struct Fact {
    /// Offer.
    pub assignment: AssignmentId,
    /// How it counts.
    pub outcome: OfferOutcome,
}

/// A reserve.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = reserves)]
pub struct Reserve {
    /// Seat.
    pub seat: SeatId,
    /// Expert.
    pub expert: ExpertId,
    /// State.
    pub state: ReserveState,
}

/// An open task.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = tasks)]
pub struct Task {
    /// Need.
    pub need: Option<NeedId>,
    /// Kind.
    pub kind: TaskKind,
}

/// Everything of one need.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The need.
    pub need: Need,
    /// Its seats.
    pub seats: Vec<Seat>,
    /// Its offers, oldest first.
    pub offers: Vec<Offer>,
    /// Its letters.
    pub owed: Vec<Owed>,
    /// How many letters were kept for an outbox row that has any.
    pub kept: HashMap<OutboxId, usize>,
    /// How its offers count.
    pub facts: Vec<Fact>,
    /// Its reserves.
    pub reserves: Vec<Reserve>,
    /// Its open tasks.
    pub tasks: Vec<Task>,
    /// The breaches that stand: their offers.
    pub breaches: Vec<AssignmentId>,
    /// Its trail, in steps.
    pub trail: Vec<AuditRow>,
}

impl Dossier {
    /// The offer of that id.
    #[must_use]
    pub fn offer(&self, id: AssignmentId) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.id == id)
    }
}

/// Groups rows by a key.
fn grouped<K: std::hash::Hash + Eq, V>(rows: Vec<V>, key: impl Fn(&V) -> K) -> HashMap<K, Vec<V>> {
    let mut groups: HashMap<K, Vec<V>> = HashMap::new();
    for row in rows {
        groups.entry(key(&row)).or_default().push(row);
    }
    groups
}

/// The dossiers of those needs, in the order of the ids; what is not there is left out.
///
/// # Errors
/// What the database says.
pub fn read(conn: &mut Conn, ids: &[NeedId]) -> QueryResult<Vec<Dossier>> {
    let mut found: Vec<Need> = rows_of!(conn, ids, needs::id, needs::table.select(cols::<Need>()));
    found.sort_unstable_by_key(|need| need.id);
    let mut seats: HashMap<NeedId, Vec<Seat>> = grouped(
        rows_of!(conn, ids, seats::need, seats::table.order((seats::need, seats::position)).select(cols::<Seat>())),
        |seat: &Seat| seat.need,
    );
    let offers: Vec<Offer> = rows_of!(
        conn,
        ids,
        assignments::need,
        assignments::table.order((assignments::created_at, assignments::id)).select(cols::<Offer>())
    );
    let offer_ids: Vec<AssignmentId> = offers.iter().map(|offer| offer.id).collect();
    let need_of: HashMap<AssignmentId, NeedId> = offers.iter().map(|offer| (offer.id, offer.need)).collect();
    let seat_of: HashMap<SeatId, NeedId> = seats.values().flatten().map(|seat| (seat.id, seat.need)).collect();
    let seat_ids: Vec<SeatId> = seat_of.keys().copied().collect();
    let owed: Vec<Owed> =
        rows_of!(conn, ids, outbox::need, outbox::table.order((outbox::created_at, outbox::id)).select(cols::<Owed>()));
    let mut kept: HashMap<OutboxId, usize> = HashMap::new();
    let letters_kept: Vec<OutboxId> = rows_of!(
        conn,
        ids,
        outbox::need,
        letters::table
            .inner_join(outbox::table.on(outbox::id.eq(letters::outbox)))
            .filter(outbox::accepted_at.is_not_null())
            .select(letters::outbox)
    );
    for row in letters_kept {
        *kept.entry(row).or_default() += 1;
    }
    let mut owed = grouped(owed, |row| row.need);
    let mut offers = grouped(offers, |offer| offer.need);
    let facts: Vec<Fact> =
        rows_of!(conn, &offer_ids, offer_facts::assignment, offer_facts::table.select(cols::<Fact>()));
    let mut facts = grouped(facts, |fact| need_of.get(&fact.assignment).copied());
    let asked: Vec<Reserve> = rows_of!(conn, &seat_ids, reserves::seat, reserves::table.select(cols::<Reserve>()));
    let mut reserves = grouped(asked, |reserve| seat_of.get(&reserve.seat).copied());
    let open: Vec<Task> =
        rows_of!(conn, ids, tasks::need, tasks::table.filter(tasks::done_at.is_null()).select(cols::<Task>()));
    let mut tasks = grouped(open, |task| task.need);
    let keys: Vec<String> = offer_ids.iter().map(|id| format!("lapse:{id}")).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let stands: Vec<Option<AssignmentId>> = rows_of!(
        conn,
        &keys,
        incidents::dedup_key,
        incidents::table.filter(incidents::withdrawn_at.is_null()).select(incidents::assignment)
    );
    let mut breaches = grouped(stands.into_iter().flatten().collect(), |id| need_of.get(id).copied());
    let subjects: Vec<&str> = ids.iter().map(NeedId::as_str).collect();
    let trail: Vec<AuditRow> = rows_of!(
        conn,
        &subjects,
        audit::subject,
        audit::table.order((audit::subject, audit::step)).select(cols::<AuditRow>())
    );
    let mut trail = grouped(trail, |row| row.subject.clone());
    Ok(found
        .into_iter()
        .map(|need| {
            let id = need.id;
            let owed = owed.remove(&Some(id)).unwrap_or_default();
            Dossier {
                kept: owed.iter().filter_map(|row| Some((row.id, *kept.get(&row.id)?))).collect(),
                seats: seats.remove(&id).unwrap_or_default(),
                offers: offers.remove(&id).unwrap_or_default(),
                owed,
                facts: facts.remove(&Some(id)).unwrap_or_default(),
                reserves: reserves.remove(&Some(id)).unwrap_or_default(),
                tasks: tasks.remove(&Some(id)).unwrap_or_default(),
                breaches: breaches.remove(&Some(id)).unwrap_or_default(),
                trail: trail.remove(id.as_str()).unwrap_or_default(),
                need,
            }
        })
        .collect())
}

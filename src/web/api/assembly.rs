//! Puts shapes together: a page of needs or assignments with everything beside it, in a fixed number of queries.
//!
//! Contract: shapes come in the order of the rows. Deliberately absent: who may see what, which was decided by the query
//! that found the rows.

use super::shape::{
    AssignmentShape, ClosureShape, EnterpriseShape, ExpertName, LetterShape, NeedName, NeedShape, OwnerName,
    ReminderShape, ReserveShape, SeatShape, SimilarNeed, StationName, count, masked_email, masked_phone, utc,
};
use super::words::region_name;
use crate::actions::contact;
use crate::actions::submit_need::SubmittedRows;
use crate::actions::submit_need::matter_of;
use crate::db::assignment::AssignmentRow;
use crate::db::enterprise::EnterpriseRow;
use crate::db::need::{NeedRow, SeatRow};
use crate::db::reminder::ReminderRow;
use crate::db::{self, Conn};
use crate::domain::matching::Exclusion;
use crate::domain::role::Scope;
use crate::i18n::L;
use crate::ids::{AccountId, AssignmentId, EnterpriseId, ExpertId, NeedId, StationId};
use crate::seal::Keyring;
use crate::search::same_matter::Matter;
use diesel::QueryResult;
use std::collections::HashMap;

/// Who reads: what beside a need is told depends on it.
#[derive(Clone, Copy)]
pub struct Eyes<'a> {
    /// What contacts are sealed under.
    pub keys: &'a Keyring,
    /// What the reader may see: other needs are named within it only.
    pub scope: &'a Scope,
    /// Enterprises' contacts in full.
    pub full_contact: bool,
    /// By which rule of conflict an expert was passed over.
    pub plain: bool,
}

/// Names of experts and numbers of needs, for a page of assignments.
struct Names {
    experts: HashMap<ExpertId, ExpertName>,
    needs: HashMap<NeedId, String>,
    reminders: HashMap<AssignmentId, Vec<ReminderShape>>,
    letters: HashMap<AssignmentId, Vec<LetterShape>>,
}

impl Names {
    fn load(conn: &mut Conn, rows: &[AssignmentRow], also: &[ExpertId]) -> QueryResult<Self> {
        let assignments: Vec<AssignmentId> = rows.iter().map(|row| row.id).collect();
        let mut experts: Vec<ExpertId> = rows.iter().map(|row| row.expert).chain(also.iter().copied()).collect();
        let mut needs: Vec<NeedId> = rows.iter().map(|row| row.need).collect();
        experts.sort_unstable();
        experts.dedup();
        needs.sort_unstable();
        needs.dedup();
        let mut sent: HashMap<AssignmentId, Vec<ReminderShape>> = HashMap::new();
        for ReminderRow { assignment, sent_at, .. } in db::beside::reminders_of(conn, &assignments)? {
            if let Some(at) = sent_at {
                sent.entry(assignment).or_default().push(ReminderShape { sent_at: utc(at) });
            }
        }
        let mut letters: HashMap<AssignmentId, Vec<LetterShape>> = HashMap::new();
        for row in db::beside::letters_of(conn, &assignments)? {
            let shape = LetterShape {
                kind: row.notice.get().kind.as_str(),
                state: row.whereabouts().to_owned(),
                accepted_at: row.accepted_at.map(utc),
                attempts: row.attempts,
                error: row.last_error.clone(),
            };
            if let Some(assignment) = row.assignment {
                letters.entry(assignment).or_default().push(shape);
            }
        }
        let named = db::beside::names_of(conn, &experts)?;
        Ok(Self {
            experts: named.into_iter().map(|(id, name, firm)| (id, ExpertName { id, name, firm })).collect(),
            needs: db::beside::numbers_of(conn, &needs)?.into_iter().collect(),
            reminders: sent,
            letters,
        })
    }

    fn expert(&self, id: ExpertId) -> ExpertName {
        self.experts.get(&id).cloned().unwrap_or(ExpertName { id, name: String::new(), firm: String::new() })
    }

    fn assignment(&mut self, l: L, row: AssignmentRow) -> AssignmentShape {
        AssignmentShape {
            id: row.id,
            number: row.number,
            need: NeedName { id: row.need, number: self.needs.get(&row.need).cloned().unwrap_or_default() },
            expert: self.expert(row.expert),
            seat: row.seat,
            round: row.round,
            state: row.state,
            late: row.late,
            notified_at: row.notified_at.map(utc),
            notified_by: row.notified_by,
            answer_due_at: row.answer_due_at.map(utc),
            latest_answer_at: None,
            provisional: row.provisional,
            rule: row.rule,
            count: count(l, &row.day_count.get()),
            reminders: self.reminders.remove(&row.id).unwrap_or_default(),
            letters: self.letters.remove(&row.id).unwrap_or_default(),
            answer: row.first_answer,
            answered_at: row.answered_at.map(utc),
            answered_by: row.answered_by,
            decline_reason: row.decline_reason,
            note: row.note,
            question: row.question,
            asked_at: row.asked_at.map(utc),
            reply: row.reply,
            replied_at: row.replied_at.map(utc),
            feedback_due_at: row.feedback_due_at.map(utc),
            ended_at: row.ended_at.map(utc),
            end_reason: row.end_reason,
            created_at: utc(row.created_at),
        }
    }
}

/// A page of assignments, in the order of the rows.
///
/// # Errors
/// What the database says.
pub fn assignments(conn: &mut Conn, l: L, rows: Vec<AssignmentRow>) -> QueryResult<Vec<AssignmentShape>> {
    let mut names = Names::load(conn, &rows, &[])?;
    Ok(rows.into_iter().map(|row| names.assignment(l, row)).collect())
}

/// A page of needs, in the order of the rows.
///
/// # Errors
/// What the database says.
pub fn needs(conn: &mut Conn, l: L, rows: Vec<NeedRow>, eyes: Eyes<'_>) -> QueryResult<Vec<NeedShape>> {
    let ids: Vec<NeedId> = rows.iter().map(|row| row.id).collect();
    let enterprises: Vec<EnterpriseId> = rows.iter().map(|row| row.enterprise).collect();
    let owners: Vec<AccountId> = rows.iter().map(|row| row.owner).collect();
    let stations: Vec<StationId> = rows.iter().map(|row| row.station).collect();
    let known = db::enterprise::by_ids(conn, &enterprises)?;
    let mut open = db::beside::open_of_enterprises(conn, &enterprises)?;
    open.retain(|need| eyes.scope.covers(&need.region, need.station));
    let owners: HashMap<AccountId, String> = db::beside::owners_of(conn, &owners)?.into_iter().collect();
    let stations: HashMap<StationId, String> = db::beside::stations_of(conn, &stations)?.into_iter().collect();
    let seats = db::beside::seats_of(conn, &ids)?;
    let mut parts = Parts { known, open, owners, stations, seats, matters: HashMap::new() };
    let reserves = db::beside::reserves_of(conn, &parts.seats.iter().map(|seat| seat.id).collect::<Vec<_>>())?;
    let offers = db::beside::assignments_of(conn, &ids)?;
    let reserved: Vec<ExpertId> = reserves.iter().map(|reserve| reserve.expert).collect();
    let mut names = Names::load(conn, &offers, &reserved)?;
    let mut of_need: HashMap<NeedId, Vec<AssignmentShape>> = HashMap::new();
    for offer in offers {
        of_need.entry(offer.need).or_default().push(names.assignment(l, offer));
    }
    let mut closures: HashMap<NeedId, ClosureShape> = HashMap::new();
    for row in db::beside::closures_of(conn, &ids)? {
        closures.insert(row.need, ClosureShape { reason: row.reason, note: row.note, closed_at: utc(row.closed_at) });
    }
    let mut shapes = Vec::with_capacity(rows.len());
    for row in rows {
        let mut shape = parts.shape(eyes.keys, row, eyes.full_contact);
        for reserve in reserves.iter().filter(|reserve| shape.seats.iter().any(|seat| seat.id == reserve.seat)) {
            shape.reserves.push(ReserveShape {
                expert: names.expert(reserve.expert),
                position: reserve.position,
                state: reserve.state,
                why: reserve
                    .why
                    .as_deref()
                    .map(|why| if eyes.plain { why } else { Exclusion::neutral_code(why) }.to_owned()),
                seat: reserve.seat,
            });
        }
        shape.assignments = of_need.remove(&shape.id).unwrap_or_default();
        shape.closure = closures.remove(&shape.id);
        shapes.push(shape);
    }
    Ok(shapes)
}

/// A need that has just been submitted, of the rows its deed had in hand: it has no offers, reserves or closure yet.
#[must_use]
pub fn submitted(made: SubmittedRows, owner: (AccountId, &str), eyes: Eyes<'_>) -> NeedShape {
    let SubmittedRows { need, enterprise, station, seats, similar } = made;
    let mut parts = Parts {
        known: vec![enterprise],
        open: similar,
        owners: HashMap::from([(owner.0, owner.1.to_owned())]),
        stations: HashMap::from([(station.id, station.name)]),
        seats,
        matters: HashMap::new(),
    };
    parts.open.retain(|need| eyes.scope.covers(&need.region, need.station));
    parts.shape(eyes.keys, need, eyes.full_contact)
}

/// What stands beside needs.
struct Parts {
    known: Vec<EnterpriseRow>,
    open: Vec<NeedRow>,
    owners: HashMap<AccountId, String>,
    stations: HashMap<StationId, String>,
    seats: Vec<SeatRow>,
    /// What the other needs are about, read once.
    matters: HashMap<NeedId, Matter>,
}

impl Parts {
    /// The shape of a need, without its offers, reserves and closure.
    fn shape(&mut self, keys: &Keyring, row: NeedRow, full_contact: bool) -> NeedShape {
        let Self { known, open, owners, stations, seats, matters } = self;
        let enterprise = known.iter().find(|enterprise| enterprise.id == row.enterprise);
        let mine: Vec<SeatShape> = seats
            .iter()
            .filter(|seat| seat.need == row.id)
            .map(|seat| SeatShape {
                id: seat.id,
                position: seat.position,
                state: seat.state,
                specialty: seat.specialty.clone(),
            })
            .collect();
        let services = row.services.get();
        let reach = contact::of_need(keys, &row);
        let mut similar = Vec::new();
        let mut own = None;
        for other in open.iter().filter(|other| other.id != row.id && other.enterprise == row.enterprise) {
            let own = own.get_or_insert_with(|| matter_of(&row));
            let theirs = matters.entry(other.id).or_insert_with(|| matter_of(other));
            if let Some(same) = own.same_as(theirs) {
                similar.push(SimilarNeed {
                    id: other.id,
                    number: other.number.clone(),
                    same_opponent: same.opponent,
                    words: same.words,
                });
            }
        }
        NeedShape {
            id: row.id,
            number: row.number,
            state: row.state,
            title: row.title,
            description: row.description,
            enterprise: EnterpriseShape {
                id: row.enterprise,
                name: enterprise.map(|enterprise| enterprise.name.clone()).unwrap_or_default(),
                uscc: enterprise.and_then(|enterprise| enterprise.uscc.clone()),
                region: enterprise.map(|enterprise| region_name(&enterprise.region)).unwrap_or_default(),
                contact_name: row.contact_name,
                contact_phone: reach.phone.map(|phone| if full_contact { phone } else { masked_phone(&phone) }),
                contact_email: reach.email.map(|email| if full_contact { email } else { masked_email(&email) }),
            },
            services,
            industries: row.industries.get(),
            region: region_name(&row.region),
            region_code: row.region,
            lat: row.lat,
            lon: row.lon,
            mode: row.mode,
            form: row.form,
            language: row.language,
            urgency: row.urgency,
            wanted_by: row.wanted_by,
            expected_hours: row.expected_hours,
            confidential: row.confidential,
            opposing_party: row.opposing_party,
            opposing_agent: row.opposing_agent,
            owner: OwnerName { id: row.owner, name: owners.get(&row.owner).cloned().unwrap_or_default() },
            station: StationName { id: row.station, name: stations.get(&row.station).cloned().unwrap_or_default() },
            seats: mine,
            assignments: Vec::new(),
            reserves: Vec::new(),
            similar_open_needs: similar,
            closure: None,
            created_at: utc(row.created_at),
            updated_at: utc(row.updated_at),
        }
    }
}

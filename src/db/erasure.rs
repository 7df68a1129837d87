//! Taking a person's own words out of every table that has some; which tables is the whole of this file.
//!
//! Contract: rows stay, with their ids, times and states, so that figures, chains and files hold. Deliberately absent:
//! the person's contact row and register row, which the deed writes, and the audit trail, which never held any.

use super::conn::Conn;
use super::schema::{
    assignments, case_papers, case_statements, conduct_cases, drafts, incidents, leaves, letters, outbox,
};
use super::schema::{qualifications, relations, standing_history};
use crate::ids::{AssignmentId, CaseId, ExpertId, OutboxId};
use diesel::prelude::*;

/// How much was taken out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TakenOut {
    /// Letters that no longer open.
    pub letters: usize,
    /// Certificates whose number is gone.
    pub qualifications: usize,
}

/// Takes out what a person wrote and what identifies them: certificate numbers, reasons of leave, notes and questions on
/// offers, declared relations, unfinished forms, statements, papers and reports in conduct cases, and the letters about them whatever key those were sealed under.
///
/// # Errors
/// What the database says.
pub fn take_out(conn: &mut Conn, expert: ExpertId, in_place: &str) -> QueryResult<TakenOut> {
    let offers: Vec<AssignmentId> =
        assignments::table.filter(assignments::expert.eq(expert)).select(assignments::id).load(conn)?;
    let mut owed: Vec<OutboxId> = outbox::table.filter(outbox::expert.eq(expert)).select(outbox::id).load(conn)?;
    let mut taken = TakenOut {
        qualifications: diesel::update(qualifications::table.filter(qualifications::expert.eq(expert)))
            .set(qualifications::number.eq(None::<String>))
            .execute(conn)?,
        letters: 0,
    };
    diesel::update(leaves::table.filter(leaves::expert.eq(expert)))
        .set(leaves::reason.eq(None::<String>))
        .execute(conn)?;
    diesel::update(assignments::table.filter(assignments::expert.eq(expert)))
        .set((assignments::note.eq(None::<String>), assignments::question.eq(None::<String>)))
        .execute(conn)?;
    diesel::update(relations::table.filter(relations::expert.eq(expert)))
        .set((relations::name.eq(in_place), relations::note.eq(None::<String>)))
        .execute(conn)?;
    let cases: Vec<CaseId> =
        conduct_cases::table.filter(conduct_cases::expert.eq(expert)).select(conduct_cases::id).load(conn)?;
    diesel::update(case_statements::table.filter(case_statements::conduct_case.eq_any(&cases)))
        .set(case_statements::words.eq(in_place))
        .execute(conn)?;
    diesel::update(case_papers::table.filter(case_papers::conduct_case.eq_any(&cases)))
        .set((case_papers::name.eq(in_place), case_papers::content.eq(Vec::<u8>::new())))
        .execute(conn)?;
    diesel::update(standing_history::table.filter(standing_history::expert.eq(expert)))
        .set(standing_history::why.eq(None::<String>))
        .execute(conn)?;
    diesel::update(incidents::table.filter(incidents::expert.eq(expert)))
        .set((incidents::note.eq(None::<String>), incidents::finding_note.eq(None::<String>)))
        .execute(conn)?;
    for part in offers.chunks(400) {
        let mut of_offers: Vec<OutboxId> =
            outbox::table.filter(outbox::assignment.eq_any(part)).select(outbox::id).load(conn)?;
        owed.append(&mut of_offers);
        let owners: Vec<String> = part.iter().map(ToString::to_string).collect();
        diesel::delete(drafts::table.filter(drafts::owner.eq_any(owners))).execute(conn)?;
    }
    owed.sort_unstable();
    owed.dedup();
    for part in owed.chunks(400) {
        taken.letters += diesel::update(letters::table.filter(letters::outbox.eq_any(part)))
            .set(letters::sealed.eq(Vec::<u8>::new()))
            .execute(conn)?;
        // What a mail server said may name the address.
        diesel::update(outbox::table.filter(outbox::id.eq_any(part)))
            .set(outbox::last_error.eq(None::<String>))
            .execute(conn)?;
    }
    Ok(taken)
}

//! The expert is heard: a statement (陈述) before the decision, an appeal (申诉) after it; by sealed link in the expert's own
//! words, or brought to staff who enter it.
//!
//! Source: rules.md, "Standing, selection, conduct". A statement that comes late is still taken as long as nothing is
//! decided; an appeal only within its time.

use super::conduct_case::{ask_for_decision, leave_case_task, locked, step, tell_managers};
use super::{Actor, Done, Office, own_words};
use crate::db;
use crate::db::case_file::StatementRow;
use crate::domain::conduct::{CaseStep, StatementKind};
use crate::domain::event::Event;
use crate::domain::feedback::FiledBy;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{Problems, Refusal};
use crate::domain::role::Right;
use crate::domain::task::TaskKind;
use crate::ids::{CaseId, StatementId};
use serde_json::json;

/// The longest statement, in characters.
pub const LONGEST: usize = 8_000;

/// Takes what the expert says. What was said before stays; this is added to it.
///
/// # Errors
/// [`Refusal::WrongState`] when the case is past it; [`Refusal::AppealOver`]; [`Refusal::Invalid`] without words.
pub fn hear_expert(office: &Office, actor: &Actor, id: CaseId, kind: StatementKind, words: &str) -> Done<()> {
    actor.needs(Right::Decide)?;
    let mut p = Problems::default();
    let words = p.text("words", words, LONGEST);
    p.settle()?;
    office.write(|tx| {
        let (mut case, expert) = locked(tx, actor, id)?;
        let over = case.appeal_due_at.is_some_and(|due| due <= tx.now.naive_utc());
        if kind == StatementKind::Appeal && over {
            return Err(Refusal::AppealOver.into());
        }
        step(&mut case, if kind == StatementKind::Statement { CaseStep::Hear } else { CaseStep::Appeal })?;
        // From here on a person has to act, not the clock.
        case.next_due_at = None;
        db::conduct::save(tx.conn, &case)?;
        let statement = StatementId::from_minted(tx.mint());
        let row = StatementRow {
            id: statement,
            conduct_case: id,
            kind,
            words: own_words::seal(tx, case.expert, &own_words::of_statement(statement), &words)?,
            channel: if matches!(actor, Actor::Expert(_)) { FiledBy::Link } else { FiledBy::Staff },
            entered_by: actor.account(),
            at: tx.now.naive_utc(),
        };
        db::case_file::insert_statements(tx.conn, std::slice::from_ref(&row))?;
        let event = if kind == StatementKind::Statement { Event::StatementTaken } else { Event::AppealTaken };
        tx.event(id.as_str(), actor, event, &json!({"statement": row.id, "channel": row.channel}))?;
        db::task::finish_case_kind(tx.conn, id, TaskKind::TellCase, tx.now.naive_utc())?;
        if kind == StatementKind::Statement {
            ask_for_decision(tx, &case, &expert)
        } else {
            leave_case_task(tx, &case, &expert, TaskKind::DecideAppeal, &format!("appeal:{id}"))?;
            let but: Vec<_> = case.decided_by.into_iter().collect();
            tell_managers(tx, &case, &expert, (NoticeKind::StaffAppeal, &format!("staff-appeal:{}", case.id)), &but)
        }
    })
}

//! The diary of a run that failed: what happened to the needs that offend, step by step, in Chinese and English, with their
//! offers and letters, what people did about them, and what befell the office before.

use super::people::Act;
use crate::db;
use crate::db::Conn;
use crate::domain::calendar::beijing_clock;
use crate::i18n::{L, Lang};
use crate::ids::NeedId;
use crate::invariants::Offender;
use chrono::{DateTime, Utc};
use diesel::QueryResult;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

/// How many needs, and how many others, are told of.
const TOLD: usize = 2;
/// How many happenings are kept in mind.
const KEPT: usize = 5_000;
/// How many of those that befell the whole office are told.
const LATELY: usize = 40;

/// Something that was done or befell.
#[derive(Debug, Clone)]
struct Happening {
    at: DateTime<Utc>,
    name: &'static str,
    about: String,
}

impl Happening {
    /// Whether it befell the whole office, not one need.
    fn befell_all(&self) -> bool {
        matches!(
            self.name,
            "skew"
                | "lose-index"
                | "outage"
                | "cut-off"
                | "switch-mail"
                | "enter-notice"
                | "decide-notice"
                | "set-policy"
                | "hand-over"
                | "open-case"
                | "hear"
                | "decide"
                | "decide-appeal"
                | "withdraw"
                | "pause"
                | "resume"
                | "leave"
                | "leave-later"
        )
    }
}

/// What happened in a run: the last of it one by one, all of it by name.
#[derive(Debug, Default)]
pub struct Log {
    last: VecDeque<Happening>,
    happened: BTreeMap<&'static str, u32>,
}

impl Log {
    /// Notes what is about to be done.
    pub fn note(&mut self, at: DateTime<Utc>, act: &Act) {
        *self.happened.entry(act.name()).or_default() += 1;
        if self.last.len() == KEPT {
            self.last.pop_front();
        }
        self.last.push_back(Happening { at, name: act.name(), about: act.about() });
    }

    /// How often each kind happened.
    #[must_use]
    pub fn happened(&self) -> BTreeMap<&'static str, u32> {
        self.happened.clone()
    }

    fn tell<'a>(happenings: impl Iterator<Item = &'a Happening>, text: &mut String) {
        let (zh, en) = (L(Lang::Zh), L(Lang::En));
        for one in happenings {
            let key = format!("simulated-{}", one.name);
            let at = beijing_clock(one.at).format("%Y-%m-%d %H:%M:%S");
            // Writing to a String cannot fail.
            let _ = writeln!(text, "  {at}  {} / {}  {}", zh.t(&key), en.t(&key), one.about);
        }
    }

    /// What was done about any of those ids.
    fn about(&self, ids: &[String], text: &mut String) {
        let concerns = |one: &&Happening| ids.iter().any(|id| one.about.contains(id.as_str()));
        Self::tell(self.last.iter().filter(concerns), text);
    }

    /// What befell the office lately.
    fn lately(&self, text: &mut String) {
        let mut lately: Vec<&Happening> = self.last.iter().rev().filter(|one| one.befell_all()).take(LATELY).collect();
        lately.reverse();
        Self::tell(lately.into_iter(), text);
    }
}

/// The diaries of the needs that offend, of whoever else does, and of the office.
///
/// # Errors
/// What the database says.
pub fn of(conn: &mut Conn, offenders: &[Offender], log: &Log) -> QueryResult<String> {
    let mut needs: BTreeSet<NeedId> = BTreeSet::new();
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for offender in offenders {
        if let Some(need) = need_of(conn, &offender.what)? {
            needs.insert(need);
        } else {
            others.insert(&offender.what);
        }
    }
    let (zh, en) = (L(Lang::Zh), L(Lang::En));
    let mut text = format!("{} / {}\n", zh.t("simulated-diary"), en.t("simulated-diary"));
    for need in needs.into_iter().take(TOLD) {
        tell(conn, need, log, &mut text)?;
    }
    for subject in others.into_iter().take(TOLD) {
        let _ = writeln!(text, "\n{subject}");
        trail(conn, subject, &mut text)?;
        log.about(&[subject.to_owned()], &mut text);
    }
    let _ = writeln!(text, "\n{} / {}", zh.t("simulated-lately"), en.t("simulated-lately"));
    log.lately(&mut text);
    Ok(text)
}

/// The need an offender belongs to: by its number, its id, its offer's number, or the offer in a letter's key.
fn need_of(conn: &mut Conn, what: &str) -> QueryResult<Option<NeedId>> {
    if let Some(need) = db::need::by_number(conn, what)? {
        return Ok(Some(need.id));
    }
    if let Ok(id) = what.parse::<NeedId>()
        && let Some(need) = db::need::find(conn, &id)?
    {
        return Ok(Some(need.id));
    }
    if let Some(offer) = db::assignment::by_number(conn, what)? {
        return Ok(Some(offer.need));
    }
    for part in what.split(':') {
        if let Ok(id) = part.parse()
            && let Some(offer) = db::assignment::find(conn, &id)?
        {
            return Ok(Some(offer.need));
        }
    }
    Ok(None)
}

/// The trail of a subject, an event a line.
fn trail(conn: &mut Conn, subject: &str, text: &mut String) -> QueryResult<()> {
    let (zh, en) = (L(Lang::Zh), L(Lang::En));
    for row in db::audit::trail(conn, subject)? {
        let key = format!("event-{}", row.event);
        let _ = writeln!(
            text,
            "  {:>3}. {}  {} / {}  {}  {}",
            row.step,
            beijing_clock(row.at.and_utc()).format("%Y-%m-%d %H:%M:%S"),
            zh.t(&key),
            en.t(&key),
            row.actor,
            row.detail.as_str()
        );
    }
    Ok(())
}

fn tell(conn: &mut Conn, id: NeedId, log: &Log, text: &mut String) -> QueryResult<()> {
    let Some(need) = db::need::find(conn, &id)? else { return Ok(()) };
    // Writing to a String cannot fail.
    let _ = writeln!(text, "\n需求 / need {} · {} · {}", need.number, need.state, need.id);
    trail(conn, id.as_str(), text)?;
    let mut ids = vec![id.to_string()];
    for offer in db::assignment::of_need(conn, id)?.into_iter().rev() {
        ids.push(offer.id.to_string());
        let _ = writeln!(
            text,
            "  派单 / offer {} {} · {} · 通知 / told {:?} · 期限 / due {:?} · 下一步 / next {:?} · late {}",
            offer.number, offer.id, offer.state, offer.notified_at, offer.answer_due_at, offer.next_due_at, offer.late
        );
    }
    for row in db::outbox::of_need(conn, id)?.into_iter().rev() {
        ids.push(row.id.to_string());
        let _ = writeln!(
            text,
            "  信 / letter {} · {} · 最早 / not before {} · 发出 / sent {:?} · {:?}",
            row.dedup_key, row.state, row.not_before, row.accepted_at, row.last_error
        );
    }
    log.about(&ids, text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_tells_in_both_languages_what_befell_and_what_was_done() {
        let at: DateTime<Utc> = "2026-03-10T02:00:00Z".parse().expect("an instant");
        let mut log = Log::default();
        log.note(at, &Act::SetPolicy);
        log.note(at, &Act::Submit(7));
        let mut text = String::new();
        log.lately(&mut text);
        assert!(text.contains("2026-03-10 10:00:00"), "{text}");
        assert!(text.contains(&L(Lang::Zh).t("simulated-set-policy")), "{text}");
        assert!(text.contains(&L(Lang::En).t("simulated-set-policy")), "{text}");
        assert_eq!(text.lines().count(), 1, "a need that comes in befalls nobody else");
        assert_eq!(log.happened(), BTreeMap::from([("set-policy", 1), ("submit", 1)]));
    }
}

//! Letters leave: leased with a fence, composed and sealed at this moment, handed over outside any transaction, and what
//! became of them written down behind the fence.
//!
//! A letter may go out twice if the machine stops between the server's 250 and our commit: at most once a crash, with
//! the same Message-ID. For a notice that starts a deadline, twice is better than never.
//!
//! One bad recipient or domain never blocks the others: each letter has its own ladder, each domain its own pace. When our
//! own configuration is at fault the worker stops and says so; when the server does not answer it rests a minute.

use super::{Desk, TickReport};
use crate::actions::compose_notice::compose_notice;
use crate::actions::gather_digest::Turn;
use crate::actions::gather_digest::drop_untold;
use crate::actions::gather_digest::take_turn;
use crate::actions::mail_alarm;
use crate::actions::record_notice::{Delivery, record_delivery};
use crate::actions::{ActionError, Done};
use crate::db;
use crate::db::outbox::OutboxRow;
use crate::i18n::Lang;
use crate::ids::OutboxId;
use crate::mail::backoff::{Next, after_failure};
use crate::mail::mailer::masked;
use crate::mail::{Envelope, Links, Mailer, Message, SendError, TEMPLATE_VERSION, letter, message};
use crate::trial;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::VecDeque;

/// How many letters one lease takes.
const AT_A_TIME: i64 = 50;
/// How long a lease lasts.
const LEASE: TimeDelta = TimeDelta::minutes(5);
/// So many letters in a row without an answer to build on, and the server is taken to be away.
const UNANSWERED: usize = 2;
/// How long it is left alone then.
const REST: TimeDelta = TimeDelta::minutes(1);

/// Delivers what is due now.
///
/// # Errors
/// A fault of the machine, letters in hand go out again when their lease ends; the first letter that failed, the others
/// left.
pub fn deliver_due(desk: &Desk, report: &mut TickReport) -> Done<()> {
    let Some(mailer) = &desk.mailer else { return Ok(()) };
    let office = &desk.office;
    loop {
        if desk.post().rests_until.is_some_and(|until| office.now() < until) {
            return Ok(());
        }
        let mut reader = office.read()?;
        let alarm = mail_alarm::standing(&mut reader)?;
        if alarm.as_ref().is_some_and(|alarm| office.now() < alarm.until) {
            return Ok(());
        }
        // Most rounds find nothing: they take no turn at writing.
        if !db::outbox::any_due(&mut reader, office.now().naive_utc())? {
            return Ok(());
        }
        drop(reader);
        // While an alarm stands one letter tries for all.
        let limit = if alarm.is_some() { 1 } else { AT_A_TIME };
        let leased: Vec<OutboxRow> = office.write(|tx| {
            let now = tx.now.naive_utc();
            Ok(db::outbox::claim(tx.conn, now, now + LEASE, limit)?)
        })?;
        if leased.is_empty() {
            return Ok(());
        }
        Round { desk, mailer: mailer.as_ref(), alarmed: alarm.is_some(), unanswered: 0 }.deliver(leased, report)?;
    }
}

/// One lease's worth of letters.
struct Round<'a> {
    desk: &'a Desk,
    mailer: &'a dyn Mailer,
    alarmed: bool,
    unanswered: usize,
}

/// A letter made ready, or what became of it before that.
enum Ready {
    Goes(Envelope, Box<Message>),
    Ended(Delivery),
}

impl Round<'_> {
    /// Delivers a lease. A letter that fails here, by no server's word, waits on its own ladder and holds up no other.
    fn deliver(&mut self, leased: Vec<OutboxRow>, report: &mut TickReport) -> Done<()> {
        let office = &self.desk.office;
        let began = office.now();
        let mut lease: VecDeque<OutboxRow> = leased.into();
        let mut failed = None;
        while let Some(row) = lease.pop_front() {
            if office.now() - began > LEASE / 2 {
                // A slow server: what is left goes back before somebody else takes it over.
                lease.push_front(row);
                self.put_back(lease, office.now())?;
                break;
            }
            match self.one(&row, &mut lease, report) {
                Ok(true) => {}
                Ok(false) => break,
                Err(ActionError::Fault(fault)) if fault.stops_everything() => return Err(fault.into()),
                Err(error) => {
                    tracing::error!(letter = %row.id, %error, "a letter failed; the others go on");
                    self.later(&row);
                    failed = failed.or(Some(error));
                }
            }
        }
        failed.map_or(Ok(()), Err)
    }

    /// A letter that could not even be made ready is tried again later, and a person looks at it in the end. If that
    /// cannot be written either, its lease runs out.
    fn later(&self, row: &OutboxRow) {
        let error = SendError::Temporary { code: None, text: "it could not be made ready".to_owned() };
        let later = after(&error, row, self.desk.office.now());
        if let Err(error) = record_delivery(&self.desk.office, row, &later) {
            tracing::error!(letter = %row.id, %error, "and this could not be written down");
        }
    }

    /// A letter is not given up while no server takes anybody's: that is our trouble, not its reader's.
    fn patiently(&self, row: &OutboxRow, delivery: Delivery, now: DateTime<Utc>) -> Done<Delivery> {
        let Delivery::GivenUp { why } = delivery else { return Ok(delivery) };
        let somebody = db::mail_health::any_accepted_since(&mut *self.desk.office.read()?, row.created_at)?;
        Ok(if somebody { Delivery::GivenUp { why } } else { Delivery::Later { at: now + TimeDelta::hours(1), why } })
    }

    /// Delivers one letter, with those of the lease that travel in it. Answers whether to go on with the lease.
    fn one(&mut self, row: &OutboxRow, lease: &mut VecDeque<OutboxRow>, report: &mut TickReport) -> Done<bool> {
        let office = &self.desk.office;
        let others: Vec<OutboxId> = lease.iter().map(|other| other.id).collect();
        let mut row = match take_turn(office, row, &others)? {
            Turn::Goes => row.clone(),
            Turn::Held => return Ok(true),
            Turn::Joined(digest, joined) => {
                lease.retain(|other| !joined.contains(&other.id));
                *digest
            }
        };
        let (envelope, made) = match self.ready(&row)? {
            Ready::Ended(delivery) => {
                self.record(&row, &delivery, report)?;
                return Ok(true);
            }
            Ready::Goes(envelope, made) => (envelope, made),
        };
        let domain = envelope.to.rsplit_once('@').map_or("", |(_, domain)| domain).to_ascii_lowercase();
        let now = office.now();
        let promised = self.desk.post().pacer.turn(&domain, row.id, now);
        if let Some(moment) = promised {
            self.put_back([row], moment)?;
            return Ok(true);
        }
        // A node that was paused longer than its lease sends nothing of what another has taken over.
        if !db::outbox::is_held(&mut *office.read()?, row.id, row.fence, office.now().naive_utc())? {
            tracing::warn!(letter = %row.id, "the lease of a letter ran out before it was sent; another node has it");
            return Ok(true);
        }
        row.domain = Some(domain);
        match self.mailer.send(&envelope, &made) {
            Ok(_) => {
                // A 250 that is not written down yet: what happens here makes the one duplicate there may be.
                if trial::passes(trial::SENT) {
                    return Err(crate::actions::Fault::new("the database is busy").into());
                }
                self.unanswered = 0;
                let text = String::from_utf8_lossy(&made.kept).into_owned();
                let template_version = TEMPLATE_VERSION.to_owned();
                self.record(&row, &Delivery::Accepted { text, sha256: made.sha256, template_version }, report)?;
                if std::mem::take(&mut self.alarmed) {
                    mail_alarm::clear(office)?;
                }
                Ok(true)
            }
            Err(error) if error.stops_everything() => {
                let why = masked(error.text());
                tracing::error!(%why, "mail cannot be sent: the configuration is at fault; the worker stops");
                let until = mail_alarm::raise(office, &why)?;
                lease.push_front(row);
                report.letters_waiting += 1;
                self.put_back(std::mem::take(lease), until)?;
                Ok(false)
            }
            Err(error) => {
                tracing::warn!(why = %masked(error.text()), code = ?error.code(), "a letter was not taken");
                let delivery = self.patiently(&row, after(&error, &row, now), now)?;
                self.record(&row, &delivery, report)?;
                self.unanswered = if matches!(error, SendError::Unknown { .. }) { self.unanswered + 1 } else { 0 };
                if self.unanswered < UNANSWERED {
                    return Ok(true);
                }
                let until = office.now() + REST;
                tracing::warn!(%until, "the mail server does not answer; the worker rests");
                self.desk.post().rests_until = Some(until);
                self.put_back(std::mem::take(lease), until)?;
                Ok(false)
            }
        }
    }

    fn ready(&self, row: &OutboxRow) -> Done<Ready> {
        let Self { desk, .. } = self;
        let Some(notice) = compose_notice(&desk.office, row)? else { return Ok(Ready::Ended(Delivery::Void)) };
        if notice.kind.is_digest() {
            let told: Vec<OutboxId> = notice.items.iter().map(|(id, _)| *id).collect();
            drop_untold(&desk.office, row, &told)?;
        }
        let now = desk.office.now();
        let links = Links { base_url: &desk.office.settings.base_url, keyring: &desk.office.keys, now };
        let worded = letter(&notice, &links, Lang::of(&notice.to.language));
        Ok(match message(&worded, &notice.to, row.id, &desk.sender, now) {
            Ok(made) => {
                let envelope = Envelope { from: desk.sender.address.clone(), to: notice.to.address.trim().to_owned() };
                Ready::Goes(envelope, Box::new(made))
            }
            // An address no message can be written to is a bounce: a person has to look at it.
            Err(error) => Ready::Ended(Delivery::Bounced { why: error.to_string() }),
        })
    }

    fn record(&self, row: &OutboxRow, delivery: &Delivery, report: &mut TickReport) -> Done<()> {
        match delivery {
            Delivery::Accepted { .. } => report.letters_sent += 1,
            Delivery::Bounced { .. } | Delivery::GivenUp { .. } => report.letters_failed += 1,
            Delivery::Later { .. } => report.letters_waiting += 1,
            Delivery::Void => {}
        }
        if !record_delivery(&self.desk.office, row, delivery)? {
            tracing::warn!(letter = %row.id, "another node took this letter over; nothing was written");
        }
        Ok(())
    }

    /// Gives letters back untried, to leave from `until` on.
    fn put_back(&self, rows: impl IntoIterator<Item = OutboxRow>, until: DateTime<Utc>) -> Done<()> {
        let rows: Vec<OutboxRow> = rows.into_iter().collect();
        self.desk.office.write(|tx| {
            for row in &rows {
                db::outbox::put_back(tx.conn, row.id, row.fence, until.naive_utc().max(row.not_before))?;
            }
            Ok(())
        })
    }
}

/// What becomes of a letter that was not taken.
fn after(error: &SendError, row: &OutboxRow, now: DateTime<Utc>) -> Delivery {
    let why = masked(error.text());
    match after_failure(error, u32::try_from(row.attempts).unwrap_or(1), row.id.as_str()) {
        Next::TryAgainAfter(wait) => Delivery::Later { at: now + wait, why },
        Next::Bounced => Delivery::Bounced { why },
        Next::GiveUp => Delivery::GivenUp { why },
    }
}

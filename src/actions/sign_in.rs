//! Signing in and out, and the sessions that follow.
//!
//! A session is a 256-bit secret of which the database keeps the SHA-256; it rests after [`Terms::idle`] and ends after
//! [`Terms::absolute`], and its secret is exchanged at every step up (password, six digits). Unknown addresses cost the
//! same time as wrong passwords and are told alike. Deliberately absent: how often one may try, which the door decides
//! (`web::limits`), and cookies.

use super::account::password::{self, matches};
use super::account::totp;
use super::{Actor, Done, Office, Tx};
use crate::db::account::{AccountRow, TokenRow};
use crate::db::session::SessionRow;
use crate::db::{self, Conn};
use crate::domain::event::Event;
use crate::domain::refusal::Refusal;
use crate::domain::role::{Role, Scope, Staff};
use crate::domain::standing::Standing;
use crate::ids::{AccountId, ExpertId};
use crate::seal::fingerprint;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

/// How long sessions live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// Without a request.
    pub idle: TimeDelta,
    /// At most.
    pub absolute: TimeDelta,
}

impl Terms {
    /// Of the service: 8 hours idle, 7 days at most.
    pub const SERVICE: Self = Self { idle: TimeDelta::hours(8), absolute: TimeDelta::days(7) };
    /// Of the demo, whose clock is moved by weeks while somebody looks at it.
    pub const DEMO: Self = Self { idle: TimeDelta::days(3_650), absolute: TimeDelta::days(3_650) };
}

/// How long a visitor without an account may take over a form.
const ANONYMOUS: TimeDelta = TimeDelta::hours(2);
/// How old `seen_at` may get before a request writes it anew.
const TOUCH_AFTER: TimeDelta = TimeDelta::minutes(5);

/// An account as pages and calls may know it: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Id.
    pub id: AccountId,
    /// Name.
    pub name: String,
    /// Address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Language, `zh` or `en`.
    pub language: String,
    /// Whether six digits are asked for at sign-in.
    pub has_second_factor: bool,
    /// Station or region, in Chinese; empty for the city.
    pub place: String,
    /// The same in English, where it has an English name.
    pub place_en: String,
    /// As deeds know it.
    pub staff: Staff,
}

/// A session just opened. The secret is for the cookie and is told this once.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The secret.
    pub secret: String,
    /// Its hash.
    pub hash: String,
    /// The form token.
    pub csrf: String,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// Whether the six digits are still to come.
    pub awaiting_code: bool,
}

/// A session found again.
#[derive(Debug, Clone)]
pub struct Resumed {
    /// Its hash.
    pub hash: String,
    /// The form token.
    pub csrf: String,
    /// Whether the six digits are still to come.
    pub awaiting_code: bool,
    /// Whose it is.
    pub known: Option<Known>,
    /// The expert whose it is, if no account's.
    pub expert: Option<KnownExpert>,
}

/// An expert as pages may know them: nothing secret, no contact data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownExpert {
    /// Id.
    pub id: ExpertId,
    /// Name.
    pub name: String,
    /// Language, `zh` or `en`.
    pub language: String,
    /// Standing.
    pub standing: Standing,
}

/// What an account is to deeds: its role and what it may see.
///
/// # Errors
/// What the database says.
pub fn staff_of(conn: &mut Conn, row: &AccountRow) -> Done<Staff> {
    let scope = match (row.role, row.station, &row.region) {
        (Role::Liaison, Some(station), _) => Scope::Station(station),
        // A liaison without a station sees nothing until one is given.
        (Role::Liaison, None, _) => Scope::Regions(Vec::new()),
        (_, _, Some(region)) => Scope::Regions(db::region::subtree(conn, region)?),
        (_, _, None) => Scope::Everything,
    };
    Ok(Staff { account: row.id, role: row.role, scope, station: row.station })
}

/// What pages may know of an account.
///
/// # Errors
/// What the database says.
pub fn known(conn: &mut Conn, row: &AccountRow) -> Done<Known> {
    let staff = staff_of(conn, row)?;
    let station = match row.station {
        Some(station) => db::station::find(conn, &station)?.map(|station| (station.name.clone(), station.name)),
        None => None,
    };
    let region = match (&station, &row.region) {
        (None, Some(code)) => db::region::find(conn, code)?.map(|region| (region.name, region.name_en)),
        _ => None,
    };
    let (place, place_en) = station.or(region).unwrap_or_default();
    Ok(Known {
        id: row.id,
        name: row.name.clone(),
        email: row.email.clone(),
        role: row.role,
        language: row.language.clone(),
        has_second_factor: row.totp_secret.is_some(),
        place,
        place_en,
        staff,
    })
}

/// Whose session it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// A visitor's, so that a form can have a token.
    Nobody,
    /// An account's.
    Account(AccountId),
    /// An expert's, by a link.
    Expert(ExpertId),
}

pub(super) fn open_within(
    tx: &mut Tx<'_>,
    holder: Holder,
    awaiting_code: bool,
    lives: TimeDelta,
    instead_of: Option<&str>,
) -> Done<Opened> {
    if let Some(hash) = instead_of {
        db::session::end(tx.conn, hash)?;
    }
    let secret = tx.office.chance.secret();
    let opened = Opened {
        hash: fingerprint(secret.as_bytes()),
        csrf: tx.office.chance.secret(),
        expires_at: tx.now + lives,
        awaiting_code,
        secret,
    };
    let row = SessionRow {
        hash: opened.hash.clone(),
        account: if let Holder::Account(id) = holder { Some(id) } else { None },
        expert: if let Holder::Expert(id) = holder { Some(id) } else { None },
        csrf: opened.csrf.clone(),
        awaiting_totp: awaiting_code,
        created_at: tx.now.naive_utc(),
        seen_at: tx.now.naive_utc(),
        expires_at: opened.expires_at.naive_utc(),
    };
    db::session::insert(tx.conn, &row)?;
    Ok(opened)
}

/// Opens a session for a visitor who has not signed in, so that a form can have a token. Sweeps those that ran out.
///
/// # Errors
/// A fault.
pub fn open_anonymous(office: &Office) -> Done<Opened> {
    office.write(|tx| {
        db::session::drop_expired(tx.conn, tx.now.naive_utc())?;
        open_within(tx, Holder::Nobody, false, ANONYMOUS, None)
    })
}

/// Finds a session by its secret: `None` when it is unknown, has rested too long, or its account is disabled. `touch`
/// says that somebody used it.
///
/// # Errors
/// A fault.
pub fn resume(office: &Office, secret: &str, terms: Terms, touch: bool) -> Done<Option<Resumed>> {
    let now = office.now();
    let hash = fingerprint(secret.as_bytes());
    let mut reader = office.read()?;
    let Some(session) = db::session::live(&mut reader, &hash, now.naive_utc())? else { return Ok(None) };
    let seen = session.seen_at.and_utc();
    let held = session.account.is_some() || session.expert.is_some();
    if held && now - seen >= terms.idle {
        return Ok(None);
    }
    let expert = match session.expert {
        None => None,
        Some(id) => match db::expert::find(&mut reader, &id)? {
            Some(row) => Some(KnownExpert { id, name: row.name, language: row.language, standing: row.standing }),
            None => return Ok(None),
        },
    };
    let account = match session.account {
        None => None,
        Some(id) => match db::account::find(&mut reader, &id)? {
            Some(row) if row.disabled_at.is_none() => Some(known(&mut reader, &row)?),
            _ => return Ok(None),
        },
    };
    drop(reader);
    if touch && held && now - seen >= TOUCH_AFTER {
        office.write(|tx| Ok(db::session::touch(tx.conn, &hash, tx.now.naive_utc())?))?;
    }
    Ok(Some(Resumed { hash, csrf: session.csrf, awaiting_code: session.awaiting_totp, known: account, expert }))
}

/// Signs in by address and password. The session before (a visitor's) ends; the one after waits for six digits where
/// the account has a second factor.
///
/// # Errors
/// [`Refusal::WrongPassword`], alike for unknown and disabled accounts; recorded in the trail of a known one.
pub fn sign_in(office: &Office, terms: Terms, email: &str, given: &str, instead_of: Option<&str>) -> Done<Opened> {
    let email = email.trim().to_lowercase();
    let row = db::account::by_email(&mut *office.read()?, &email)?;
    let hash = row.as_ref().filter(|row| row.disabled_at.is_none()).and_then(|row| row.password_hash.as_deref());
    let right = matches(hash, given);
    let (Some(row), true) = (&row, right) else {
        if let Some(row) = &row {
            failed(office, row.id, "password")?;
        }
        return Err(Refusal::WrongPassword.into());
    };
    let awaiting = row.totp_secret.is_some();
    office.write(|tx| {
        let lives = if awaiting { TimeDelta::minutes(10) } else { terms.absolute };
        let opened = open_within(tx, Holder::Account(row.id), awaiting, lives, instead_of)?;
        if !awaiting {
            signed_in(tx, row, "password")?;
        }
        Ok(opened)
    })
}

fn signed_in(tx: &mut Tx<'_>, row: &AccountRow, by: &str) -> Done<()> {
    let actor = Actor::Staff(staff_of(tx.conn, row)?);
    tx.event(&format!("account:{}", row.id), &actor, Event::SignedIn, &json!({ "by": by }))
}

fn failed(office: &Office, account: AccountId, by: &str) -> Done<()> {
    office.write(|tx| tx.event(&format!("account:{account}"), &Actor::Desk, Event::SignInFailed, &json!({ "by": by })))
}

/// Completes a sign-in with the six digits (RFC 6238); each code counts once. The session's secret is exchanged.
///
/// # Errors
/// [`Refusal::SignInFirst`] when there is no such session; [`Refusal::WrongCode`].
pub fn check_code(office: &Office, terms: Terms, session: &str, code: &str) -> Done<Opened> {
    let found = {
        let mut reader = office.read()?;
        db::session::live(&mut reader, session, office.now().naive_utc())?
    };
    let account = found.filter(|row| row.awaiting_totp).and_then(|row| row.account).ok_or(Refusal::SignInFirst)?;
    let opened = office.write(|tx| {
        let mut row = db::account::find(tx.conn, &account)?.ok_or(Refusal::SignInFirst)?;
        if row.disabled_at.is_some() {
            return Err(Refusal::SignInFirst.into());
        }
        if !totp::take_code(tx.office, &mut row, code, tx.now) {
            return Ok(None);
        }
        db::account::save(tx.conn, &row)?;
        let opened = open_within(tx, Holder::Account(row.id), false, terms.absolute, Some(session))?;
        signed_in(tx, &row, "code")?;
        Ok(Some(opened))
    })?;
    match opened {
        Some(opened) => Ok(opened),
        None => {
            failed(office, account, "code")?;
            Err(Refusal::WrongCode.into())
        }
    }
}

/// Signs out: the session ends.
///
/// # Errors
/// A fault.
pub fn sign_out(office: &Office, session: &str, actor: Option<&Actor>) -> Done<()> {
    office.write(|tx| {
        db::session::end(tx.conn, session)?;
        match actor.and_then(|actor| actor.account().map(|account| (actor, account))) {
            Some((actor, account)) => tx.event(&format!("account:{account}"), actor, Event::SignedOut, &json!({})),
            None => Ok(()),
        }
    })
}

/// Whose API token it is.
///
/// # Errors
/// A fault.
pub fn by_token(office: &Office, token: &str) -> Done<Option<(TokenRow, Known)>> {
    let mut reader = office.read()?;
    match db::account::by_token(&mut reader, &fingerprint(token.as_bytes()))? {
        Some((token, row)) => Ok(Some((token, known(&mut reader, &row)?))),
        None => Ok(None),
    }
}

/// The hash of a password as accounts keep it, for imports and seeded worlds. Checks nothing.
///
/// # Errors
/// A fault when it cannot be made.
pub fn hash_password(office: &Office, given: &str) -> Done<String> {
    password::hash(&office.chance, given)
}

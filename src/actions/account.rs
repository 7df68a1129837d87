//! Accounts: made and disabled by administrators, kept by their holders.
//!
//! An account begins without a password; its holder sets one by a one-time link. Such a link is never kept in clear:
//! the outbox and `account_links` know a random name of it, and the link itself is that name sealed with the office's
//! key at the moment it is needed ([`reset_secret`]). A leaked table therefore opens nothing, a second letter carries
//! the same right, and the right is used up once. Deliberately absent: handing a leaver's needs over
//! (`hand_over_needs`).

pub mod leave;
pub mod password;
pub mod token;
pub mod totp;

use super::{Actor, Done, Letter, Office, Tx};
use crate::db;
use crate::db::account::{AccountLinkRow, AccountRow};
use crate::domain::contact::{Email, Phone};
use crate::domain::event::Event;
use crate::domain::notice::NoticeKind;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::domain::role::{Right, Role};
use crate::ids::{AccountId, StationId};
use crate::seal::fingerprint;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::json;

pub use leave::set_leave;
pub use token::{add_token, revoke_token};
pub use totp::enrol as enrol_totp;

const RESET: &str = "password-reset";
const FIRST: &str = "first-administrator";
/// How long a link to set a password opens: the invitation of a new account may wait over a weekend.
const INVITATION: TimeDelta = TimeDelta::days(7);
/// How long a link asked for on the sign-in page opens.
const RESET_LIVES: TimeDelta = TimeDelta::hours(1);
/// How long the first administrator's link opens.
const FIRST_LIVES: TimeDelta = TimeDelta::hours(24);

/// An account to be made.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Role.
    pub role: Role,
    /// Name.
    pub name: String,
    /// Address, also the name one signs in by.
    pub email: String,
    /// Telephone.
    pub phone: Option<String>,
    /// A liaison's station.
    pub station: Option<StationId>,
    /// A delegated manager's region; none for the city.
    pub region: Option<String>,
    /// 站长.
    pub head: bool,
    /// `zh` or `en`.
    pub language: String,
    /// A password at once (command line), instead of a link.
    pub password: Option<String>,
}

/// Makes an account and owes its holder a letter with a link to set a password; answers that link's secret too, so
/// that it can be passed on by hand when mail is off.
///
/// # Errors
/// [`Refusal::Invalid`], [`Refusal::AddressTaken`], [`Refusal::NotYours`].
pub fn add_account(office: &Office, actor: &Actor, new: &NewAccount) -> Done<(AccountId, Option<String>)> {
    may_administer(actor)?;
    let hash = match &new.password {
        Some(given) => {
            let mut problems = Problems::default();
            password::judge(&mut problems, "password", given, &[&new.name, &new.email]);
            problems.settle()?;
            Some(password::hash(&office.chance, given)?)
        }
        None => None,
    };
    office.write(|tx| {
        let row = account_row(tx, new, hash.clone())?;
        db::account::insert(tx.conn, &row)?;
        tx.event(
            &format!("account:{}", row.id),
            actor,
            Event::AccountKept,
            &json!({ "made": true, "role": row.role }),
        )?;
        let secret = if hash.is_some() { None } else { Some(owe_link(tx, actor, row.id, INVITATION)?) };
        Ok((row.id, secret))
    })
}

fn account_row(tx: &mut Tx<'_>, new: &NewAccount, password_hash: Option<String>) -> Done<AccountRow> {
    let mut problems = Problems::default();
    let name = problems.text("name", &new.name, 60);
    let email = checked_email(&mut problems, &new.email);
    let phone = match new.phone.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => None,
        Some(text) => match text.parse::<Phone>() {
            Ok(phone) => Some(phone.as_str().to_owned()),
            Err(_) => {
                problems.add(FieldProblem::new("phone", "not-a-phone"));
                None
            }
        },
    };
    let station = match (new.role, new.station) {
        (Role::Liaison, None) => {
            problems.add(FieldProblem::new("station", "missing"));
            None
        }
        (Role::Liaison, Some(station)) => {
            if db::station::find(tx.conn, &station)?.is_none() {
                problems.add(FieldProblem::new("station", "not-known"));
            }
            Some(station)
        }
        _ => None,
    };
    let region = new.region.clone().filter(|code| !code.is_empty() && new.role != Role::Liaison);
    if let Some(code) = &region
        && db::region::find(tx.conn, code)?.is_none()
    {
        problems.add(FieldProblem::new("region", "not-a-region"));
    }
    if !matches!(new.language.as_str(), "zh" | "en") {
        problems.add(FieldProblem::new("language", "not-a-language"));
    }
    problems.settle()?;
    if db::account::by_email(tx.conn, &email)?.is_some() {
        return Err(Refusal::AddressTaken.into());
    }
    Ok(AccountRow {
        id: AccountId::from_minted(tx.mint()),
        role: new.role,
        name,
        email,
        phone,
        password_hash,
        station,
        region,
        head: new.head && new.role == Role::Liaison,
        on_leave_until: None,
        language: new.language.clone(),
        totp_secret: None,
        totp_last_step: None,
        disabled_at: None,
        created_at: tx.now.naive_utc(),
    })
}

fn checked_email(problems: &mut Problems, text: &str) -> String {
    match text.parse::<Email>() {
        Ok(email) => email.as_str().to_lowercase(),
        Err(_) => {
            problems.add(FieldProblem::new("email", if text.trim().is_empty() { "missing" } else { "not-an-email" }));
            String::new()
        }
    }
}

/// Notes a one-time link, owes its letter, and answers its secret.
fn owe_link(tx: &mut Tx<'_>, actor: &Actor, account: AccountId, lives: TimeDelta) -> Done<String> {
    let name = fingerprint(&tx.office.chance.bytes::<32>());
    db::account::use_links_of(tx.conn, account, tx.now.naive_utc())?;
    let row = AccountLinkRow {
        hash: name.clone(),
        purpose: RESET.to_owned(),
        account: Some(account),
        expires_at: (tx.now + lives).naive_utc(),
        used_at: None,
    };
    db::account::insert_link(tx.conn, &row)?;
    tx.owe(actor, Letter::new(NoticeKind::PasswordReset, format!("{RESET}:{name}")).to_account(account))?;
    Ok(sealed(tx.office, &name))
}

fn sealed(office: &Office, name: &str) -> String {
    URL_SAFE_NO_PAD.encode(office.keys.seal_text(RESET, office.chance.bytes(), name.as_bytes()))
}

fn unsealed(office: &Office, secret: &str) -> Option<String> {
    String::from_utf8(office.keys.open_text(RESET, &URL_SAFE_NO_PAD.decode(secret).ok()?)?).ok()
}

/// The secret of the link a [`NoticeKind::PasswordReset`] letter carries, from the outbox row's dedup key; the page is
/// `/password/<secret>`. `None` for any other key.
#[must_use]
pub fn reset_secret(office: &Office, dedup_key: &str) -> Option<String> {
    let name = dedup_key.strip_prefix(RESET)?.strip_prefix(':')?;
    Some(sealed(office, name))
}

/// Owes the holder of that address a letter with a link to set a new password. Unknown and disabled addresses are
/// answered alike, with nothing.
///
/// # Errors
/// A fault.
pub fn request_password_reset(office: &Office, email: &str) -> Done<()> {
    let email = email.trim().to_lowercase();
    office.write(|tx| match db::account::by_email(tx.conn, &email)?.filter(|row| row.disabled_at.is_none()) {
        // The account's holder asked, as far as we know: the letter leaves at once.
        Some(row) => owe_link(tx, &Actor::Operator, row.id, RESET_LIVES).map(drop),
        None => Ok(()),
    })
}

/// A new link for an account, by an administrator; answers its secret to be passed on.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotYours`].
pub fn new_link(office: &Office, actor: &Actor, account: AccountId) -> Done<String> {
    may_administer(actor)?;
    office.write(|tx| {
        db::account::find(tx.conn, &account)?.filter(|row| row.disabled_at.is_none()).ok_or(Refusal::NotFound)?;
        tx.event(&format!("account:{account}"), actor, Event::AccountKept, &json!({ "link": true }))?;
        owe_link(tx, actor, account, INVITATION)
    })
}

/// Whose password a link sets, if it still opens: name and address.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn reset_link(office: &Office, secret: &str) -> Done<(String, String)> {
    let name = unsealed(office, secret).ok_or(Refusal::LinkUnknown)?;
    let mut reader = office.read()?;
    let link =
        db::account::live_link(&mut reader, &name, RESET, office.now().naive_utc())?.ok_or(Refusal::LinkUnknown)?;
    let account = link.account.ok_or(Refusal::LinkUnknown)?;
    let row = db::account::find(&mut reader, &account)?
        .filter(|row| row.disabled_at.is_none())
        .ok_or(Refusal::LinkUnknown)?;
    Ok((row.name, row.email))
}

/// Sets a password by a one-time link; every session of the account ends.
///
/// # Errors
/// [`Refusal::LinkUnknown`]; [`Refusal::Invalid`] for the password.
pub fn reset_password(office: &Office, secret: &str, given: &str) -> Done<()> {
    let (name, email) = reset_link(office, secret)?;
    let hash = new_hash(office, given, &name, &email)?;
    let link_name = unsealed(office, secret).ok_or(Refusal::LinkUnknown)?;
    office.write(|tx| {
        let now = tx.now.naive_utc();
        let link = db::account::live_link(tx.conn, &link_name, RESET, now)?.ok_or(Refusal::LinkUnknown)?;
        let account = link.account.ok_or(Refusal::LinkUnknown)?;
        if !db::account::use_link(tx.conn, &link_name, now)? {
            return Err(Refusal::LinkUnknown.into());
        }
        let mut row = db::account::find(tx.conn, &account)?.ok_or(Refusal::LinkUnknown)?;
        row.password_hash = Some(hash.clone());
        db::account::save(tx.conn, &row)?;
        db::session::end_all(tx.conn, account)?;
        let actor = Actor::Staff(super::sign_in::staff_of(tx.conn, &row)?);
        tx.event(&format!("account:{account}"), &actor, Event::AccountKept, &json!({ "password": "set by link" }))
    })
}

fn new_hash(office: &Office, given: &str, name: &str, email: &str) -> Done<String> {
    let mut problems = Problems::default();
    password::judge(&mut problems, "password", given, &[name, email]);
    problems.settle()?;
    password::hash(&office.chance, given)
}

/// Changes one's own password; every other session of the account ends.
///
/// # Errors
/// [`Refusal::WrongPassword`] when the old one is not right; [`Refusal::Invalid`] for the new one.
pub fn change_password(office: &Office, actor: &Actor, old: &str, new: &str, session: &str) -> Done<()> {
    let account = actor.account().ok_or(Refusal::NotYours)?;
    let row = db::account::find(&mut *office.read()?, &account)?.ok_or(Refusal::NotFound)?;
    if !password::matches(row.password_hash.as_deref(), old) {
        return Err(Refusal::WrongPassword.into());
    }
    let hash = new_hash(office, new, &row.name, &row.email)?;
    office.write(|tx| {
        let mut row = db::account::find(tx.conn, &account)?.ok_or(Refusal::NotFound)?;
        row.password_hash = Some(hash.clone());
        db::account::save(tx.conn, &row)?;
        db::session::end_others(tx.conn, account, session)?;
        tx.event(&format!("account:{account}"), actor, Event::AccountKept, &json!({ "password": "changed" }))
    })
}

/// The secret of a fresh one-time link for the first administrator (`/first/<secret>`); `None` once there is one.
///
/// # Errors
/// A fault.
pub fn offer_first_administrator(office: &Office) -> Done<Option<String>> {
    let secret = office.chance.secret();
    office.write(|tx| {
        if db::account::administrators(tx.conn)? > 0 {
            return Ok(None);
        }
        let row = AccountLinkRow {
            hash: fingerprint(secret.as_bytes()),
            purpose: FIRST.to_owned(),
            account: None,
            expires_at: (tx.now + FIRST_LIVES).naive_utc(),
            used_at: None,
        };
        db::account::insert_link(tx.conn, &row)?;
        Ok(Some(secret.clone()))
    })
}

/// Whether the first administrator's link still opens.
///
/// # Errors
/// [`Refusal::LinkUnknown`].
pub fn first_link(office: &Office, secret: &str) -> Done<()> {
    let mut reader = office.read()?;
    let hash = fingerprint(secret.as_bytes());
    db::account::live_link(&mut reader, &hash, FIRST, office.now().naive_utc())?.ok_or(Refusal::LinkUnknown)?;
    if db::account::administrators(&mut reader)? > 0 { Err(Refusal::LinkUnknown.into()) } else { Ok(()) }
}

/// Makes the first administrator by the one-time link.
///
/// # Errors
/// [`Refusal::LinkUnknown`], also once there is an administrator; [`Refusal::Invalid`].
pub fn first_administrator(
    office: &Office,
    secret: &str,
    name: &str,
    email: &str,
    given: &str,
    language: &str,
) -> Done<AccountId> {
    first_link(office, secret)?;
    let hash = fingerprint(secret.as_bytes());
    let mut problems = Problems::default();
    problems.text("name", name, 60);
    checked_email(&mut problems, email);
    password::judge(&mut problems, "password", given, &[name, email]);
    problems.settle()?;
    let password_hash = password::hash(&office.chance, given)?;
    let new = NewAccount {
        role: Role::Admin,
        name: name.to_owned(),
        email: email.to_owned(),
        phone: None,
        station: None,
        region: None,
        head: false,
        language: language.to_owned(),
        password: None,
    };
    office.write(|tx| {
        if db::account::administrators(tx.conn)? > 0 || !db::account::use_link(tx.conn, &hash, tx.now.naive_utc())? {
            return Err(Refusal::LinkUnknown.into());
        }
        let row = account_row(tx, &new, Some(password_hash.clone()))?;
        db::account::insert(tx.conn, &row)?;
        tx.event(
            &format!("account:{}", row.id),
            &Actor::Operator,
            Event::AccountKept,
            &json!({ "made": true, "role": "admin" }),
        )?;
        Ok(row.id)
    })
}

/// Disables an account: its sessions and tokens end, its open tasks go to whoever looks after the needs now. One's own and the last administrator's stay.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotYours`], [`Refusal::WrongState`] for one's own, the last administrator's, and
/// one disabled before.
pub fn disable_account(office: &Office, actor: &Actor, account: AccountId) -> Done<()> {
    may_administer(actor)?;
    office.write(|tx| {
        let mut row = db::account::find(tx.conn, &account)?.ok_or(Refusal::NotFound)?;
        let last = row.role == Role::Admin && db::account::administrators(tx.conn)? <= 1;
        if row.disabled_at.is_some() || last || actor.account() == Some(account) {
            return Err(Refusal::WrongState.into());
        }
        let now = tx.now.naive_utc();
        row.disabled_at = Some(now);
        db::account::save(tx.conn, &row)?;
        db::session::end_all(tx.conn, account)?;
        db::account::revoke_tokens(tx.conn, account, now)?;
        db::account::use_links_of(tx.conn, account, now)?;
        let moved = leave::hand_on_tasks(tx, account)?;
        tx.event(&format!("account:{account}"), actor, Event::AccountKept, &json!({"disabled": true, "moved": moved}))
    })
}

/// Takes a lost second factor off an account, so that its holder can enrol another; its sessions end.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotYours`].
pub fn drop_totp(office: &Office, actor: &Actor, account: AccountId) -> Done<()> {
    may_administer(actor)?;
    office.write(|tx| {
        let mut row = db::account::find(tx.conn, &account)?.ok_or(Refusal::NotFound)?;
        row.totp_secret = None;
        row.totp_last_step = None;
        db::account::save(tx.conn, &row)?;
        db::session::end_all(tx.conn, account)?;
        tx.event(&format!("account:{account}"), actor, Event::AccountKept, &json!({ "second_factor": "dropped" }))
    })
}

/// Administrators and the command line; nobody who acts by a link.
fn may_administer(actor: &Actor) -> Result<(), Refusal> {
    match actor {
        Actor::Staff(_) => actor.needs(Right::Administer),
        Actor::Operator => Ok(()),
        Actor::Expert(_) | Actor::Enterprise(_) | Actor::Desk => Err(Refusal::NotYours),
    }
}

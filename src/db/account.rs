//! Accounts, their one-time links and API tokens.

use super::JsonText;
use super::conn::{Conn, cols};
use super::schema::{account_links, accounts, api_tokens};
use crate::domain::role::Role;
use crate::ids::AccountId;
use crate::ids::StationId;
use crate::ids::TokenId;
use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

/// One account (账号).
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = accounts, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AccountRow {
    /// Id.
    pub id: AccountId,
    /// Role.
    pub role: Role,
    /// Name.
    pub name: String,
    /// Email.
    pub email: String,
    /// Phone.
    pub phone: Option<String>,
    /// Password hash.
    pub password_hash: Option<String>,
    /// Station.
    pub station: Option<StationId>,
    /// Region.
    pub region: Option<String>,
    /// Head.
    pub head: bool,
    /// On leave until.
    pub on_leave_until: Option<NaiveDate>,
    /// Language.
    pub language: String,
    /// Totp secret.
    pub totp_secret: Option<Vec<u8>>,
    /// Totp last step.
    pub totp_last_step: Option<i64>,
    /// Disabled at.
    pub disabled_at: Option<NaiveDateTime>,
    /// Created at.
    pub created_at: NaiveDateTime,
}

row_deeds!(AccountRow, accounts, id: AccountId);

/// A one-time link that belongs to an account: first administrator, password reset.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = account_links, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct AccountLinkRow {
    /// Hash.
    pub hash: String,
    /// Purpose.
    pub purpose: String,
    /// Account.
    pub account: Option<AccountId>,
    /// Expires at.
    pub expires_at: NaiveDateTime,
    /// Used at.
    pub used_at: Option<NaiveDateTime>,
}

/// An API token; only its hash is kept.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = api_tokens, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct TokenRow {
    /// Id.
    pub id: TokenId,
    /// Account.
    pub account: AccountId,
    /// Hash.
    pub hash: String,
    /// Label.
    pub label: String,
    /// Scopes.
    pub scopes: JsonText<Vec<String>>,
    /// Created at.
    pub created_at: NaiveDateTime,
    /// Revoked at.
    pub revoked_at: Option<NaiveDateTime>,
}

many_rows!(insert_tokens, TokenRow, api_tokens);

/// The account of that address (lower case).
///
/// # Errors
/// What the database says.
pub fn by_email(conn: &mut Conn, email: &str) -> QueryResult<Option<AccountRow>> {
    accounts::table.filter(accounts::email.eq(email)).select(cols::<AccountRow>()).first(conn).optional()
}

/// Every account, by role and name.
///
/// # Errors
/// What the database says.
pub fn all(conn: &mut Conn) -> QueryResult<Vec<AccountRow>> {
    accounts::table.order((accounts::role, accounts::name, accounts::id)).select(cols::<AccountRow>()).load(conn)
}

/// The accounts of a station that are not disabled.
///
/// # Errors
/// What the database says.
pub fn of_station(conn: &mut Conn, station: StationId) -> QueryResult<Vec<AccountRow>> {
    accounts::table
        .filter(accounts::station.eq(station))
        .filter(accounts::disabled_at.is_null())
        .order((accounts::head.desc(), accounts::id))
        .select(cols::<AccountRow>())
        .load(conn)
}

/// The managers that are not disabled.
///
/// # Errors
/// What the database says.
pub fn managers(conn: &mut Conn) -> QueryResult<Vec<AccountRow>> {
    accounts::table
        .filter(accounts::role.eq(Role::Manager))
        .filter(accounts::disabled_at.is_null())
        .order(accounts::id)
        .select(cols::<AccountRow>())
        .load(conn)
}

/// How many administrators can sign in.
///
/// # Errors
/// What the database says.
pub fn administrators(conn: &mut Conn) -> QueryResult<i64> {
    accounts::table
        .filter(accounts::role.eq(Role::Admin))
        .filter(accounts::disabled_at.is_null())
        .count()
        .get_result(conn)
}

/// Adds a one-time link.
///
/// # Errors
/// What the database says.
pub fn insert_link(conn: &mut Conn, row: &AccountLinkRow) -> QueryResult<()> {
    diesel::insert_into(account_links::table).values(row).execute(conn).map(drop)
}

/// The one-time link of that hash, unused and in time.
///
/// # Errors
/// What the database says.
pub fn live_link(
    conn: &mut Conn,
    hash: &str,
    purpose: &str,
    now: NaiveDateTime,
) -> QueryResult<Option<AccountLinkRow>> {
    account_links::table
        .filter(account_links::hash.eq(hash))
        .filter(account_links::purpose.eq(purpose))
        .filter(account_links::used_at.is_null())
        .filter(account_links::expires_at.gt(now))
        .select(cols::<AccountLinkRow>())
        .first(conn)
        .optional()
}

/// Uses a one-time link up; false when somebody did before.
///
/// # Errors
/// What the database says.
pub fn use_link(conn: &mut Conn, hash: &str, now: NaiveDateTime) -> QueryResult<bool> {
    diesel::update(account_links::table.filter(account_links::hash.eq(hash)).filter(account_links::used_at.is_null()))
        .set(account_links::used_at.eq(Some(now)))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// The live token of that hash with its account.
///
/// # Errors
/// What the database says.
pub fn by_token(conn: &mut Conn, hash: &str) -> QueryResult<Option<(TokenRow, AccountRow)>> {
    api_tokens::table
        .inner_join(accounts::table.on(accounts::id.eq(api_tokens::account)))
        .filter(api_tokens::hash.eq(hash))
        .filter(api_tokens::revoked_at.is_null())
        .filter(accounts::disabled_at.is_null())
        .select((cols::<TokenRow>(), cols::<AccountRow>()))
        .first(conn)
        .optional()
}

/// Every live token of an account.
///
/// # Errors
/// What the database says.
pub fn tokens_of(conn: &mut Conn, account: AccountId) -> QueryResult<Vec<TokenRow>> {
    api_tokens::table
        .filter(api_tokens::account.eq(account))
        .filter(api_tokens::revoked_at.is_null())
        .order(api_tokens::created_at.desc())
        .select(cols::<TokenRow>())
        .load(conn)
}

/// Revokes every live token of an account.
///
/// # Errors
/// What the database says.
pub fn revoke_tokens(conn: &mut Conn, account: AccountId, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(api_tokens::table.filter(api_tokens::account.eq(account)).filter(api_tokens::revoked_at.is_null()))
        .set(api_tokens::revoked_at.eq(Some(now)))
        .execute(conn)
        .map(drop)
}

/// A token of that id, live or not.
///
/// # Errors
/// What the database says.
pub fn find_token(conn: &mut Conn, id: TokenId) -> QueryResult<Option<TokenRow>> {
    api_tokens::table.filter(api_tokens::id.eq(id)).select(cols::<TokenRow>()).first(conn).optional()
}

/// Revokes one token.
///
/// # Errors
/// What the database says.
pub fn revoke_token(conn: &mut Conn, id: TokenId, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(api_tokens::table.filter(api_tokens::id.eq(id)).filter(api_tokens::revoked_at.is_null()))
        .set(api_tokens::revoked_at.eq(Some(now)))
        .execute(conn)
        .map(drop)
}

/// Uses up every open one-time link of an account.
///
/// # Errors
/// What the database says.
pub fn use_links_of(conn: &mut Conn, account: AccountId, now: NaiveDateTime) -> QueryResult<()> {
    diesel::update(
        account_links::table.filter(account_links::account.eq(account)).filter(account_links::used_at.is_null()),
    )
    .set(account_links::used_at.eq(Some(now)))
    .execute(conn)
    .map(drop)
}

/// The names of those accounts.
///
/// # Errors
/// What the database says.
pub fn names_of(conn: &mut Conn, ids: &[AccountId]) -> QueryResult<Vec<(AccountId, String)>> {
    accounts::table.filter(accounts::id.eq_any(ids)).select((accounts::id, accounts::name)).load(conn)
}

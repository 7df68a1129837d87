//! API tokens: `zp_` and 256 bits in base64url, told once; the database keeps the SHA-256.

use crate::actions::{Actor, Done, Office};
use crate::db::{self, JsonText};
use crate::domain::event::Event;
use crate::domain::refusal::{FieldProblem, Problems, Refusal};
use crate::ids::{AccountId, TokenId};
use crate::seal::fingerprint;
use serde_json::json;

/// What a token may do.
pub const SCOPES: [&str; 2] = ["read", "write"];

/// Makes a token for an account, one's own or, for administrators, anybody's. Answers the token, told this once.
///
/// # Errors
/// [`Refusal::Invalid`] for the label or scopes; [`Refusal::NotYours`]; [`Refusal::NotFound`].
pub fn add_token(
    office: &Office,
    actor: &Actor,
    account: AccountId,
    label: &str,
    scopes: &[&str],
) -> Done<(TokenId, String)> {
    may_keep(actor, account)?;
    let mut problems = Problems::default();
    let label = problems.text("label", label, 80);
    if scopes.is_empty() {
        problems.add(FieldProblem::new("scopes", "missing"));
    }
    if let Some(unknown) = scopes.iter().find(|scope| !SCOPES.contains(scope)) {
        problems.add(FieldProblem::with("scopes", "not-known", unknown));
    }
    problems.settle()?;
    let secret = format!("zp_{}", office.chance.secret());
    let id = office.write(|tx| {
        let owner = db::account::find(tx.conn, &account)?.filter(|row| row.disabled_at.is_none());
        owner.ok_or(Refusal::NotFound)?;
        let id = TokenId::from_minted(tx.mint());
        let row = db::account::TokenRow {
            id,
            account,
            hash: fingerprint(secret.as_bytes()),
            label: label.clone(),
            scopes: JsonText::of(&scopes.iter().map(|scope| (*scope).to_owned()).collect()),
            created_at: tx.now.naive_utc(),
            revoked_at: None,
        };
        db::account::insert_tokens(tx.conn, std::slice::from_ref(&row))?;
        tx.event(&format!("account:{account}"), actor, Event::TokenKept, &json!({ "token": id, "made": scopes }))?;
        Ok(id)
    })?;
    Ok((id, secret))
}

/// Revokes a token, one's own or, for administrators, anybody's.
///
/// # Errors
/// [`Refusal::NotFound`], alike for those of others.
pub fn revoke_token(office: &Office, actor: &Actor, id: TokenId) -> Done<()> {
    office.write(|tx| {
        let row = db::account::find_token(tx.conn, id)?.ok_or(Refusal::NotFound)?;
        may_keep(actor, row.account).map_err(|_| Refusal::NotFound)?;
        db::account::revoke_token(tx.conn, id, tx.now.naive_utc())?;
        tx.event(&format!("account:{}", row.account), actor, Event::TokenKept, &json!({ "token": id, "revoked": true }))
    })
}

fn may_keep(actor: &Actor, account: AccountId) -> Result<(), Refusal> {
    if actor.account() == Some(account) { Ok(()) } else { super::may_administer(actor) }
}

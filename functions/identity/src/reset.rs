//! What the functions have in common through which somebody comes back who forgot the password: a code proves the address,
//! the right code is changed for a token, and the token for a new password.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use souk_domain::{Email, Realm, code::Purpose};
use souk_runtime::{draw_secret, sha256};
use souk_store_identity::{
    IdentityExt as _,
    codes::{CodeState, RESET_LIFETIME, ResetGrant},
};
use souk_web::{Code, Deserr, FieldErrors, JsonSchema, Problem};

use crate::{codes::Subject, registration::StoreSealer};

/// As what somebody wants to come back.
#[derive(Debug, Clone, Copy, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schemars(rename = "AccountKind", rename_all = "lowercase")]
pub(crate) enum AccountKind {
    /// As a shopper; admins are shoppers too.
    User,
    /// As a seller.
    Seller,
}

/// Whose codes.
pub(crate) fn subject(account: AccountKind, email: Email) -> Subject {
    let realm = match account {
        AccountKind::User => Realm::Users,
        AccountKind::Seller => Realm::Sellers,
    };
    Subject { purpose: Purpose::ResetPassword, realm, email }
}

/// What a reset token says. Clients see it sealed.
#[derive(Debug, Serialize, Deserialize)]
struct Token {
    realm: Realm,
    email: Email,
    secret: String,
}

/// The purpose reset tokens are sealed for.
const TOKEN: &str = "reset";

/// Grants the right to choose a password. The state remembers only a hash of the token.
pub(crate) fn grant(issuer: &StoreSealer, used: &mut CodeState, now: Timestamp) -> Result<String, Problem> {
    let secret = draw_secret()?;
    used.reset = Some(ResetGrant { secret_hash: sha256(&secret), expires_at: now + RESET_LIFETIME });
    let token = Token { realm: used.realm, email: used.email.clone(), secret };
    Ok(issuer.sealer.seal(TOKEN, &token)?)
}

/// The state of the address whose token it is, with the token used up.
///
/// # Errors
/// `invalid_reset_token` when it is forged, over or used.
pub(crate) async fn redeem(issuer: &StoreSealer, token: &str, now: Timestamp) -> Result<CodeState, Problem> {
    let refused = || Problem::new(Code::InvalidResetToken);
    let Token { realm, email, secret } = issuer.sealer.open(TOKEN, token).map_err(|_| refused())?;
    let mut state = issuer.store.codes().get(Purpose::ResetPassword, realm, &email, now).await?;
    let grant = state.reset.take().ok_or_else(refused)?;
    if grant.secret_hash != sha256(&secret) || grant.expires_at <= now {
        return Err(refused());
    }
    let codes = state.codes.clone();
    Ok(state.next(codes, now))
}

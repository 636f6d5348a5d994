//! Resetting a forgotten password: a mailed code proves the address, the right code is exchanged for a reset token, and
//! the token for a new password.

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

/// The kind of account whose password is reset.
#[derive(Debug, Clone, Copy, Deserr, JsonSchema)]
#[deserr(error = FieldErrors, rename_all = lowercase)]
#[schemars(rename_all = "lowercase")]
pub(crate) enum AccountKind {
    /// A shopper's account. An admin has a shopper's account too.
    User,
    /// A seller's account.
    Seller,
}

/// Returns the subject of the codes that reset a password.
pub(crate) fn subject(account: AccountKind, email: Email) -> Subject {
    let realm = match account {
        AccountKind::User => Realm::Users,
        AccountKind::Seller => Realm::Sellers,
    };
    Subject { purpose: Purpose::ResetPassword, realm, email }
}

/// The content of a reset token. Clients get it sealed.
#[derive(Debug, Serialize, Deserialize)]
struct ResetToken {
    realm: Realm,
    email: Email,
    secret: String,
}

/// The purpose reset tokens are sealed for.
const TOKEN: &str = "reset";

/// Issues a reset token. The state keeps only a hash of it.
pub(crate) fn grant(deps: &StoreSealer, used: &mut CodeState, now: Timestamp) -> Result<String, Problem> {
    let secret = draw_secret()?;
    used.reset = Some(ResetGrant { secret_hash: sha256(&secret), expires_at: now + RESET_LIFETIME });
    let token = ResetToken { realm: used.realm, email: used.email.clone(), secret };
    Ok(deps.sealer.seal(TOKEN, &token)?)
}

/// Returns the code state of the token's address, in which the token is used up. The caller writes it together with the
/// new password.
///
/// # Errors
/// `invalid_reset_token` if the token is forged, expired or used.
pub(crate) async fn redeem(deps: &StoreSealer, token: &str, now: Timestamp) -> Result<CodeState, Problem> {
    let refused = || Problem::new(Code::InvalidResetToken);
    let ResetToken { realm, email, secret } = deps.sealer.open(TOKEN, token).map_err(|_| refused())?;
    let mut state = deps.store.codes().get(Purpose::ResetPassword, realm, &email, now).await?;
    let grant = state.reset.take().ok_or_else(refused)?;
    if grant.secret_hash != sha256(&secret) || grant.expires_at <= now {
        return Err(refused());
    }
    let codes = state.codes.clone();
    Ok(state.next(codes, now))
}

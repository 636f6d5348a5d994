//! ID tokens (OpenID Connect Core 1.0, 2), valid and deliberately invalid ones.

use aws_lc_rs::{
    digest::{SHA256, digest},
    error::Unspecified,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    app::App,
    state::{Grant, State},
};

/// How long an ID token is valid, in seconds.
pub(crate) const LIFETIME: i64 = 300;

/// The flaw of the next ID token for a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Flaw {
    /// It is for another client.
    WrongAudience,
    /// It names another issuer.
    WrongIssuer,
    /// It has the nonce of another request.
    WrongNonce,
    /// It has no nonce.
    NoNonce,
    /// It expired an hour ago.
    Expired,
    /// It was issued an hour in the future.
    FromTheFuture,
    /// Another key signed it, with the id of the right key.
    WrongKey,
    /// An unpublished key signed it.
    UnknownKey,
    /// It is not signed.
    AlgNone,
    /// It is signed with HS256, with the public key as the secret.
    PublicKeyAsSecret,
    /// It is valid, but the mail address is not verified.
    UnverifiedMail,
    /// There is no token: the token endpoint answers 500.
    TokenEndpointFails,
}

/// Issues the ID token for a grant, with the flaw if there is one.
pub(crate) fn issue(
    app: &App,
    state: &State,
    grant: &Grant,
    access_token: &str,
    flaw: Option<Flaw>,
) -> Result<String, Unspecified> {
    let mut claims = claims(app, state.now(), grant, access_token);
    match flaw {
        Some(Flaw::WrongAudience) => claims["aud"] = json!("another-client"),
        Some(Flaw::WrongIssuer) => claims["iss"] = json!("https://accounts.evil.example"),
        Some(Flaw::WrongNonce) => claims["nonce"] = json!("another-nonce"),
        Some(Flaw::NoNonce) => claims["nonce"] = Value::Null,
        Some(Flaw::Expired) => claims["exp"] = json!(state.now() - 3_600),
        Some(Flaw::FromTheFuture) => claims["iat"] = json!(state.now() + 3_600),
        Some(Flaw::UnverifiedMail) => claims["email_verified"] = json!(false),
        _ => {}
    }
    if let Value::Object(claims) = &mut claims {
        claims.retain(|_, value| !value.is_null());
    }
    match flaw {
        Some(Flaw::WrongKey) => state.forger.sign_as(&state.key, &claims),
        Some(Flaw::UnknownKey) => state.forger.sign(&claims),
        Some(Flaw::AlgNone) => Ok(state.key.leave_unsigned(&claims)),
        Some(Flaw::PublicKeyAsSecret) => state.key.sign_with_public_key(&claims),
        _ => state.key.sign(&claims),
    }
}

/// Returns the claims of the requested scopes. A claim is null if it has no value.
fn claims(app: &App, now: i64, grant: &Grant, access_token: &str) -> Value {
    let client = &app.settings.client_id;
    let half = &digest(&SHA256, access_token.as_bytes()).as_ref()[..16].to_vec();
    let mut claims = json!({
        "iss": app.issuer,
        "azp": client,
        "aud": client,
        "sub": grant.person.subject(),
        "nonce": grant.nonce,
        "at_hash": BASE64_URL_SAFE_NO_PAD.encode(half),
        "iat": now,
        "exp": now + LIFETIME,
    });
    let has_scope = |scope: &str| grant.scopes.iter().any(|known| known == scope);
    if has_scope("email") {
        claims["email"] = json!(grant.person.email);
        claims["email_verified"] = json!(grant.person.email_verified);
    }
    if has_scope("profile") && !grant.person.name.is_empty() {
        claims["name"] = json!(grant.person.name);
    }
    claims
}

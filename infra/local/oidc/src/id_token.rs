//! ID tokens: OpenID Connect Core 1.0, 2. And how to spoil them.

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

/// How long one is good, in seconds.
pub(crate) const LIFETIME: i64 = 300;

/// What is wrong with the next ID token for a mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Flaw {
    /// It is for another client.
    WrongAudience,
    /// Somebody else says to have issued it.
    WrongIssuer,
    /// It answers another request.
    WrongNonce,
    /// It answers no request.
    NoNonce,
    /// It was over an hour ago.
    Expired,
    /// It was issued in an hour.
    FromTheFuture,
    /// Another key signed it, under our key's name.
    WrongKey,
    /// A key signed it that is not published.
    UnknownKey,
    /// Nobody signed it.
    AlgNone,
    /// It is signed with HS256, with our public key as the secret.
    PublicKeyAsSecret,
    /// Nothing is wrong but that the mail address is not verified.
    UnverifiedMail,
    /// There is none: the token endpoint answers 500.
    TokenEndpointFails,
}

/// The ID token for a grant, spoilt as ordered.
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
        Some(Flaw::WrongKey) => state.stranger.sign_in_the_name_of(&state.key, &claims),
        Some(Flaw::UnknownKey) => state.stranger.sign(&claims),
        Some(Flaw::AlgNone) => Ok(state.key.leave_unsigned(&claims)),
        Some(Flaw::PublicKeyAsSecret) => state.key.sign_with_public_key(&claims),
        _ => state.key.sign(&claims),
    }
}

/// The claims that were asked for; null where there is nothing to say.
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
    let asked_for = |scope: &str| grant.scopes.iter().any(|known| known == scope);
    if asked_for("email") {
        claims["email"] = json!(grant.person.email);
        claims["email_verified"] = json!(grant.person.email_verified);
    }
    if asked_for("profile") && !grant.person.name.is_empty() {
        claims["name"] = json!(grant.person.name);
    }
    claims
}

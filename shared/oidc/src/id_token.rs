//! The validation of ID tokens: OpenID Connect Core 1.0, 3.1.3.7.

use jiff::Timestamp;
use jsonwebtoken::{Validation, errors::ErrorKind};
use serde::Deserialize;

use crate::{Flaw, keys::Key};

/// Largest accepted difference between the provider's clock and ours, in seconds.
const SKEW: i64 = 60;

const GOOGLE: &str = "https://accounts.google.com";
/// The other `iss` claim that Google uses in ID tokens:
/// <https://developers.google.com/identity/openid-connect/openid-connect>.
const GOOGLE_WITHOUT_SCHEME: &str = "accounts.google.com";

/// An account at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The permanent id of the account at the provider: 1 to 255 visible ASCII characters.
    pub subject: String,
    /// The mail address, if the provider gives one.
    pub email: Option<String>,
    /// Whether the provider has verified that the address belongs to the account.
    pub email_verified: bool,
    /// The name of the person.
    pub name: Option<String>,
}

/// The expected claims of a token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: &'a str,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Audience,
    azp: Option<String>,
    nonce: Option<String>,
    iat: i64,
    exp: i64,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Returns the id of the key that a token names.
pub(crate) fn kid(token: &str) -> Result<String, Flaw> {
    jsonwebtoken::decode_header(token).ok().and_then(|header| header.kid).ok_or(Flaw::Malformed)
}

/// Validates a token and returns its account.
pub(crate) fn verify(token: &str, key: &Key, expected: Expected<'_>, now: Timestamp) -> Result<Identity, Flaw> {
    let mut rules = Validation::new(key.algorithm);
    rules.set_audience(&[expected.client_id]);
    match expected.issuer {
        GOOGLE => rules.set_issuer(&[GOOGLE, GOOGLE_WITHOUT_SCHEME]),
        issuer => rules.set_issuer(&[issuer]),
    }
    rules.set_required_spec_claims(&["iss", "sub", "aud", "exp"]);
    rules.validate_exp = false;
    let claims = jsonwebtoken::decode::<Claims>(token, &key.key, &rules).map_err(|error| flaw(error.kind()))?.claims;

    let for_this_client_only = match &claims.aud {
        Audience::One(audience) => audience == expected.client_id,
        Audience::Many(audiences) => audiences.iter().all(|audience| audience == expected.client_id),
    };
    if !for_this_client_only || claims.azp.is_some_and(|party| party != expected.client_id) {
        return Err(Flaw::Audience);
    }
    // The times are checked here and not by the library, so that tests can set the clock.
    if now.as_second() >= claims.exp.saturating_add(SKEW) {
        return Err(Flaw::Expired);
    }
    if claims.iat > now.as_second() + SKEW {
        return Err(Flaw::FromTheFuture);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(Flaw::Nonce);
    }
    // OpenID Connect Core 1.0, 2: at most 255 ASCII characters.
    if !(1..=255).contains(&claims.sub.len()) || !claims.sub.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Flaw::Malformed);
    }
    let Claims { sub, email, email_verified, name, .. } = claims;
    Ok(Identity { subject: sub, email, email_verified, name })
}

fn flaw(error: &ErrorKind) -> Flaw {
    match error {
        ErrorKind::InvalidAlgorithm => Flaw::Algorithm,
        ErrorKind::InvalidSignature => Flaw::Signature,
        ErrorKind::InvalidIssuer => Flaw::Issuer,
        ErrorKind::InvalidAudience => Flaw::Audience,
        _ => Flaw::Malformed,
    }
}

#[cfg(test)]
mod tests;

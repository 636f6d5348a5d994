//! Tokens. An access token is a JWT signed with EdDSA, valid for 15 minutes and for one kind of principal. A refresh
//! token is opaque and can be used once.

use std::env;

use aws_lc_rs::{
    digest,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use cookie::{Cookie, SameSite, time::Duration as CookieAge};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use schemars::JsonSchema;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use souk_domain::{Principal, SessionId};
use souk_runtime::{Connect, Sealer, Start, StartError};
use souk_store::{Store, access::Session, keyring::PublicKey};

use crate::{Deps, Problem};

/// How long an access token is valid.
pub(crate) const LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// How long the old public key stays published after a rotation: twice the lifetime of a token.
const OVERLAP: SignedDuration = SignedDuration::from_mins(30);

/// The kind of principal that a token is for: the `aud` claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Shoppers.
    User,
    /// Sellers.
    Seller,
    /// Admins.
    Admin,
}

impl Audience {
    /// The value of the `aud` claim.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Seller => "seller",
            Self::Admin => "admin",
        }
    }

    /// Every audience.
    pub const ALL: [Self; 3] = [Self::User, Self::Seller, Self::Admin];

    /// The name of the cookie that carries an access token. `__Host-` makes browsers insist on `Secure`, `Path=/` and
    /// no `Domain`.
    pub const fn cookie(self) -> &'static str {
        match self {
            Self::User => "__Host-souk-user",
            Self::Seller => "__Host-souk-seller",
            Self::Admin => "__Host-souk-admin",
        }
    }

    /// The name of the cookie that carries a refresh token.
    pub const fn refresh_cookie(self) -> &'static str {
        match self {
            Self::User => "__Host-souk-user-refresh",
            Self::Seller => "__Host-souk-seller-refresh",
            Self::Admin => "__Host-souk-admin-refresh",
        }
    }

    /// The audience that a principal belongs to.
    pub const fn of(principal: Principal) -> Self {
        match principal {
            Principal::User(_) => Self::User,
            Principal::Seller(_) => Self::Seller,
            Principal::Admin(_) => Self::Admin,
        }
    }
}

/// The claims of an access token.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) sub: Principal,
    pub(crate) aud: String,
    /// The session in which the token was issued.
    pub(crate) sid: SessionId,
    /// The epoch of the principal's standing when the token was issued.
    pub(crate) epoch: u64,
    pub(crate) iat: i64,
    pub(crate) exp: i64,
}

/// The `iss` claim of every access token.
pub(crate) const ISSUER: &str = "souk";
/// The `typ` header of an access token, so that no other kind of JWT is accepted as one (RFC 9068, 2.1).
pub(crate) const TYPE: &str = "at+jwt";

/// What a valid access token proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// The principal of the token.
    pub principal: Principal,
    /// The session in which the token was issued.
    pub session: SessionId,
    /// The epoch of the principal's standing when the token was issued.
    pub epoch: u64,
}

/// A signed-in principal's tokens.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Token {
    /// Send it as `Authorization: Bearer`.
    access_token: String,
    /// Always `Bearer`.
    token_type: &'static str,
    /// How long it is good, in seconds.
    expires_in: i64,
    /// Good once, for new tokens. Keep it secret.
    refresh_token: String,
    /// How long it is good, in seconds.
    refresh_expires_in: i64,
    /// Who signed in.
    #[schemars(with = "Principal")]
    principal: String,
    #[serde(skip)]
    audience: Audience,
}

impl Token {
    pub(crate) fn cookies(&self) -> [String; 2] {
        [
            cookie(self.audience.cookie(), &self.access_token, self.expires_in),
            cookie(self.audience.refresh_cookie(), &self.refresh_token, self.refresh_expires_in),
        ]
    }
}

/// Makes a cookie that browsers send with every request to the API. The age is in seconds; 0 removes the cookie.
pub(crate) fn cookie(name: &str, value: &str, age: i64) -> String {
    host_cookie(name, value, age, same_site(env::var("COOKIE_SAME_SITE").ok().as_deref()))
}

/// Returns to which pages' requests the browser adds the cookies. `COOKIE_SAME_SITE` is `Lax` if the API has a name
/// below the domain of the front ends, so that all are one site. Otherwise the front ends are on other sites than the
/// API: then only `None` works, and some browsers refuse it. Unsafe methods need an allowed `Origin` in both cases.
fn same_site(setting: Option<&str>) -> SameSite {
    if setting == Some("Lax") { SameSite::Lax } else { SameSite::None }
}

/// Makes a cookie that browsers send to the API's own host only, over HTTPS only, and hide from scripts. The age is in
/// seconds.
pub(crate) fn host_cookie(name: &str, value: &str, age: i64, same_site: SameSite) -> String {
    Cookie::build((name, value))
        .path("/")
        .secure(true)
        .http_only(true)
        .same_site(same_site)
        .max_age(CookieAge::seconds(age))
        .build()
        .to_string()
}

/// Signs access tokens. Only the functions that sign principals in may read its key.
pub struct Signer {
    key: EncodingKey,
    kid: String,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.kid)
    }
}

impl Signer {
    /// Reads the secret that `SIGNING_SECRET` names and publishes its public key in the table if it is not there yet.
    /// Every function can therefore verify a token before one is signed.
    ///
    /// # Errors
    /// Those of [`StartError`].
    pub async fn start(start: &Start, store: &Store, now: Timestamp) -> Result<Self, StartError> {
        let (signer, public) = Self::from_secret(&start.secret("SIGNING_SECRET").await?, now)?;
        for _ in 0..5 {
            let read = store.keyring().get().await?;
            if read.keys.iter().any(|key| key.kid == public.kid) {
                return Ok(signer);
            }
            let newest = read.keys.last().map(|key| key.kid.clone());
            let mut keys: Vec<PublicKey> = read
                .keys
                .iter()
                .filter(|key| Some(&key.kid) == newest.as_ref() || key.since + OVERLAP > now)
                .cloned()
                .collect();
            keys.push(public.clone());
            if store.keyring().publish(&read, keys).await? {
                return Ok(signer);
            }
        }
        Err(StartError::Client("the public key could not be published".to_owned()))
    }

    /// Derives the Ed25519 key pair from a secret of random characters, with its SHA-256 as the seed. Secrets Manager
    /// can therefore generate the secret, and no person or script ever has it.
    fn from_secret(secret: &SecretString, now: Timestamp) -> Result<(Self, PublicKey), StartError> {
        let invalid = |_| StartError::Client("the signing key is not an Ed25519 key".to_owned());
        let seed = digest::digest(&digest::SHA256, secret.expose_secret().as_bytes());
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.as_ref()).map_err(|_| invalid(()))?;
        let der = pair.to_pkcs8().map_err(|_| invalid(()))?;
        let public = pair.public_key().as_ref();
        let x = BASE64_URL_SAFE_NO_PAD.encode(public);
        let kid = BASE64_URL_SAFE_NO_PAD.encode(&digest::digest(&digest::SHA256, public).as_ref()[..9]);
        let signer = Self { key: EncodingKey::from_ed_der(der.as_ref()), kid: kid.clone() };
        Ok((signer, PublicKey { kid, x, since: now }))
    }

    /// Makes the answer to a sign-in: a new access token for a session, together with the session's refresh token.
    ///
    /// # Errors
    /// `internal` if signing fails, which does not happen with a valid key.
    pub fn issue(&self, session: &Session, refresh_token: String, now: Timestamp) -> Result<Token, Problem> {
        let audience = Audience::of(session.principal);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            sub: session.principal,
            aud: audience.as_str().to_owned(),
            sid: session.id,
            epoch: session.epoch,
            iat: now.as_second(),
            exp: (now + LIFETIME).as_second(),
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.kid.clone());
        let access_token = jsonwebtoken::encode(&header, &claims, &self.key).map_err(|error| {
            tracing::error!(error = &error as &dyn std::error::Error, "an access token could not be signed");
            Problem::new(crate::Code::Internal)
        })?;
        Ok(Token {
            access_token,
            token_type: "Bearer",
            expires_in: LIFETIME.as_secs(),
            refresh_token,
            refresh_expires_in: session.expires_at.duration_since(now).as_secs(),
            principal: session.principal.to_string(),
            audience,
        })
    }
}

/// The dependencies of functions that sign principals in.
#[derive(Debug)]
pub struct TokenIssuer {
    /// The table.
    pub store: Store,
    /// Seals refresh tokens.
    pub sealer: Sealer,
    /// Signs tokens.
    pub signer: Signer,
}

impl Connect for TokenIssuer {
    async fn connect(start: &Start) -> Result<Self, StartError> {
        let store = Store::connect(start).await?;
        let signer = Signer::start(start, &store, Timestamp::now()).await?;
        Ok(Self { store, sealer: Sealer::connect(start).await?, signer })
    }
}

impl Deps for TokenIssuer {
    fn store(&self) -> Option<&Store> {
        Some(&self.store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_of_one_site_only_where_the_deployment_says_so() {
        assert_eq!(same_site(Some("Lax")), SameSite::Lax);
        for setting in [None, Some(""), Some("None")] {
            assert_eq!(same_site(setting), SameSite::None, "{setting:?}");
        }
    }
}

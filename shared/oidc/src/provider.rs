//! The start and the end of a sign-in.

use std::{collections::HashMap, fmt};

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    Flaw, Identity, OidcError,
    id_token::{self, Expected},
    keys::{self, Key},
    transport::{Transport, is_confidential},
};

/// How long the provider's configuration and keys are cached. A key that it withdraws is accepted for this long at
/// most.
const CACHE_LIFETIME: SignedDuration = SignedDuration::from_hours(1);
/// Shortest time between two fetches of the keys because of an unknown key id. Without it, each forged token would cost
/// a request.
const REFETCH: SignedDuration = SignedDuration::from_secs(10);

/// An OpenID provider with our registration as its client.
#[derive(Debug)]
pub struct Provider {
    issuer: String,
    client_id: String,
    redirect_uri: String,
    transport: Transport,
    metadata: Mutex<Option<Cached<Metadata>>>,
    keys: Mutex<Option<Cached<HashMap<String, Key>>>>,
}

#[derive(Debug)]
struct Cached<T> {
    value: T,
    fetched_at: Timestamp,
}

impl<T> Cached<T> {
    fn age(&self, now: Timestamp) -> SignedDuration {
        now.duration_since(self.fetched_at)
    }
}

/// The configuration that the provider publishes: OpenID Connect Discovery 1.0, 3.
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

/// A started sign-in.
#[derive(Debug)]
pub struct Begun {
    /// The address to send the browser to.
    pub url: String,
    /// The state to keep until the browser comes back.
    pub attempt: Attempt,
}

/// The state of an attempt to sign in. Seal it and give it to the browser: only the browser that started the attempt
/// may finish it, and nobody may read it.
#[derive(Clone, Serialize, Deserialize)]
pub struct Attempt {
    /// The `state` parameter. The provider returns it with the code, and the caller must compare the two.
    pub state: String,
    nonce: String,
    verifier: String,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt").finish_non_exhaustive()
    }
}

impl Provider {
    /// Makes a client of the provider `issuer`, where we are registered as `client_id`. The provider sends browsers
    /// back to `redirect_uri`. Opens no connection.
    ///
    /// # Errors
    /// [`OidcError::Misconfigured`] if the issuer does not use HTTPS and is not on this machine.
    pub fn new(issuer: String, client_id: String, redirect_uri: String) -> Result<Self, OidcError> {
        require_confidential("the issuer", &issuer)?;
        let transport = Transport::new()?;
        Ok(Self { issuer, client_id, redirect_uri, transport, metadata: Mutex::default(), keys: Mutex::default() })
    }

    /// Starts a sign-in.
    ///
    /// # Errors
    /// [`OidcError::Unreachable`], [`OidcError::Misconfigured`].
    pub async fn begin(&self, now: Timestamp) -> Result<Begun, OidcError> {
        let endpoint = self.metadata(now).await?.authorization_endpoint;
        let attempt = Attempt { state: random_text()?, nonce: random_text()?, verifier: random_text()? };
        // RFC 7636, 4.2: S256.
        let challenge = BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, attempt.verifier.as_bytes()));
        let query = form(&[
            ("client_id", &self.client_id),
            ("redirect_uri", &self.redirect_uri),
            ("response_type", "code"),
            ("scope", "openid email profile"),
            ("state", &attempt.state),
            ("nonce", &attempt.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ]);
        let separator = if endpoint.contains('?') { '&' } else { '?' };
        Ok(Begun { url: format!("{endpoint}{separator}{query}"), attempt })
    }

    /// Exchanges a code for the account that signed in. A code can be used once, so there is no retry.
    ///
    /// # Errors
    /// Those of [`OidcError`].
    pub async fn finish(
        &self,
        code: &str,
        attempt: &Attempt,
        client_secret: &SecretString,
        now: Timestamp,
    ) -> Result<Identity, OidcError> {
        let metadata = self.metadata(now).await?;
        let form = form(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &self.redirect_uri),
            ("client_id", &self.client_id),
            ("client_secret", client_secret.expose_secret()),
            ("code_verifier", &attempt.verifier),
        ]);
        let (status, answer) = self.transport.post(&metadata.token_endpoint, form).await?;
        let token = read_token(status, &answer)?;
        let key = self.key(&metadata.jwks_uri, &id_token::kid(&token)?, now).await?;
        let expected = Expected { issuer: &self.issuer, client_id: &self.client_id, nonce: &attempt.nonce };
        Ok(id_token::verify(&token, &key, expected, now)?)
    }

    /// Returns the configuration of the provider, from the cache or fetched.
    async fn metadata(&self, now: Timestamp) -> Result<Metadata, OidcError> {
        let mut cache = self.metadata.lock().await;
        if let Some(cached) = cache.as_ref().filter(|cached| cached.age(now) < CACHE_LIFETIME) {
            return Ok(cached.value.clone());
        }
        let url = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let metadata: Metadata = serde_json::from_slice(&self.transport.get(&url).await?)
            .map_err(|_| OidcError::Misconfigured("the issuer publishes no OpenID configuration".to_owned()))?;
        if metadata.issuer != self.issuer {
            return Err(OidcError::Misconfigured("the issuer publishes another issuer name".to_owned()));
        }
        require_confidential("the authorization endpoint", &metadata.authorization_endpoint)?;
        require_confidential("the token endpoint", &metadata.token_endpoint)?;
        require_confidential("the address of the keys", &metadata.jwks_uri)?;
        *cache = Some(Cached { value: metadata.clone(), fetched_at: now });
        Ok(metadata)
    }

    /// Returns the public key with this id, from the cache or fetched.
    async fn key(&self, jwks_uri: &str, kid: &str, now: Timestamp) -> Result<Key, OidcError> {
        let mut cache = self.keys.lock().await;
        if let Some(cached) = cache.as_ref().filter(|cached| cached.age(now) < CACHE_LIFETIME) {
            if let Some(key) = cached.value.get(kid) {
                return Ok(key.clone());
            }
            if cached.age(now) < REFETCH {
                return Err(Flaw::UnknownKey.into());
            }
        }
        let keys = keys::read(&self.transport.get(jwks_uri).await?)
            .ok_or_else(|| OidcError::Misconfigured("the issuer publishes no keys".to_owned()))?;
        let found = keys.get(kid).cloned();
        *cache = Some(Cached { value: keys, fetched_at: now });
        found.ok_or_else(|| Flaw::UnknownKey.into())
    }
}

/// Returns the ID token from an answer of the token endpoint (OpenID Connect Core 1.0, 3.1.3.3; errors: RFC 6749, 5.2).
fn read_token(status: StatusCode, answer: &[u8]) -> Result<String, OidcError> {
    #[derive(Deserialize)]
    struct Tokens {
        id_token: String,
    }
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    if status.is_success() {
        let tokens: Option<Tokens> = serde_json::from_slice(answer).ok();
        return tokens.map(|tokens| tokens.id_token).ok_or_else(|| Flaw::Malformed.into());
    }
    match serde_json::from_slice(answer) {
        Ok(Refusal { error }) if status.is_client_error() && error == "invalid_grant" => {
            Err(OidcError::CodeRefused(error))
        }
        Ok(Refusal { error }) if matches!(status, StatusCode::BAD_REQUEST | StatusCode::UNAUTHORIZED) => {
            Err(OidcError::Misconfigured(format!("the token endpoint answered {error}")))
        }
        _ => Err(OidcError::Unreachable(format!("status {status}"))),
    }
}

fn form(parameters: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

/// Refuses an address that secrets must not be sent to.
fn require_confidential(what: &str, url: &str) -> Result<(), OidcError> {
    if is_confidential(url) { Ok(()) } else { Err(OidcError::Misconfigured(format!("{what} must use HTTPS"))) }
}

/// Returns 256 random bits in 43 characters, the minimum length of a verifier by RFC 7636.
fn random_text() -> Result<String, OidcError> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| OidcError::Misconfigured("this machine has no entropy".to_owned()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

//! The public keys that access tokens are verified with.

use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use souk_store::{Store, StoreError, keyring::PublicKey};
use tokio::sync::RwLock;

use crate::{
    Access, Audience, Code, Problem,
    token::{Claims, ISSUER, TYPE},
};

/// Shortest time between two reads of the keys because of an unknown key id. Without it, each forged token would cost a
/// read.
const RELOAD: SignedDuration = SignedDuration::from_secs(10);

/// The public keys from the table, cached in the process.
#[derive(Debug)]
pub struct VerifyingKeys {
    state: RwLock<State>,
}

#[derive(Debug)]
struct State {
    keys: Vec<PublicKey>,
    loaded_at: Timestamp,
}

impl VerifyingKeys {
    /// Reads the keys. This also opens the connection to the table while Lambda starts the function and gives it a full
    /// core, so that the first request does not have to.
    ///
    /// # Errors
    /// Those of [`StoreError`].
    pub async fn load(store: &Store, now: Timestamp) -> Result<Self, StoreError> {
        let keys = store.keyring().get().await?.keys;
        Ok(Self { state: RwLock::new(State { keys, loaded_at: now }) })
    }

    /// Verifies a token and returns the access it gives.
    ///
    /// # Errors
    /// `not_signed_in` unless the token is valid and for one of these audiences.
    pub async fn verify(
        &self,
        store: &Store,
        token: &str,
        audiences: &[Audience],
        now: Timestamp,
    ) -> Result<Access, Problem> {
        let refused = || Problem::new(Code::NotSignedIn);
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let kid = header.kid.ok_or_else(refused)?;
        if header.typ.as_deref() != Some(TYPE) {
            return Err(refused());
        }
        let key = self.key(store, &kid, now).await?.ok_or_else(refused)?;
        let key = DecodingKey::from_ed_components(&key.x).map_err(|_| refused())?;
        let claims = jsonwebtoken::decode::<Claims>(token, &key, &rules(audiences)).map_err(|_| refused())?.claims;
        // The times are checked here and not by the library, so that tests can set the clock.
        if now.as_second() >= claims.exp || claims.iat > now.as_second() + 60 {
            return Err(refused());
        }
        if claims.aud != Audience::of(claims.sub).as_str() {
            return Err(refused());
        }
        Ok(Access { principal: claims.sub, session: claims.sid, epoch: claims.epoch })
    }

    /// Returns the public key with this id, or `None` if the table has none. Reads the table for an unknown id.
    async fn key(&self, store: &Store, kid: &str, now: Timestamp) -> Result<Option<PublicKey>, Problem> {
        {
            let state = self.state.read().await;
            if let Some(key) = state.keys.iter().find(|key| key.kid == kid) {
                return Ok(Some(key.clone()));
            }
            if now.duration_since(state.loaded_at) < RELOAD && !state.keys.is_empty() {
                return Ok(None);
            }
        }
        let keys = store.keyring().get().await?.keys;
        let mut state = self.state.write().await;
        *state = State { keys, loaded_at: now };
        Ok(state.keys.iter().find(|key| key.kid == kid).cloned())
    }
}

/// Returns the checks that the library makes of a token.
fn rules(audiences: &[Audience]) -> Validation {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_audience(&audiences.iter().map(|audience| audience.as_str()).collect::<Vec<_>>());
    rules.set_issuer(&[ISSUER]);
    rules.set_required_spec_claims(&["aud", "iss", "sub", "exp"]);
    rules.validate_exp = false;
    rules
}
